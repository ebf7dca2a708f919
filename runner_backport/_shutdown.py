"""What a Runner does before it closes its loop: leftover tasks, async generators, the default executor."""

import asyncio
import contextlib
import sys
import threading
import weakref
from asyncio import constants
from concurrent.futures import Executor
from typing import Any


def cancel_leftovers(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel and await all tasks left in ``loop``; their errors go to its exception handler."""
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


def shutdown_default_executor(loop: asyncio.AbstractEventLoop) -> Any:
    """The coroutine that joins the default executor; our own where the loop has none (asyncio of 3.8).

    The executor is waited for until its jobs are done (from 3.12 on for at most 5 minutes: gh-82448).
    """
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

    def tell(callback: Any, outcome: Any) -> None:
        # A Ctrl-C may have closed the loop meanwhile (gh-96827).
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(callback, outcome)

    def join() -> None:
        try:
            executor.shutdown(wait=True)
        except Exception as error:  # noqa: BLE001  # of a user's executor: it comes out of close, as natively
            tell(joined.set_exception, error)
        else:
            tell(joined.set_result, None)

    thread = threading.Thread(target=join)
    thread.start()
    try:
        await joined
    finally:
        thread.join()


# As it is called where asyncio has it: so speaks a warning that it was never awaited.
_join.__qualname__ = "BaseEventLoop.shutdown_default_executor"


def ignore_late_results(loop: asyncio.AbstractEventLoop) -> None:
    """Let jobs of the default executor, and its join, end in silence though ``loop`` is closed by then.

    They outlive a shutdown that a Ctrl-C or an error has cut short, and asyncio of 3.8 and 3.9 would have each
    raise "Event loop is closed" in its thread, to be printed there (gh-96827).
    """
    if sys.version_info >= (3, 11):
        return
    of_class = getattr(type(loop), "call_soon_threadsafe", None)
    if of_class is None or "call_soon_threadsafe" in getattr(loop, "__dict__", {}):
        # It hands on to another loop, or the user has seen to it.
        return
    weakly = weakref.ref(loop)

    def call_soon_threadsafe(callback: Any, *args: Any, **options: Any) -> Any:
        late: Any = weakly()
        if late.is_closed() and _is_executors(callback):
            return None
        return of_class(late, callback, *args, **options)

    # A loop that takes no attributes prints what it prints.
    with contextlib.suppress(AttributeError):
        loop.call_soon_threadsafe = call_soon_threadsafe  # type: ignore[method-assign, assignment]  # this is the point


def _is_executors(callback: Any) -> bool:
    """Whether it is asyncio that calls for a job's future, or a loop's own thread that joins its executor."""
    if getattr(callback, "__qualname__", "") == "_chain_future.<locals>._set_state":
        return True
    return getattr(getattr(threading.current_thread(), "_target", None), "__name__", "") == "_do_shutdown"
