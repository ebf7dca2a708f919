"""The report as static pages: what the head and the matrix say of a document, without a browser and without a script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attrs import evolve

from conformance.judge import Unmet
from conformance.records import Missing, Outcome, Plan, Result, Verdict
from paged import Page, paged
from results import (
    BACKPORT,
    CELL,
    GOOD,
    OTHER,
    PEER,
    PLAN,
    TRACEBACK,
    UVLOOP,
    document_of,
    judgement,
    of_subject,
    part_of,
    plan_of,
    subject_cell,
)

MARKUP = "<img src=x onerror=alert(1)></pre></script><script>alert(2)</script>&amp;\"'"
KINDS = (
    judgement(Verdict.CONFORMANT, test="one"),
    judgement(Verdict.CONFORMANT, test="two"),
    judgement(
        Verdict.DIVERGENT,
        test="three",
        expected=False,
        subject=of_subject(Outcome.FAILED, "three", TRACEBACK),
    ),
    judgement(Verdict.INAPPLICABLE, test="four", reason="a mocked clock"),
    judgement(Verdict.UNEXERCISED, test="five"),
)
ON_UVLOOP = judgement(Verdict.CONFORMANT, subject_cell(loop=UVLOOP))


def figures(page: Page) -> str:
    return page.text("overview")


def test_the_head_counts_each_verdict(tmp_path: Path) -> None:
    said = figures(paged(tmp_path, document_of(*KINDS)))
    for count, word in (
        (2, "conformant"),
        (1, "divergent"),
        (0, "flaky"),
        (1, "inapplicable"),
        (1, "unexercised"),
    ):
        assert f"{word} {count} " in said
    assert "unexpected 1 " in said


def test_the_head_says_of_how_many_and_how_many_of_these_prove_anything(tmp_path: Path) -> None:
    said = figures(paged(tmp_path, document_of(*KINDS)))
    assert "Of 5 verdicts in 1 cells, 3 prove something" in said


def test_the_head_has_the_sentence_that_a_terminal_ends_with(tmp_path: Path) -> None:
    said = figures(paged(tmp_path, document_of(GOOD)))
    assert "All as expected: 1 cell, conformant 1 of 1." in said


def test_the_matrix_has_an_entry_for_each_cell_out_of_all_its_verdicts(tmp_path: Path) -> None:
    peer = subject_cell(implementation=PEER)
    plan = plan_of(CELL, subject_cell(loop=UVLOOP), OTHER, peer)
    found = (*KINDS, judgement(Verdict.CONFORMANT, peer), judgement(Verdict.CONFORMANT, OTHER))
    said = paged(tmp_path, document_of(*found, plan=plan)).text("matrix")
    assert "3.8.18 3.9.18 asyncio uvloop asyncio runners" in said
    assert "runner_backport 2 of 5 ✗ 1 D 1 I 1 U 1 no verdict 1 of 1 ✓ peer 1 of 1 ✓" in said


def test_asyncio_stands_first_whatever_shard_came_first(tmp_path: Path) -> None:
    said = paged(
        tmp_path, document_of(ON_UVLOOP, plan=plan_of(subject_cell(loop=UVLOOP))), document_of(GOOD)
    ).text("matrix")
    assert "3.8.18 asyncio uvloop runners" in said


def test_an_entry_leads_to_its_tests(tmp_path: Path) -> None:
    page = paged(tmp_path, document_of(GOOD))
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert "#tests/suite=runners&implementation=runner_backport&python=3.8.18&loop=asyncio" in links


def test_implementations_are_compared_on_the_tests_that_say_something_of_both(tmp_path: Path) -> None:
    peer = subject_cell(implementation=PEER)
    found = (
        *KINDS,
        judgement(Verdict.CONFORMANT, peer, "two"),
        judgement(Verdict.DIVERGENT, peer, "three"),
        judgement(Verdict.CONFORMANT, peer, "four"),
        judgement(Verdict.CONFORMANT, peer, "elsewhere"),
    )
    said = paged(tmp_path, document_of(*found, plan=plan_of(CELL, peer))).text("matrix")
    own, common = said.split("Each on all that it was judged by")[1].split(
        "On the tests that prove something of each of these: 2"
    )
    assert "runner_backport 1 66.6 % 2 of 3" in own
    assert "peer 1 75.0 % 3 of 4" in own
    assert "runner_backport 1 50.0 % 1 of 2" in common
    assert "peer 1 50.0 % 1 of 2" in common


def test_a_share_is_not_rounded_up_to_all(tmp_path: Path) -> None:
    found = [judgement(Verdict.CONFORMANT, test=f"test_{number}") for number in range(9_999)]
    peer = judgement(Verdict.CONFORMANT, subject_cell(implementation=PEER))
    plan = plan_of(CELL, subject_cell(implementation=PEER))
    said = paged(tmp_path, document_of(*found, KINDS[2], peer, plan=plan)).text("matrix")
    assert "99.9 % 9,999 of 10,000" in said


def test_a_single_implementation_stands_beside_nothing(tmp_path: Path) -> None:
    assert "beside each other" not in paged(tmp_path, document_of(GOOD)).text("matrix")


def test_what_was_not_expected_is_told_of_in_full(tmp_path: Path) -> None:
    said = paged(tmp_path, document_of(*KINDS)).text("unexpected")
    assert "D! three runners/runner_backport/3.8.18/asyncio" in said
    assert "AssertionError: None != 'done'" in said


def test_an_expectation_without_a_test_is_told_of(tmp_path: Path) -> None:
    unmet = (Unmet(4, "gone", Verdict.FLAKY, "was so", (CELL.name,)),)
    said = paged(tmp_path, document_of(GOOD, unmet=unmet)).text("unexpected")
    assert "no test answers to gone , declared flaky in entry 4: was so" in said


def test_where_all_is_expected_there_is_no_such_section(tmp_path: Path) -> None:
    page = paged(tmp_path, document_of(GOOD))
    assert not any(attributes.get("id") == "unexpected" for _tag, attributes in page.elements)


def test_why_tests_were_inapplicable_is_told(tmp_path: Path) -> None:
    assert "I 1 a mocked clock four in runners/" in paged(tmp_path, document_of(*KINDS)).text("reasons")


def test_of_a_reason_that_many_tests_have_some_are_named(tmp_path: Path) -> None:
    found = [judgement(Verdict.INAPPLICABLE, test=f"test_{number}", reason="why") for number in range(1_000)]
    said = paged(tmp_path, document_of(*found)).text("reasons")
    assert "I 1,000 why test_0, test_1 and 998 more tests test_2, test_3," in said
    assert "test_201, and 798 more in runners/" in said


def test_a_document_without_footer_is_said_to_be_incomplete(tmp_path: Path) -> None:
    said = figures(paged(tmp_path, document_of(GOOD, footer=False)))
    assert "a.jsonl is incomplete: its run did not come to its end." in said
    assert "◐ Incomplete: the document has no footer" in said


def test_an_interrupted_run_is_said_to_be_one(tmp_path: Path) -> None:
    said = figures(paged(tmp_path, document_of(GOOD, interrupted=True)))
    assert "The run was interrupted: what it had finished is here." in said


def test_a_missing_shard_is_named_and_its_cells_are_not_here(tmp_path: Path) -> None:
    page = paged(tmp_path, part_of(1))
    assert "shards 2/3, 3/3 are missing" in figures(page)
    assert "not here" in page.text("matrix")


def test_whole_shards_lack_nothing(tmp_path: Path) -> None:
    page = paged(tmp_path, part_of(1), part_of(2), part_of(3))
    assert "lacking" not in figures(page)
    assert "not here" not in page.text("matrix")


def test_a_missing_interpreter_is_named_with_what_to_do(tmp_path: Path) -> None:
    plan = evolve(PLAN, missing=(Missing("3.9", "Install it."),))
    page = paged(tmp_path, document_of(GOOD, plan=plan))
    assert "No interpreter 3.9: Install it." in figures(page)
    assert "3.9 was not found. Install it." in page.text("provenance")


def test_a_cell_in_which_nothing_was_proved_is_named(tmp_path: Path) -> None:
    said = figures(paged(tmp_path, document_of(KINDS[3])))
    assert "Nothing was proved in 1 cell: runners/runner_backport/3.8.18/asyncio." in said


def test_counts_of_some_tests_alone_are_said_to_be_that(tmp_path: Path) -> None:
    said = figures(paged(tmp_path, document_of(GOOD, pattern="cancel")))
    assert "Only tests were asked for that match cancel" in said


def test_an_empty_document_makes_a_page(tmp_path: Path) -> None:
    page = paged(tmp_path, document_of(plan=Plan(())))
    assert "Nothing is in this part of the plan." in page.text("matrix")


def test_what_was_taken_from_the_store_is_counted(tmp_path: Path) -> None:
    kept = judgement(Verdict.CONFORMANT, test="kept", subject=evolve(of_subject(test="kept"), cached=True))
    page = paged(tmp_path, document_of(GOOD, kept))
    assert "1 of 4 results were taken from the store, the others were run." in figures(page)
    assert f"{CELL.name} 1 1" in page.text("provenance")


def test_a_report_all_from_the_store_says_so(tmp_path: Path) -> None:
    kept = [evolve(result, cached=True) for result in (GOOD.baseline, GOOD.subject) if result]
    document = document_of(evolve(GOOD, baseline=kept[0], subject=kept[1]))
    assert "All 2 results were taken from the store." in figures(paged(tmp_path, document))


def test_versions_and_builds_are_told(tmp_path: Path) -> None:
    said = paged(tmp_path, document_of(GOOD)).text("provenance")
    assert "3.8.18 a build" in said
    assert "v3.11.7 Lib/test/test_asyncio/test_runners.py ae82" in said


def test_paths_of_the_machine_that_ran_it_are_no_part_of_the_command(tmp_path: Path) -> None:
    arguments = ("run", "--python=3.8", "--out=/home/me/results.jsonl", "--store=/home/me/store")
    said = paged(tmp_path, document_of(GOOD, arguments=arguments)).text("provenance")
    assert "conformance run --python=3.8 tests" in said


@pytest.mark.parametrize("where", ["test", "reason", "detail", "output", "build", "advice", "arguments"])
def test_markup_in_a_document_is_text_in_the_page(tmp_path: Path, where: str) -> None:
    plain, marked = (_document_with(where, text) for text in ("plain text", MARKUP))
    before = paged(tmp_path / "before", plain)
    after = paged(tmp_path / "after", marked)
    assert MARKUP in after.text()
    assert [tag for tag, _ in after.elements] == [tag for tag, _ in before.elements]
    assert not any(name.startswith("on") for _tag, attributes in after.elements for name in attributes)


@pytest.mark.parametrize("where", ["test", "reason", "detail", "output", "build", "advice", "arguments"])
def test_nothing_in_a_document_acts_on_the_reader_of_the_page(tmp_path: Path, where: str) -> None:
    page = paged(tmp_path, _document_with(where, "\x1b[2J\u202e and http://example.invalid/ in it"))
    assert "\\x1b[2J\\u202e and http://example.invalid/ in it" in page.text()
    assert not re.search("[\x1b\u202e]", (tmp_path / "index.html").read_text(encoding="utf-8"))


def _document_with(where: str, text: str):  # type: ignore[no-untyped-def]
    test = text if where == "test" else "bad"
    detail = text if where == "detail" else "detail"
    output = text if where == "output" else "output"
    subject = Result(CELL.name, test, Outcome.FAILED, detail, output=output)
    found = judgement(
        Verdict.DIVERGENT,
        test=test,
        expected=False,
        subject=subject,
        reason=text if where == "reason" else "why",
    )
    plan = evolve(PLAN, missing=(Missing("3.9", text if where == "advice" else "Install it."),))
    if where == "build":
        cells = tuple(evolve(cell, interpreter=evolve(cell.interpreter, build=text)) for cell in PLAN.cells)
        plan = evolve(plan, cells=cells)
    return document_of(found, plan=plan, arguments=("run", text if where == "arguments" else "plain"))


def test_no_link_leads_to_a_script(tmp_path: Path) -> None:
    found = judgement(
        Verdict.DIVERGENT, test="bad", reason="see javascript:alert(1) and https://example.org/x"
    )
    page = paged(tmp_path, document_of(found))
    links = [attributes["href"] or "" for tag, attributes in page.elements if tag == "a"]
    assert "https://example.org/x" in links
    assert all(link.startswith(("#", "https://")) for link in links)


def test_the_page_asks_nothing_of_any_network(tmp_path: Path) -> None:
    page = paged(tmp_path, document_of(GOOD))
    sources = [
        attributes[name] or ""
        for tag, attributes in page.elements
        for name in ("src", "href")
        if name in attributes and tag in {"script", "link"}
    ]
    assert all(not source.partition(":")[1] or source.startswith("data:") for source in sources)
    assert all((tmp_path / source).is_file() for source in sources if not source.startswith("data:"))


def test_implementation_names_are_the_title(tmp_path: Path) -> None:
    assert paged(tmp_path, document_of(GOOD)).text("overview").startswith(BACKPORT.name)
