"""Draws what scenes are put together from: one waits, catches what comes, cancels another or meets it."""

from __future__ import annotations

from conformance.differential import drawing_bodies as bodies
from conformance.differential import drawing_calls as calls
from conformance.differential import drawing_waiting as waiting
from conformance.differential.drawing_scope import Drawn, Label, Scope

CATCH = ("CancelledError", "CancelledError", "CancelledError", "BaseException")


def wait_somehow(scope: Scope) -> list[Drawn]:
    """Wait for what never comes, or for a turn."""
    if scope.dice.chance(35):
        return bodies.sleep(scope)
    number = scope.number()
    return [scope.make("future", label=number), scope.make("await", of=number)]


def guarded(scope: Scope, waits: list[Drawn], deep: int) -> Drawn:
    """Catch what comes while it waits, and do something about it."""
    inner = waits or bodies.sleep(scope)
    catch = scope.dice.pick((*CATCH, None))
    then = scope.dice.pick(("swallow", "swallow", "raise", "replace", "keep", "uncancel"))
    does = bodies.body(scope, 1 + scope.dice.below(2), deep + 2, ends=True) if scope.dice.chance(55) else []
    if catch is None:
        return bodies.caught(scope, inner, None, [], "swallow", does or bodies.sleep(scope))
    return bodies.caught(scope, inner, catch, does, then, [])


def met(scope: Scope, label: Label, deep: int) -> Drawn:
    """Await one that was cancelled, mostly ready for what that raises."""
    waits = waiting.wait(scope, label)
    if deep >= bodies.DEEPEST or scope.dice.chance(30):
        return waits
    return bodies.caught(scope, [waits], "CancelledError", [], scope.dice.pick(("swallow", "raise")), [])


def cancelled(scope: Scope, of: int) -> Drawn:
    """Cancel the task or future of that label, with a message or without."""
    return scope.make("cancel", of=of, message=calls.message(scope))
