"""Labels of a program that is made small: each stands for one thing, and they are numbered as they appear; for the shrinker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

from conformance.differential.places import Keys, changed, operations

Program = dict[str, Any]

_SPACES = {
    "label": "label",
    "of": "label",
    "on": "label",
    "context": "context",
    "token": "token",
    "var": "var",
}
"""The fields that hold labels, and the space of each."""
_TIMEOUTS = frozenset({("wait_for", "label"), ("fire", "of")})
"""Those that have a space of their own."""
_MAKERS = frozenset({("copy_context", "context"), ("set", "token")})
"""Those that make what the label stands for, beside all that are called so."""
_WHO = ("self", "parent")


@frozen
class _Use:
    """A field that holds a label, or several."""

    keys: Keys
    """The way to the field."""
    space: str
    value: Any
    makes: bool
    """Whether the operation makes what the label stands for."""

    @property
    def labels(self) -> list[int]:
        values = self.value if isinstance(self.value, list) else [self.value]
        return [each for each in values if type(each) is int]


def renumbered(program: Program) -> Program:
    """Return the program with the labels of each space numbered in the order in which they appear."""
    uses = list(_uses(program))
    for space, order in _orders(uses).items():
        program = _renamed(program, [use for use in uses if use.space == space], order)
    return program


def weight_of_labels(program: Program) -> tuple[int, int]:
    """How many labels more there would be if each stood for one thing, and how late those appear that are used."""
    uses = list(_uses(program))
    orders = _orders(uses)
    made = [(use.space, label) for use in uses if use.makes for label in use.labels]
    late = sum(orders[use.space][label] for use in uses for label in use.labels)
    return len(made) - len(set(made)), late + sum(use.value == _WHO[1] for use in uses)


def relabelled(program: Program) -> Iterator[Program]:
    """Yield the program with a label for each thing that shares one, and with single uses of a label of another thing.

    Labels that nothing makes become one; those of different things never do, since nobody could read that.
    """
    uses = list(_uses(program))
    yield from _split(program, uses)
    for space, order in _orders(uses).items():
        of_space = [use for use in uses if use.space == space]
        made = {label for use in of_space if use.makes for label in use.labels}
        for label in sorted(order.keys() - made, key=order.__getitem__):
            for other in order:
                if other != label:
                    yield _renamed(program, of_space, {label: other})
        for use in of_space:
            if not use.makes and not isinstance(use.value, list):
                for instead in _WHO[:1] if use.value == _WHO[1] else order:
                    yield changed(program, use.keys, instead)


def _split(program: Program, uses: list[_Use]) -> Iterator[Program]:
    """Each thing whose label another had before it under a new one: together with the uses up to the next, or alone."""
    seen: set[tuple[str, int]] = set()
    for place, use in enumerate(uses):
        for label in use.labels if use.makes else ():
            if (use.space, label) in seen:
                new = 1 + max(each for one in uses if one.space == use.space for each in one.labels)
                yield _renamed(
                    program, [use, *_until_made_again(uses[place + 1 :], use, label)], {label: new}
                )
                yield _renamed(program, [use], {label: new})
            seen.add((use.space, label))


def _until_made_again(later: list[_Use], made: _Use, label: int) -> Iterator[_Use]:
    for use in later:
        if use.space == made.space and label in use.labels:
            if use.makes:
                return
            yield use


def _uses(program: Program) -> Iterator[_Use]:
    """All uses of labels, in the order of writing."""
    for keys, operation in operations(program):
        for name, value in operation.items():
            if name in _SPACES:
                field = operation["op"], name
                space = "timeout" if field in _TIMEOUTS else _SPACES[name]
                yield _Use((*keys, name), space, value, name == "label" or field in _MAKERS)


def _orders(uses: list[_Use]) -> dict[str, dict[int, int]]:
    """For each space, its labels with their numbers in the order in which they appear."""
    orders: dict[str, dict[int, int]] = {}
    for use in uses:
        order = orders.setdefault(use.space, {})
        for label in use.labels:
            order.setdefault(label, len(order))
    return orders


def _renamed(program: Program, uses: list[_Use], labels: Mapping[int, int]) -> Program:
    def renamed(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(each) for each in value]
        return labels.get(value, value) if type(value) is int else value

    for use in uses:
        program = changed(program, use.keys, renamed(use.value))
    return program
