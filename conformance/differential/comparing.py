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
    ChainShown,
    begins_chain_of,
    chain_shown,
    chain_shown_before,
    class_shown,
    class_shown_before,
    with_chain_of_native,
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
    known = Counter(control)
    gone = {hunk.place for hunk in subject if hunk.subject is None}
    own: list[Hunk] = []
    left: list[Hunk] = []
    begun: set[int] = set()
    shown: set[ChainShown | None] = set()
    changed = {(hunk.place, hunk.path) for hunk in subject}
    for hunk in subject:
        taken = next((each for each in _same_changes(hunk, gone) if known[each] > 0), None)
        if taken is None:
            taken = _same_but_for_the_chain(hunk, known) or _same_but_longer(hunk, known)
        again = {chain_shown_before(hunk, changed), class_shown_before(hunk)} - {None}
        if taken is None and not again & shown:
            left.append(hunk)
            continue
        own.append(hunk)
        shown |= {chain_shown(hunk), class_shown(hunk)}
        if taken is None:
            # What was told apart where the object was shown before is not shown by the control here.
            continue
        known[taken] -= 1
        if hunk.native is None:
            begun.add(taken.place)
    left += _left_out(known, begun, left)
    return Compared(tuple(own), tuple(left))


def _same_but_for_the_chain(hunk: Hunk, control: Counter[Hunk]) -> Hunk | None:
    """The control's hunk that makes an exception the same other one, where the subject's chain stays native's."""
    if with_chain_of_native(hunk) != hunk:
        return None
    return next((each for each in control.elements() if with_chain_of_native(each) == hunk), None)


def _same_but_longer(hunk: Hunk, control: Counter[Hunk]) -> Hunk | None:
    """The control's hunk that gives an exception the chain that the subject's begins, where native gives it none."""
    return next((each for each in control.elements() if begins_chain_of(hunk, each)), None)


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
