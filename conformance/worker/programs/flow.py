"""The operations of control flow: errors raised and caught, values returned, coroutines and managers nested."""

import asyncio
from typing import Any, List, Optional, Tuple

from .bodies import Returned, play
from .futures import error_of
from .world import Who, World

_CAUGHT = {
    None: (),
    "CancelledError": asyncio.CancelledError,
    "Exception": Exception,
    "BaseException": BaseException,
    "KeyboardInterrupt": KeyboardInterrupt,
}


async def _try(world: World, who: Who, at: str, operation: Any) -> Returned:
    world.note(at, "try")
    caught: Any = _CAUGHT[operation["catch"]]
    try:
        returned = await play(world, who, f"{at}.0.", operation["body"])
    except caught as error:
        world.note(at, "caught", world.plain.error(error))
        returned = await play(world, who, f"{at}.1.", operation["handler"])
        then = operation["then"]
        if returned is not None or then == "swallow":
            pass
        elif then == "raise":
            raise
        elif then == "replace":
            raise LookupError("replaced")  # noqa: B904  # its context is the point
        elif then == "keep":
            world.kept.append(error)
        else:
            task = asyncio.current_task()
            world.note(at, "uncancel", _uncancelled(world, task))
    finally:
        if operation["finally"] and not world.over:
            world.note(at, "finally")
            last = await play(world, who, f"{at}.2.", operation["finally"])
            if last is not None:
                return last  # noqa: B012  # as Python has it: the last word
    return returned


def _uncancelled(world: World, task: Any) -> Any:
    try:
        return world.implementation.uncancel(task)
    except AttributeError as error:
        return world.plain.error(error)


def _raise(world: World, who: Who, at: str, operation: Any) -> None:
    world.note(at, "raise", operation["error"])
    raise error_of(operation)


def _return(world: World, who: Who, at: str, operation: Any) -> Tuple[Any]:
    value = operation["value"]
    world.note(at, "return", value)
    return (list(value) if isinstance(value, list) else value,)


async def _call(world: World, who: Who, at: str, operation: Any) -> Returned:
    world.note(at, "begin call")
    try:
        value = await nested(world, who, at, operation["body"])
    except BaseException as error:
        world.failed(at, error)
        raise
    world.note(at, "got", world.plain.value(value))
    return None


async def nested(world: World, who: Who, at: str, body: List[Any]) -> Any:
    """A coroutine within another: what it returns is its own."""
    returned = await play(world, who, f"{at}.0.", body)
    return None if returned is None else returned[0]


async def _async_with(world: World, who: Who, at: str, operation: Any) -> Returned:
    async with _Manager(world, who, at, operation):
        return await play(world, who, f"{at}.1.", operation["body"])
    return None


class _Manager:
    def __init__(self, world: World, who: Who, at: str, operation: Any) -> None:
        self._world = world
        self._who = who
        self._at = at
        self._operation = operation

    async def __aenter__(self) -> None:
        world, at = self._world, self._at
        world.note(at, "enter")
        await play(world, self._who, f"{at}.0.", self._operation["enter"])

    async def __aexit__(self, _kind: Any, error: Optional[BaseException], _traceback: Any) -> bool:
        world, at, suppress = self._world, self._at, self._operation["suppress"]
        world.note(at, "exit", world.plain.maybe(error))
        await play(world, self._who, f"{at}.2.", self._operation["exit"])
        return bool(suppress)


CALLS = {"raise": _raise, "return": _return}
AWAITS = {"try": _try, "call": _call, "async_with": _async_with}
