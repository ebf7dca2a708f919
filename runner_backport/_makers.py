"""The functions that make a loop's tasks, each called like ``create_task`` of 3.11's loops."""

import asyncio
import contextlib
import contextvars
import sys
from types import MethodType
from typing import Any, Callable, Coroutine, Optional, TypeVar

from ._context import ContextCoroutine, shown
from ._counting import count_cancellations
from ._tasks import LoopTask, hide_caller

_T = TypeVar("_T")

# With a coroutine, ``name`` and ``context``.
CreateTask = Callable[..., "asyncio.Task[Any]"]


class CompiledLoop:
    """Holds the create_task that is as a loop's own, but with our task class, and a context for any factory's."""

    def create_task(
        self: Any,
        coro: "Coroutine[Any, Any, _T]",
        *,
        name: Optional[str] = None,
        context: Optional[contextvars.Context] = None,
    ) -> "asyncio.Task[_T]":
        if self.is_closed():
            raise RuntimeError("Event loop is closed")
        if context is not None and asyncio.iscoroutine(coro):
            coro = ContextCoroutine(coro, context)
        # Asked for each time: user code may set a factory at any moment.
        factory = self.get_task_factory()
        if factory is not None:
            made: asyncio.Task[_T] = factory(self, shown(coro))
            complete(made, name)
            return made
        task: asyncio.Task[_T] = LoopTask(coro, loop=self, name=name)
        if task._source_traceback:  # type: ignore[attr-defined]  # typeshed leaves it out
            hide_caller(task)
        return task


class AsyncioLoop:
    """Holds the same for asyncio's own loops: what their methods, in Python, return is read where it stands."""

    def create_task(
        self: Any,
        coro: "Coroutine[Any, Any, _T]",
        *,
        name: Optional[str] = None,
        context: Optional[contextvars.Context] = None,
    ) -> "asyncio.Task[_T]":
        if self._closed:
            raise RuntimeError("Event loop is closed")
        if context is not None and asyncio.iscoroutine(coro):
            coro = ContextCoroutine(coro, context)
        # Asked for each time: user code may set a factory at any moment.
        factory = self._task_factory
        if factory is not None:
            made: asyncio.Task[_T] = factory(self, shown(coro))
            complete(made, name)
            return made
        task: asyncio.Task[_T] = LoopTask(coro, loop=self, name=name)
        if task._source_traceback:  # type: ignore[attr-defined]  # typeshed leaves it out
            hide_caller(task)
        return task


def directly(loop: asyncio.AbstractEventLoop) -> CreateTask:
    """The one of these that is for ``loop``."""
    kind = AsyncioLoop if isinstance(loop, asyncio.BaseEventLoop) else CompiledLoop
    return MethodType(kind.create_task, loop)


def complete(task: Any, name: Optional[str]) -> None:
    """Give what a user's task factory made, whatever it is, the name and what asyncio expects of a task."""
    count_cancellations(task)
    if name is not None and hasattr(task, "set_name"):
        task.set_name(name)
    if sys.version_info < (3, 10) and not hasattr(task, "_source_traceback"):
        # asyncio.ensure_future of 3.8 and 3.9 reads it off whatever a factory made.
        with contextlib.suppress(AttributeError):
            task._source_traceback = None


def through(inherited: CreateTask) -> CreateTask:
    """Call a create_task that a user wrote, which has never heard of ``context``."""

    def create_task(
        coro: "Coroutine[Any, Any, _T]",
        *,
        name: Optional[str] = None,
        context: Optional[contextvars.Context] = None,
    ) -> "asyncio.Task[_T]":
        if context is not None and asyncio.iscoroutine(coro):
            coro = ContextCoroutine(coro, context)
        task: asyncio.Task[_T] = inherited(shown(coro)) if name is None else inherited(shown(coro), name=name)
        count_cancellations(task)
        return task

    return create_task


def task_factory(loop: asyncio.AbstractEventLoop, coro: Any) -> "asyncio.Future[Any]":
    """For a loop whose own create_task makes the tasks."""
    task: asyncio.Task[Any] = LoopTask(coro, loop=loop)
    return task


def is_ours(create_task: Any) -> bool:
    """Whether it is one of those here."""
    return getattr(create_task, "__globals__", None) is globals()
