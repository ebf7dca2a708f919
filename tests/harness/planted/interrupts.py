"""Runners that are wrong about Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import threading
from typing import Any

from runner_backport._interrupts import InterruptHandler

from .right import Runner


class Lost(Runner):
    """A run that a Ctrl-C ended raises CancelledError."""

    shown_by = "interrupt"

    def is_interrupted(self, *_about: Any) -> bool:
        return False


class BeforeOthers(Runner):
    """A Ctrl-C becomes KeyboardInterrupt though somebody else has cancelled the main task, too."""

    shown_by = "cancel"

    def is_interrupted(self, error: BaseException, interrupts: Any, task: Any, main: Any) -> bool:
        return isinstance(error, asyncio.CancelledError) and bool(interrupts.count)


class UncancelZeroCounts(Runner):
    """A Ctrl-C becomes KeyboardInterrupt though ``uncancel`` leaves more than the Ctrl-C asked for."""

    shown_by = "cancel"

    def is_interrupted(self, error: BaseException, interrupts: Any, task: Any, main: Any) -> bool:
        if not isinstance(error, asyncio.CancelledError) or not interrupts.count:
            return False
        return hasattr(task, "uncancel") and task.uncancel() >= 0


class InsteadOfErrors(Runner):
    """KeyboardInterrupt takes the place of whatever error the main task makes of a Ctrl-C."""

    shown_by = "interrupt"

    def is_interrupted(self, error: BaseException, interrupts: Any, *_about: Any) -> bool:
        return bool(interrupts.count)


class InsteadOfValues(Runner):
    """KeyboardInterrupt is raised though the main task has swallowed the cancellation and returns."""

    shown_by = "interrupt"

    def wait_for(self, task: Any) -> Any:
        value = super().wait_for(task)
        if self._interrupts.count:
            raise KeyboardInterrupt
        return value


class AnotherContext(Runner):
    """The KeyboardInterrupt of a run has another context than the CancelledError that it comes of."""

    shown_by = "interrupt"

    def run(self, coro: Any, *, context: Any = None) -> Any:
        try:
            return super().run(coro, context=context)
        except KeyboardInterrupt as error:
            if isinstance(error.__context__, asyncio.CancelledError):
                error.__context__ = asyncio.CancelledError("another")
            raise


class SecondSwallowed(Runner):
    """A second Ctrl-C does nothing."""

    shown_by = "interrupt"

    class interrupt_handler(InterruptHandler):  # noqa: N801  # in the place of the method
        def __call__(self, signum: int, frame: Any) -> None:
            if not self.count:
                super().__call__(signum, frame)


class FirstRaises(Runner):
    """The first Ctrl-C is raised at once."""

    shown_by = "interrupt"

    class interrupt_handler(InterruptHandler):  # noqa: N801
        def __call__(self, signum: int, frame: Any) -> None:
            raise KeyboardInterrupt


class NeverHandled(Runner):
    """Ctrl-C is left to Python's own handler."""

    shown_by = "interrupt"

    class interrupt_handler(InterruptHandler):  # noqa: N801
        def install(self) -> None:
            pass


class AllCancelled(Runner):
    """A Ctrl-C cancels all tasks."""

    shown_by = "interrupt"

    class interrupt_handler(InterruptHandler):  # noqa: N801
        def __call__(self, signum: int, frame: Any) -> None:
            super().__call__(signum, frame)
            for task in asyncio.all_tasks(self._loop) - {self._main_task}:
                task.cancel()


class NotPutBack(Runner):
    """Python's own handler is not put back after a run."""

    shown_by = "run"

    class interrupt_handler(InterruptHandler):  # noqa: N801
        def remove(self) -> None:
            pass


class PutBackOverOthers(Runner):
    """Python's own handler is put back over one that was set during the run."""

    shown_by = "handler"

    class interrupt_handler(InterruptHandler):  # noqa: N801
        _installed = False

        def install(self) -> None:
            super().install()
            self._installed = signal.getsignal(signal.SIGINT) is self

        def remove(self) -> None:
            if self._installed:
                signal.signal(signal.SIGINT, signal.default_int_handler)


class InsteadOfOthers(Runner):
    """A user's own handler is replaced for the time of a run."""

    shown_by = "handler"

    class interrupt_handler(InterruptHandler):  # noqa: N801
        _before: Any = None

        def install(self) -> None:
            if threading.current_thread() is threading.main_thread():
                self._before = signal.signal(signal.SIGINT, self)

        def remove(self) -> None:
            if signal.getsignal(signal.SIGINT) is self:
                signal.signal(signal.SIGINT, self._before)


class IgnoredIsTaken(Runner):
    """SIGINT is taken over though it is ignored."""

    shown_by = "handler"

    class interrupt_handler(InterruptHandler):  # noqa: N801
        _ignored = False

        def install(self) -> None:
            self._ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
            if self._ignored and threading.current_thread() is threading.main_thread():
                signal.signal(signal.SIGINT, signal.default_int_handler)
            super().install()

        def remove(self) -> None:
            super().remove()
            if self._ignored and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
                signal.signal(signal.SIGINT, signal.SIG_IGN)


class CountedOn(Runner):
    """The first Ctrl-C of a run counts as the second, if there was one in an earlier run."""

    shown_by = "interrupt"

    def interrupt_handler(self, loop: Any, task: Any) -> Any:
        handler = InterruptHandler(loop, task)
        handler.count = 0 if self._interrupts is None else self._interrupts.count
        return handler


class FirstRunOnly(Runner):
    """Only the first run takes SIGINT over."""

    shown_by = "interrupt"

    def interrupt_handler(self, loop: Any, task: Any) -> Any:
        kind = InterruptHandler if self._interrupts is None else NeverHandled.interrupt_handler
        return kind(loop, task)


class CloseDeaf(Runner):
    """A Ctrl-C during ``close`` does nothing."""

    shown_by = "interrupt"

    def cancel_leftovers(self) -> None:
        before = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is not threading.main_thread():
            super().cancel_leftovers()
            return
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            super().cancel_leftovers()
        finally:
            signal.signal(signal.SIGINT, before)
