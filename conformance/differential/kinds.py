"""The kind of a hunk: what differences of many programs have in common, to count the interpreter's own by.

Also what the shrinker holds on to, so that it ends at the bug that it began with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import field, frozen

from conformance.differential.events import Event, classes, origin, what
from conformance.differential.hunks import Hunk, value_at
from conformance.differential.program import at

NOTHING = "–"
"""What happened where a trace has no event."""
_STATE = "state"
_DATA = 2
_OF_ONE = 3
_DRAWN = "variables"
"""The part of a state whose values are the program's: which of them it was is not what kinds are about."""
_WORDS: dict[type, str] = {int: "a number", type(None): "null", list: "a list", dict: "several"}


@frozen(order=True)
class Kind:
    """What a hunk is about, without where in the program it is."""

    operation: str
    """The operation of the program, such as ``await``; the event's own name, such as ``state``, where there is none."""
    native: str
    """What happened on native, such as ``got``."""
    subject: str
    classes: tuple[str, ...] = ()
    """The classes of the exceptions that were shown, native's and then the subject's; each once."""
    fields: tuple[str, ...] = ()
    """The names on the way to the field that alone differs, such as ``args`` of an exception of the same class."""
    values: tuple[str, ...] = ()
    """Of a field of a state: native's word and the subject's, or for a number whether it is ``more`` or ``less``."""

    def __str__(self) -> str:
        said = self.native if self.native == self.subject else f"{self.native} → {self.subject}"
        parts = [f"{self.operation}: {said}"]
        if self.classes:
            parts.append(" / ".join(name.rpartition(".")[2] for name in self.classes))
        if self.fields:
            values = f": {' → '.join(self.values)}" if self.values else ""
            parts.append(f"differs in {'.'.join(self.fields)}{values}")
        return ", ".join(parts)


def kind(hunk: Hunk, program: Mapping[str, Any]) -> Kind:
    """Return the kind of a hunk between traces of the ``program``."""
    native, subject = hunk.native_event, hunk.subject_event
    of_native = () if native is None else classes(native)
    of_subject = () if subject is None else classes(subject)
    return Kind(
        operation=operation(hunk.event, program),
        native=NOTHING if native is None else what(native),
        subject=NOTHING if subject is None else what(subject),
        classes=tuple(dict.fromkeys(of_native + of_subject)),
        fields=_fields(hunk),
        values=_values(hunk, native, subject),
    )


def operation(event: Event, program: Mapping[str, Any]) -> str:
    """The name of the operation that an event comes from; what happened, where it comes from no operation."""
    try:
        return str(at(program, origin(event))["op"])
    except KeyError:
        return what(event)


def _fields(hunk: Hunk) -> tuple[str, ...]:
    # Names alone: which task of a state it was is not what kinds are about.
    return tuple(str(key) for key in hunk.path[1:] if isinstance(key, str) and not key.isdigit())


def _values(hunk: Hunk, native: Event | None, subject: Event | None) -> tuple[str, ...]:
    """What tells one difference of a state from the next; nothing of what a program has put there itself."""
    if native is None or subject is None or what(native) != _STATE or what(subject) != _STATE:
        return ()
    if not isinstance(native[_DATA], dict):
        # Of one thing: its name, its state, and what it came to.
        return (str(native[_OF_ONE]), str(subject[_OF_ONE])) if hunk.path in {(), (_OF_ONE,)} else ()
    if _DRAWN in hunk.path:
        return ()
    first, second = (value_at(event, hunk.path) for event in (native, subject))
    if type(first) is int and type(second) is int:
        return ("more" if second > first else "less",)
    words = _word(first), _word(second)
    return words if words[0] != words[1] else ()


def _word(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], str):
        # A task: its state, and how often it was cancelled.
        value = value[0]
    return value if isinstance(value, str) else _WORDS.get(type(value), NOTHING)


@frozen
class Kinds:
    """The hunks of the interpreter's own, counted by kind, with the first program of each."""

    counts: Counter[Kind] = field(factory=Counter)
    first: dict[Kind, str] = field(factory=dict)

    def add(self, found: Iterable[Hunk], program: Mapping[str, Any], name: str) -> None:
        """Count the hunks that the program called ``name`` has shown."""
        for hunk in found:
            of = kind(hunk, program)
            self.counts[of] += 1
            self.first.setdefault(of, name)

    def __iter__(self) -> Iterator[tuple[Kind, int, str]]:
        """Kind, count and the first program's name; the most frequent first."""
        for of, count in sorted(self.counts.items(), key=lambda item: (-item[1], item[0])):
            yield of, count, self.first[of]
