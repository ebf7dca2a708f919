"""The operations on timeouts: wait_for, of which one can be told when its time is over."""

import asyncio
import contextlib
import contextvars
from typing import Any, Callable, List, Optional

from .bodies import Returned
from .futures import to_wait_for
from .world import Who, World

NEVER_SECONDS = 1e7
"""The delay of a timeout that only the operation ``fire`` lets run out."""


async def _wait_for(world: World, who: Who, at: str, operation: Any) -> Returned:
    future = to_wait_for(world, at, operation)
    if future is None:
        return None
    timeout, label = operation["timeout"], operation["label"]
    key = id(asyncio.current_task())
    world.note(at, "begin wait_for", world.name(future), timeout)
    world.waits[key] = (future,)
    timer = None
    if timeout == "fired":
        timeout = NEVER_SECONDS
        timer = world.timers[label] = Timer(asyncio.get_running_loop())
    try:
        value = await asyncio.wait_for(future, timeout)
    except BaseException as error:
        world.failed(at, error)
        raise
    finally:
        world.waits.pop(key, None)
        if timer is not None:
            timer.end()
            if world.timers.get(label) is timer:
                del world.timers[label]
    world.note(at, "got", world.plain.value(value))
    return None


class Timer:
    """Takes hold of the timeout that wait_for sets, which is the next one of its delay in the loop."""

    def __init__(self, loop: Any) -> None:
        self._loop = loop
        self._begun: List[str] = []
        self._handle: Any = None
        self._call: Optional[Callable[[], Any]] = None
        # wait_for up to 3.11 gives a delay, from 3.12 on a time.
        for name in ("call_later", "call_at"):
            with contextlib.suppress(AttributeError):
                setattr(loop, name, self._catching(getattr(loop, name)))
                self._begun.append(name)

    def _catching(self, stock: Callable[..., Any]) -> Callable[..., Any]:
        def catch(when: Any, callback: Any, *args: Any, context: Any = None) -> Any:
            self._let_go()
            if context is None:
                context = contextvars.copy_context()
            handle = stock(when, callback, *args, context=context)
            if when >= NEVER_SECONDS and self._handle is None:
                self._handle = handle
                loop = self._loop
                self._call = lambda: loop.call_soon(callback, *args, context=context)
            return handle

        return catch

    def _let_go(self) -> None:
        for name in self._begun:
            with contextlib.suppress(AttributeError):
                delattr(self._loop, name)
        self._begun = []

    def fire(self) -> bool:
        """Let the time be over; whether there was a timeout to run out."""
        if self._call is None or self._handle.cancelled():
            return False
        self._handle.cancel()
        self._call()
        self._call = None
        return True

    def end(self) -> None:
        self._let_go()
        self._handle = self._call = self._loop = None


def _fire(world: World, who: Who, at: str, operation: Any) -> None:
    timer = world.timers.get(operation["of"])
    if timer is None:
        return world.nothing(at)
    return world.note(at, "fired") if timer.fire() else world.nothing(at)


CALLS = {"fire": _fire}
AWAITS = {"wait_for": _wait_for}
