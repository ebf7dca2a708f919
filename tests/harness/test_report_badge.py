"""The report as a badge: what it counts, its colour, and a picture that is well-formed whatever it says."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from attrs import evolve

from conformance.errors import ExitStatus
from conformance.records import Verdict
from conformance.report import Document, merge
from conformance.report.badge import badge, badge_json, badge_svg, svg
from conformance.report.gathering import Gathered
from programs_results import difference, programs_of
from results import BAD, GOOD, document_of, judgement

SVG = "{http://www.w3.org/2000/svg}"
DECLARED = judgement(Verdict.DIVERGENT, test="other", reason="known")


def gathered(document: Document) -> Gathered:
    return Gathered(merge([(Path("a.jsonl"), document)]))


def ended(document: Document, status: ExitStatus) -> Document:
    assert document.footer is not None
    return evolve(document, footer=evolve(document.footer, exit_status=status))


def test_it_counts_what_was_decided_and_not_what_proves_nothing() -> None:
    others = [judgement(verdict, test=verdict) for verdict in Verdict]
    assert badge(gathered(document_of(GOOD, *others))).message == "2 of 4 decided"


def test_thousands_are_told_apart() -> None:
    many = [judgement(Verdict.CONFORMANT, test=f"test_{number}") for number in range(1_234)]
    assert badge(gathered(document_of(*many))).message == "1,234 of 1,234 decided"


@pytest.mark.parametrize(
    ("document", "message", "colour"),
    [
        (document_of(GOOD), "1 of 1 decided", "brightgreen"),
        (document_of(GOOD, DECLARED), "1 of 2 decided", "green"),
        (ended(document_of(GOOD, BAD), ExitStatus.UNEXPECTED_VERDICT), "1 of 2 decided", "red"),
        (document_of(GOOD, footer=False), "1 of 1 decided, incomplete", "lightgrey"),
        (ended(document_of(), ExitStatus.NOT_COMPLETED), "0 of 0 decided, incomplete", "lightgrey"),
    ],
)
def test_the_colour_says_how_it_ended(document: Document, message: str, colour: str) -> None:
    made = badge(gathered(document))
    assert (made.message, made.colour) == (message, colour)


def test_programs_that_differ_are_told_beside_the_tests(tmp_path: Path) -> None:
    both = Gathered(
        merge([(Path("a.jsonl"), document_of(GOOD))]),
        (programs_of(tmp_path, status=1, differences=[difference()]),),
    )
    assert badge(both).message == "1 of 1 decided, 1 program differs"
    assert badge(both).colour == "red"


def test_programs_alone_are_counted(tmp_path: Path) -> None:
    made = badge(Gathered(None, (programs_of(tmp_path),)))
    assert (made.message, made.colour) == ("2,000 programs", "brightgreen")


@pytest.mark.parametrize(
    ("status", "error"), [(ExitStatus.AS_EXPECTED, False), (ExitStatus.NOT_COMPLETED, True)]
)
def test_the_endpoint_is_what_shields_reads(status: ExitStatus, error: bool) -> None:
    data = json.loads(badge_json(gathered(ended(document_of(GOOD), status))))
    assert data.keys() == {"schemaVersion", "label", "message", "color", "isError"}
    assert (data["schemaVersion"], data["label"], data["isError"]) == (1, "conformance", error)


def test_the_picture_says_the_same_and_in_full_to_who_cannot_see_it() -> None:
    root = ET.fromstring(badge_svg(gathered(document_of(GOOD, DECLARED))))
    assert [text.text for text in root.iter(f"{SVG}text")] == ["conformance", "1 of 2 decided"]
    assert (root.get("role"), root.get("aria-label")) == ("img", "conformance: 1 of 2 decided")
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == "All as expected: 1 cell, conformant 1 of 2, 1 divergent."


def test_a_text_of_any_kind_is_no_markup() -> None:
    text = "<script>\"&'\x1b</svg>"
    root = ET.fromstring(svg(text, text, "#000", text))
    assert [each.text for each in root.iter(f"{SVG}text")] == [text.replace("\x1b", "\\x1b")] * 2
    assert list(root.iter(f"{SVG}script")) == []


def test_a_longer_text_has_a_wider_field() -> None:
    widths = [
        int(ET.fromstring(svg("x", text, "#000", "")).get("width", ""))
        for text in ("1 of 1", "1,234 of 1,240")
    ]
    assert widths[0] < widths[1]
