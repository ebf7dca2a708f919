"""What tests of several modules run: the plainest coroutines, and the interrupt that some of them send."""

import asyncio
import signal
from typing import Any

NATIVE = hasattr(asyncio, "Runner")
"""Whether this interpreter has a Runner of its own: then the same tests state what it does."""


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


async def counts() -> Any:
    """Whether this very task counts its cancellations."""
    task: Any = asyncio.current_task()
    task.cancel()
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        return task.cancelling(), task.uncancel()


def interrupt() -> None:
    """Ctrl-C, as the terminal would send it."""
    signal.raise_signal(signal.SIGINT)


async def interrupted() -> None:
    interrupt()
    await forever()
