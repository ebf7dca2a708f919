"""What the attempts of one test amount to, beside its baseline's: the verdict, before the judge step weighs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from attrs import evolve, frozen

from conformance.judge.why import why
from conformance.records import Judgement, Outcome, Rate, Result, Verdict

NO_RESULT = "no result came in"
"""The detail of a result that the judge made up: no worker has told it."""


@frozen
class Case:
    """One test of one cell, with all that came in about it."""

    cell: str
    native: str
    """The name of the baseline's cell."""
    test: str
    baselines: Mapping[int, Result]
    """The baseline's results by their attempts."""
    subjects: Mapping[int, Result]
    """The subject's own; there may be none."""
    known: bool
    """Whether the test is known to be unexercised, and so need not have run."""


def judge_once(case: Case) -> Judgement:
    """Return the judgement of a test that ran once, and a second time only where it diverged."""
    found = _judge(case, case.baselines.get(1), case.subjects.get(1))
    first, retried = found.subject, case.subjects.get(2)
    if retried is None or first is None or found.verdict is not Verdict.DIVERGENT:
        return found
    if retried.outcome is first.outcome:
        return evolve(found, retried=retried)
    reason = f"{first.outcome} at first, then {retried.outcome}"
    return evolve(found, verdict=Verdict.FLAKY, retried=retried, reason=reason)


def judge_repeated(case: Case, repeat: int) -> Judgement:
    """Return the judgement of a test that ran ``repeat`` times; an attempt that brought no result crashed.

    Its subject is the first attempt that did not pass, and ``retried`` the first that did beside it.
    """
    baselines = _all(case.native, case.test, case.baselines, repeat) if case.baselines else []
    needless = case.known or not any(map(_passed, baselines))
    ran = bool(case.subjects) or not needless
    subjects = _all(case.cell, case.test, case.subjects, repeat) if ran else []
    baseline = _telling(baselines)
    found = _judge(case, baseline, _telling(subjects))
    if not _steady(baselines):
        passed = sum(map(_passed, baselines))
        found = evolve(found, verdict=Verdict.FLAKY, reason=f"the baseline passed {passed:,} of {repeat:,}")
    elif baseline is not None and _passed(baseline) and not _steady(subjects):
        found = evolve(found, verdict=Verdict.FLAKY, reason=_tally(subjects))
    if not subjects:
        return found
    passes = [result for result in subjects if _passed(result)]
    mixed = 0 < len(passes) < repeat
    return evolve(found, retried=passes[0] if mixed else None, rate=Rate(len(passes), repeat))


def _judge(case: Case, baseline: Result | None, subject: Result | None) -> Judgement:
    if baseline is None:
        return Judgement(
            case.cell,
            case.test,
            Verdict.DIVERGENT,
            _absent(case.native, case.test),
            subject or _absent(case.cell, case.test),
            reason="the baseline reported no such test",
        )
    if not _passed(baseline):
        reason = f"baseline {why(baseline)}"
        return Judgement(case.cell, case.test, Verdict.INAPPLICABLE, baseline, subject, reason=reason)
    if not case.subjects and case.known:
        return Judgement(case.cell, case.test, Verdict.UNEXERCISED, baseline, None)
    return _compare(baseline, subject or _absent(case.cell, case.test))


def _compare(baseline: Result, subject: Result) -> Judgement:
    if subject.outcome is not baseline.outcome:
        # Also where it was not exercised: what differs is shown, whatever the cause.
        verdict = Verdict.DIVERGENT
    else:
        verdict = Verdict.UNEXERCISED if subject.exercised is False else Verdict.CONFORMANT
    return Judgement(subject.cell, subject.test, verdict, baseline, subject)


def _all(cell: str, test: str, results: Mapping[int, Result], repeat: int) -> list[Result]:
    return [results.get(attempt) or _absent(cell, test, attempt) for attempt in range(1, repeat + 1)]


def _absent(cell: str, test: str, attempt: int = 1) -> Result:
    return Result(cell, test, Outcome.CRASHED, detail=NO_RESULT, attempt=attempt)


def _telling(results: Sequence[Result]) -> Result | None:
    """Return the result that a reader wants to see: one that did not pass, or one that says something."""
    failing = (result for result in results if not _passed(result))
    exercised = (result for result in results if result.exercised is not False)
    return next(chain(failing, exercised, results), None)


def _steady(results: Iterable[Result]) -> bool:
    return len({result.outcome for result in results}) <= 1


def _passed(result: Result) -> bool:
    return result.outcome is Outcome.PASSED


def _tally(results: Sequence[Result]) -> str:
    counts = Counter(result.outcome for result in results)
    passed = f"passed {counts.pop(Outcome.PASSED, 0):,} of {len(results):,}"
    return ", ".join([passed, *(f"{outcome} {counts[outcome]:,}" for outcome in Outcome if counts[outcome])])
