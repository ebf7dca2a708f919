"""The judgement of a test that ran several times: rules by example, and what holds of whatever came in."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.judge import Expectation, judge, to_retry
from conformance.records import Judgement, Outcome, Rate, Result, Verdict
from results import BASELINE, CELL, PLAN, TEST

PASSED, FAILED, ERRORED, SKIPPED, CRASHED, TIMED_OUT = Outcome
NOT_PASSED = [outcome for outcome in Outcome if outcome is not PASSED]
PASSES = [PASSED] * 10


def attempts(cell: str, outcomes: Sequence[Outcome | None], exercised: bool | None = None) -> list[Result]:
    """Return a result for each attempt; None is one that brought none."""
    return [
        Result(cell, TEST, outcome, detail=f"at {attempt}", exercised=exercised, attempt=attempt)
        for attempt, outcome in enumerate(outcomes, start=1)
        if outcome is not None
    ]


def verdict_on(
    baselines: Sequence[Outcome | None], subjects: Sequence[Outcome | None], repeat: int | None = None
) -> Judgement:
    results = attempts(BASELINE.name, baselines) + attempts(CELL.name, subjects, exercised=True)
    (found,) = judge(PLAN, results, (), repeat=repeat or len(subjects))
    return found


def test_passing_in_all_is_conformant() -> None:
    found = verdict_on(PASSES, PASSES)
    assert (found.verdict, found.expected, found.reason) == (Verdict.CONFORMANT, True, "")
    assert found.rate == Rate(10, 10)


@pytest.mark.parametrize("outcome", NOT_PASSED)
def test_the_same_in_all_and_not_passed_is_divergent(outcome: Outcome) -> None:
    found = verdict_on(PASSES, [outcome] * 10)
    assert (found.verdict, found.expected, found.reason) == (Verdict.DIVERGENT, False, "")
    assert found.rate == Rate(0, 10)


def test_what_passes_at_times_is_flaky_with_its_rate_and_what_else_came_of_it() -> None:
    found = verdict_on(PASSES, [*[PASSED] * 3, TIMED_OUT, *[PASSED] * 4, FAILED, TIMED_OUT])
    assert (found.verdict, found.expected) == (Verdict.FLAKY, False)
    assert found.reason == "passed 7 of 10, failed 1, timed-out 2"
    assert found.rate == Rate(7, 10)


def test_never_passing_but_in_several_ways_is_flaky() -> None:
    found = verdict_on(PASSES, [FAILED] * 6 + [CRASHED] * 4)
    assert (found.verdict, found.reason) == (Verdict.FLAKY, "passed 0 of 10, failed 6, crashed 4")


def test_a_flaky_test_is_shown_by_the_first_that_failed_and_the_first_that_passed() -> None:
    found = verdict_on(PASSES, [PASSED, PASSED, FAILED, TIMED_OUT])
    assert found.subject is not None
    assert found.retried is not None
    assert (found.subject.attempt, found.retried.attempt) == (3, 1)


@pytest.mark.parametrize("subjects", [[PASSED] * 3, [FAILED] * 3, [FAILED, FAILED, CRASHED]])
def test_where_none_or_all_passed_the_first_attempt_is_shown_alone(subjects: list[Outcome]) -> None:
    found = verdict_on([PASSED] * 3, subjects)
    assert found.subject is not None
    assert (found.subject.attempt, found.retried) == (1, None)


def test_an_attempt_that_brought_no_result_crashed() -> None:
    found = verdict_on(PASSES, [PASSED, None, *[PASSED] * 8])
    assert (found.verdict, found.reason) == (Verdict.FLAKY, "passed 9 of 10, crashed 1")
    assert found.subject == Result(CELL.name, TEST, CRASHED, "no result came in", attempt=2)


def test_a_subject_without_any_result_is_divergent() -> None:
    found = verdict_on(PASSES, [], repeat=10)
    assert (found.verdict, found.rate) == (Verdict.DIVERGENT, Rate(0, 10))


def test_a_baseline_that_is_not_steady_makes_a_test_flaky_whatever_the_subject_does() -> None:
    for subjects in (PASSES, [FAILED] * 10, [PASSED, FAILED] * 5, [None] * 10):
        found = verdict_on([*[PASSED] * 6, FAILED, *[PASSED] * 3], subjects)
        assert (found.verdict, found.expected) == (Verdict.FLAKY, False)
        assert found.reason == "the baseline passed 9 of 10"
        assert (found.baseline.outcome, found.baseline.attempt) == (FAILED, 7)


def test_a_baseline_that_never_does_the_same_is_not_steady_also_where_it_never_passes() -> None:
    found = verdict_on([SKIPPED, FAILED, FAILED], [FAILED] * 3)
    assert (found.verdict, found.reason) == (Verdict.FLAKY, "the baseline passed 0 of 3")


def test_an_attempt_of_the_baseline_that_brought_no_result_crashed() -> None:
    found = verdict_on([PASSED, None], [PASSED] * 2)
    assert (found.verdict, found.reason) == (Verdict.FLAKY, "the baseline passed 1 of 2")


@pytest.mark.parametrize("subjects", [PASSES, [FAILED, PASSED] * 5, []])
def test_what_the_baseline_never_passes_is_inapplicable(subjects: list[Outcome]) -> None:
    found = verdict_on([SKIPPED] * 10, subjects, repeat=10)
    assert (found.verdict, found.expected) == (Verdict.INAPPLICABLE, True)
    assert found.reason == "baseline skipped: at 1"


def test_what_was_not_run_has_no_rate() -> None:
    assert verdict_on([SKIPPED] * 3, [], repeat=3).rate is None


def test_a_test_that_the_baseline_never_had_is_divergent() -> None:
    found = verdict_on([], [PASSED] * 3)
    assert (found.verdict, found.reason) == (Verdict.DIVERGENT, "the baseline reported no such test")
    assert found.rate == Rate(3, 3)


def test_a_test_known_to_be_unexercised_needs_no_result() -> None:
    (found,) = judge(PLAN, attempts(BASELINE.name, PASSES), (), {CELL.name: [TEST]}, repeat=10)
    assert (found.verdict, found.subject, found.rate) == (Verdict.UNEXERCISED, None, None)


def test_a_baseline_that_is_not_steady_is_told_of_where_the_subject_did_not_run() -> None:
    results = attempts(BASELINE.name, [PASSED, FAILED])
    (found,) = judge(PLAN, results, (), {CELL.name: [TEST]}, repeat=2)
    assert (found.verdict, found.subject, found.rate) == (Verdict.FLAKY, None, None)


def test_a_test_that_made_the_implementation_s_objects_at_least_once_is_exercised() -> None:
    results = attempts(BASELINE.name, [PASSED] * 3) + attempts(CELL.name, [PASSED] * 3, exercised=False)
    (never,) = judge(PLAN, results, (), repeat=3)
    results[-1] = Result(CELL.name, TEST, PASSED, exercised=True, attempt=3)
    (once,) = judge(PLAN, results, (), repeat=3)
    assert (never.verdict, once.verdict) == (Verdict.UNEXERCISED, Verdict.CONFORMANT)


@pytest.mark.parametrize("subjects", [[PASSED] * 3, [PASSED, PASSED, FAILED]])
def test_declared_flaky_is_met_by_flaky_and_by_conformant(subjects: list[Outcome]) -> None:
    declared = [Expectation(1, TEST, Verdict.FLAKY, "a slow clock")]
    results = attempts(BASELINE.name, [PASSED] * 3) + attempts(CELL.name, subjects)
    (found,) = judge(PLAN, results, declared, repeat=3)
    assert found.expected


def test_nothing_is_run_again() -> None:
    for subjects in (PASSES, [FAILED] * 10, [PASSED, FAILED] * 5, []):
        assert to_retry([verdict_on(PASSES, subjects, repeat=10)]) == {}


def test_attempts_beyond_those_asked_for_do_not_count() -> None:
    assert verdict_on([PASSED] * 4, [PASSED, PASSED, FAILED, FAILED], repeat=2).verdict is Verdict.CONFORMANT


OUTCOMES = st.sampled_from(Outcome)
ATTEMPTS = st.integers(2, 5).flatmap(
    lambda repeat: st.tuples(*[st.lists(OUTCOMES, min_size=repeat, max_size=repeat)] * 2)
)
"""The outcomes of the baseline and those of the subject, as many of each."""
FEW = settings(max_examples=200, deadline=None, derandomize=True, database=None)


@FEW
@given(
    st.sets(
        st.tuples(st.sampled_from([BASELINE.name, CELL.name]), st.sampled_from("abc"), st.integers(1, 4))
    ),
    st.lists(OUTCOMES, min_size=24, max_size=24),
    st.integers(1, 4),
    st.randoms(use_true_random=False),
)
def test_the_order_in_which_results_came_changes_no_judgement(
    places: set[tuple[str, str, int]], outcomes: list[Outcome], repeat: int, random: Random
) -> None:
    results = [
        Result(cell, test, outcome, attempt=attempt)
        for (cell, test, attempt), outcome in zip(sorted(places), outcomes, strict=False)
    ]
    shuffled = random.sample(results, len(results))
    found, again = (
        {(one.cell, one.test): one for one in judge(PLAN, came, (), repeat=repeat)}
        for came in (results, shuffled)
    )
    assert found == again


@FEW
@given(ATTEMPTS)
def test_a_verdict_is_flaky_where_something_that_counts_was_not_the_same_in_all(
    came: tuple[list[Outcome], list[Outcome]],
) -> None:
    baselines, subjects = came
    found = verdict_on(baselines, subjects)
    unsteady = len(set(baselines)) > 1 or (set(baselines) == {PASSED} and len(set(subjects)) > 1)
    assert (found.verdict is Verdict.FLAKY) == unsteady
    assert found.rate == Rate(subjects.count(PASSED), len(subjects))


@FEW
@given(OUTCOMES, OUTCOMES, st.booleans(), st.integers(2, 5))
def test_what_is_the_same_in_all_has_the_verdict_of_one_run(
    baseline: Outcome, subject: Outcome, exercised: bool, repeat: int
) -> None:
    results = attempts(BASELINE.name, [baseline] * repeat)
    results += attempts(CELL.name, [subject] * repeat, exercised)
    first = [result for result in results if result.attempt == 1]
    (once,), (repeated,) = judge(PLAN, first, ()), judge(PLAN, results, (), repeat=repeat)
    assert (repeated.verdict, repeated.reason, repeated.expected) == (
        once.verdict,
        once.reason,
        once.expected,
    )
    assert (repeated.baseline, repeated.subject) == (once.baseline, once.subject)


@FEW
@given(ATTEMPTS, st.integers(0, 4))
def test_one_more_pass_brings_no_test_nearer_to_divergent(
    came: tuple[list[Outcome], list[Outcome]], place: int
) -> None:
    baselines, subjects = came
    better = list(subjects)
    better[place % len(better)] = PASSED
    before, after = verdict_on(baselines, subjects), verdict_on(baselines, better)
    assert after.verdict is not Verdict.DIVERGENT
    assert before.verdict is not Verdict.CONFORMANT or after.verdict is Verdict.CONFORMANT
    assert before.rate is not None
    assert after.rate is not None
    assert after.rate.passed >= before.rate.passed


@FEW
@given(ATTEMPTS, OUTCOMES, OUTCOMES)
def test_what_is_flaky_stays_so_however_often_it_runs_on(
    came: tuple[list[Outcome], list[Outcome]], baseline: Outcome, subject: Outcome
) -> None:
    baselines, subjects = came
    before = verdict_on(baselines, subjects)
    after = verdict_on([*baselines, baseline], [*subjects, subject])
    assert before.verdict is not Verdict.FLAKY or after.verdict is Verdict.FLAKY
