"""What tests left changed in their process, by name: the report step's section on it, news for an author first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from conformance.records import Outcome, Plan, Result
from conformance.report.entries import entries, entry
from conformance.report.legible import heading, legible
from conformance.report.words import some

_ALONE = "By the implementation, and not by its baseline"
_UNTOLD = "By the implementation, where the baseline did not pass and so tells nothing"
_BASELINE = "By the baseline itself: upstream's or the loop's"
_MOST = 8
_NAMES = 3

_Place: TypeAlias = tuple[str, str]
"""A cell and a test of it."""


def print_leaks(console: Console, plan: Plan, results: Collection[Result]) -> None:
    """Print what tests left behind, those leaks first that an implementation's tests have and its baseline's lack.

    No verdict depends on them. Where each test ran several times, all of its attempts count as one.
    """
    left: dict[_Place, set[str]] = {}
    for result in results:
        if result.leaks:
            left.setdefault((result.cell, result.test), set()).update(result.leaks)
    # Most tests leave nothing, and of what they did nothing need be known.
    tests = {test for _cell, test in left}
    passed = {
        (result.cell, result.test)
        for result in results
        if result.test in tests and result.outcome is Outcome.PASSED
    }
    kinds = _sort_out(plan, left, passed)
    if not any(kinds.values()):
        return
    heading(console, "Left behind by tests")
    for kind, leaks in kinds.items():
        if leaks:
            console.print()
            console.print(legible(console, kind, "bold"))
            console.print(Padding(_table(console, leaks, news=kind is _ALONE), (0, 0, 0, 2), expand=False))


def _sort_out(
    plan: Plan, left: Mapping[_Place, set[str]], passed: Collection[_Place]
) -> dict[str, dict[str, list[_Place]]]:
    """Return where each leak was found, as cell and test, by whose it is and by its name."""
    kinds: dict[str, dict[str, list[_Place]]] = {_ALONE: {}, _UNTOLD: {}, _BASELINE: {}}
    ranks = {cell.name: rank for rank, cell in enumerate(plan.cells)}
    against = {cell.name: cell.baseline for cell in plan.cells}
    # Results come as they were finished; the report of the same leaks is to be the same.
    for cell, test in sorted(left, key=lambda place: (ranks[place[0]], place[1])):
        baseline = against[cell]
        kind, new = _BASELINE, left[cell, test]
        if baseline is not None:
            kind = _ALONE if (baseline, test) in passed else _UNTOLD
            new = new - left.get((baseline, test), set())
        for leak in new:
            kinds[kind].setdefault(leak, []).append((cell, test))
    return kinds


def _table(console: Console, leaks: Mapping[str, list[_Place]], *, news: bool) -> Table:
    # A test that leaves one thing behind often leaves several: these are told of at once.
    alike: dict[tuple[_Place, ...], list[str]] = {}
    for leak in sorted(leaks):
        alike.setdefault(tuple(leaks[leak]), []).append(leak)
    table = entries(marks="right")
    ranked = sorted(alike.items(), key=lambda item: -len(item[0]))
    for places, names in ranked[:_MOST]:
        cells = list(dict.fromkeys(cell for cell, _test in places))
        tests = list(dict.fromkeys(test for _cell, test in places))
        mark = f"! {len(places):,}" if news else f"{len(places):,}"
        table.add_row(
            legible(console, mark, "bold yellow" if news else "bold"),
            entry(
                console,
                some(names, _NAMES, "leaks"),
                where=f"{some(tests, _NAMES, 'tests')}\nin {some(cells, _NAMES, 'cells')}",
            ),
        )
    if rest := ranked[_MOST:]:
        count = sum(len(names) for _places, names in rest)
        table.add_row("", legible(console, f"and {count:,} more, which the document has", "dim"))
    return table
