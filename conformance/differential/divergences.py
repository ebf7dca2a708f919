"""Declared divergences: differences of an implementation that are known and right, each with its reason and its witness.

The judge step asks here what may stay of a comparison. A declaration takes single hunks that fit one of its patterns,
in programs and on cells that fit its conditions; its witness, a saved program, has to show one on each such cell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from attrs import field, frozen
from packaging.specifiers import SpecifierSet

from conformance.differential.conditions import CONDITIONS, NO_TRACES, Traces
from conformance.differential.events import Event, classes, text_of, what
from conformance.differential.hunks import Hunk
from conformance.differential.kinds import operation
from conformance.differential.program import walk
from conformance.records import Cell

_DATA = 2


@frozen
class EventPattern:
    """What one event of a hunk looks like; ``*`` stands for anything in each text."""

    what: str
    classes: tuple[str, ...] = ()
    """The qualified names of the classes of all exceptions that it shows, in their order; none: it shows none."""
    data: str = "*"
    """All that it holds behind what happened, as a line of JSON."""

    def fits(self, event: Event | None) -> bool:
        if event is None or not fnmatchcase(what(event), self.what):
            return False
        shown = classes(event)
        return (
            len(shown) == len(self.classes)
            and all(map(fnmatchcase, shown, self.classes))
            and fnmatchcase(text_of(event[_DATA:]), self.data)
        )


@frozen
class HunkPattern:
    """What one hunk looks like."""

    operation: str
    """The operation that the event comes from; what happened, where it comes from none."""
    native: EventPattern | None
    """Native's event; None for a hunk that is a new event."""
    subject: EventPattern | None
    """What the subject makes of it; None for a hunk that is a missing event."""
    field: str = ""
    """The field of the event that alone changes, such as ``args``; empty: the event is another one altogether."""

    def fits(self, hunk: Hunk, program: Mapping[str, Any]) -> bool:
        return (
            fnmatchcase(field_of(hunk), self.field)
            and _fits(self.native, hunk.native_event)
            and _fits(self.subject, hunk.subject_event)
            and fnmatchcase(operation(hunk.event, program), self.operation)
        )


@frozen
class Divergence:
    """One declaration."""

    name: str
    reason: str
    link: str
    """The CPython issue, or the place in docs/divergences.md."""
    witness: str
    """The saved program that shows it on each cell where it applies."""
    takes: tuple[HunkPattern, ...]
    implementation: str = "*"
    loop: str = "*"
    python: SpecifierSet = field(factory=SpecifierSet)
    needs: tuple[Mapping[str, Any], ...] = ()
    """Operations, with the fields that count, each of which a program must have to show it."""
    when: str = ""
    """What must have happened in the run that ends with the hunk, by its name in CONDITIONS; empty: nothing."""
    control: bool = False
    """Whether it takes what the control shows too, and nothing else; it is declared so that it is seen to be there still."""

    def applies(self, cell: Cell) -> bool:
        """Whether it is declared for a cell."""
        return (
            fnmatchcase(cell.implementation.name, self.implementation)
            and fnmatchcase(cell.loop.name, self.loop)
            and self.python.contains(cell.interpreter.version, prereleases=True)
        )

    def concerns(self, program: Mapping[str, Any]) -> bool:
        """Whether a program has all that it needs to show it."""
        return all(_has(program, each) for each in self.needs)

    def explains(self, hunk: Hunk, program: Mapping[str, Any], traces: Traces) -> bool:
        """Whether this is the reason for a hunk between the traces of a program that it concerns, on a cell where it applies."""
        return any(pattern.fits(hunk, program) for pattern in self.takes) and (
            not self.when or CONDITIONS[self.when](hunk, program, traces)
        )


@frozen
class Explained:
    """The differences of one program on one cell, told apart by the declarations."""

    left: tuple[Hunk, ...]
    """What nothing declares."""
    declared: Mapping[str, tuple[Hunk, ...]]
    """What each declaration took, by its name."""


def explain(
    left: Sequence[Hunk],
    program: Mapping[str, Any],
    cell: Cell,
    divergences: Iterable[Divergence],
    traces: Traces = NO_TRACES,
) -> Explained:
    """Let the declarations that apply take hunks, each by the first that explains it.

    ``traces`` are those that the hunks are between: without them no declaration applies that says when it does.
    """
    if not left:
        return Explained((), {})
    applying = [each for each in divergences if each.applies(cell) and each.concerns(program)]
    declared: dict[str, tuple[Hunk, ...]] = {}
    unexplained: list[Hunk] = []
    for hunk in left:
        found = next((each for each in applying if each.explains(hunk, program, traces)), None)
        if found is None:
            unexplained.append(hunk)
        else:
            declared[found.name] = (*declared.get(found.name, ()), hunk)
    return Explained(tuple(unexplained), declared)


@frozen(order=True)
class Unneeded:
    """A declaration that applies to a cell where its witness does not show it."""

    divergence: str
    witness: str
    cell: str

    def __str__(self) -> str:
        return f"{self.divergence} is declared for {self.cell}, where its witness {self.witness} does not show it (any more)."


def unneeded(
    divergences: Iterable[Divergence], cells: Collection[Cell], shown: Collection[tuple[str, str, str]]
) -> list[Unneeded]:
    """The declarations that are out of date, of those that apply to the cells.

    ``cells`` are those on which all saved programs have run. ``shown`` has (program, cell's name, declaration) for each
    declaration that took a hunk of a saved program.
    """
    return sorted(
        Unneeded(each.name, each.witness, cell.name)
        for each in divergences
        for cell in cells
        if each.applies(cell) and (each.witness, cell.name, each.name) not in shown
    )


def field_of(hunk: Hunk) -> str:
    """The names on the way to the field that alone changes: ``args``, or ``tasks.4.cancelling``; empty for a whole event."""
    return ".".join(str(key) for key in hunk.path[1:])


def _fits(pattern: EventPattern | None, event: Event | None) -> bool:
    return event is None if pattern is None else pattern.fits(event)


def _has(program: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return any(
        # As texts too: 0 is not false here.
        all(
            name in found and found[name] == value and text_of(found[name]) == text_of(value)
            for name, value in wanted.items()
        )
        for _, found in walk(program)
    )
