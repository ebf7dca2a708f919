"""Draws what can be done without a coroutine: by callbacks, in a context, and, for much of it, by coroutines too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conformance.differential.drawing_scope import Drawing, Drawn, Scope
from conformance.differential.operations import VALUES, VARIABLES

_MESSAGES = (None, None, None, "x", "y", "")
_ERRORS = (
    *("ValueError",) * 6,
    *("LookupError",) * 3,
    *("CancelledError",) * 3,
    *("KeyboardInterrupt",) * 2,
    *("SystemExit",) * 2,
    "StopIteration",
    "GeneratorExit",
)
_HANDLERS = ("own", "own", "default", "default", "ignore")


def body(scope: Scope, size: int, deep: int) -> list[Drawn]:
    """Draw about so many operations of a callback's."""
    found: list[Drawn] = []
    end = scope.made + size
    while scope.made < end:
        found += scope.dice.pick(scope.calls)(scope, end - scope.made, deep)
    return found


def message(scope: Scope) -> str | None:
    """Draw the message of a cancellation or of an error."""
    return scope.dice.pick(_MESSAGES)


def set_(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw the setting of a variable, under a new token."""
    which = scope.dice.below(len(VALUES) * 4)
    var = max(0, which % 4 - 1) % VARIABLES
    scope.tokens += 1
    return [scope.make("set", var=var, value=VALUES[which // 4], token=scope.tokens - 1)]


def get(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw the look at a variable."""
    return [scope.make("get", var=max(0, scope.dice.below(4) - 1))]


def reset(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw the reset of a token: of the latest, mostly, or of any other run or context."""
    if not scope.tokens:
        return set_(scope)
    latest = scope.tokens - 1
    token = latest - scope.dice.below(min(scope.tokens, 3))
    return [scope.make("reset", token=token)]


def copy_context(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw the copy of the current context."""
    return [scope.make("copy_context", context=scope.new_context())]


def context_run(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Draw what a context runs."""
    context = scope.maybe_context(90)
    if context is None:
        return copy_context(scope)
    inner = body(scope, scope.part(room - 1, 3), deep + 1) if deep < 5 else []
    return [scope.make("context_run", context=context, body=inner)]


def resolve(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw the result of a future, mostly of one that has none."""
    found = scope.find("future", over=False)
    if found is None:
        return get(scope)
    found.settles = True
    return [scope.make("resolve", of=found.number, value=scope.dice.pick(VALUES))]


def fail(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw the exception of a future."""
    found = scope.find("future", over=False)
    if found is None:
        return get(scope)
    found.settles = True
    return [scope.make("fail", of=found.number, error=scope.dice.pick(_ERRORS), message=message(scope))]


def cancel(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw a cancellation: of what there is, of what is over, of the task itself or of the one that made it."""
    throw = scope.dice.below(20)
    target: int | str
    if throw < 6 and not scope.main:
        target = "parent"
    elif throw < 9 and (scope.guarded or not scope.main or throw < 3):
        target = "self"
    else:
        found = scope.find("task", over=True) if throw > 16 else scope.find("task", "future", "job")
        target = found.number if found else scope.owner
        if found and found.kind == "future":
            found.settles = True
    return [scope.make("cancel", of=target, message=message(scope))]


def uncancel(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw an uncancel."""
    return [scope.make("uncancel", of=_whom(scope))]


def cancelling(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw the look at the count of a task's cancellations."""
    return [scope.make("cancelling", of=_whom(scope))]


def _whom(scope: Scope) -> int | str:
    throw = scope.dice.below(10)
    return "self" if throw < 5 else "parent" if throw == 5 else scope.any_label("task")


def call_soon(scope: Scope, room: int, deep: int) -> list[Drawn]:
    """Draw what the loop shall call in its next turn."""
    if deep > 4:
        return get(scope)
    context = scope.maybe_context()
    inner = body(scope, scope.part(room - 1, 3), deep + 1)
    return [scope.make("call_soon", context=context, body=inner)]


def current_task(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw the look at who is at work."""
    return [scope.make("current_task")]


def all_tasks(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw the look at all who are not done."""
    return [scope.make("all_tasks")]


def state(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw the look at a task or future."""
    return [scope.make("state", of=scope.any_label("task", "future", "job"))]


def raise_(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw the raising of an error."""
    return [scope.make("raise", error=scope.dice.pick(_ERRORS), message=message(scope))]


def interrupt(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw a Ctrl-C at this very step, or two."""
    return [scope.make("interrupt", times=2 if scope.dice.chance(25) else 1)]


def interrupt_from_thread(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw a Ctrl-C that another thread sends."""
    return [scope.make("interrupt_from_thread")]


def interrupt_when_idle(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw a Ctrl-C that comes once everybody waits."""
    return [scope.make("interrupt_when_idle")]


def handler(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw what a Ctrl-C is to be handled by."""
    return [scope.make("handler", kind=scope.dice.pick(_HANDLERS))]


def release(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw the end of a job."""
    found = scope.find("job")
    if found is None:
        return get(scope)
    found.settles = True
    return [scope.make("release", of=found.number)]


def report(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw a call of the loop's exception handler."""
    return [scope.make("report")]


def collect(scope: Scope, *_: Any) -> list[Drawn]:
    """Draw a collection of garbage."""
    return [scope.make("collect")]


CALLS: Mapping[Drawing, tuple[str, int]] = {
    set_: ("variables", 5),
    get: ("variables", 5),
    reset: ("variables", 3),
    copy_context: ("contexts", 2),
    context_run: ("contexts", 2),
    resolve: ("futures", 5),
    fail: ("futures", 4),
    cancel: ("cancelling", 6),
    uncancel: ("cancelling", 2),
    cancelling: ("cancelling", 2),
    call_soon: ("callbacks", 2),
    current_task: ("looking", 2),
    all_tasks: ("looking", 1),
    state: ("looking", 2),
    raise_: ("raising", 3),
    interrupt: ("interrupts", 4),
    interrupt_from_thread: ("interrupts", 1),
    interrupt_when_idle: ("interrupts", 1),
    handler: ("interrupts", 1),
    release: ("jobs", 2),
    report: ("reports", 2),
    collect: ("garbage", 1),
}
"""What is drawn of them, by which group and how often in it."""
