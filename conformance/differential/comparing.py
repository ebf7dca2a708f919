"""What differs between native's trace and a subject's, and whose it is: the judge step's heart in the differential suite.

A hunk that the control, stock tasks on the same interpreter and loop, shows in the same place and form is the
interpreter's own. It takes that hunk alone, so that it never hides another difference of the same program.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from attrs import frozen

from conformance.differential.events import Trace
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
    """Take from the subject's hunks those of the control: each of them takes one that is the same, and no other."""
    known = Counter(control)
    gone = {hunk.place for hunk in subject if hunk.subject is None}
    own: list[Hunk] = []
    left: list[Hunk] = []
    for hunk in subject:
        taken = next((each for each in _same_changes(hunk, gone) if known[each] > 0), None)
        if taken is None:
            left.append(hunk)
        else:
            known[taken] -= 1
            own.append(hunk)
    return Compared(tuple(own), tuple(left))


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
