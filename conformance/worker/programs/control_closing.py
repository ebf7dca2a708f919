"""What the control's Runner does to its loop before it closes it."""

import asyncio
import threading
import weakref
from typing import Any

# Part of the behaviour: exception handlers are called with it.
_REPORT = "unhandled exception during asyncio.run() shutdown"
# What asyncio has called in the loop when a job is over.
_OF_A_JOB = "_chain_future.<locals>._set_state"


def cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel the tasks that ``loop`` has left, wait for them, and report what they end with to its exception handler."""
    tasks = asyncio.all_tasks(loop)
    if not tasks:
        return
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    for task in tasks:
        if not task.cancelled() and task.exception() is not None:
            loop.call_exception_handler({"message": _REPORT, "exception": task.exception(), "task": task})


def join_executor(loop: Any) -> Any:
    """The coroutine that waits for the jobs of the default executor; asyncio of 3.8 has none."""
    if hasattr(loop, "shutdown_default_executor"):
        return loop.shutdown_default_executor()
    return _join(loop)


async def _join(loop: Any) -> None:
    executor = getattr(loop, "_default_executor", None)
    if executor is None:
        return
    over = asyncio.Event()

    def join() -> None:
        executor.shutdown(wait=True)
        if not loop.is_closed():
            loop.call_soon_threadsafe(over.set)

    # In a thread: the jobs may need the loop to come to their end.
    thread = threading.Thread(target=join)
    thread.start()
    try:
        await over.wait()
    finally:
        thread.join()


# By its name a warning tells that it was never awaited.
_join.__qualname__ = "BaseEventLoop.shutdown_default_executor"


def hear_no_more_of_jobs(loop: Any) -> None:
    """Let jobs that outlive ``loop`` end in silence, which asyncio of 3.10 and newer does by itself (gh-96827)."""
    of_class = type(loop).call_soon_threadsafe
    weakly = weakref.ref(loop)

    def call_soon_threadsafe(callback: Any, *args: Any, **options: Any) -> Any:
        late: Any = weakly()
        if late.is_closed() and callback.__qualname__ == _OF_A_JOB:
            return None
        return of_class(late, callback, *args, **options)

    loop.call_soon_threadsafe = call_soon_threadsafe
