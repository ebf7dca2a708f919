"""Runners whose tasks are wrong about how often they were cancelled."""

from __future__ import annotations

from typing import Any

from .right import Runner


class _Missing:
    def __get__(self, task: Any, owner: Any) -> Any:
        raise AttributeError("'Task' object has no attribute 'uncancel'")


class UncancelMissing(Runner):
    """Tasks have no ``uncancel``."""

    shown_by = "uncancel"

    class TaskBug:
        uncancel = _Missing()


class ChildrenWithoutUncancel(Runner):
    """Only the main task has ``uncancel``."""

    shown_by = "uncancel"

    class TaskBug:
        uncancel = _Missing()

    def make_main_task(self, coro: Any, context: Any) -> Any:
        self._loop.create_task, planted = self._loop.create_task._inherited, self._loop.create_task
        try:
            return super().make_main_task(coro, context)
        finally:
            self._loop.create_task = planted


class BelowZero(Runner):
    """``uncancel`` goes below zero."""

    shown_by = "uncancel"

    class TaskBug:
        _below = 0

        def uncancel(self) -> Any:
            base: Any = super()
            if base.cancelling():
                return base.uncancel()
            self._below -= 1
            return self._below

        def cancelling(self) -> Any:
            base: Any = super()
            return base.cancelling() + self._below


class CountedWhenDone(Runner):
    """A cancellation counts though the task is done."""

    shown_by = "cancel"

    class TaskBug:
        _late = 0

        def cancel(self, *message: Any) -> Any:
            base: Any = super()
            self._late += base.done()
            return base.cancel(*message)

        def cancelling(self) -> Any:
            base: Any = super()
            return base.cancelling() + self._late


class CountedOnce(Runner):
    """However often a task is cancelled, it counts as one."""

    shown_by = "cancelling"

    class TaskBug:
        def cancelling(self) -> Any:
            base: Any = super()
            return min(base.cancelling(), 1)


class CountedTwice(Runner):
    """Each cancellation counts as two."""

    shown_by = "cancelling"

    class TaskBug:
        def cancel(self, *message: Any) -> Any:
            base: Any = super()
            base.cancel(*message)
            return base.cancel(*message)


class UncancelReturnsBefore(Runner):
    """``uncancel`` returns how many there were before."""

    shown_by = "uncancel"

    class TaskBug:
        def uncancel(self) -> Any:
            base: Any = super()
            before = base.cancelling()
            base.uncancel()
            return before


class UncancelTakesAllBack(Runner):
    """``uncancel`` takes all cancellations back at once."""

    shown_by = "uncancel"

    class TaskBug:
        def uncancel(self) -> Any:
            base: Any = super()
            while base.uncancel():
                pass
            return 0


class UncancelDoesNothing(Runner):
    """``uncancel`` is there, and takes nothing back."""

    shown_by = "uncancel"

    class TaskBug:
        def uncancel(self: Any) -> Any:
            return self.cancelling()
