"""What stock tasks of 3.8 to 3.10 lack, for the control: a count of their cancellations, and a context of their own."""

import asyncio
import contextvars
import sys
import weakref
from typing import Any, Coroutine, Generator

_NATIVE = sys.version_info >= (3, 11)


class _Cancel:
    """Stands for the method ``cancel`` of one stock task, and counts: whoever calls it, asyncio's own functions too."""

    __slots__ = ("_task", "count")

    def __init__(self, task: Any) -> None:
        # Weakly, since the task holds this.
        self._task = weakref.ref(task)
        self.count = 0

    def __call__(self, *message: Any, **named: Any) -> bool:
        task = self._task()
        if task is None:
            return False
        if not task.done():
            self.count += 1
        cancelled: bool = type(task).cancel(task, *message, **named)
        return cancelled


def count_cancellations() -> None:
    """Have each stock task that is made from now on count its cancellations, whoever makes it; once in a process."""
    # Each task enters itself there, by calling this method of that object.
    registry: Any = asyncio.tasks._all_tasks  # type: ignore[attr-defined]  # typeshed leaves it out
    enter = registry.add

    def add(task: Any) -> None:
        if type(task) is asyncio.Task:
            task.cancel = _Cancel(task)  # type: ignore[method-assign]  # this is the point
        enter(task)

    registry.add = add


def cancelling(task: Any) -> int:
    """How many requests of cancellation ``task`` has had that nobody took back.

    Source: https://docs.python.org/3.11/library/asyncio-task.html#asyncio.Task.cancelling
    """
    count: int = task.cancelling() if _NATIVE else task.cancel.count
    return count


def uncancel(task: Any) -> int:
    """Take one request of cancellation back, and return how many are left.

    Source: https://docs.python.org/3.11/library/asyncio-task.html#asyncio.Task.uncancel
    """
    if _NATIVE:
        left: int = task.uncancel()
        return left
    task.cancel.count = max(task.cancel.count - 1, 0)
    return cancelling(task)


def in_context(coro: "Coroutine[Any, Any, Any]", context: contextvars.Context) -> "Coroutine[Any, Any, Any]":
    """A coroutine that does what ``coro`` does, in ``context`` itself, whoever steps it."""
    return _InContext(coro, context)


class _InContext(Coroutine[Any, Any, Any]):
    def __init__(self, coro: "Coroutine[Any, Any, Any]", context: contextvars.Context) -> None:
        self._coro = coro
        self._context = context

    def send(self, value: Any) -> Any:
        return self._context.run(self._coro.send, value)

    def throw(self, *error: Any) -> Any:
        throw: Any = self._coro.throw
        return self._context.run(throw, *error)

    def close(self) -> None:
        self._coro.close()

    def __getattr__(self, name: str) -> Any:
        # Reprs of tasks look for the code, the frame and the name.
        return getattr(self._coro, name)

    def __await__(self) -> "Generator[Any, Any, Any]":
        return _steps(self)


def _steps(coro: _InContext) -> "Generator[Any, Any, Any]":
    """The same for whoever awaits it inside a coroutine of his own, as a task factory may."""
    step: Any = coro.send
    given: Any = None
    while True:
        try:
            yielded = step(given)
        except StopIteration as stop:
            return stop.value
        try:
            step, given = coro.send, (yield yielded)
        except GeneratorExit:
            coro.close()
            raise
        except BaseException as error:  # noqa: BLE001  # it is the coroutine's to handle
            step, given = coro.throw, error
