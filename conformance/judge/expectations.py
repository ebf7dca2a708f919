"""What was declared about verdicts before the run: how the judge step finds, weighs and misses it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from attrs import evolve, field, frozen
from packaging.specifiers import SpecifierSet

from conformance.records import Cell, Judgement, Outcome, Plan, Verdict

_NEED_NONE = frozenset({Verdict.CONFORMANT, Verdict.INAPPLICABLE, Verdict.UNEXERCISED})
_LOST = frozenset({Outcome.CRASHED, Outcome.TIMED_OUT})


@frozen
class Expectation:
    """A verdict that is not conformant, declared for some tests of some cells, with its reason.

    ``test``, ``implementation``, ``suite``, ``mode`` and ``loop`` are globs; ``python`` is a version specifier.
    """

    number: int
    """Which entry of its file this is, counted from 1."""
    test: str
    verdict: Verdict
    reason: str
    link: str = ""
    implementation: str = "*"
    suite: str = "*"
    mode: str = "*"
    loop: str = "*"
    python: SpecifierSet = field(factory=SpecifierSet)


@frozen
class Unmet:
    """An expectation that no test answers to any more, and the cells where one should have."""

    number: int
    test: str
    verdict: Verdict
    reason: str
    cells: tuple[str, ...]


def fits(expectation: Expectation, cell: Cell) -> bool:
    """Whether the cell is one of those that the expectation speaks of."""
    return (
        fnmatchcase(cell.implementation.name, expectation.implementation)
        and fnmatchcase(cell.suite, expectation.suite)
        and fnmatchcase(cell.mode, expectation.mode)
        and fnmatchcase(cell.loop.name, expectation.loop)
        # A build from a checkout says "3.13.0+", which is no version number; a pre-release is one.
        and expectation.python.contains(cell.interpreter.version.rstrip("+"), prereleases=True)
    )


def weigh(judgement: Judgement, fitting: Sequence[Expectation]) -> Judgement:
    """Return the judgement with ``expected`` and ``reason`` as the expectations that fit its cell have it.

    The last entry that names the test counts, so that a file goes from the general to the particular.
    """
    declared = next((entry for entry in reversed(fitting) if fnmatchcase(judgement.test, entry.test)), None)
    if declared is None:
        # A baseline that was lost says nothing about native: it has to be known before it may excuse a test.
        lost = judgement.verdict is Verdict.INAPPLICABLE and judgement.baseline.outcome in _LOST
        expected = judgement.verdict in _NEED_NONE and not lost
        return judgement if expected is judgement.expected else evolve(judgement, expected=expected)
    reason = f"{declared.reason} ({declared.link})" if declared.link else declared.reason
    expected = _comes_true(declared.verdict, judgement.verdict)
    if not expected:
        reason = f"declared {declared.verdict} in entry {declared.number}: {reason}"
    return evolve(
        judgement, expected=expected, reason=f"{reason}; {judgement.reason}" if judgement.reason else reason
    )


def unmet(
    expectations: Iterable[Expectation], plan: Plan, judgements: Iterable[Judgement], *, filtered: bool
) -> tuple[Unmet, ...]:
    """Return the expectations that match no test of the cells that they fit and that were run.

    ``filtered`` says that only some tests were asked for; then none of them can be told to be unmet.
    """
    if filtered:
        return ()
    return tuple(
        Unmet(entry.number, entry.test, entry.verdict, entry.reason, cells)
        for entry, cells, answered in _answers(expectations, plan, judgements)
        if cells and not answered
    )


def met(expectations: Iterable[Expectation], plan: Plan, judgements: Iterable[Judgement]) -> tuple[int, ...]:
    """Return the numbers of the expectations that match a test of the cells that they fit and that were run."""
    return tuple(
        entry.number for entry, _cells, answered in _answers(expectations, plan, judgements) if answered
    )


def _answers(
    expectations: Iterable[Expectation], plan: Plan, judgements: Iterable[Judgement]
) -> Iterator[tuple[Expectation, tuple[str, ...], bool]]:
    """For each expectation, the cells that it fits and that were run, and whether a test of theirs answers to it."""
    tests: dict[str, set[str]] = {}
    for judgement in judgements:
        tests.setdefault(judgement.cell, set()).add(judgement.test)
    for entry in expectations:
        cells = tuple(cell.name for cell in plan.cells if cell.name in tests and fits(entry, cell))
        answered = any(fnmatchcase(test, entry.test) for cell in cells for test in tests[cell])
        yield entry, cells, answered


def _comes_true(declared: Verdict, verdict: Verdict) -> bool:
    # A flaky test passes most of the time: to demand that it fails in every run would make the run flaky.
    return verdict is declared or (declared is Verdict.FLAKY and verdict is Verdict.CONFORMANT)
