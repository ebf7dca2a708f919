"""The exit status of a run, and the line that it ends with."""

import subprocess
import sys

import pytest
from attrs import evolve

from conformance.errors import ExitStatus
from conformance.judge import Unmet
from conformance.records import Missing, Plan, Shard, Verdict
from conformance.report import exit_status
from conformance.report.summary import summarize
from results import BASELINE, CELL, PLAN, UVLOOP, judgement, plan_of, subject_cell

MISSING = Missing("3.9", "Install it.")
UNMET = Unmet(1, "gone", Verdict.DIVERGENT, "was so", (CELL.name,))
GOOD = judgement(Verdict.CONFORMANT)
BAD = judgement(Verdict.DIVERGENT, test="bad", expected=False)


def test_all_as_expected_is_0() -> None:
    declared = judgement(Verdict.DIVERGENT, test="declared", reason="known")
    assert exit_status(PLAN, [GOOD, declared], ()) is ExitStatus.AS_EXPECTED


@pytest.mark.parametrize("verdict", Verdict)
def test_one_unexpected_verdict_is_1_whichever_it_is(verdict: Verdict) -> None:
    assert exit_status(PLAN, [GOOD, judgement(verdict, expected=False)], ()) is ExitStatus.UNEXPECTED_VERDICT


def test_an_unmet_expectation_is_1() -> None:
    assert exit_status(PLAN, [GOOD], [UNMET]) is ExitStatus.UNEXPECTED_VERDICT


def test_an_interpreter_that_is_only_missing_changes_nothing() -> None:
    assert exit_status(evolve(PLAN, missing=(MISSING,)), [GOOD], ()) is ExitStatus.AS_EXPECTED


def test_a_cell_without_a_verdict_is_3() -> None:
    plan = plan_of(CELL, subject_cell(loop=UVLOOP))
    assert exit_status(plan, [GOOD], ()) is ExitStatus.NOT_COMPLETED


@pytest.mark.parametrize("verdict", [Verdict.INAPPLICABLE, Verdict.UNEXERCISED])
def test_a_cell_in_which_nothing_was_proved_is_3(verdict: Verdict) -> None:
    assert exit_status(PLAN, [judgement(verdict)], ()) is ExitStatus.NOT_COMPLETED
    assert exit_status(PLAN, [judgement(verdict)], (), filtered=True) is ExitStatus.AS_EXPECTED


def test_a_filter_may_leave_a_cell_without_a_verdict_but_not_the_run() -> None:
    plan = plan_of(CELL, subject_cell(loop=UVLOOP))
    assert exit_status(plan, [GOOD], (), filtered=True) is ExitStatus.AS_EXPECTED
    assert exit_status(plan, [], (), filtered=True) is ExitStatus.NOT_COMPLETED


def test_a_plan_of_baselines_alone_has_nothing_to_judge_and_is_0() -> None:
    assert exit_status(Plan((BASELINE,)), [], ()) is ExitStatus.AS_EXPECTED


SHARD = Shard(2, 3)


def test_of_a_shard_an_unmet_expectation_says_nothing() -> None:
    assert exit_status(PLAN, [GOOD], [UNMET], shard=SHARD) is ExitStatus.AS_EXPECTED


def test_of_a_shard_a_filter_may_leave_nothing() -> None:
    assert exit_status(PLAN, [], (), filtered=True, shard=SHARD) is ExitStatus.AS_EXPECTED


def test_a_shard_without_a_cell_is_0() -> None:
    assert exit_status(Plan(()), [], (), shard=SHARD) is ExitStatus.AS_EXPECTED


def test_of_a_shard_a_cell_is_to_be_proved_and_a_verdict_as_expected_too() -> None:
    assert exit_status(PLAN, [], (), shard=SHARD) is ExitStatus.NOT_COMPLETED
    assert exit_status(PLAN, [GOOD, BAD], (), shard=SHARD) is ExitStatus.UNEXPECTED_VERDICT


def test_the_closing_line_of_a_good_run_counts_everything() -> None:
    judgements = [
        *(judgement(Verdict.CONFORMANT, test=f"c{number}") for number in range(1200)),
        *(judgement(Verdict.UNEXERCISED, test=f"u{number}") for number in range(3)),
        judgement(Verdict.INAPPLICABLE, test="i"),
    ]
    assert summarize(PLAN, judgements, (), ExitStatus.AS_EXPECTED, ()) == (
        "All as expected: 1 cell, conformant 1,200 of 1,204, 1 inapplicable, 3 unexercised."
    )


def test_the_closing_line_of_a_bad_run_begins_with_what_was_unexpected() -> None:
    other = judgement(Verdict.FLAKY, subject_cell(loop=UVLOOP), expected=False)
    line = summarize(PLAN, [GOOD, BAD, other], [UNMET], ExitStatus.UNEXPECTED_VERDICT, ())
    assert line == (
        "2 unexpected verdicts in 2 cells, 1 expectation without a test: "
        "2 cells, conformant 1 of 3, 1 divergent, 1 flaky."
    )


def test_the_closing_line_names_what_a_run_lacks() -> None:
    plan = evolve(plan_of(CELL, subject_cell(loop=UVLOOP)), missing=(MISSING,))
    line = summarize(plan, [GOOD], (), ExitStatus.NOT_COMPLETED, ())
    assert line.startswith(
        "Not completed, no interpreter 3.9, nothing proved in runners/runner_backport/3.8.18/uvloop: "
    )


@pytest.mark.parametrize(
    ("status", "begin"),
    [
        (ExitStatus.INTERRUPTED, "Interrupted, 1 unexpected verdict in 1 cell: "),
        (None, "Incomplete: the document"),
    ],
)
def test_the_closing_line_says_that_a_run_did_not_end(status: ExitStatus | None, begin: str) -> None:
    assert summarize(PLAN, [BAD], (), status, ()).startswith(begin)


def test_a_run_that_judged_nothing_says_so() -> None:
    assert summarize(PLAN, [], (), ExitStatus.INTERRUPTED, ()) == "Interrupted: nothing was judged."


def test_nothing_but_the_terminal_and_the_progress_needs_rich() -> None:
    program = "import sys, conformance.report, conformance.report.summary; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
