"""A program that differs, made as small as it can be while it still does: the last step before a difference is shown.

Deterministic, and over the plain data alone: what runs the programs, and what counts as differing, is whoever asks. A
program on which a worker hangs or dies is shrunk like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from attrs import frozen

from conformance.differential.cuts import OTHER_CUTS, Cut, lighter, without
from conformance.differential.labels import renumbered
from conformance.differential.places import bodies
from conformance.differential.program import canonical

StillDiffers = Callable[[list[dict[str, Any]]], list[bool]]
"""For each of some programs, which workers may run in parallel, whether it still differs."""

BUDGET = 4_000
BATCH = 16


@frozen
class Shrunk:
    """What shrinking came to."""

    program: dict[str, Any]
    asked: int
    """How many programs were run for it."""
    minimal: bool
    """Whether every single cut makes the difference go away; false where the budget ended before that was known."""


def shrink(
    program: dict[str, Any], still_differs: StillDiffers, budget: int = BUDGET, batch: int = BATCH
) -> Shrunk:
    """Return the smallest program that cut after cut leads to and that still differs.

    At most ``budget`` programs are asked about, ``batch`` of them at a time. ``still_differs`` decides which bug is
    looked at: let it want one kind of difference, and no other takes its place.
    """
    return _Search(program, still_differs, budget, batch).shrunk()


class _Search:
    def __init__(self, program: dict[str, Any], still_differs: StillDiffers, budget: int, batch: int) -> None:
        self._best = program
        self._still_differs = still_differs
        self._left = budget
        self._budget = budget
        self._batch = batch
        self._known: dict[str, bool] = {}
        """What was asked already, with the answer."""

    def shrunk(self) -> Shrunk:
        minimal = False
        while not minimal and self._left > 0:
            before = self._best
            for cut in self._cuts():
                while self._take(cut):
                    pass
            # A whole pass found nothing, and did so before the budget's end.
            minimal = self._best is before and self._left > 0 and not self._take_numbers()
        return Shrunk(self._best, self._budget - self._left, minimal)

    def _cuts(self) -> Iterator[Cut]:
        """All sorts of cuts, the largest first."""
        count = max(len(body) for _, body in bodies(self._best))
        while count:
            yield without(count)
            count //= 2
        yield from OTHER_CUTS

    def _take_numbers(self) -> bool:
        """Go over to the same program with its labels in order, if that differs too and is another one."""
        one = renumbered(self._best)
        text = canonical(one)
        if one == self._best:
            return False
        if text not in self._known:
            self._left -= 1
            [self._known[text]] = self._still_differs([one])
        if self._known[text]:
            self._best = one
        return self._known[text]

    def _take(self, cut: Cut) -> bool:
        """Go over to the first program of the cut that still differs; return whether there was one."""
        candidates = lighter(self._best, cut)
        while batch := list(islice(candidates, self._batch)):
            texts = [canonical(candidate) for candidate in batch]
            fresh = {text: one for text, one in zip(texts, batch, strict=True) if text not in self._known}
            if len(fresh) > self._left:
                fresh = dict(islice(fresh.items(), self._left))
            if fresh:
                self._left -= len(fresh)
                self._known |= zip(fresh, self._still_differs(list(fresh.values())), strict=True)
            for text, candidate in zip(texts, batch, strict=True):
                if self._known.get(text):
                    self._best = candidate
                    return True
            if not self._left:
                break
        return False
