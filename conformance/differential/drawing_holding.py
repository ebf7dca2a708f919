"""Draws the operations that hold others: a try, nested coroutines, managers, generators, runs within a run."""

from __future__ import annotations

from typing import Any

from conformance.differential.drawing_bodies import DEEPEST, body, caught, sleep
from conformance.differential.drawing_scope import Drawn, Scope

_CATCH = (
    *("CancelledError",) * 9,
    *("BaseException",) * 4,
    *("Exception",) * 3,
    *(None,) * 3,
    "KeyboardInterrupt",
)
_THEN = (*("swallow",) * 5, *("raise",) * 5, *("uncancel",) * 3, *("replace",) * 2, *("keep",) * 2)
_CATCHES = {"CancelledError", "BaseException"}


def try_(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Draw a try, mostly around what may be cancelled."""
    if deep > DEEPEST:
        return sleep(scope)
    catch, then = scope.dice.pick(_CATCH), scope.dice.pick(_THEN)
    guards = catch in _CATCHES and then != "raise"
    scope.guarded += guards
    inner = body(scope, scope.part(room - 1), deep + 1)
    scope.guarded -= guards
    throw = scope.dice.below(10)
    handled = body(scope, scope.part(room - 2, 3), deep + 1) if catch is not None and throw % 2 else []
    cleaned = body(scope, scope.part(room - 2, 3), deep + 1) if catch is None or throw > 6 else []
    return [caught(scope, inner, catch, handled, then if catch else "swallow", cleaned)]


def call(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Draw a nested coroutine."""
    if deep > DEEPEST:
        return sleep(scope)
    return [scope.make("call", body=body(scope, scope.part(room - 1, 4), deep + 1, ends=True))]


def async_with(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Draw an asynchronous context manager."""
    if deep > DEEPEST:
        return sleep(scope)
    throw = scope.dice.below(8)
    enter = body(scope, 1, deep + 1) if throw % 4 == 1 else []
    suppress = throw > 5
    scope.guarded += suppress
    inner = body(scope, scope.part(room - 1, 4), deep + 1)
    scope.guarded -= suppress
    leave = body(scope, scope.part(room - 2, 2), deep + 1) if throw % 2 else []
    return [scope.make("async_with", enter=enter, body=inner, exit=leave, suppress=suppress)]


def _items(scope: Scope, room: int, deep: int) -> tuple[list[list[Drawn]], list[Drawn]]:
    throw = scope.dice.below(12)
    items = [
        body(scope, 1, deep + 1) if throw % 3 == each and room > 1 else [] for each in range(1 + throw % 4)
    ]
    return items, body(scope, scope.part(room - 2, 2), deep + 1) if throw % 2 else []


def async_for(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Draw a loop over an async generator, which it may leave open."""
    if deep > DEEPEST:
        return sleep(scope)
    items, cleaned = _items(scope, room, deep)
    inner = body(scope, 1, deep + 1) if scope.dice.chance(50) else []
    leave = scope.dice.below(len(items) + 1) if scope.dice.chance(50) else None
    number = scope.number()
    scope.add(number, "generator", settles=leave is None)
    fields: dict[str, Any] = {"finally": cleaned}
    return [scope.make("async_for", label=number, items=items, body=inner, leave=leave, **fields)]


def generator(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Draw an async generator, mostly begun."""
    if deep > DEEPEST:
        return sleep(scope)
    items, cleaned = _items(scope, room, deep)
    number = scope.number()
    scope.add(number, "generator", settles=False)
    fields: dict[str, Any] = {"finally": cleaned}
    made = scope.make("generator", label=number, items=items, **fields)
    return [made, *([scope.make("next", of=number)] if scope.dice.chance(80) else [])]


def next_(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Draw a step of a generator."""
    found = scope.find("generator")
    return [scope.make("next", of=found.number)] if found else generator(scope, room, deep)


def aclose(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Draw the end of a generator."""
    found = scope.find("generator")
    if found is None and deep > DEEPEST:
        return sleep(scope)
    made = [] if found else generator(scope, room, deep)
    closed = found or scope.labels[-1]
    return [*made, scope.make("aclose", of=closed.number)]


def nested_run(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Draw a run within a run, which is to be refused."""
    runner = None if scope.dice.chance(35) else scope.dice.below(scope.runners)
    inner = body(scope, 1, deep + 1) if deep < DEEPEST and room > 1 else []
    return [scope.make("nested_run", runner=runner, body=inner)]


def run_close(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw the closing of a Runner within a run."""
    return [scope.make("run_close", runner=scope.dice.below(scope.runners))]
