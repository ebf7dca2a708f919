"""Verdicts that nobody expected, as they are read: with their tracebacks, beside or below the baseline's."""

import pytest
from attrs import evolve

from conformance.records import Mode, Outcome, Rate, Result, Subtest, Suite, Verdict
from conformance.report.tracebacks import alike
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

FLAKY = evolve(DIVERGENT, verdict=Verdict.FLAKY, rate=Rate(7, 10), reason="passed 7 of 10, failed 3")


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


def test_of_repeated_runs_an_attempt_that_failed_is_shown_with_its_number() -> None:
    passed, failed = of_subject(attempt=1), evolve(FAILED, attempt=3)
    flaky = evolve(FLAKY, subject=failed, retried=passed)
    assert section(rendered([flaky]), "Unexpected")[3:] == [
        "passed 7 of 10, failed 3",
        "baseline: passed",
        "runner_backport, attempt 3 of 10: failed",
        *(f"    {line}" for line in TRACEBACK.splitlines()),
        "runner_backport, attempt 1 of 10: passed",
    ]


def test_what_never_passed_and_is_flaky_is_shown_with_its_attempt() -> None:
    never = evolve(FLAKY, rate=Rate(0, 10), reason="passed 0 of 10, failed 6, crashed 4")
    assert "runner_backport, attempt 1 of 10: failed" in section(rendered([never]), "Unexpected")


def test_what_diverged_in_all_of_its_runs_says_how_many() -> None:
    lines = section(rendered([evolve(DIVERGENT, rate=Rate(0, 10))]), "Unexpected")
    assert "runner_backport: failed, 10 times" in lines


def test_a_baseline_that_is_not_steady_is_shown_where_it_failed() -> None:
    failed = evolve(of_baseline(Outcome.FAILED, detail=TRACEBACK), attempt=4)
    reason = "the baseline passed 9 of 10"
    found = evolve(FLAKY, baseline=failed, subject=of_subject(), rate=Rate(10, 10), reason=reason)
    assert section(rendered([found]), "Unexpected")[3:] == [
        reason,
        "baseline, attempt 4 of 10: failed",
        *(f"    {line}" for line in TRACEBACK.splitlines()),
        "runner_backport: passed, 10 times",
    ]


def test_a_baseline_that_is_not_steady_is_shown_where_the_subject_did_not_run() -> None:
    failed = evolve(of_baseline(Outcome.FAILED, detail="broken"), attempt=4)
    found = evolve(FLAKY, baseline=failed, subject=None, rate=None, reason="the baseline passed 9 of 10")
    assert section(rendered([found]), "Unexpected")[4:6] == ["baseline, attempt 4: failed", "    broken"]


def test_cells_in_which_a_test_failed_alike_but_not_as_often_are_told_of_together() -> None:
    cells = [subject_cell(version) for version in ("3.8.18", "3.9.18")]
    rates = [(Rate(7, 10), "passed 7 of 10, failed 3"), (Rate(9, 10), "passed 9 of 10, failed 1")]
    flaky = [
        evolve(FLAKY, cell=cell.name, rate=rate, reason=reason)
        for cell, (rate, reason) in zip(cells, rates, strict=True)
    ]
    lines = section(rendered(flaky, plan_of(*cells)), "Unexpected")
    assert f"and alike in {cells[1].name} (9 of 10)" in lines
    assert sum("AssertionError" in line for line in lines) == 1


def test_tests_that_fail_alike_against_baselines_that_do_not_are_told_of_apart() -> None:
    baselines = [of_baseline(Outcome.FAILED, detail=detail) for detail in ("one", "another")]
    judgements = [evolve(FLAKY, cell=str(number), baseline=found) for number, found in enumerate(baselines)]
    assert [len(group) for group in alike(judgements)] == [1, 1]


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
