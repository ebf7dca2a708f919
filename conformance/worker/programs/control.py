"""A Runner of the harness's own over the interpreter's stock tasks: what the differential suite's control cell runs.

Where a program's trace differs from native 3.11's here as it does under the judged implementation, it is the interpreter
that differs. From 3.11 on it is the native Runner; below, it is written from asyncio's documentation, and shares nothing
with any implementation that is judged.
"""

import asyncio
import contextvars
import sys
from typing import Any, Callable, Coroutine, Optional

from .control_closing import cancel_all, hear_no_more_of_jobs, join_executor
from .control_interrupts import Interruption
from .control_tasks import cancelling, count_cancellations, in_context, uncancel

__all__ = ["Runner", "cancelling", "in_context", "run", "uncancel"]

LoopFactory = Callable[[], asyncio.AbstractEventLoop]


class StockRunner:
    """3.11's ``asyncio.Runner`` for 3.8 to 3.10: ``debug`` and ``loop_factory`` are as there.

    Below 3.11 no loop and no task factory can be given a context: what they are given is a coroutine that brings its own.

    Source: https://docs.python.org/3.11/library/asyncio-runner.html#asyncio.Runner
    """

    def __init__(self, *, debug: Optional[bool] = None, loop_factory: Optional[LoopFactory] = None) -> None:
        self._debug = debug
        self._loop_factory = loop_factory
        self._loop: Any = None
        self._context: Any = None
        self._made_current = False
        self._closed = False

    def __enter__(self) -> "StockRunner":
        self._start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def get_loop(self) -> asyncio.AbstractEventLoop:
        self._start()
        loop: asyncio.AbstractEventLoop = self._loop
        return loop

    def run(self, coro: "Coroutine[Any, Any, Any]", *, context: Optional[contextvars.Context] = None) -> Any:
        """The coroutine's result; raises what it raises, and KeyboardInterrupt for a Ctrl-C that ended it."""
        if not asyncio.iscoroutine(coro):
            raise ValueError(f"a coroutine was expected, got {coro!r}")
        if asyncio._get_running_loop() is not None:
            raise RuntimeError("Runner.run() cannot be called from a running event loop")
        self._start()
        inside = self._context if context is None else context
        task = self._loop.create_task(in_context(coro, inside))
        with Interruption(self._loop, task) as interruption:
            try:
                return self._loop.run_until_complete(task)
            except asyncio.CancelledError:
                # Somebody else's request of cancellation goes before the user's.
                if not interruption.count or uncancel(task):
                    raise
                raise KeyboardInterrupt  # noqa: B904  # natively, too, the CancelledError is its context

    def close(self) -> None:
        """Cancel leftovers, close async generators and the default executor, then the loop.

        Nothing is done where there is no loop: not made yet, or closed.
        """
        loop = self._loop
        if loop is None:
            return
        try:
            cancel_all(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(join_executor(loop))
        except BaseException:
            hear_no_more_of_jobs(loop)
            raise
        finally:
            if self._made_current:
                asyncio.set_event_loop(None)
            # Raises while the loop runs, which leaves the Runner open.
            loop.close()
            self._loop = None
            self._closed = True

    def _start(self) -> None:
        if self._closed:
            raise RuntimeError("Runner is closed")
        if self._loop is not None:
            return
        if self._loop_factory is not None:
            loop = self._loop_factory()
        else:
            loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
            self._made_current = True
        if self._debug is not None:
            loop.set_debug(self._debug)
        self._context = contextvars.copy_context()
        self._loop = loop


Runner: Any = getattr(asyncio, "Runner", StockRunner)
if Runner is StockRunner:
    count_cancellations()


def _run(
    coro: "Coroutine[Any, Any, Any]",
    *,
    debug: Optional[bool] = None,
    loop_factory: Optional[LoopFactory] = None,
) -> Any:
    """``asyncio.run``, with the ``loop_factory`` that it takes from 3.12 on."""
    if asyncio._get_running_loop() is not None:
        raise RuntimeError("asyncio.run() cannot be called from a running event loop")
    with Runner(debug=debug, loop_factory=loop_factory) as runner:
        return runner.run(coro)


run: Any = asyncio.run if sys.version_info >= (3, 12) else _run
