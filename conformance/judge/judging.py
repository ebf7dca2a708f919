"""Give every test of every judged cell its verdict; the judge step, behind execute and before report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from conformance.judge.expectations import Expectation, fits, weigh
from conformance.judge.why import why
from conformance.records import Judgement, Outcome, Plan, Result, Verdict

_Attempts: TypeAlias = dict[int, Result]
_NOTHING_KNOWN: Mapping[str, Collection[str]] = MappingProxyType({})


def judge(
    plan: Plan,
    results: Iterable[Result],
    expectations: Sequence[Expectation],
    unexercised: Mapping[str, Collection[str]] = _NOTHING_KNOWN,
) -> list[Judgement]:
    """Return a judgement for each test of each cell that has a baseline, in the plan's order.

    Results may come in any order; the second attempt of a test that diverged decides whether it is flaky.
    ``unexercised`` names, by cell, the tests that were not run because they are known to be unexercised; a
    result that is missing for any other reason counts as crashed. Raises ValueError when two results have
    the same cell, test and attempt.
    """
    by_cell = _by_cell(results)
    judgements = []
    for cell in plan.cells:
        if cell.baseline is None:
            continue
        fitting = [entry for entry in expectations if fits(entry, cell)]
        baselines, subjects = by_cell[cell.baseline], by_cell[cell.name]
        known = frozenset(unexercised.get(cell.name, ()))
        for test in [*baselines, *(test for test in subjects if test not in baselines)]:
            attempts = subjects.get(test, {})
            baseline = baselines.get(test, {}).get(1)
            if baseline is None:
                verdict = _unknown(_absent(cell.baseline, test), attempts.get(1) or _absent(cell.name, test))
            elif baseline.outcome is not Outcome.PASSED:
                verdict = _inapplicable(cell.name, baseline, attempts.get(1))
            elif not attempts and test in known:
                verdict = Judgement(cell.name, test, Verdict.UNEXERCISED, baseline, None)
            else:
                verdict = _compare(baseline, attempts.get(1) or _absent(cell.name, test))
            judgements.append(weigh(_settle(verdict, attempts.get(2)), fitting))
    return judgements


def to_retry(judgements: Iterable[Judgement]) -> Mapping[str, list[str]]:
    """Return, by cell, the tests that diverged and have had no second attempt."""
    tests: dict[str, list[str]] = {}
    for judgement in judgements:
        if judgement.verdict is Verdict.DIVERGENT and judgement.retried is None:
            tests.setdefault(judgement.cell, []).append(judgement.test)
    return tests


def _by_cell(results: Iterable[Result]) -> Mapping[str, dict[str, _Attempts]]:
    by_cell: defaultdict[str, dict[str, _Attempts]] = defaultdict(dict)
    for result in results:
        attempts = by_cell[result.cell].setdefault(result.test, {})
        if result.attempt in attempts:
            raise ValueError(f"two results of {result.test} in {result.cell}, attempt {result.attempt}")
        attempts[result.attempt] = result
    return by_cell


def _absent(cell: str, test: str) -> Result:
    return Result(cell, test, Outcome.CRASHED, detail="no result came in")


def _unknown(baseline: Result, subject: Result) -> Judgement:
    return Judgement(
        subject.cell,
        subject.test,
        Verdict.DIVERGENT,
        baseline,
        subject,
        reason="the baseline reported no such test",
    )


def _inapplicable(cell: str, baseline: Result, subject: Result | None) -> Judgement:
    return Judgement(
        cell,
        baseline.test,
        Verdict.INAPPLICABLE,
        baseline,
        subject,
        reason=f"baseline {why(baseline)}",
    )


def _compare(baseline: Result, subject: Result) -> Judgement:
    if subject.outcome is not baseline.outcome:
        # Also where it was not exercised: what differs is shown, whatever the cause.
        verdict = Verdict.DIVERGENT
    else:
        verdict = Verdict.UNEXERCISED if subject.exercised is False else Verdict.CONFORMANT
    return Judgement(subject.cell, subject.test, verdict, baseline, subject)


def _settle(judgement: Judgement, retried: Result | None) -> Judgement:
    """Return the judgement with the second attempt, where it diverged at the first."""
    first = judgement.subject
    if retried is None or first is None or judgement.verdict is not Verdict.DIVERGENT:
        return judgement
    steady = retried.outcome is first.outcome
    return Judgement(
        judgement.cell,
        judgement.test,
        Verdict.DIVERGENT if steady else Verdict.FLAKY,
        judgement.baseline,
        first,
        retried,
        reason=judgement.reason if steady else f"{first.outcome} at first, then {retried.outcome}",
    )
