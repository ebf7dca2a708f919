"""Runners that are wrong about what is left when they are closed."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, ClassVar

from runner_backport import _runner

from .right import Runner


class LeftoversNotCancelled(Runner):
    """Tasks that are left are not cancelled."""

    shown_by = "close"

    def cancel_leftovers(self) -> None:
        pass


class LeftoversNotAwaited(Runner):
    """Tasks that are left are cancelled, and nobody waits until they have cleaned up."""

    shown_by = "close"

    def cancel_leftovers(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()


class LeftoversCancelledTwice(Runner):
    """Tasks that are left are cancelled twice."""

    shown_by = "close"

    def cancel_leftovers(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        super().cancel_leftovers()


class ErrorsNotReported(Runner):
    """Errors of tasks that are left are not reported to the exception handler."""

    shown_by = "close"

    def cancel_leftovers(self) -> None:
        self._loop.call_exception_handler = _ignore
        try:
            super().cancel_leftovers()
        finally:
            del self._loop.call_exception_handler


class ErrorsRaised(Runner):
    """The first error of the tasks that are left is raised by ``close``."""

    shown_by = "close"

    def cancel_leftovers(self) -> None:
        leftovers = asyncio.all_tasks(self._loop)
        super().cancel_leftovers()
        for task in leftovers:
            if not task.cancelled():
                task.result()


class EndsReported(Runner):
    """Tasks that are left and end cancelled are reported like those that fail."""

    shown_by = "close"

    def cancel_leftovers(self) -> None:
        leftovers = asyncio.all_tasks(self._loop)
        super().cancel_leftovers()
        for task in leftovers:
            if task.cancelled():
                report = {"message": "unhandled exception during asyncio.run() shutdown", "task": task}
                self._loop.call_exception_handler({**report, "exception": asyncio.CancelledError()})


class GeneratorsNotClosed(Runner):
    """Async generators that are left open stay open."""

    shown_by = "close"

    def close_generators(self) -> None:
        pass


class GeneratorsFirst(Runner):
    """Async generators are closed before the tasks that are left are cancelled."""

    shown_by = "run_function"

    def cancel_leftovers(self) -> None:
        super().close_generators()
        super().cancel_leftovers()


class ExecutorAbandoned(Runner):
    """The default executor is not waited for."""

    shown_by = "job"

    def join_executor(self) -> None:
        pass


class LoopNotWoken(Runner):
    """The thread that joins the executor tells the loop so in a way that does not wake it up."""

    shown_by = "job"

    def join_executor(self) -> None:
        executor = getattr(self._loop, "_default_executor", None)
        if executor is not None:
            self._loop.run_until_complete(self._joined(executor))

    async def _joined(self, executor: Any) -> None:
        over = asyncio.Event()
        thread = threading.Thread(
            target=lambda: (executor.shutdown(wait=True), self._loop.call_soon(over.set))
        )
        thread.start()
        await over.wait()
        thread.join()


class LoopLeftOpen(Runner):
    """The loop is not closed."""

    shown_by = "close"

    def close_loop(self) -> None:
        pass


class LoopKeptOpen(Runner):
    """The loop is neither closed nor ever let go of."""

    shown_by = "exit"
    # Of all of them.
    kept: ClassVar[Any] = []

    def close_loop(self) -> None:
        self.kept.append(self._loop)


class LoopStaysCurrent(Runner):
    """The policy goes on handing out the closed loop."""

    shown_by = "close"

    def forget_loop(self) -> None:
        pass


class OthersLoopForgotten(Runner):
    """The policy forgets its loop though it is not the Runner's, which came from a factory."""

    shown_by = "close"

    def forget_loop(self) -> None:
        asyncio.set_event_loop(None)


class UsableAfterClose(Runner):
    """A Runner that was closed makes a new loop."""

    shown_by = "get_loop"

    def close(self) -> None:
        super().close()
        self._state = _runner._State.NEW


class ClosedBeforeUse(Runner):
    """A Runner that was closed before it had a loop cannot be used."""

    shown_by = "close"

    def close(self) -> None:
        super().close()
        self._state = _runner._State.CLOSED


class CloseTwiceRefused(Runner):
    """A second ``close`` raises RuntimeError."""

    shown_by = "close"

    def close(self) -> None:
        if self._state is _runner._State.CLOSED:
            raise RuntimeError("Runner is closed")
        super().close()


class ExitDoesNotClose(Runner):
    """Leaving the ``with`` statement does not close."""

    shown_by = "exit"

    def __exit__(self, *_error: Any) -> None:
        pass


class ClosesAfterEachRun(Runner):
    """Each run has a loop of its own, closed after it."""

    shown_by = "run"

    def wait_for(self, task: Any) -> Any:
        try:
            return super().wait_for(task)
        finally:
            context = self._context
            self.close()
            self._state = _runner._State.NEW
            self._open()
            self._context = context


class CancelsAfterEachRun(Runner):
    """Tasks that a run leaves are cancelled when it is over, and not at ``close``."""

    shown_by = "run"

    def wait_for(self, task: Any) -> Any:
        try:
            return super().wait_for(task)
        finally:
            self.cancel_leftovers()


def _ignore(_context: Any) -> None:
    pass
