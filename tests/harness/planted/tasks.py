"""Runners whose tasks are wrong about something else than their count."""

from __future__ import annotations

import asyncio
from typing import Any

from .right import Runner


class MessageLost(Runner):
    """The message of a cancellation is lost."""

    shown_by = "cancel"
    # Tasks of 3.8 take none.
    python = (3, 9)

    class TaskBug:
        def cancel(self, msg: Any = None) -> Any:
            base: Any = super()
            return base.cancel()


class CancelSaysNothing(Runner):
    """``cancel`` does not return whether it will be told."""

    shown_by = "cancel"

    class TaskBug:
        def cancel(self, *message: Any) -> None:
            base: Any = super()
            base.cancel(*message)


class CancelledOnceOnly(Runner):
    """A task that was cancelled before cannot be cancelled again."""

    shown_by = "cancel"

    class TaskBug:
        def cancel(self, *message: Any) -> Any:
            base: Any = super()
            return False if base.cancelling() else base.cancel(*message)


class CannotCancelItself(Runner):
    """A task that cancels itself is not cancelled."""

    shown_by = "cancel"

    class TaskBug:
        def cancel(self, *message: Any) -> Any:
            base: Any = super()
            current: Any = asyncio.current_task()
            return True if current is self else base.cancel(*message)


class ErrorWrapped(Runner):
    """An error of a task that is raised for who asks the task for it is a RuntimeError."""

    shown_by = "await"

    class TaskBug:
        def result(self) -> Any:
            base: Any = super()
            try:
                return base.result()
            except Exception as error:
                raise RuntimeError("the task failed") from error


class ResultTwiceLost(Runner):
    """Who asks a second time for a task's result gets none."""

    shown_by = "state"

    class TaskBug:
        _asked = False

        def result(self) -> Any:
            base: Any = super()
            result = base.result()
            asked, self._asked = self._asked, True
            return None if asked else result


class CallbacksNewestFirst(Runner):
    """Of two callbacks of a task, the later one is called first."""

    shown_by = "callback"

    class TaskBug:
        _callbacks_here: Any = ()

        def add_done_callback(self, callback: Any, *, context: Any = None) -> None:
            base: Any = super()
            for one, _ in self._callbacks_here:
                base.remove_done_callback(one)
            self._callbacks_here = ((callback, context), *self._callbacks_here)
            for one, where in self._callbacks_here:
                base.add_done_callback(one, context=where)
