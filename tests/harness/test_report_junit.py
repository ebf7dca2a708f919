"""The report as JUnit XML: valid by the schema that Jenkins reads by, read by another's reader, and nothing green that was not proved."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import junitparser
import pytest
import xmlschema
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.errors import ExitStatus
from conformance.judge import Unmet
from conformance.records import Missing, Outcome, Verdict
from conformance.report import Document, Hello, merge
from conformance.report.gathering import Gathered
from conformance.report.junit import junit
from programs_results import CELL as PROGRAMS_CELL
from programs_results import difference, programs_of, saved
from results import (
    CELL,
    GOOD,
    NOW,
    OTHER,
    OTHER_GOOD,
    PLAN,
    TEST,
    TRACEBACK,
    document_of,
    judgement,
    of_subject,
    plan_of,
)

SCHEMA = xmlschema.XMLSchema(Path(__file__).with_name("junit-10.xsd"))
FAILED = judgement(
    Verdict.DIVERGENT,
    test="test_runners.RunnerTests.test_bad",
    expected=False,
    subject=of_subject(Outcome.FAILED, test="test_runners.RunnerTests.test_bad", detail=TRACEBACK),
)


def gathered(document: Document) -> Gathered:
    return Gathered(merge([(Path("a.jsonl"), document)]))


def written(gathered: Gathered) -> ET.Element:
    """The root of the XML, which is valid."""
    text = junit(gathered)
    SCHEMA.validate(text)
    return ET.fromstring(text)


def cases(document: Document) -> dict[str, ET.Element]:
    return {str(case.get("name")): case for case in written(gathered(document)).iter("testcase")}


def only(document: Document) -> ET.Element:
    case = written(gathered(document)).find("testsuite/testcase")
    assert case is not None
    return case


def test_a_document_is_valid_and_another_reader_counts_the_same(tmp_path: Path) -> None:
    skipped = judgement(Verdict.UNEXERCISED, test="test_runners.RunnerTests.test_other")
    path = tmp_path / "junit.xml"
    path.write_text(junit(gathered(document_of(GOOD, FAILED, skipped))), encoding="utf-8")
    SCHEMA.validate(path)
    read = junitparser.JUnitXml.fromfile(str(path))
    read.update_statistics()  # type: ignore[no-untyped-call]
    assert (read.tests, read.failures, read.errors, read.skipped) == (3, 1, 0, 1)


def test_the_schema_refuses_what_is_no_junit_xml() -> None:
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        SCHEMA.validate('<testsuites><testsuite name="x"/></testsuites>')


def test_each_cell_is_a_suite_with_what_it_counts_and_what_it_is_of() -> None:
    document = evolve(
        document_of(GOOD, FAILED, OTHER_GOOD, plan=plan_of(CELL, OTHER)),
        hellos=(Hello(CELL.name, {"packages": {"uvloop": "0.23.0"}}),),
    )
    first, second = written(gathered(document)).findall("testsuite")
    assert [first.get("name"), second.get("name")] == [CELL.name, OTHER.name]
    assert [first.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["2", "1", "0", "0"]
    assert first.get("timestamp") == NOW.removesuffix("+00:00")
    properties = {each.get("name"): each.get("value") for each in first.iter("property")}
    assert (properties["python"], properties["loop"], properties["tag"]) == ("3.8.18", "asyncio", "v3.11.7")
    assert properties["package uvloop"] == "0.23.0"


def test_a_conformant_test_passed() -> None:
    case = only(document_of(evolve(GOOD, subject=evolve(of_subject(), seconds=1.23456))))
    assert list(case) == []
    assert case.get("time") == "1.235"


def test_a_test_has_another_class_in_each_cell_since_readers_know_it_by_nothing_else() -> None:
    root = written(gathered(document_of(GOOD, OTHER_GOOD, plan=plan_of(CELL, OTHER))))
    assert [(case.get("classname"), case.get("name")) for case in root.iter("testcase")] == [
        (f"{CELL.name}.test_runners.RunnerTests", "test_run"),
        (f"{OTHER.name}.test_runners.RunnerTests", "test_run"),
    ]


def test_what_was_not_expected_failed_with_its_traceback_and_the_command_that_runs_it_again() -> None:
    (failure,) = only(document_of(FAILED, arguments=("run", "--config=/own.toml", "--expectations=/e.toml")))
    assert failure.tag == "failure"
    assert failure.get("type") == "divergent"
    assert failure.get("message") == "divergent: AssertionError: None != 'done'"
    assert failure.text is not None
    assert TRACEBACK.strip() in failure.text
    assert failure.text.endswith(
        "run --no-cache --config=/own.toml --expectations=/e.toml --python 3.8.18 --loop asyncio --implementation runner_backport "
        f"--suite runners -k {FAILED.test}"
    )


@pytest.mark.parametrize("verdict", list(Verdict))
def test_whatever_was_not_expected_failed(verdict: Verdict) -> None:
    found = judgement(verdict, expected=False, reason="declared otherwise in entry 1: known")
    (failure,) = only(document_of(found))
    assert (failure.tag, failure.get("message")) == (
        "failure",
        f"{verdict}: declared otherwise in entry 1: known",
    )


@pytest.mark.parametrize(
    ("verdict", "reason", "message"),
    [
        (Verdict.DIVERGENT, "known (a link)", "divergent as declared: known (a link)"),
        (Verdict.FLAKY, "known", "flaky as declared: known"),
        (Verdict.INAPPLICABLE, "baseline skipped: no clock", "inapplicable: baseline skipped: no clock"),
        (
            Verdict.UNEXERCISED,
            "",
            "unexercised: the test makes no Runner or Task of the implementation",
        ),
    ],
)
def test_what_proves_nothing_or_differs_as_declared_is_skipped_with_its_reason(
    verdict: Verdict, reason: str, message: str
) -> None:
    (skipped,) = only(document_of(judgement(verdict, reason=reason)))
    assert (skipped.tag, skipped.get("message"), skipped.get("type")) == ("skipped", message, verdict)


def test_an_expectation_without_a_test_failed() -> None:
    unmet = Unmet(4, "gone", Verdict.FLAKY, "was so", (CELL.name,))
    (failure,) = cases(document_of(GOOD, unmet=[unmet]))["4: gone"]
    assert failure.tag == "failure"
    assert failure.get("message") == "No test answers to entry 4, declared flaky: was so"


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (document_of(GOOD, footer=False), "a.jsonl is incomplete: its run did not come to its end."),
        (
            document_of(GOOD, plan=plan_of(CELL, OTHER)),
            f"Nothing was proved in {OTHER.name}: none of its tests could show anything.",
        ),
    ],
)
def test_what_is_lacking_is_an_error_of_its_own(document: Document, sentence: str) -> None:
    errors = [case.find("error") for case in written(gathered(document)).iter("testcase")]
    (error,) = [error for error in errors if error is not None]
    assert str(error.get("message")).startswith(sentence)


def test_an_interpreter_that_is_missing_is_skipped() -> None:
    document = document_of(GOOD, plan=evolve(PLAN, missing=(Missing("3.9", "Install it."),)))
    (skipped,) = cases(document)["Python 3.9"]
    assert (skipped.tag, skipped.get("message")) == ("skipped", "Python 3.9 was not found. Install it.")


@given(st.text())
@settings(max_examples=50, derandomize=True, database=None, deadline=None)
def test_whatever_a_test_writes_the_xml_is_valid(text: str) -> None:
    found = judgement(
        Verdict.DIVERGENT, expected=False, test=f"m.{text}", subject=of_subject(Outcome.FAILED, detail=text)
    )
    written(gathered(document_of(found)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("nul \x00", "nul \\x00"),
        ("half \ud800", "half \\ud800"),
        ("turned \u202e", "turned \\u202e"),
        ("never a character \uffff", "never a character \\uffff"),
        ("<b>&amp;]]>", "<b>&amp;]]>"),
        ("ends\r\nof lines\r", "ends\nof lines\\r"),
    ],
)
def test_what_xml_forbids_and_what_would_act_is_legible(text: str, shown: str) -> None:
    found = evolve(FAILED, subject=of_subject(Outcome.FAILED, detail=text))
    (failure,) = only(document_of(found))
    assert failure.text is not None
    assert f"runner_backport: failed\n{shown}\n" in failure.text


def test_a_traceback_of_any_length_is_cut_and_says_so() -> None:
    found = evolve(FAILED, subject=of_subject(Outcome.FAILED, detail="x" * 10_000_000))
    text = junit(gathered(document_of(found)))
    assert "characters left out here; the document has them" in text
    assert len(text) < 100_000


def failures(root: ET.Element) -> dict[tuple[str, str], Any]:
    return {
        (str(case.get("classname")), str(case.get("name"))): case[0].get("message")
        for case in root.iter("testcase")
        if len(case)
    }


def test_differences_and_saved_programs_and_promises_are_tests_of_their_cells(tmp_path: Path) -> None:
    broken = {
        "cell": PROGRAMS_CELL,
        "invariant": "once",
        "times": 2,
        "first": "program 1.2",
        "says": "not once",
    }
    document = programs_of(
        tmp_path,
        status=1,
        differences=[difference()],
        saved={"loop-twice": saved(differs={PROGRAMS_CELL: "get_loop: x"}), "other": saved()},
        broken=[broken],
    )
    root = written(Gathered(None, (document,)))
    assert failures(root) == {
        (f"{PROGRAMS_CELL}.differences", "get_loop: new → old"): "get_loop: new → old",
        (f"{PROGRAMS_CELL}.saved", "loop-twice"): "get_loop: x",
        (f"{PROGRAMS_CELL}.promises", "once"): "not once",
    }
    assert root.get("tests") == "7"


def test_a_difference_shows_its_program_and_where_the_traces_part(tmp_path: Path) -> None:
    document = programs_of(tmp_path, status=1, differences=[difference()])
    text = next(failure.text for failure in written(Gathered(None, (document,))).iter("failure"))
    assert text is not None
    assert "1  runner0 = Runner()" in text
    assert '-["s0", "get_loop", "new"]\n+["s0", "get_loop", "old"]' in text
    assert (
        "replay .conformance/differences/runner_backport-3.8.18-asyncio-get_loop.json --python 3.8.18 --loop asyncio "
        "--implementation runner_backport" in text
    )


def test_a_difference_is_replayed_with_the_configuration_that_it_was_found_with(tmp_path: Path) -> None:
    arguments = ["fuzz", "--config=/own.toml", "--expectations=/e.toml", "--seed=1"]
    document = programs_of(tmp_path, status=1, differences=[difference()], arguments=arguments)
    text = next(failure.text for failure in written(Gathered(None, (document,))).iter("failure"))
    assert text is not None
    assert text.endswith("--implementation runner_backport --config=/own.toml")


def test_a_campaign_that_was_cut_short_is_an_error_and_not_green(tmp_path: Path) -> None:
    document = programs_of(tmp_path, status=int(ExitStatus.INTERRUPTED), complete=False)
    messages = failures(written(Gathered(None, (document,)))).values()
    assert [message for message in messages if "its campaign was interrupted" in message]


def test_a_cell_that_was_given_up_is_an_error(tmp_path: Path) -> None:
    document = programs_of(tmp_path, status=3, judged=[], given_up={PROGRAMS_CELL: "it died"})
    assert list(failures(written(Gathered(None, (document,)))).values()) == [
        f"{PROGRAMS_CELL} was not asked all programs: it died"
    ]


def test_the_test_that_is_named_is_the_whole_id() -> None:
    case = only(document_of(GOOD))
    assert f"{case.get('classname')}.{case.get('name')}" == f"{CELL.name}.{TEST}"
