"""Ctrl-C while the control's Runner runs: the first cancels the main task, the second is raised at once."""

import asyncio
import signal
import threading
from typing import Any


class Interruption:
    """Has SIGINT for as long as one run lasts, if Python's own handler has it and this is the main thread.

    ``loop`` runs ``task``; how many signals there were stands in ``count``.

    Source: https://docs.python.org/3.11/library/asyncio-runner.html#handling-keyboard-interruption
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, task: "asyncio.Task[Any]") -> None:
        self.count = 0
        self._loop = loop
        self._task = task
        self._handler: Any = None

    def __enter__(self) -> "Interruption":
        in_main_thread = threading.current_thread() is threading.main_thread()
        if in_main_thread and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            # One and the same object for as long as the run lasts: a bound method is made anew each time.
            self._handler = self._interrupted
            signal.signal(signal.SIGINT, self._handler)
        return self

    def __exit__(self, *_error: object) -> None:
        # Whoever has put another in its place keeps it.
        if self._handler is not None and signal.getsignal(signal.SIGINT) is self._handler:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        self._handler = None

    def _interrupted(self, _number: int, _frame: Any) -> None:
        self.count += 1
        if self.count > 1 or self._task.done():
            raise KeyboardInterrupt
        self._task.cancel()
        # So that a loop which sleeps wakes up.
        self._loop.call_soon_threadsafe(int)
