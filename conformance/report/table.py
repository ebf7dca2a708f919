"""The table of verdicts by cell, and why tests were inapplicable; the first thing that the report step prints."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeAlias

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from conformance.records import Cell, Judgement, Outcome, Plan, Verdict
from conformance.report.counts import count_verdicts
from conformance.report.entries import entries
from conformance.report.groups import Group, group_cells
from conformance.report.legible import heading, legible
from conformance.report.words import counted

_COLUMNS = (Verdict.DIVERGENT, Verdict.FLAKY, Verdict.INAPPLICABLE, Verdict.UNEXERCISED)
_ROOMY = 90
_SHORT = {
    Verdict.CONFORMANT: "conf.",
    Verdict.DIVERGENT: "div.",
    Verdict.FLAKY: "fl.",
    Verdict.INAPPLICABLE: "inapp.",
    Verdict.UNEXERCISED: "unex.",
}
"""The heads of columns where the words themselves have no room."""
_INDENT = 2
_MARK = len("✗ 12")
_MOST = 12
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+")

_Places: TypeAlias = dict[tuple[str, str], list[str]]
"""The tests that a reason is about, by interpreter and loop."""
_Reasons: TypeAlias = dict[str, _Places]


def print_table(console: Console, plan: Plan, judgements: Sequence[Judgement]) -> None:
    """Print one table for each group of cells, all with columns of the same width."""
    counts = count_verdicts(judgements)
    unexpected = Counter(judgement.cell for judgement in judgements if not judgement.expected)
    groups = group_cells(plan)
    cells = [cell for group in groups for cell in group.cells]
    heads: Mapping[Verdict, str] = {verdict: verdict for verdict in _SHORT}
    if console.measure(_empty_table(console, cells, counts, heads)).maximum + _INDENT > console.width:
        heads = _SHORT
    for group in groups:
        console.print()
        console.print(legible(console, _title(group), "bold"))
        table = _empty_table(console, cells, counts, heads)
        for cell in group.cells:
            table.add_row(*(legible(console, *entry) for entry in _row(cell, counts, unexpected)))
        console.print(Padding(table, (0, 0, 0, _INDENT), expand=False))
    notes = []
    if heads is _SHORT and groups:
        notes.append(", ".join(f"{head}: {verdict}" for verdict, head in _SHORT.items()))
    if unexpected:
        notes.append("✗ N: N of the cell's verdicts are unexpected; they are told of below")
    if any(tally[Verdict.UNEXERCISED] for tally in counts.values()):
        notes.append("unexercised: the test makes no Runner or Task of the implementation")
    if notes:
        console.print()
        console.print(legible(console, "\n".join(notes), "dim"))


def print_inapplicable(console: Console, plan: Plan, judgements: Iterable[Judgement]) -> None:
    """Print the reasons why tests were inapplicable, the most frequent first, and where each one held.

    A baseline serves several modes and implementations: groups with the same reasons are told of at once.
    """
    by_cell: dict[str, list[Judgement]] = {}
    for judgement in judgements:
        if judgement.verdict is Verdict.INAPPLICABLE:
            by_cell.setdefault(judgement.cell, []).append(judgement)
    if not by_cell:
        return
    heading(console, "Why inapplicable")
    told: list[tuple[list[str], _Reasons]] = []
    for group in group_cells(plan):
        reasons = _reasons(group, by_cell)
        titles = next((titles for titles, known in told if known == reasons), None)
        if titles is not None:
            titles.append(_title(group))
        elif reasons:
            told.append(([_title(group)], reasons))
    for titles, reasons in told:
        console.print()
        console.print(legible(console, "\n".join(titles), "bold"))
        console.print(Padding(_reason_table(console, reasons), (0, 0, 0, 2), expand=False))
    stored = {
        (found.baseline.cell, found.baseline.test)
        for found in chain.from_iterable(by_cell.values())
        if found.baseline.cached and found.baseline.outcome is not Outcome.SKIPPED
    }
    if stored:
        console.print()
        say = (
            f"{counted(len(stored), 'failure')} of baselines from the store: 'run --no-cache' asks them again"
        )
        console.print(legible(console, say, "dim"))


def _title(group: Group) -> str:
    return f"{group.implementation} · {group.suite}"


def _empty_table(
    console: Console,
    cells: Sequence[Cell],
    counts: Mapping[str, Mapping[Verdict, int]],
    heads: Mapping[Verdict, str],
) -> Table:
    table = Table(
        box=None, pad_edge=False, padding=(0, 2 if console.width >= _ROOMY else 1, 0, 0), header_style="dim"
    )
    widths = (
        max((len(cell.interpreter.version) for cell in cells), default=0),
        max((len(cell.loop.name) for cell in cells), default=0),
        max((len(_share(tally)) for tally in counts.values()), default=0),
    )
    table.add_column("python", min_width=widths[0])
    table.add_column("loop", min_width=widths[1], overflow="fold")
    table.add_column(heads[Verdict.CONFORMANT], min_width=widths[2], justify="right")
    for verdict in _COLUMNS:
        table.add_column(heads[verdict], justify="right")
    table.add_column("", min_width=_MARK, no_wrap=True)
    return table


def _row(
    cell: Cell, counts: Mapping[str, Mapping[Verdict, int]], unexpected: Mapping[str, int]
) -> list[tuple[str, str]]:
    """Return each entry of a cell's row with its style."""
    where = [(cell.interpreter.version, ""), (cell.loop.name, "")]
    tally = counts.get(cell.name)
    if tally is None:
        return [*where, ("no verdict", "yellow"), *[("·", "dim")] * len(_COLUMNS), ("", "")]
    wrong = unexpected.get(cell.name, 0)
    return [
        *where,
        (_share(tally), "green" if not wrong else "red"),
        *(
            (f"{tally[verdict]:,}", _style(verdict)) if tally[verdict] else ("·", "dim")
            for verdict in _COLUMNS
        ),
        (f"✗ {wrong:,}", "bold red") if wrong else ("✓", "green"),
    ]


def _share(tally: Mapping[Verdict, int]) -> str:
    return f"{tally[Verdict.CONFORMANT]:,} of {sum(tally.values()):,}"


def _style(verdict: Verdict) -> str:
    return {Verdict.DIVERGENT: "red", Verdict.FLAKY: "yellow"}.get(verdict, "")


def _reasons(group: Group, by_cell: Mapping[str, Sequence[Judgement]]) -> _Reasons:
    found: _Reasons = {}
    for cell in group.cells:
        for judgement in by_cell.get(cell.name, ()):
            # An address is another one in each process: the reason is the same.
            reason = _ADDRESS.sub("0x…", judgement.reason)
            place = (cell.interpreter.version, cell.loop.name)
            found.setdefault(reason, {}).setdefault(place, []).append(judgement.test)
    return found


def _reason_table(console: Console, reasons: _Reasons) -> Table:
    ranked = sorted(reasons.items(), key=lambda item: -_total(item[1]))
    table = entries(marks="right")
    for reason, places in ranked[:_MOST]:
        text = legible(console, reason)
        text.append("\n").append_text(legible(console, _where(places), "dim"))
        table.add_row(legible(console, f"{_total(places):,}", "bold"), text)
    if rest := [places for _reason, places in ranked[_MOST:]]:
        note = f"for {counted(len(rest), 'more reason')}, which the document has"
        table.add_row(f"{sum(map(_total, rest)):,}", legible(console, note, "dim"))
    return table


def _total(places: _Places) -> int:
    return sum(map(len, places.values()))


def _where(places: _Places) -> str:
    """Return the test that it is about, where it is a single one, and the interpreters of each loop."""
    tests = {test for found in places.values() for test in found}
    loops: dict[str, list[str]] = {}
    for (version, loop), found in places.items():
        times = "" if len(tests) == 1 else f" ×{len(found):,}"
        loops.setdefault(loop, []).append(f"{version}{times}")
    where = "; ".join(f"{loop} {', '.join(versions)}" for loop, versions in loops.items())
    return f"{tests.pop()}\n{where}" if len(tests) == 1 else where
