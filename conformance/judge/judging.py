"""Give every test of every judged cell its verdict; the judge step, behind execute and before report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from conformance.judge.attempts import Case, judge_once, judge_repeated
from conformance.judge.expectations import Expectation, fits, weigh
from conformance.records import Judgement, Plan, Result, Verdict

_NOTHING_KNOWN: Mapping[str, Collection[str]] = MappingProxyType({})


def judge(
    plan: Plan,
    results: Iterable[Result],
    expectations: Sequence[Expectation],
    unexercised: Mapping[str, Collection[str]] = _NOTHING_KNOWN,
    repeat: int = 1,
) -> list[Judgement]:
    """Return a judgement for each test of each cell that has a baseline, in the plan's order.

    Results may come in any order. Where each test ran once, the second attempt of one that diverged decides
    whether it is flaky; where it ran ``repeat`` times, all of its attempts from 1 to ``repeat`` do.
    ``unexercised`` names, by cell, the tests that were not run because they are known to be unexercised; a
    result that is missing for any other reason counts as crashed. Raises ValueError when two results have
    the same cell, test and attempt.
    """
    of_cell = _by_cell(results)
    judgements = []
    for cell in plan.cells:
        if cell.baseline is None:
            continue
        fitting = [entry for entry in expectations if fits(entry, cell)]
        # Of these two alone: of all cells at once it would be more than the results themselves.
        baselines, subjects = _by_test(of_cell[cell.baseline]), _by_test(of_cell[cell.name])
        known = frozenset(unexercised.get(cell.name, ()))
        for test in [*baselines, *(test for test in subjects if test not in baselines)]:
            case = Case(
                cell=cell.name,
                native=cell.baseline,
                test=test,
                baselines=baselines.get(test, {}),
                subjects=subjects.get(test, {}),
                known=test in known,
            )
            found = judge_once(case) if repeat == 1 else judge_repeated(case, repeat)
            judgements.append(weigh(found, fitting))
    return judgements


def to_retry(judgements: Iterable[Judgement]) -> Mapping[str, list[str]]:
    """Return, by cell, the tests that diverged and have had no other attempt: none where each ran several times."""
    tests: dict[str, list[str]] = {}
    for judgement in judgements:
        once = judgement.retried is None and judgement.rate is None
        if judgement.verdict is Verdict.DIVERGENT and once:
            tests.setdefault(judgement.cell, []).append(judgement.test)
    return tests


def _by_cell(results: Iterable[Result]) -> Mapping[str, list[Result]]:
    by_cell: defaultdict[str, list[Result]] = defaultdict(list)
    for result in results:
        by_cell[result.cell].append(result)
    return by_cell


def _by_test(results: Iterable[Result]) -> dict[str, dict[int, Result]]:
    by_test: dict[str, dict[int, Result]] = {}
    for result in results:
        attempts = by_test.setdefault(result.test, {})
        if result.attempt in attempts:
            raise ValueError(f"two results of {result.test} in {result.cell}, attempt {result.attempt}")
        attempts[result.attempt] = result
    return by_test
