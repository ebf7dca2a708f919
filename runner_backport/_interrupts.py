"""Ctrl-C while a Runner runs: the first cancels the main task, the second raises at once."""

import asyncio
import threading
from signal import SIGINT, default_int_handler
from types import FrameType
from typing import Any, Optional

from ._spent import is_following

try:
    # What stands behind signal's functions, without their search for a constant that equals the handler.
    from _signal import getsignal, signal  # type: ignore[import-not-found]  # not in typeshed
except ImportError:
    from signal import getsignal, signal

_SIGINT = int(SIGINT)


class InterruptHandler:
    """A handler of SIGINT for one main task.

    ``loop`` is the main task's loop; both are only called, so any object that looks like a task will do.

    An object and not a function that knows the task: ``signal.signal`` makes a repr of the handler, and
    so would compute that of the task and of its result (gh-112559). This one's is the plain one.

    Source: https://docs.python.org/3.11/library/asyncio-runner.html#handling-keyboard-interruption
    """

    __slots__ = ("_loop", "_main_task", "count", "request")

    def __init__(self, loop: asyncio.AbstractEventLoop, main_task: "asyncio.Task[Any]") -> None:
        self._loop = loop
        self._main_task = main_task
        self.count = 0
        # Which of the main task's requests of cancellation is this one's, if the task counts them.
        self.request = 0

    def __call__(self, signum: int, frame: Optional[FrameType]) -> None:  # noqa: ARG002  # a handler's
        self.count += 1
        if self.count > 1 or self._main_task.done():
            if frame is not None and is_following(frame):
                # Raised there it would end the task and leave its coroutine in the middle of a step.
                self._loop.call_soon_threadsafe(_raise)
                return
            raise KeyboardInterrupt
        self._main_task.cancel()
        self.request = getattr(self._main_task, "_cancel_requests", 0)
        # The loop may be asleep in its selector, and would not notice before its next timer.
        self._loop.call_soon_threadsafe(_wake_up)

    def install(self) -> None:
        """Take SIGINT over, if it is Python's own handler that has it and signals can be handled here."""
        if threading.current_thread() is not threading.main_thread():
            return
        if getsignal(_SIGINT) is not default_int_handler:
            return
        try:
            signal(_SIGINT, self)
        except ValueError:
            # An embedding program may have a main thread without signals (gh-91880).
            return

    def remove(self) -> None:
        """Give SIGINT back, unless somebody else has taken it since."""
        if getsignal(_SIGINT) is self:
            signal(_SIGINT, default_int_handler)


def _wake_up() -> None:
    pass


def _raise() -> None:
    raise KeyboardInterrupt
