"""Draws scenes with variables: set in one place, looked at or reset in another, or as an error arrives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.differential import drawing_bodies as bodies
from conformance.differential import drawing_calls as calls
from conformance.differential import drawing_parts as parts
from conformance.differential import drawing_waiting as waiting
from conformance.differential.drawing_scope import Drawing, Drawn, Scope


def tokens(scope: Scope, *_: Any) -> list[Drawn]:
    """Set a variable in one place, and reset or look at it in another: a child, a callback, a context."""
    made = calls.set_(scope)
    var, token = made[0]["var"], made[0]["token"]
    looks: list[Drawn] = [scope.make("get", var=var)]
    if scope.dice.chance(60):
        looks.insert(scope.dice.below(2), scope.make("reset", token=token))
    throw = scope.dice.below(4)
    if throw == 0:
        number = scope.number()
        scope.add(number, "task", settles=True)
        return [*made, bodies.task(scope, number, looks), *bodies.sleep(scope)]
    if throw == 1:
        context = scope.maybe_context(70)
        return [*made, scope.make("call_soon", context=context, body=looks), *bodies.sleep(scope)]
    if throw == 2:
        number = scope.number()
        child = scope.add(number, "task", settles=True)
        return [bodies.task(scope, number, made), waiting.wait(scope, child), *looks]
    return [*made, *looks]


def remembered(scope: Scope, *_: Any) -> list[Drawn]:
    """Look at a variable, set it or reset it as one is cancelled, in a context of one's own or in the task's."""
    if scope.dice.chance(45):
        return thrown(scope)
    number = scope.number()
    context = scope.maybe_context(80)
    made = calls.set_(scope) if scope.dice.chance(60) else []
    does = [*calls.get(scope), *(calls.reset(scope) if made else calls.set_(scope))]
    then = scope.dice.pick(("swallow", "raise"))
    if scope.dice.chance(50):
        tried = bodies.caught(scope, parts.wait_somehow(scope), "CancelledError", does, then, [])
    else:
        tried = bodies.caught(scope, parts.wait_somehow(scope), None, [], "swallow", does)
    how = "create_task" if context is None else "loop_create_task"
    task = scope.make("create", how=how, label=number, body=[*made, tried], name=None, context=context)
    label = scope.add(number, "task", settles=True)
    left = scope.dice.chance(30)
    ends = [] if left else [parts.cancelled(scope, number), parts.met(scope, label, 0)]
    looks = calls.get(scope)
    if context is not None and scope.dice.chance(60):
        looks = [scope.make("context_run", context=context, body=looks)]
    return [task, *bodies.sleep(scope), *ends, *looks]


def thrown(scope: Scope, *_: Any) -> list[Drawn]:
    """Set a variable where an error arrives that was awaited, and look at it afterwards."""
    made = waiting.future(scope)
    label = made[0]["label"]
    if scope.dice.chance(50):
        does = scope.make("fail", of=label, error="ValueError", message=calls.message(scope))
    else:
        does = parts.cancelled(scope, scope.dice.pick((label, scope.owner)))
    soon = scope.make("call_soon", context=scope.maybe_context(), body=[does])
    scope.labels[-1].settles = scope.labels[-1].over = True
    setting = calls.set_(scope)
    catch = scope.dice.pick(("BaseException", "CancelledError", "Exception"))
    waits = [scope.make("await", of=label)]
    if scope.dice.chance(60):
        tried = bodies.caught(scope, waits, catch, setting, "swallow", [])
    else:
        tried = bodies.caught(scope, waits, None, [], "swallow", setting)
    return [*made, soon, tried, scope.make("get", var=setting[0]["var"])]


def seen_by_job(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Set a variable, and let the executor's thread look at it."""
    made = calls.set_(scope)
    job = waiting.job(scope, room, deep)
    job[0]["body"].append(scope.make("get", var=made[0]["var"]))
    return [*made, *job]


def copied(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Copy a context in which a variable was set, by a task or a callback, and look into the copy."""
    made = calls.set_(scope)
    before = len(scope.contexts)
    does = [*made, *calls.copy_context(scope)]
    look = scope.make("get", var=made[0]["var"])
    does.append(scope.make("context_run", context=before, body=[look]))
    throw = scope.dice.below(3)
    if throw == 0 or deep > bodies.DEEPEST:
        return does
    if throw == 1:
        return [scope.make("call_soon", context=scope.maybe_context(), body=does), *bodies.sleep(scope)]
    number = scope.number()
    label = scope.add(number, "task", settles=True)
    made = [bodies.task(scope, number, does)]
    return [*made, waiting.wait(scope, label)] if room > 1 else [*made, *bodies.sleep(scope)]


def given(scope: Scope, *_: Any) -> list[Drawn]:
    """Give a context to a task, or to a callback of one, that sets a variable in it, and look there or here afterwards."""
    context = len(scope.contexts)
    copies = calls.copy_context(scope)
    number = scope.number()
    does = calls.set_(scope)
    look = scope.make("get", var=does[0]["var"])
    if scope.dice.chance(50):
        made = [
            scope.make("create", how="loop_create_task", label=number, body=does, name=None, context=context)
        ]
    else:
        back = scope.make("callback", on=number, context=context, body=does)
        made = [bodies.task(scope, number, bodies.sleep(scope)), back]
    label = scope.add(number, "task", settles=True)
    waits = waiting.wait(scope, label)
    if scope.dice.chance(70):
        look = scope.make("context_run", context=context, body=[look])
    return [*copies, *made, waits, look]


MEMORIES: Mapping[Drawing, tuple[str, int]] = {
    tokens: ("variables", 4),
    remembered: ("variables", 3),
    thrown: ("variables", 2),
    seen_by_job: ("jobs", 3),
    copied: ("contexts", 4),
    given: ("contexts", 4),
}
"""What is drawn of them, by which group and how often in it."""
