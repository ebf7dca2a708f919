"""The single changes between two traces, for the step that compares them.

An event that is missing or new is one hunk. Of an event that is another, each field that changed is one: what an interpreter
does to one field of a state must not hide what an implementation does to the next.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import frozen

from conformance.differential.aligning import Event as Alignable
from conformance.differential.aligning import align
from conformance.differential.events import Event, Trace, canonical, event_of, text_of, what

_DATA = 2
_GONE = object()
Path = tuple[str | int, ...]


@frozen
class Hunk:
    """One change that makes native's trace the subject's: another event, one that is missing, or a new one."""

    place: int
    """The index in native's trace of the event that changes; of a new event, the index that it comes before."""
    native: str | None
    """The canonical text of native's event; None for a new one."""
    subject: str | None
    """The canonical text of what this change makes of it; None for a missing one."""
    path: Path = ()
    """The field that changes, as indices and keys in the event; empty where the whole event does."""

    @property
    def native_event(self) -> Event | None:
        return None if self.native is None else event_of(self.native)

    @property
    def subject_event(self) -> Event | None:
        return None if self.subject is None else event_of(self.subject)

    @property
    def event(self) -> Event:
        """Native's event, or the new one."""
        text = self.subject if self.native is None else self.native
        assert text is not None
        return event_of(text)


def same(native: Trace, subject: Trace) -> bool:
    """Whether two traces are equal, but for the numbers of exception objects; ``1`` is not ``true``."""
    return _same_bytes(native, subject) or (
        len(native) == len(subject) and canonical(native) == canonical(subject)
    )


@frozen
class Row:
    """An event of each trace, side by side."""

    native: str | None
    """Canonical text; None where native has no such event."""
    subject: str | None
    changes: tuple[Hunk, ...] = ()
    """What makes the one the other; nothing where they are equal."""


def hunks(native: Trace, subject: Trace) -> tuple[Hunk, ...]:
    """Return what makes ``native`` the ``subject``, in the order of native's trace; nothing where they are equal."""
    if _same_bytes(native, subject):
        return ()
    return hunks_of(alignable(native), alignable(subject))


def alignable(trace: Trace) -> list[Alignable]:
    """Return a trace as ``hunks_of`` takes it: whoever compares one trace with several has it read once."""
    return [
        Alignable(text, str(event[0]), str(event[1]))
        for text, event in zip(canonical(trace), trace, strict=True)
    ]


def hunks_of(native: Sequence[Alignable], subject: Sequence[Alignable]) -> tuple[Hunk, ...]:
    """What ``hunks`` returns, of traces that were read before."""
    found: list[Hunk] = []
    for place, first, second in _side_by_side(native, subject):
        if first != second:
            found += _changes(place, first, second)
    return tuple(found)


def rows(native: Trace, subject: Trace) -> Iterator[Row]:
    """Yield the events of both traces, those side by side that stand for each other."""
    for place, first, second in _side_by_side(alignable(native), alignable(subject)):
        yield Row(first, second, tuple(_changes(place, first, second)))


def applied(native: Trace, changes: Iterable[Hunk]) -> list[str]:
    """Return the canonical texts of native's events with the changes made: those of ``hunks(native, subject)`` give the subject's."""
    before: dict[int, list[str]] = {}
    instead: dict[int, str | None] = {}
    texts = canonical(native)
    for hunk in changes:
        if hunk.native is None:
            assert hunk.subject is not None
            before.setdefault(hunk.place, []).append(hunk.subject)
        elif hunk.subject is None or not hunk.path:
            instead[hunk.place] = hunk.subject
        else:
            so_far = instead.get(hunk.place, texts[hunk.place])
            assert so_far is not None
            value = value_at(event_of(hunk.subject), hunk.path)
            instead[hunk.place] = text_of(_with(event_of(so_far), hunk.path, value))
    made: list[str] = []
    for place, text in enumerate([*texts, None]):
        made += before.get(place, [])
        kept = instead.get(place, text)
        if kept is not None:
            made.append(kept)
    return made


def _same_bytes(native: Trace, subject: Trace) -> bool:
    # Nearly all are equal to the byte. Version 0 knows no references, so that equal data has equal bytes.
    return marshal.dumps(native, 0) == marshal.dumps(subject, 0)


def _side_by_side(
    native: Sequence[Alignable], subject: Sequence[Alignable]
) -> Iterator[tuple[int, str | None, str | None]]:
    """The texts that stand for each other, each pair with its place in native's trace."""
    place = 0
    for i, j in align(native, subject):
        place = place if i is None else i
        yield place, None if i is None else native[i].text, None if j is None else subject[j].text
        place += i is not None


def _changes(place: int, native: str | None, subject: str | None) -> Iterator[Hunk]:
    if native == subject:
        return
    if native is None or subject is None:
        yield Hunk(place, native, subject)
        return
    first, second = event_of(native), event_of(subject)
    if what(first) != what(second) or len(first) != len(second):
        yield Hunk(place, native, subject)
        return
    for index in range(_DATA, len(first)):
        for path, value in _fields(first[index], second[index], (index,)):
            yield Hunk(place, native, text_of(_with(event_of(native), path, value)), path)


def _fields(first: Any, second: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if text_of(first) == text_of(second):
        return
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for index, (one, other) in enumerate(zip(first, second, strict=True)):
            yield from _fields(one, other, (*path, index))
    elif isinstance(first, dict) and isinstance(second, dict) and first.get("class") == second.get("class"):
        for key in sorted(first.keys() | second.keys()):
            if key in first and key in second:
                yield from _fields(first[key], second[key], (*path, key))
            else:
                yield (*path, key), second.get(key, _GONE)
    else:
        # Also an exception of another class: it is another one altogether.
        yield path, second


def value_at(event: Event, path: Path) -> Any:
    """Return the field of an event that a hunk's ``path`` leads to; where there is none, an object that equals nothing else."""
    value: Any = event
    for key in path:
        if isinstance(value, dict) and key not in value:
            return _GONE
        value = value[key]
    return value


def _with(event: Event, path: Path, value: Any) -> Event:
    inner: Any = event
    for key in path[:-1]:
        inner = inner[key]
    if value is _GONE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return event
