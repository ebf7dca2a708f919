"""A program and its traces side by side, as the page shows them; the page's answer to ``differential/side_by_side``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from conformance.differential.comparing import compare
from conformance.differential.events import Trace, event_of
from conformance.differential.hunks import Row, hunks, rows
from conformance.differential.pseudocode import pseudocode
from conformance.differential.side_by_side import told

_LOST = {"timed out", "crashed"}


@frozen
class Line:
    """An event of each trace, where they stand for each other."""

    sign: str
    """``|`` another event, ``<`` only natively, ``>`` only the subject's, ``~`` the interpreter's own, or nothing."""
    native: str
    subject: str

    @property
    def kind(self) -> str:
        return {"": "same", "~": "own"}.get(self.sign, "differs")


@frozen
class Beside:
    """Two traces of one program."""

    native: str
    """The cell that the left one is of."""
    subject: str
    lines: tuple[Line, ...]


def program_text(program: Mapping[str, Any]) -> str:
    """Return a program as numbered pseudo-code."""
    return str(pseudocode(dict(program)))


def beside(native: Trace, subject: Trace, control: Trace | None, *, names: tuple[str, str]) -> Beside:
    """Return two traces side by side; what the control shows too is marked as the interpreter's own."""
    every = set(hunks(native, subject))
    left = every
    if not (_is_lost(native) or _is_lost(subject)):
        # Where it has all changes, what differs is one that the subject lacks: each of them is part of it.
        left = every.intersection(compare(native, subject, control).left) or every
    lines = []
    for row in rows(native, subject):
        sign = ""
        if row.changes:
            sign = _sign(row.native, row.subject) if left.intersection(row.changes) else "~"
        lines.append(Line(sign, *_events(row)))
    return Beside(*names, tuple(lines))


def _sign(native: str | None, subject: str | None) -> str:
    if subject is None:
        return "<"
    return ">" if native is None else "|"


def _events(row: Row) -> tuple[str, str]:
    native, subject = ("" if text is None else told(event_of(text)) for text in (row.native, row.subject))
    if row.changes and native == subject:
        # They differ in what a line has no room for, such as the module of a class.
        return row.native or "", row.subject or ""
    return native, subject


def _is_lost(trace: Trace) -> bool:
    return len(trace) == 1 and trace[0][1] in _LOST
