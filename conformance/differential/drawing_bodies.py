"""Draws what all of a coroutine's operations are made of: its body, a task's body, a task, a try."""

from __future__ import annotations

from typing import Any

from conformance.differential import drawing_calls as calls
from conformance.differential.drawing_scope import Drawn, Scope
from conformance.differential.operations import VALUES

DEEPEST = 5
"""Beyond, nothing holds other operations."""

_ENOUGH = 4
"""Where fewer operations have room, what takes several is drawn less."""

_HOW = ("create_task", "create_task", "create_task", "loop_create_task", "loop_create_task", "ensure_future")


def body(scope: Scope, size: int, deep: int, *, ends: bool = False) -> list[Drawn]:
    """Draw about so many operations; ``ends``: the last may end the coroutine, as nothing that follows is missed."""
    found: list[Drawn] = []
    end = scope.made + size
    while scope.made < end:
        room = end - scope.made
        does = scope.dice.pick(scope.turns)
        if does in scope.large and room < _ENOUGH:
            does = scope.dice.pick(scope.turns)
        found += does(scope, room, deep)
    if ends and (throw := scope.dice.below(10)) > 6:
        found += calls.raise_(scope) if throw == 9 and scope.levels["raising"] else return_(scope)
    return found


def return_(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw a return with a value."""
    return [scope.make("return", value=scope.dice.pick(VALUES))]


def sleep(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw a turn for the others."""
    return [scope.make("sleep")]


def child(scope: Scope, number: int, room: int, deep: int) -> list[Drawn]:
    """Draw what the task of that label does, and note the task."""
    around = scope.main, scope.owner, scope.guarded, scope.hangs
    scope.main, scope.owner, scope.guarded, scope.hangs = False, number, 0, False
    scope.before.append(number)
    inner = body(scope, scope.part(room - 1), deep + 1, ends=True)
    scope.before.pop()
    hangs = scope.hangs
    scope.main, scope.owner, scope.guarded, scope.hangs = around
    scope.add(number, "task", settles=not hangs)
    return inner


def task(scope: Scope, number: int, inner: list[Drawn]) -> Drawn:
    """Draw how a task is made whose body is there already."""
    how = scope.dice.pick(_HOW)
    context = scope.maybe_context() if how == "loop_create_task" else None
    name = "named" if how != "ensure_future" and scope.dice.chance(8) else None
    return scope.make("create", how=how, label=number, body=inner, name=name, context=context)


def caught(
    scope: Scope,
    inner: list[Drawn],
    catch: str | None,
    handled: list[Drawn],
    then: str,
    cleaned: list[Drawn],
) -> Drawn:
    """Return the try of these parts."""
    fields: dict[str, Any] = {"finally": cleaned}
    return scope.make("try", body=inner, catch=catch, handler=handled, then=then, **fields)
