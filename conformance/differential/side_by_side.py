"""One difference as a person reads it: the program, both traces side by side, the first difference, how to replay it.

The last step of the differential suite; what was found and whose it is was decided before.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen
from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.differential.events import Event, Trace, event_of, origin, what
from conformance.differential.hunks import Hunk, Row, rows
from conformance.differential.pseudocode import pseudocode
from conformance.places import COMMAND
from conformance.report.legible import heading, legible

AROUND = 3
"""So many events that are equal are shown before and after one that is not; the others are counted."""
_FEW = 2 * AROUND + 4
_DATA = 2
_FIRST = "first >"
_READS_AS_OTHER = re.compile(r"|null|true|false|-?\d+|[\[{\"].*")
"""Texts that would be taken for another value if they stood there without quotes."""


@frozen
class Side:
    """One side of the comparison."""

    name: str
    """What stands above its column: a cell's name, say."""
    trace: Trace


def print_difference(
    console: Console,
    program: Mapping[str, Any],
    native: Side,
    subject: Side,
    left: Collection[Hunk],
    *,
    title: str,
    replay: Sequence[str] = (),
) -> None:
    """Print one difference.

    ``left`` are the hunks that count; the others between these traces are marked as the interpreter's own or declared.
    ``replay`` are the arguments of the command that runs the program again.
    """
    heading(console, title)
    print_program(console, program)
    console.print()
    print_traces(console, native, subject, left)
    if replay:
        console.print()
        console.print(legible(console, f"To see it again: {COMMAND} {shlex.join(replay)}"), soft_wrap=True)


def print_program(console: Console, program: Mapping[str, Any]) -> None:
    """Print a program as numbered pseudo-code."""
    lines = pseudocode(program).lines
    table = _table(console)
    table.add_column(justify="right", width=len(str(len(lines))), style="dim")
    table.add_column(ratio=1)
    for number, line in enumerate(lines, start=1):
        table.add_row(str(number), legible(console, line))
    console.print(table)


def print_traces(console: Console, native: Side, subject: Side, left: Collection[Hunk]) -> None:
    """Print the traces in two columns, as ``diff -y`` would, with the first difference marked."""
    table = _table(console)
    table.add_column(width=len(_FIRST), style="bold red")
    table.add_column(legible(console, native.name, "bold"), ratio=1)
    table.add_column(width=1)
    table.add_column(legible(console, subject.name, "bold"), ratio=1)
    table.show_header = True
    counted = set(left)
    found = list(rows(native.trace, subject.trace))
    marked = False
    others = False
    for row in _near(found):
        if isinstance(row, int):
            table.add_row("", legible(console, f"… {row:,} equal events", "dim"), "", "")
            continue
        differs = not counted.isdisjoint(row.changes)
        others = others or bool(row.changes and not differs)
        mark, sign, style = "", _sign(row, differs=differs), _style(row, differs=differs)
        if differs and not marked:
            mark, marked = _FIRST, True
        table.add_row(
            mark, _told(console, row.native, style), Text(sign, style), _told(console, row.subject, style)
        )
    console.print(table)
    if others:
        console.print(legible(console, "~ the interpreter's own, or declared", "dim"))


def told(event: Event) -> str:
    """An event in a line: where, what, and what it shows."""
    return " ".join(
        [f"{origin(event)}:" if origin(event) else "", what(event), *map(_shown, event[_DATA:])]
    ).strip()


def _table(console: Console) -> Table:
    return Table(box=None, width=console.width, show_header=False, padding=(0, 1, 0, 0), pad_edge=False)


def _near(found: Sequence[Row]) -> Iterator[Row | int]:
    """The rows, with how many stand for those that are far from all changes."""
    changes = [place for place, row in enumerate(found) if row.changes]
    near = {place for change in changes for place in range(change - AROUND, change + AROUND + 1)}
    skipped: list[Row] = []
    for place, row in enumerate(found):
        if place not in near and len(found) > _FEW:
            skipped.append(row)
            continue
        yield from _counted(skipped)
        skipped = []
        yield row
    yield from _counted(skipped)


def _counted(skipped: Sequence[Row]) -> Iterator[Row | int]:
    # A count is no shorter than a single row.
    if len(skipped) == 1:
        yield skipped[0]
    elif skipped:
        yield len(skipped)


def _sign(row: Row, *, differs: bool) -> str:
    if not row.changes:
        return " "
    if not differs:
        return "~"
    if row.subject is None:
        return "<"
    return ">" if row.native is None else "|"


def _style(row: Row, *, differs: bool) -> str:
    if not row.changes:
        return ""
    return "bold red" if differs else "yellow"


def _told(console: Console, text: str | None, style: str) -> Text:
    return legible(console, "" if text is None else told(event_of(text)), style)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if _READS_AS_OTHER.fullmatch(value) else value
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if "class" in value:
        return _error(value)
    return ", ".join(f"{key}: {_shown(each)}" for key, each in value.items()) or "{}"


def _error(error: dict[str, Any]) -> str:
    """An exception as Python would write it, with what it came from, and since when it has been known."""
    said = [_made(error, error.get("args"))]
    for key in ("cause", "context"):
        link = error.get(key)
        # What was shown before is named, and its chain is what it was there.
        while isinstance(link, dict):
            # A link that was shown is told in brackets: what follows is not of it.
            since = f" [{_since(link)}]" if _since(link) else ""
            said.append(f"{link.get('by', key)} {_made(link, link.get('given'))}{since}")
            link = link.get("next")
    if _since(error):
        said.append(_since(error))
    return ", ".join(said)


def _made(error: dict[str, Any], arguments: Sequence[Any] | None) -> str:
    given = ", ".join(json.dumps(each, ensure_ascii=False) for each in arguments or ())
    return f"{_short(error['class'])}({given})"


def _since(error: dict[str, Any]) -> str:
    return "" if error.get("object") in (None, "new") else f"the one of {error['object']}"


def _short(name: Any) -> str:
    return str(name).rpartition(".")[2]
