"""The operations that have a loop call something: done callbacks and call_soon, with and without a context."""

import asyncio
from typing import Any

from .bodies import call
from .world import Who, World


def _callback(world: World, who: Who, at: str, operation: Any) -> None:
    future, number = world.future(operation["on"]), operation["context"]
    if future is None or (number is not None and number not in world.contexts):
        return world.nothing(at)

    def called(done: Any) -> None:
        world.note(at, "called back", world.name(done))
        call(world, who, f"{at}.0.", operation["body"])

    try:
        if number is None:
            future.add_done_callback(called)
        else:
            future.add_done_callback(called, context=world.contexts[number])
    except Exception as error:  # noqa: BLE001  # a done one's loop may be closed
        return world.failed(at, error)
    return world.note(at, "callback")


def _call_soon(world: World, who: Who, at: str, operation: Any) -> None:
    number = operation["context"]
    loop: Any = asyncio._get_running_loop()
    if loop is None or (number is not None and number not in world.contexts):
        return world.nothing(at)

    def called() -> None:
        world.note(at, "called")
        call(world, who, f"{at}.0.", operation["body"])

    context = None if number is None else world.contexts[number]
    loop.call_soon(called, context=context)
    return world.note(at, "call_soon")


CALLS = {"callback": _callback, "call_soon": _call_soon}
