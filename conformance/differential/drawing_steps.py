"""Draws what a script does around its runs: before the first, between two of them and at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.differential import drawing_calls as calls
from conformance.differential.drawing_scope import Drawn, Scope

_WRONG = ("future", "function", "null", "generator")
# Native 3.11 passes a context to all of them, and so a legacy one raises.
_FACTORIES = (*("keywords",) * 6, *("none",) * 2, "legacy")


def before(scope: Scope) -> list[Drawn]:
    """Draw how the script begins: factories and handlers are set, a context is made to run in."""
    steps: list[Drawn] = []
    levels = scope.levels
    if levels["factories"] and scope.dice.chance(9 * levels["factories"]):
        steps += _factory(scope)
    if levels["reports"] and scope.dice.chance(10 * levels["reports"]):
        steps += [scope.make("exception_handler", runner=_runner(scope))]
    if levels["interrupts"] and scope.dice.chance(12):
        steps += calls.handler(scope)
    if levels["variables"] and scope.dice.chance(25):
        steps += calls.set_(scope)
    if levels["contexts"] and scope.dice.chance(40):
        steps += calls.copy_context(scope)
    return steps


def between(scope: Scope, *, first: bool) -> list[Drawn]:
    """Draw what comes before a run: mostly nothing."""
    throw = scope.dice.below(20)
    found = _BETWEEN.get(throw)
    if throw < _MOSTLY or (throw == _CLOSING and first):
        return []
    if found is None or not scope.levels[found[0]]:
        return _plain(scope)
    return found[1](scope)


def endings(scope: Scope) -> list[Drawn]:
    """Draw how the script ends: mostly closed, now and then twice or used once more; some leave it to the end."""
    throw = scope.dice.below(20)
    if throw < 6:
        return []
    steps: list[Drawn] = []
    closed = list(range(scope.runners))
    for runner in closed if throw % 2 else reversed(closed):
        how = "exit" if throw in {7, 11} else "close"
        steps.append(scope.make(how, runner=runner))
    last = scope.dice.below(scope.runners)
    if throw == 15:
        steps.append(scope.make(scope.dice.pick(("close", "exit", "enter", "get_loop")), runner=last))
    if throw in {16, 17}:
        number = scope.number()
        body = [scope.make("sleep")] if throw == 17 else []
        steps.append(scope.make("run", runner=last, label=number, body=body, context=None))
    if throw == 18 and scope.levels["wrong"]:
        steps += _wrong(scope)
    if throw == 19:
        steps += _plain(scope)
    return steps


def _factory(scope: Scope) -> list[Drawn]:
    return [scope.make("task_factory", runner=_runner(scope), kind=scope.dice.pick(_FACTORIES))]


def _wrong(scope: Scope) -> list[Drawn]:
    return [scope.make("run_wrong", runner=_runner(scope), what=scope.dice.pick(_WRONG))]


def _plain(scope: Scope) -> list[Drawn]:
    """Draw what needs no loop."""
    does: list[Any] = []
    if scope.levels["variables"]:
        does += [calls.set_, calls.get, calls.reset]
    if scope.levels["contexts"]:
        does.append(calls.copy_context)
    if not does:
        return []
    context = scope.maybe_context()
    made: list[Drawn] = scope.dice.pick(does)(scope)
    return made if context is None else [scope.make("context_run", context=context, body=made)]


def _of_runner(name: str) -> Callable[[Scope], list[Drawn]]:
    return lambda scope: [scope.make(name, runner=_runner(scope))]


def _runner(scope: Scope) -> int:
    return scope.dice.below(scope.runners)


_MOSTLY = 12
_CLOSING = 14
_BETWEEN: Mapping[int, tuple[str, Callable[[Scope], list[Drawn]]]] = {
    12: ("runs", _of_runner("get_loop")),
    13: ("runs", _of_runner("enter")),
    _CLOSING: ("runs", _of_runner("close")),
    15: ("factories", _factory),
    16: ("wrong", _wrong),
    17: ("interrupts", calls.handler),
    18: ("garbage", calls.collect),
}
"""By a throw of twenty: the group that must be drawn from, and the step."""
