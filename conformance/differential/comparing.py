"""What differs between native's trace and a subject's, and whose it is: the judge step's heart in the differential suite.

A hunk that the control, stock tasks on the same interpreter and loop, shows in the same place and form is the
interpreter's own. It takes that hunk alone, so that it never hides another difference of the same program. Who does
in a place what the control does there and not native has to do all of it: what is left out is a difference too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from attrs import frozen

from conformance.differential.chains import (
    ClassShown,
    class_shown,
    class_shown_before,
    is_chain_of_same,
    is_of_a_chain,
    is_same_but_for_chains,
    is_told_before,
)
from conformance.differential.events import Trace, origin
from conformance.differential.hunks import Hunk, hunks


@frozen
class Compared:
    """The hunks between native's trace and a subject's, each kind in the order of the trace."""

    own: tuple[Hunk, ...]
    """Those that the control shows too: the interpreter's own."""
    left: tuple[Hunk, ...]
    """The implementation's."""


def compare(native: Trace, subject: Trace, control: Trace | None = None) -> Compared:
    """Return the hunks between native and subject, told apart by the control's trace where there is one."""
    found = hunks(native, subject)
    if not found or control is None:
        return Compared((), found)
    return told_apart(found, hunks(native, control))


def told_apart(subject: Sequence[Hunk], control: Iterable[Hunk]) -> Compared:
    """Take from the subject's hunks those of the control: each of them takes one that is the same, and no other.

    Of the events that the control alone has in a place, the subject has to have all or none: one that it leaves out is
    left as a hunk from the control's event to none.
    """
    all_of_control = tuple(control)
    known = Counter(all_of_control)
    gone = {hunk.place for hunk in subject if hunk.subject is None}
    own: list[Hunk] = []
    left: list[Hunk] = []
    begun: set[int] = set()
    shown: set[ClassShown | None] = set()
    for hunk in subject:
        taken = next((each for each in _same_changes(hunk, gone) if known[each] > 0), None)
        if taken is None:
            taken = _same_but_for_chains(hunk, known)
        if taken is None and not _is_told(hunk, shown, left) and not _is_chain_of_same(hunk, all_of_control):
            left.append(hunk)
            continue
        own.append(hunk)
        shown.add(class_shown(hunk))
        if taken is None:
            # What was told apart where the object was shown before is not shown by the control here.
            continue
        known[taken] -= 1
        if hunk.native is None:
            begun.add(taken.place)
    left += _left_out(known, begun, left)
    return Compared(tuple(own), tuple(left))


def _is_told(hunk: Hunk, shown: Collection[ClassShown | None], left: Sequence[Hunk]) -> bool:
    """Whether what it changes was told apart where it was shown before."""
    again = class_shown_before(hunk)
    return (again is not None and again in shown) or (
        is_told_before(hunk) and not any(map(is_of_a_chain, left))
    )


def _same_but_for_chains(hunk: Hunk, control: Counter[Hunk]) -> Hunk | None:
    """The control's hunk that makes the same other exception, or the same new event, with whatever chain."""
    return next((each for each in control.elements() if is_same_but_for_chains(hunk, each)), None)


def _is_chain_of_same(hunk: Hunk, control: Sequence[Hunk]) -> bool:
    return any(is_chain_of_same(hunk, each) for each in control)


def _left_out(control: Counter[Hunk], begun: Collection[int], left: Sequence[Hunk]) -> Iterator[Hunk]:
    """What the control still has of new events where the subject has begun with them, but for what it has in another form."""
    otherwise = {origin(hunk.event) for hunk in left}
    for hunk in control.elements():
        if hunk.native is None and hunk.place in begun and origin(hunk.event) not in otherwise:
            yield Hunk(hunk.place, hunk.subject, None)


def _same_changes(hunk: Hunk, gone: set[int]) -> Iterable[Hunk]:
    """The hunk, and for a new event, itself before or after events that the subject lacks: that is the same place."""
    yield hunk
    if hunk.native is not None:
        return
    low = high = hunk.place
    while low - 1 in gone:
        low -= 1
    while high in gone:
        high += 1
    for place in range(low, high + 1):
        if place != hunk.place:
            yield Hunk(place, None, hunk.subject)
