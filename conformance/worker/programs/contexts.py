"""The operations on context variables, tokens and contexts, and the garbage collection at a fixed point."""

import contextvars
from typing import Any

from .bodies import call
from .world import Who, World

_UNSET = "unset"


def value_of(world: World, variable: Any) -> Any:
    """A variable's value in the current context, as plain data."""
    return world.plain.value(variable.get(_UNSET))


def _set(world: World, who: Who, at: str, operation: Any) -> None:
    variable, value = world.variables[operation["var"]], operation["value"]
    world.tokens[operation["token"]] = variable, variable.set(value)
    world.note(at, "set", value)


def _get(world: World, who: Who, at: str, operation: Any) -> None:
    world.note(at, "get", value_of(world, world.variables[operation["var"]]))


def _reset(world: World, who: Who, at: str, operation: Any) -> None:
    kept = world.tokens.get(operation["token"])
    if kept is None:
        return world.nothing(at)
    variable, token = kept
    try:
        variable.reset(token)
    except (ValueError, RuntimeError) as error:
        # Of another context, or used before. Its argument is a repr with addresses and little else.
        return world.note(at, "raised", type(error).__name__)
    return world.note(at, "reset", value_of(world, variable))


def _copy_context(world: World, who: Who, at: str, operation: Any) -> None:
    world.contexts[operation["context"]] = contextvars.copy_context()
    world.note(at, "copy_context")


def _context_run(world: World, who: Who, at: str, operation: Any) -> None:
    context = world.contexts.get(operation["context"])
    if context is None:
        return world.nothing(at)
    entered = False

    def inside() -> None:
        nonlocal entered
        entered = True
        world.note(at, "in context")
        call(world, who, f"{at}.0.", operation["body"])

    try:
        context.run(inside)
    except RuntimeError as error:
        if entered:
            raise
        # It is entered already.
        return world.failed(at, error)
    return world.note(at, "out of context")


def _collect(world: World, who: Who, at: str, operation: Any) -> None:
    world.note(at, "collect")
    world.collect()


CALLS = {
    "set": _set,
    "get": _get,
    "reset": _reset,
    "copy_context": _copy_context,
    "context_run": _context_run,
    "collect": _collect,
}
STEPS = CALLS
