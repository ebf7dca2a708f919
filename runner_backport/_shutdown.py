"""What a Runner does before it closes its loop: leftover tasks, async generators, the default executor."""

import asyncio
import sys
import threading
from asyncio import constants
from concurrent.futures import Executor
from typing import Any


def shut_down(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel and await all tasks left in ``loop``, close its async generators, join its default executor.

    The executor is waited for until its jobs are done (from 3.12 on for at most 5 minutes: gh-82448).
    """
    _cancel_leftovers(loop)
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.run_until_complete(_shutdown_default_executor(loop))


def _cancel_leftovers(loop: asyncio.AbstractEventLoop) -> None:
    leftovers = asyncio.all_tasks(loop)
    if not leftovers:
        return
    for task in leftovers:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*leftovers, return_exceptions=True))
    for task in leftovers:
        exception = None if task.cancelled() else task.exception()
        if exception is not None:
            # The words are part of the behaviour: exception handlers of users look for them.
            report = {"message": "unhandled exception during asyncio.run() shutdown"}
            loop.call_exception_handler({**report, "exception": exception, "task": task})


def _shutdown_default_executor(loop: asyncio.AbstractEventLoop) -> Any:
    """The coroutine that joins the default executor; our own where the loop has none (asyncio of 3.8)."""
    if sys.version_info >= (3, 12):
        return loop.shutdown_default_executor(constants.THREAD_JOIN_TIMEOUT)  # type: ignore[attr-defined, call-arg]
    if hasattr(loop, "shutdown_default_executor"):
        return loop.shutdown_default_executor()
    return _join(loop, getattr(loop, "_default_executor", None))


async def _join(loop: asyncio.AbstractEventLoop, executor: "Executor | None") -> None:
    """Wait for ``executor`` in a thread, so that its jobs can still call back into the loop."""
    if executor is None:
        return
    joined = loop.create_future()

    def join() -> None:
        try:
            executor.shutdown(wait=True)
        except Exception as error:  # noqa: BLE001  # of a user's executor: it comes out of close, as natively
            loop.call_soon_threadsafe(joined.set_exception, error)
        else:
            loop.call_soon_threadsafe(joined.set_result, None)

    thread = threading.Thread(target=join)
    thread.start()
    try:
        await joined
    finally:
        thread.join()
