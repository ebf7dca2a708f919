"""What tests of several modules run: the plainest coroutines, and the interrupt that some of them send."""

import _thread
import asyncio
import contextlib
import inspect
import os
import signal
from typing import Any, Callable, Dict, Tuple

import pytest

NATIVE = hasattr(asyncio, "Runner")
"""Whether this interpreter has a Runner of its own: then the same tests state what it does."""

needs_messages = pytest.mark.skipif(
    "msg" not in inspect.signature(asyncio.Future.cancel).parameters,
    reason="this interpreter's cancellations carry no message",
)


async def nothing() -> None:
    pass


async def forever() -> None:
    await asyncio.get_running_loop().create_future()


async def call(function: Any, *args: Any) -> Any:
    return function(*args)


async def running_loop() -> Any:
    return asyncio.get_running_loop()


async def current_class() -> Any:
    return type(asyncio.current_task())


async def cancel(task: Any) -> None:
    """Cancel a task and wait until it has ended."""
    task.cancel()
    await asyncio.wait([task])


class Failure(Exception):
    """What fails on purpose."""


async def fail() -> None:
    await asyncio.sleep(0)
    raise Failure


def cancel_this_task() -> None:
    asyncio.current_task().cancel()  # type: ignore[union-attr]


async def cancel_itself() -> None:
    cancel_this_task()
    await asyncio.sleep(0)


async def swallow_one() -> None:
    """Be cancelled by itself, swallow that, and take nothing back."""
    with contextlib.suppress(asyncio.CancelledError):
        await cancel_itself()


async def counts() -> Any:
    """Whether this very task counts its cancellations."""
    task: Any = asyncio.current_task()
    task.cancel()
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        return task.cancelling(), task.uncancel()


def stock(loop: Any, coro: Any, **options: Any) -> Any:
    """A user's task factory: it makes asyncio's own tasks."""
    return asyncio.Task(coro, loop=loop, **options)


class Noting(asyncio.Task):  # type: ignore[type-arg]
    """A task class of a user's, with a cancel of its own."""

    noted: Tuple[Any, ...] = ()
    """The messages of its cancellations."""

    def cancel(self, msg: Any = None) -> bool:
        self.noted += (msg,)
        return super().cancel() if msg is None else super().cancel(msg)


def noting(loop: Any, coro: Any, **options: Any) -> Any:
    """A user's task factory: it makes tasks of the user's class."""
    return Noting(coro, loop=loop, **options)


def interrupt() -> None:
    """Ctrl-C, as the terminal would send it."""
    signal.raise_signal(signal.SIGINT)


SENDERS: Dict[str, Callable[[], Any]] = {
    "raise_signal": interrupt,
    "kill": lambda: os.kill(os.getpid(), signal.SIGINT),
    "interrupt_main": _thread.interrupt_main,
}


async def interrupted() -> None:
    interrupt()
    await forever()
