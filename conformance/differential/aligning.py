"""Which event of a subject's trace stands for which of native's: the step of comparing that needs thought.

The pairing is the cheapest one. Equal events are paired for nothing, events of one place in the program for little, and
events of different places never: so a change stays where it was made, whatever else has changed around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_ALONE = 2
_SAME_WHAT = 2
_SAME_ORIGIN = 3
_NEVER = 2 * _ALONE + 1
_TOO_MANY = 160_000
"""So many possible pairs are a third of a second's work: beyond, what is equal is found by difflib first."""


class Event(NamedTuple):
    """One event, as far as its pairing goes. There are some hundred in each comparison, so it is of the cheapest kind."""

    text: str
    origin: str
    what: str


Pair = tuple[int | None, int | None]
"""Indices into native's events and the subject's; None: there is no such event in that trace."""


def align(native: Sequence[Event], subject: Sequence[Event]) -> Iterator[Pair]:
    """Yield the pairs, in the order of both traces; what is inserted comes before what is deleted in its place."""
    start = _equal_at_start(native, subject)
    end = _equal_at_start(native[start:][::-1], subject[start:][::-1])
    yield from ((place, place) for place in range(start))
    yield from _middle(native, subject, (start, len(native) - end), (start, len(subject) - end))
    yield from zip(
        range(len(native) - end, len(native)), range(len(subject) - end, len(subject)), strict=True
    )


def _equal_at_start(native: Sequence[Event], subject: Sequence[Event]) -> int:
    for place, (first, second) in enumerate(zip(native, subject, strict=False)):
        if first.text != second.text:
            return place
    return min(len(native), len(subject))


def _middle(
    native: Sequence[Event], subject: Sequence[Event], rows: tuple[int, int], columns: tuple[int, int]
) -> Iterator[Pair]:
    if (rows[1] - rows[0]) * (columns[1] - columns[0]) <= _TOO_MANY:
        yield from _cheapest(native[slice(*rows)], subject[slice(*columns)], rows[0], columns[0])
        return
    left = [event.text for event in native[slice(*rows)]]
    right = [event.text for event in subject[slice(*columns)]]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        row, column = rows[0] + i1, columns[0] + j1
        if tag == "equal":
            yield from zip(range(row, row + i2 - i1), range(column, column + j2 - j1), strict=True)
        elif (i2 - i1) * (j2 - j1) <= _TOO_MANY:
            yield from _cheapest(native[row : rows[0] + i2], subject[column : columns[0] + j2], row, column)
        else:
            yield from ((None, place) for place in range(column, columns[0] + j2))
            yield from ((place, None) for place in range(row, rows[0] + i2))


def _cheapest(native: Sequence[Event], subject: Sequence[Event], row: int, column: int) -> Iterator[Pair]:
    """The cheapest pairing of two short sequences, whose first events are at ``row`` and ``column``."""
    rest = _costs(native, subject)
    i = j = 0
    while i < len(native) or j < len(subject):
        here = rest[i][j]
        both = i < len(native) and j < len(subject)
        if both and here == _cost(native[i], subject[j]) + rest[i + 1][j + 1]:
            yield row + i, column + j
            i, j = i + 1, j + 1
        elif j < len(subject) and here == _ALONE + rest[i][j + 1]:
            yield None, column + j
            j += 1
        else:
            yield row + i, None
            i += 1


def _costs(native: Sequence[Event], subject: Sequence[Event]) -> list[list[int]]:
    """What pairing the rest costs, from each place in both on."""
    below = [_ALONE * left for left in range(len(subject), -1, -1)]
    table = [below]
    for event in reversed(native):
        row = [0] * len(below)
        row[-1] = last = below[-1] + _ALONE
        for j in range(len(subject) - 1, -1, -1):
            last = min(below[j + 1] + _cost(event, subject[j]), below[j] + _ALONE, last + _ALONE)
            row[j] = last
        table.append(row)
        below = row
    return table[::-1]


def _cost(native: Event, subject: Event) -> int:
    if native.text == subject.text:
        return 0
    if native.origin != subject.origin:
        return _NEVER
    return _SAME_WHAT if native.what == subject.what else _SAME_ORIGIN
