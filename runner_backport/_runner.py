"""3.11's ``asyncio.Runner``, for any event loop."""

import asyncio
import contextvars
from enum import Enum
from types import TracebackType
from typing import Any, Callable, Coroutine, Optional, Type, TypeVar, final

from ._interrupts import InterruptHandler
from ._loops import adopt, main_task_maker
from ._shutdown import cancel_leftovers, ignore_late_results, shutdown_default_executor
from ._spent import hide_steps

_T = TypeVar("_T")


class _State(Enum):
    NEW = "new"
    OPEN = "open"
    CLOSED = "closed"


@final
class Runner:
    """A context manager that owns an event loop and runs coroutines in it, one after another.

    ``debug`` switches the loop's debug mode on or off (None: as the environment says). ``loop_factory``
    makes the loop; without one the event loop policy does, and the loop becomes the current one.

    All runs share the loop and one context, so that a variable set by one is there in the next. The
    loop is made when it is first needed. Not meant for subclassing.

    Raises ``RuntimeError`` when it is entered after `close`.

    Source: https://docs.python.org/3.11/library/asyncio-runner.html#asyncio.Runner
    """

    def __init__(
        self,
        *,
        debug: Optional[bool] = None,
        loop_factory: Optional[Callable[[], asyncio.AbstractEventLoop]] = None,
    ) -> None:
        self._state = _State.NEW
        self._debug = debug
        self._loop_factory = loop_factory
        self._has_set_event_loop = False
        # These are there while the Runner is open.
        self._loop: Any = None
        self._context: Any = None
        self._release: Any = None

    def __enter__(self) -> "Runner":
        self._open()
        return self

    def __exit__(
        self,
        exc_type: Optional[Type[BaseException]],
        exc_value: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def close(self) -> None:
        """Cancel what is left in the loop, close its async generators, join its default executor, close it.

        Jobs of the default executor are waited for until they are done, however long that takes (from 3.12
        on for at most 300 seconds). Errors of leftover tasks go to the loop's exception handler. A second call
        does nothing, nor does one before the loop was needed.

        Raises ``RuntimeError`` inside a running event loop.

        Source: https://docs.python.org/3.11/library/asyncio-runner.html#asyncio.Runner.close
        """
        if self._state is not _State.OPEN:
            return
        loop = self._loop
        # Step by step here, and not in a function of its own, which an error's traceback would show.
        try:
            cancel_leftovers(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(shutdown_default_executor(loop))
        except BaseException:
            ignore_late_results(loop)
            raise
        finally:
            if self._has_set_event_loop:
                asyncio.set_event_loop(None)
            loop.close()
            self._release()
            self._loop = self._release = None
            self._state = _State.CLOSED

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The Runner's event loop, made now if it was not needed before.

        Raises ``RuntimeError`` when the Runner is closed.

        Source: https://docs.python.org/3.11/library/asyncio-runner.html#asyncio.Runner.get_loop
        """
        self._open()
        return self._loop  # type: ignore[no-any-return]  # None only while there is no loop

    def run(self, coro: "Coroutine[Any, Any, _T]", *, context: Optional[contextvars.Context] = None) -> _T:
        """Run a coroutine in the Runner's loop and return its result, or raise its exception.

        ``context`` is the context to run it in (None: the Runner's own, kept from run to run).

        Raises ``ValueError`` when ``coro`` is not a coroutine; ``RuntimeError`` inside a running event
        loop, after `close`, and when ``context`` is already entered; ``KeyboardInterrupt`` when a
        Ctrl-C cancelled the coroutine and nothing else did.

        Source: https://docs.python.org/3.11/library/asyncio-runner.html#asyncio.Runner.run
        """
        if not asyncio.iscoroutine(coro):
            raise ValueError(f"a coroutine was expected, got {coro!r}")
        if asyncio._get_running_loop() is not None:
            # Before anything is made, and without the loop's own frames in the traceback.
            raise RuntimeError("Runner.run() cannot be called from a running event loop")
        self._open()
        make, main = main_task_maker(self._loop, coro, self._context if context is None else context)
        task = make()
        interrupts = InterruptHandler(self._loop, task)
        interrupts.install()
        try:
            return self._loop.run_until_complete(task)  # type: ignore[no-any-return]
        except BaseException as error:
            hide_steps(error)
            if (
                isinstance(error, asyncio.CancelledError)
                and interrupts.count
                and hasattr(task, "uncancel")
                and task.uncancel() <= (0 if main is None else main.spent(interrupts.request))
            ):
                raise KeyboardInterrupt  # noqa: B904  # the CancelledError stays its context, as natively
            raise
        finally:
            interrupts.remove()

    def _open(self) -> None:
        if self._state is _State.CLOSED:
            raise RuntimeError("Runner is closed")
        if self._state is _State.OPEN:
            return
        if self._loop_factory is not None:
            self._loop = self._loop_factory()
        else:
            self._loop = asyncio.new_event_loop()
            if not self._has_set_event_loop:
                # Once only: child watchers attach to the loop each time (gh-95736).
                asyncio.set_event_loop(self._loop)
                self._has_set_event_loop = True
        self._release = adopt(self._loop)
        if self._debug is not None:
            self._loop.set_debug(self._debug)
        self._context = contextvars.copy_context()
        self._state = _State.OPEN
