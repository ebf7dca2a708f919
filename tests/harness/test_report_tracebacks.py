"""Verdicts that nobody expected, as they are read: with their tracebacks, beside or below the baseline's."""

import pytest
from attrs import evolve

from conformance.records import Mode, Outcome, Result, Subtest, Suite, Verdict
from results import (
    ASYNCIO,
    BASELINE,
    CELL,
    TEST,
    TRACEBACK,
    UVLOOP,
    judgement,
    of_baseline,
    of_subject,
    plan_of,
    subject_cell,
)
from test_report_terminal import DIVERGENT, FAILED, rendered, section


def test_an_unexpected_divergence_stands_in_full_on_a_narrow_terminal() -> None:
    subject = evolve(FAILED, output="said [bold]this[/bold]\n")
    report = rendered([evolve(DIVERGENT, subject=subject, reason="declared flaky")])
    assert sum(TEST in line for line in report) == 1
    assert section(report, "Unexpected") == [
        f"divergent {TEST}  1 of 1",
        f"in {CELL.name}",
        f"against {BASELINE.name}",
        "declared flaky",
        "baseline: passed",
        "runner_backport: failed",
        *(f"    {line}" for line in TRACEBACK.splitlines()),
        "    captured output:",
        "    said [bold]this[/bold]",
    ]


def test_on_a_wide_terminal_both_sides_stand_beside_each_other() -> None:
    found = evolve(DIVERGENT, baseline=of_baseline(Outcome.SKIPPED, detail="no [clock] here"))
    lines = section(rendered([found], width=140), "Unexpected")
    titles, _line, *rows = (
        [side.strip() for side in line.replace("┼", "│").split("│")]
        for line in lines
        if "│" in line or "┼" in line
    )
    assert titles == ["baseline: skipped", "runner_backport: failed"]
    assert [right for _left, right in rows] == [line.strip() for line in TRACEBACK.splitlines()]
    assert "".join(left for left, _right in rows) == "no [clock] here"


@pytest.mark.parametrize("width", [80, 140])
def test_both_attempts_are_told_of_where_they_differ(width: int) -> None:
    flaky = judgement(
        Verdict.FLAKY,
        expected=False,
        subject=FAILED,
        retried=of_subject(Outcome.TIMED_OUT, detail="after 60 s", attempt=2),
    )
    text = "\n".join(rendered([flaky], width=width))
    assert "runner_backport, first attempt: failed" in text
    assert "runner_backport, second attempt: timed-out" in text
    assert "AssertionError: None != 'done'" in text
    assert "after 60 s" in text


def test_two_attempts_that_say_the_same_are_told_of_once() -> None:
    first, second = (of_subject(Outcome.FAILED, detail=f"at 0x{part}", attempt=part) for part in (1, 2))
    lines = section(rendered([evolve(DIVERGENT, subject=first, retried=second)]), "Unexpected")
    assert lines[-2:] == ["runner_backport: failed, twice", "    at 0x1"]


def test_the_same_divergence_in_several_cells_is_printed_once_and_names_them() -> None:
    cells = [
        subject_cell(loop=loop, suite=Suite.TASKS, mode=mode) for loop in (ASYNCIO, UVLOOP) for mode in Mode
    ]
    judgements = [
        judgement(
            Verdict.DIVERGENT,
            cell,
            expected=False,
            subject=Result(cell.name, TEST, Outcome.FAILED, TRACEBACK),
        )
        for cell in cells
    ]
    lines = section(rendered(judgements, plan_of(*cells), width=140), "Unexpected")
    assert lines[0] == f"divergent {TEST}  1 of 1"
    assert lines[1] == f"in {cells[0].name}"
    assert lines[2] == f"and alike in {', '.join(cell.name for cell in cells[1:])}"
    assert sum("AssertionError" in line for line in lines) == 1


def test_failed_subtests_are_told_of_by_their_parameters() -> None:
    subtests = (
        Subtest("(i=1)", Outcome.PASSED),
        Subtest("(i=2)", Outcome.FAILED, "AssertionError: two"),
        Subtest("(i=3)", Outcome.ERRORED, TRACEBACK),
    )
    lines = section(rendered([evolve(DIVERGENT, subject=evolve(FAILED, subtests=subtests))]), "Unexpected")
    assert "    subtest (i=2): failed" in lines
    assert "    AssertionError: two" in lines
    assert not any("(i=1)" in line for line in lines)
    # What the test's own traceback says already is not said again.
    assert sum("None != 'done'" in line for line in lines) == 1


def test_what_a_test_writes_cannot_act_on_the_terminal_nor_break_the_report() -> None:
    subject = evolve(FAILED, detail="a\x1b[2Jb \x07 \u202e \udc80 [/] \r\n[link=x]é\u2713")
    lines = rendered([evolve(DIVERGENT, subject=subject)])
    assert r"    a\x1b[2Jb \x07 \u202e \udc80 [/] \r" in lines
    assert "    [link=x]é✓" in lines
    ascii_only = rendered([evolve(DIVERGENT, subject=subject)], encoding="ascii")
    assert r"    [link=x]\xe9ok" in ascii_only


def test_a_long_line_is_folded_and_a_long_text_says_how_much_is_left_out() -> None:
    subject = evolve(FAILED, detail="x" * 200 + "\n" + "\n".join(f"line {number}" for number in range(100)))
    for width in (80, 140):
        lines = rendered([evolve(DIVERGENT, subject=subject)], width=width)
        text = "\n".join(lines)
        assert sum(line.count("x") for line in lines if "xxx" in line) == 200
        assert "… 26 lines left out here; the document has them …" in text
        assert "line 13\n" in text or "line 13 " in text
        assert "line 14\n" not in text
        assert "line 40" in text
        assert "line 99" in text


def test_more_divergences_than_are_printed_in_full_are_counted_by_cell_and_named() -> None:
    judgements = [
        judgement(
            Verdict.DIVERGENT,
            test=f"t{number}",
            expected=False,
            subject=of_subject(Outcome.CRASHED, f"t{number}"),
        )
        for number in range(9)
    ]
    lines = section(rendered(judgements, tracebacks=2), "Unexpected")
    assert "divergent t1  2 of 9" in lines
    assert not any(line.startswith("divergent t2") for line in lines)
    assert lines[-3:] == [
        "and 7 more, whose tracebacks the document has:",
        f"7  {CELL.name}",
        "   t2, t3, t4 and 4 more tests",
    ]
