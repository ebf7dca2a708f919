"""What changed between two documents, as a table on the terminal, as Markdown and as JSON; at the end of the report step."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen
from rich.console import Console

from conformance.errors import ExitStatus
from conformance.plain import to_plain
from conformance.report.changes import Change, Changes, Direction
from conformance.report.entries import entries, entry
from conformance.report.legible import heading, legible
from conformance.report.markup import code, escaped
from conformance.report.words import counted, some

FORMAT = 1
_MOST_TESTS = 3
_MOST_CELLS = 3
_MOST_LINES = 12
_MARKS = {Direction.WORSE: "✗", Direction.BETTER: "✓", Direction.OTHER: "·"}
_STYLES = {Direction.WORSE: "bold red", Direction.BETTER: "green", Direction.OTHER: "yellow"}


@frozen
class _Entry:
    """Changes that are alike: of some tests, in some cells."""

    direction: Direction
    said: str
    tests: Sequence[str]
    cells: Sequence[str]


@frozen
class _Section:
    title: str
    entries: Sequence[_Entry]


def print_changes(console: Console, changes: Changes) -> None:
    """Print the changes: for the worse first, those together that are alike."""
    for section in _sections(changes):
        heading(console, section.title)
        table = entries()
        for each in section.entries:
            cells = f"in {some(each.cells, _MOST_CELLS, 'cells')}"
            text = entry(console, _lines(each.tests), f": {each.said}" if each.said else "", cells)
            table.add_row(legible(console, _MARKS[each.direction], _STYLES[each.direction]), text)
        console.print(table)
    for title, sentences in _remarks(changes):
        heading(console, title)
        for sentence in sentences:
            console.print(legible(console, sentence))
    console.print()
    style = "bold red" if changes.status else "bold green"
    console.print(legible(console, summary(changes), style))


def changes_markdown(changes: Changes) -> str:
    """Return the same as Markdown, in which nothing of a document is markup."""
    mark = {ExitStatus.AS_EXPECTED: "✅", ExitStatus.UNEXPECTED_VERDICT: "❌"}.get(changes.status, "⚠️")
    parts = ["## Changed verdicts", f"{mark} **{escaped(summary(changes))}**"]
    for section in _sections(changes):
        lines = [f"### {section.title}", ""]
        for each in section.entries:
            tests = some([code(test) for test in each.tests], _MOST_TESTS, "tests")
            cells = some([code(cell) for cell in each.cells], _MOST_CELLS, "cells")
            lines.append(
                f"- {tests}: {escaped(each.said)}, in {cells}" if each.said else f"- {tests}, in {cells}"
            )
        parts.append("\n".join(lines))
    for title, sentences in _remarks(changes):
        parts.append("\n".join([f"### {title}", "", *(f"- {escaped(each)}" for each in sentences)]))
    return "\n\n".join(parts) + "\n"


def changes_json(changes: Changes) -> str:
    """Return all of it, each test by itself, for a program."""
    data = {"format": FORMAT, "status": int(changes.status), "summary": summary(changes), **to_plain(changes)}
    return json.dumps(data, indent=1) + "\n"


def summary(changes: Changes) -> str:
    """Return the one line that it comes to."""
    if not changes.in_common:
        return "OLD and NEW have judged no test in common: nothing can be said of any change."
    directions = [each.direction for each in changes.changed]
    parts = [
        f"{directions.count(direction):,} {name}"
        for direction, name in (
            (Direction.WORSE, "worse"),
            (Direction.BETTER, "better"),
            (Direction.OTHER, "changed otherwise"),
        )
        if direction in directions
    ]
    begins = ", ".join(parts) or "No verdict changed"
    ends = [f"{changes.same:,} the same"]
    if changes.came:
        unexpected = sum(each.direction is Direction.WORSE for each in changes.came)
        ends.append(f"{len(changes.came):,} new" + (f" ({unexpected:,} unexpected)" if unexpected else ""))
    if changes.gone:
        ends.append(f"{len(changes.gone):,} gone")
    if missed := sum(each.tests for each in changes.not_run):
        ends.append(f"{missed:,} not run in one of the two")
    if changes.incomplete:
        ends.append("and not all of it is known")
    return f"{begins}; {', '.join(ends)}."


def _sections(changes: Changes) -> Iterator[_Section]:
    for direction, title in (
        (Direction.WORSE, "Worse"),
        (Direction.OTHER, "Neither worse nor better"),
        (Direction.BETTER, "Better"),
    ):
        if found := [each for each in changes.changed if each.direction is direction]:
            yield _Section(f"{title}: {counted(len(found), 'verdict')}", _alike(found))
    if changes.came:
        yield _Section(f"New tests: {counted(len(changes.came), 'verdict')}", _alike(changes.came))
    if changes.gone:
        yield _Section(f"Gone: {counted(len(changes.gone), 'verdict')}", _alike(changes.gone))


def _lines(tests: Sequence[str]) -> str:
    more = len(tests) - _MOST_LINES
    return "\n".join(tests if more <= 0 else [*tests[:_MOST_LINES], f"and {counted(more, 'more test')}"])


def _alike(changes: Iterable[Change]) -> list[_Entry]:
    """A test's changes that are alike in several cells are one, and what is new or gone in the same cells too."""
    cells: dict[tuple[Direction, str, str], list[str]] = {}
    for each in changes:
        cells.setdefault((each.direction, _said(each), each.test), []).append(each.cell)
    tests: dict[tuple[Direction, str, tuple[str, ...]], list[str]] = {}
    for (direction, said, test), where in cells.items():
        tests.setdefault((direction, said, tuple(where)), []).append(test)
    return [_Entry(direction, said, names, where) for (direction, said, where), names in tests.items()]


def _said(change: Change) -> str:
    old, new = change.old, change.new
    if old is not None and new is not None:
        because = f", {new.reason}" if new.reason and new.reason != old.reason else ""
        return f"{old} → {new}{because}"
    side = new or old
    return "" if side is None else str(side)


def _remarks(changes: Changes) -> Iterator[tuple[str, Sequence[str]]]:
    if changes.not_run:
        by_why: dict[tuple[str, str], list[tuple[str, int]]] = {}
        for each in changes.not_run:
            by_why.setdefault((each.document, each.why), []).append((each.cell, each.tests))
        yield "Not run", [_not_run(document, why, cells) for (document, why), cells in by_why.items()]
    if changes.circumstances:
        yield "What else is not the same", changes.circumstances
    if changes.incomplete:
        yield "Incomplete", changes.incomplete


def _not_run(document: str, why: str, cells: Sequence[tuple[str, int]]) -> str:
    names = some([name for name, _count in cells], _MOST_CELLS, "cells")
    return (
        f"{document} lacks {counted(sum(count for _name, count in cells), 'verdict')}, since {why}: {names}."
    )
