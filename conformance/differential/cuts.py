"""The smaller programs that one cut makes of a program, which the shrinker asks about.

A cut takes operations out, puts an operation's bodies in its place, drops a runner, makes a field simpler or a label
plainer (``labels``). What it makes is a program, and lighter, so that shrinking ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from conformance.differential.labels import relabelled, weight_of_labels
from conformance.differential.operations import ERRORS, VALUES
from conformance.differential.places import bodies, changed, inner_bodies, operations
from conformance.differential.program import refuse_malformed, size
from conformance.errors import UsageError

Program = dict[str, Any]
Cut = Callable[[Program], Iterator[Program]]
Weight = tuple[int, int, int, int, int]

_SIMPLER: dict[str, tuple[Any, ...]] = {
    "catch": (None, "Exception", "CancelledError", "KeyboardInterrupt", "BaseException"),
    "context": (None,),
    "debug": (None, False, True),
    "error": ERRORS,
    "factory": (False, True),
    "how": ("create_task", "ensure_future", "loop_create_task"),
    "kind": ("none", "default", "legacy", "ignore", "keywords", "own"),
    "leave": (None,),
    "message": (None,),
    "name": (None,),
    "return_exceptions": (False, True),
    "suppress": (False, True),
    "then": ("raise", "swallow", "uncancel", "keep", "replace"),
    "timeout": (None, 0, "fired"),
    "times": (1, 2),
    "until": ("release", "close"),
    "value": VALUES,
    "what": ("null", "function", "future", "generator"),
}
"""The values of each field, the simplest first; a value that is not listed is the least simple."""


def weight(program: Program) -> Weight:
    """How heavy a program is.

    Its operations, its runners, how far its fields are from the simplest, how many labels stand for several things, and
    how far its labels are from the first ones, by their order and not by their numbers.
    """
    holders = chain(program["runners"], (operation for _, operation in operations(program)))
    fields = sum(_weight(key, value) for holder in holders for key, value in holder.items())
    return size(program), len(program["runners"]), fields, *weight_of_labels(program)


def single_cuts(program: Program) -> Iterator[Program]:
    """Yield the programs that are one cut away: of a minimal program, none of them differs still."""
    for make in (without(1), *OTHER_CUTS):
        yield from lighter(program, make)


def lighter(program: Program, make: Cut) -> Iterator[Program]:
    """Yield those of the cuts of one sort that make a program, and a lighter one."""
    most = weight(program)
    for one in make(program):
        if _is_program(one) and weight(one) < most:
            yield one


def without(count: int) -> Cut:
    """The cut that takes out ``count`` operations in a row, the last ones first."""

    def cut(program: Program) -> Iterator[Program]:
        for keys, body in bodies(program):
            for start in range(len(body) - count, -1, -max(count // 2, 1)):
                yield changed(program, keys, body[:start] + body[start + count :])

    return cut


def hoisted(program: Program) -> Iterator[Program]:
    """Each operation replaced by one of its bodies, or by all of them one after the other."""
    for keys, body in bodies(program):
        for place, operation in enumerate(body):
            inner = [found for _, found in inner_bodies(operation)]
            for content in inner if len(inner) == 1 else [*inner, list(chain(*inner))]:
                if content:
                    yield changed(program, keys, [*body[:place], *content, *body[place + 1 :]])


def with_fewer_runners(program: Program) -> Iterator[Program]:
    """Each runner gone, with the others in turn for what used it."""
    runners = program["runners"]
    for gone in range(len(runners) - 1, -1, -1):
        for instead in range(len(runners) - 1):
            moved = {**program, "runners": runners[:gone] + runners[gone + 1 :]}
            for keys, operation in operations(program):
                number = operation.get("runner")
                if number is not None and number >= gone:
                    moved = changed(moved, (*keys, "runner"), instead if number == gone else number - 1)
            yield moved


def with_fewer_items(program: Program) -> Iterator[Program]:
    """Each list of labels, or of items that do nothing, without one of them."""
    for keys, operation in operations(program):
        for name in ("items", "of"):
            found = operation.get(name)
            if isinstance(found, list):
                for place in range(len(found) - 1, -1, -1):
                    if not found[place] or name == "of":
                        yield changed(program, (*keys, name), found[:place] + found[place + 1 :])


def simplified(program: Program) -> Iterator[Program]:
    """Each field with each simpler value, the simplest first."""
    for place, runner in enumerate(program["runners"]):
        for name, value in runner.items():
            for new in _simpler(name, value):
                yield changed(program, ("runners", place, name), new)
    for keys, operation in operations(program):
        for name, value in operation.items():
            for new in _simpler(name, value):
                simpler = {**operation, name: new}
                if name == "how":
                    # Not each way of making a task takes these.
                    yield changed(program, keys, {**simpler, "name": None, "context": None})
                yield changed(program, keys, simpler)


OTHER_CUTS: tuple[Cut, ...] = (hoisted, with_fewer_runners, with_fewer_items, simplified, relabelled)


def _is_program(value: Program) -> bool:
    try:
        refuse_malformed(value)
    except UsageError:
        return False
    return True


def _simpler(name: str, value: Any) -> tuple[Any, ...]:
    return _SIMPLER[name][: _rank(name, value)] if name in _SIMPLER else ()


def _rank(name: str, value: Any) -> int:
    for place, known in enumerate(_SIMPLER[name]):
        # 0 is not false here.
        if type(known) is type(value) and known == value:
            return place
    return len(_SIMPLER[name])


def _weight(name: str, value: Any) -> int:
    found = _rank(name, value) if name in _SIMPLER else 0
    if name in {"runner", "leave"} and value is not None:
        found += int(value)
    return found + (len(value) if name in {"items", "of"} and isinstance(value, list) else 0)
