"""The tables of a campaign's report: the saved programs, the interpreters' own, and the census; for ``telling``."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from conformance.differential.census import Census
from conformance.differential.corpus import Saved
from conformance.differential.operations import FORMS
from conformance.differential.tally import SavedCourse, Tally
from conformance.records import NATIVE
from conformance.report.legible import heading, legible
from conformance.report.words import counted, some

_MOST_KINDS = 8
_MOST_CELLS = 3
_MOST_OTHERWISE = 4
_COUNT_WIDTH = 8


def tell_saved(console: Console, corpus: Sequence[Saved], tally: Tally) -> None:
    """Print each saved program: its name, whether it did what is expected, and what it was."""
    if not tally.saved:
        return
    heading(console, "Saved programs")
    table = _table()
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for saved in corpus:
        course = tally.saved.get(saved.name)
        style = "bold red" if course is not None and course.differs else ""
        table.add_row(legible(console, saved.name, style), legible(console, said_of(course), style))
        table.add_row("", legible(console, saved.what, "dim"))
    console.print(table)


def said_of(course: SavedCourse | None) -> str:
    """Whether a saved program did what is expected of it, in words."""
    if course is None:
        return "not run"
    if course.differs:
        cells = some(sorted(course.differs), _MOST_CELLS, "cells")
        return f"differs: {next(iter(course.differs.values()))} – {cells}"
    said = ["as expected"]
    for name, taking in sorted(course.declared.items()):
        said.append(f"{name} on {counted(len(taking), 'cell')}, as declared")
    if course.own:
        said.append(f"the interpreter's own on {counted(len(course.own), 'cell')}")
    return "; ".join(said)


def tell_own(console: Console, tally: Tally) -> None:
    """Print the kinds of what is the interpreters' own, with their counts and first programs."""
    if tally.own:
        heading(console, "The interpreters' own")
    for control, kinds in tally.own.items():
        told = list(kinds)
        changes, of = counted(sum(kinds.counts.values()), "change"), counted(len(told), "kind")
        drift = ", native's drift (docs/findings.md says why)" if control.split("/")[1] == NATIVE else ""
        console.print(legible(console, f"{control}: {changes} of {of}{drift}"), soft_wrap=True)
        table = _table()
        table.add_column(justify="right", no_wrap=True, min_width=_COUNT_WIDTH)
        table.add_column(ratio=1)
        for kind, count, first in told[:_MOST_KINDS]:
            table.add_row(f"{count:,}", legible(console, f"{kind} (first: {first})"))
        if len(told) > _MOST_KINDS:
            table.add_row("", legible(console, f"and {len(told) - _MOST_KINDS:,} more kinds", "dim"))
        console.print(table)


def tell_census(console: Console, census: Census, *, enough: int) -> None:
    """Print what was drawn and what ran, and what was not.

    ``enough`` is how many programs are to exercise all that is asked for.
    """
    if not census.programs:
        return
    heading(console, f"Census of {counted(census.programs, 'drawn program')}")
    _tell_counts(console, ("drawn", "programs", "ran"), [(name, counts) for name, *counts in census.rows()])
    note = "drawn: operations; programs: that have it; ran: programs in which it found something to do, on native"
    console.print(legible(console, note, "dim"), soft_wrap=True)
    marks = {mark: [drawn, ran] for _, mark, drawn, ran in census.asked() if mark not in FORMS}
    _tell_counts(console, ("programs", "ran"), list(marks.items()))
    note = "programs: whose text is plainly meant to come to it; ran: that have come to it on native, meant or not"
    console.print(legible(console, note, "dim"), soft_wrap=True)
    if census.told:
        otherwise = census.told_otherwise()
        told = some(otherwise, _MOST_OTHERWISE, "counts") if otherwise else "the same of all that was drawn"
        style = "bold red" if otherwise else "dim"
        console.print(legible(console, f"By Hypothesis's own count (event): {told}", style), soft_wrap=True)
    missing = [f"never drawn: {each}" for each in census.never_drawn()]
    missing += [f"never ran: {each}" for each in census.never_ran()]
    if missing and census.programs < enough:
        some_of = counted(len(missing), "thing")
        said = f"{some_of} asked for and not exercised in so few programs, which is no error: {some(missing, 2, 'things')}"
        console.print(legible(console, said), soft_wrap=True)
    else:
        for each in missing:
            console.print(legible(console, each, "bold red"), soft_wrap=True)
        if missing:
            said = f"{counted(census.programs, 'program')} are to exercise all that is asked for: mend the drawing."
            console.print(legible(console, said, "bold red"), soft_wrap=True)


def _tell_counts(console: Console, titles: Sequence[str], rows: Sequence[tuple[str, list[int]]]) -> None:
    """Print what was counted by name, in as many columns as there is room for."""
    name_width = max(len(name) for name, _ in rows)
    groups = max(1, console.width // (name_width + 1 + len(titles) * (_COUNT_WIDTH + 1)))
    table = _table()
    table.show_header = True
    for _ in range(groups):
        table.add_column("", width=name_width, no_wrap=True)
        for title in titles:
            table.add_column(title, justify="right", width=_COUNT_WIDTH, no_wrap=True)
    height = -(-len(rows) // groups)
    for line in range(height):
        cells: list[str] = []
        for name, counts in rows[line::height]:
            cells += [name, *(f"{count:,}" for count in counts)]
        table.add_row(*cells)
    console.print(table)


def _table() -> Table:
    return Table(box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False)
