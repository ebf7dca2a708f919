"""What is known while a program is drawn: its dice, how many operations it has, and what they have made so far."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from attrs import define, field
from hypothesis import strategies as st

from conformance.differential.census_marks import own_marks

Drawn = dict[str, Any]
"""An operation that was drawn."""
Drawing = Callable[..., list[Drawn]]
"""Draws one operation or several; is given the scope, how many operations there is room for, and how deep it lies."""
Item = TypeVar("Item")

_SIDES = 100
"""No die has more sides: of greater numbers Hypothesis takes some from the sources of whatever modules are loaded."""
_DICE = [st.integers(0, sides - 1) for sides in range(1, _SIDES + 1)]


class Dice:
    """Throws for one program; the simplest throw is always zero, or the first."""

    def __init__(self, draw: st.DrawFn) -> None:
        """Take what Hypothesis draws by."""
        self._draw = draw

    def below(self, sides: int) -> int:
        """Return a number from 0 on, less than ``sides``."""
        return self._draw(_DICE[min(sides, _SIDES) - 1]) if sides > 1 else 0

    def chance(self, percent: int) -> bool:
        """Return True in so many of a hundred cases."""
        return self._draw(_DICE[-1]) >= _SIDES - percent

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[self.below(len(items))]


SCRIPT = -1
"""The owner of what no task has made."""


@define
class Label:
    """What a label stands for, as far as can be said before the program has run."""

    number: int
    kind: str
    """``task``, ``future``, ``generator`` or ``job``."""
    run: int
    """In which run it was made, and by which task."""
    owner: int
    settles: bool
    """Whether it comes to its end if nothing more is done about it."""
    over: bool = False
    """Whether it was awaited already."""


@define
class Scope:
    """All that the drawing of one program shares."""

    dice: Dice
    levels: Mapping[str, int]
    """How often operations of a group are drawn; 0: never."""
    calls: Sequence[Drawing]
    """What a callback does, each as often as it is to be drawn; likewise below for a coroutine."""
    turns: Sequence[Drawing]
    large: Collection[Drawing]
    """What of these takes several operations."""
    made: int = 0
    """How many operations there are."""
    told: set[str] = field(factory=set)
    """The marks that they have by themselves, for Hypothesis's own count."""
    run: int = 0
    """How many runs there are."""
    main: bool = True
    """Whether what is drawn is of a run's main task, which nobody awaits but the run."""
    owner: int = SCRIPT
    """The label of the task that does what is drawn."""
    guarded: int = 0
    """How many statements around would catch a cancellation."""
    hangs: bool = False
    """Whether the task that is drawn waits for what does not settle by itself."""
    before: list[int] = field(factory=lambda: [SCRIPT])
    """Who has made what there is by now: the script, the main tasks so far, and the makers of the task at work."""
    labels: list[Label] = field(factory=list)
    contexts: list[tuple[int, int]] = field(factory=list)
    """Each with its owner."""
    lent: int | None = None
    """A variable that a run has set in a context that it was given."""
    tokens: int = 0
    runners: int = 1
    _numbers: int = 0

    def make(self, op: str, **fields: Any) -> Drawn:
        """Return an operation, counted."""
        self.made += 1
        operation = {"op": op, **fields}
        self.told.update(own_marks(operation))
        return operation

    def number(self) -> int:
        """Return a label that nothing has yet."""
        self._numbers += 1
        return self._numbers - 1

    def add(self, number: int, kind: str, *, settles: bool) -> Label:
        """Note what was made under a label."""
        label = Label(number, kind, self.run, self.owner, settles)
        self.labels.append(label)
        return label

    def find(self, *kinds: str, over: bool | None = None, but: Sequence[Label] = ()) -> Label | None:
        """Return one of what there is, mostly of this run, and the later the more likely; None where there is none.

        None of ``but`` is returned.
        """
        found = [
            each
            for each in self.labels
            if each.kind in kinds and (over is None or each.over is over) and each not in but
        ]
        # What another task makes is not there yet, as a rule.
        here = [each for each in found if each.run == self.run and each.owner in self.before]
        if here and (len(here) == len(found) or not self.dice.chance(12)):
            found = here
        return found[-1 - self.dice.below(min(len(found), 5))] if found else None

    def any_label(self, *kinds: str) -> int:
        """Return a label of these kinds; where there is none, the task's own."""
        found = self.find(*kinds)
        return found.number if found else self.owner

    def context(self) -> int:
        """Return a context that was made, mostly."""
        found = [number for number, owner in self.contexts if owner in self.before] or [0]
        if self.dice.chance(5):
            return self.dice.below(len(self.contexts))
        return found[-1 - self.dice.below(min(len(found), 3))]

    def new_context(self) -> int:
        """Note a context that is made now, and return its number."""
        self.contexts.append((len(self.contexts), self.owner))
        return len(self.contexts) - 1

    def maybe_context(self, percent: int = 40) -> int | None:
        """Return a context's number or None; rather None where there is no context."""
        there = any(owner in self.before for _, owner in self.contexts)
        return self.context() if there and self.dice.chance(percent) else None

    def part(self, room: int, most: int = 6) -> int:
        """Return how many operations of those that there is room for shall lie inside of one; at least one."""
        return 1 + self.dice.below(max(1, min(room, most)))


def wants(levels: Mapping[str, int], table: Mapping[Item, tuple[str, int]]) -> list[Item]:
    """Return each item as often as its group's level times its own weight says: no more than a die has sides."""
    weights = {item: levels[group] * weight for item, (group, weight) in table.items() if levels[group]}
    total = sum(weights.values())
    room = _SIDES - len(weights)
    return [item for item, weight in weights.items() for _ in range(1 + weight * room // total)]
