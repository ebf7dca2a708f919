"""Each rule of design.md's "Judging", on results whose verdict is known."""

import pytest

from conformance.judge import judge, to_retry
from conformance.records import Judgement, Outcome, Plan, Result, Verdict
from results import (
    BASELINE,
    CELL,
    PLAN,
    TEST,
    TRACEBACK,
    UVLOOP,
    of_baseline,
    of_subject,
    plan_of,
    subject_cell,
)

NOT_PASSED = [outcome for outcome in Outcome if outcome is not Outcome.PASSED]


def verdict_on(*results: Result) -> Judgement:
    (found,) = judge(PLAN, results, ())
    assert (found.cell, found.test) == (CELL.name, TEST)
    return found


def test_both_passed_is_conformant() -> None:
    found = verdict_on(of_baseline(), of_subject())
    assert (found.verdict, found.expected, found.reason) == (Verdict.CONFORMANT, True, "")
    assert (found.baseline, found.subject) == (of_baseline(), of_subject())


def test_a_test_that_nobody_looked_at_is_taken_as_exercised() -> None:
    assert verdict_on(of_baseline(), of_subject(exercised=None)).verdict is Verdict.CONFORMANT


@pytest.mark.parametrize("outcome", NOT_PASSED)
def test_whatever_is_not_passed_where_the_baseline_passed_is_divergent(outcome: Outcome) -> None:
    found = verdict_on(of_baseline(), of_subject(outcome))
    assert (found.verdict, found.expected) == (Verdict.DIVERGENT, False)


@pytest.mark.parametrize("outcome", NOT_PASSED)
def test_what_the_baseline_does_not_pass_is_inapplicable_whatever_the_subject_does(outcome: Outcome) -> None:
    passed = verdict_on(of_baseline(outcome, detail="no clock"), of_subject())
    failed = verdict_on(of_baseline(outcome, detail="no clock"), of_subject(Outcome.CRASHED))
    not_run = verdict_on(of_baseline(outcome, detail="no clock"))
    # A baseline that was lost may have been about to pass: it excuses nothing that is not declared.
    lost = outcome in (Outcome.CRASHED, Outcome.TIMED_OUT)
    for found in (passed, failed, not_run):
        assert (found.verdict, found.expected) == (Verdict.INAPPLICABLE, not lost)
        assert found.reason == f"baseline {outcome}: no clock"
    assert not_run.subject is None


def test_passing_without_making_the_implementation_s_objects_is_unexercised() -> None:
    found = verdict_on(of_baseline(), of_subject(exercised=False))
    assert (found.verdict, found.expected) == (Verdict.UNEXERCISED, True)


def test_an_unexercised_test_that_differs_is_divergent_all_the_same() -> None:
    assert verdict_on(of_baseline(), of_subject(Outcome.FAILED, exercised=False)).verdict is Verdict.DIVERGENT


def test_a_test_known_to_be_unexercised_needs_no_result() -> None:
    (found,) = judge(PLAN, [of_baseline()], (), {CELL.name: [TEST]})
    assert (found.verdict, found.subject) == (Verdict.UNEXERCISED, None)


def test_a_result_counts_for_more_than_the_knowledge_that_it_need_not_be_there() -> None:
    (found,) = judge(PLAN, [of_baseline(), of_subject(Outcome.FAILED)], (), {CELL.name: [TEST]})
    assert found.verdict is Verdict.DIVERGENT


def test_a_result_that_never_came_is_a_crash_and_divergent() -> None:
    found = verdict_on(of_baseline())
    assert found.verdict is Verdict.DIVERGENT
    assert found.subject == of_subject(Outcome.CRASHED, detail="no result came in", exercised=None)


@pytest.mark.parametrize("outcome", Outcome)
def test_a_test_that_the_baseline_never_had_is_divergent(outcome: Outcome) -> None:
    found = verdict_on(of_subject(outcome))
    assert (found.verdict, found.expected) == (Verdict.DIVERGENT, False)
    assert found.reason == "the baseline reported no such test"
    assert (found.baseline.cell, found.baseline.outcome) == (BASELINE.name, Outcome.CRASHED)


@pytest.mark.parametrize("second", [outcome for outcome in Outcome if outcome is not Outcome.FAILED])
def test_two_attempts_that_differ_are_flaky(second: Outcome) -> None:
    found = verdict_on(of_baseline(), of_subject(Outcome.FAILED), of_subject(second, attempt=2))
    assert (found.verdict, found.expected) == (Verdict.FLAKY, False)
    assert found.reason == f"failed at first, then {second}"
    assert found.retried == of_subject(second, attempt=2)


def test_two_attempts_that_agree_are_divergent() -> None:
    found = verdict_on(of_baseline(), of_subject(Outcome.FAILED), of_subject(Outcome.FAILED, attempt=2))
    assert found.verdict is Verdict.DIVERGENT
    assert found.retried == of_subject(Outcome.FAILED, attempt=2)


def test_only_what_diverged_is_settled_by_a_second_attempt() -> None:
    found = verdict_on(of_baseline(), of_subject(), of_subject(Outcome.FAILED, attempt=2))
    assert (found.verdict, found.retried) == (Verdict.CONFORMANT, None)


def test_a_lost_result_that_comes_at_the_second_attempt_is_flaky() -> None:
    found = verdict_on(of_baseline(), of_subject(attempt=2))
    assert (found.verdict, found.reason) == (Verdict.FLAKY, "crashed at first, then passed")


def test_results_may_come_in_any_order() -> None:
    results = [of_baseline(), of_subject(Outcome.FAILED), of_subject(attempt=2)]
    assert judge(PLAN, results, ()) == judge(PLAN, reversed(results), ())


def test_each_cell_is_judged_against_its_own_baseline() -> None:
    plain, uv = subject_cell(), subject_cell(loop=UVLOOP)
    plan = plan_of(plain, uv)
    assert plain.baseline is not None
    assert uv.baseline is not None
    results = [
        Result(plain.baseline, TEST, Outcome.PASSED),
        Result(uv.baseline, TEST, Outcome.SKIPPED),
        Result(plain.name, TEST, Outcome.PASSED),
        Result(uv.name, TEST, Outcome.PASSED),
    ]
    assert {found.cell: found.verdict for found in judge(plan, results, ())} == {
        plain.name: Verdict.CONFORMANT,
        uv.name: Verdict.INAPPLICABLE,
    }


def test_a_baseline_is_not_judged_itself() -> None:
    assert judge(Plan((BASELINE,)), [of_baseline(Outcome.FAILED)], ()) == []


def test_two_results_of_one_attempt_are_our_own_defect() -> None:
    with pytest.raises(ValueError, match=r"two results of test_runners\.RunnerTests\.test_run in runners/"):
        judge(PLAN, [of_baseline(), of_subject(), of_subject(Outcome.FAILED)], ())


def test_what_diverged_once_is_to_be_run_again_and_nothing_else() -> None:
    outcomes = {"a": Outcome.FAILED, "b": Outcome.PASSED, "c": Outcome.CRASHED, "d": Outcome.FAILED}
    results = [of_baseline(test=test) for test in outcomes]
    results += [of_subject(outcome, test) for test, outcome in outcomes.items()]
    results.append(of_subject(Outcome.FAILED, "d", attempt=2))
    assert to_retry(judge(PLAN, results, ())) == {CELL.name: ["a", "c"]}


def test_the_reason_of_an_inapplicable_test_is_the_exception_that_its_baseline_ended_with() -> None:
    found = verdict_on(of_baseline(Outcome.FAILED, detail=TRACEBACK))
    assert found.reason == "baseline failed: AssertionError: None != 'done'"
