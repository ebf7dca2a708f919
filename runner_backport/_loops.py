"""Let a loop make our tasks: what 3.11's loops do by themselves, on any loop of 3.8 to 3.10."""

import asyncio
import contextlib
import contextvars
import sys
from functools import partial
from types import FunctionType
from typing import Any, Callable, Coroutine, Optional, Tuple, TypeVar

from ._context import ContextCoroutine
from ._counting import count_cancellations
from ._spent import MainCoroutine
from ._tasks import LoopTask, Task, hide_caller

_T = TypeVar("_T")

# How loop.create_task is called on 3.11 and newer: with a coroutine, ``name`` and ``context``.
CreateTask = Callable[..., "asyncio.Task[Any]"]


def adopt(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    """Have ``loop`` make our tasks, those of asyncio.create_task, gather and the like included.

    Nothing but the given object is touched: its attribute ``create_task`` becomes a function that is
    called like 3.11's. A loop whose own create_task has to go on making the tasks gets a task factory,
    unless it has one. On 3.11 and newer there is nothing to do.

    Returns a function that undoes it: our create_task refers to the loop, which would else live on
    until a garbage collection.
    """
    undo = contextlib.ExitStack()
    if sys.version_info >= (3, 11):
        return undo.close
    by_factory = _is_overridden(loop)
    before = getattr(loop, "__dict__", {}).get("create_task")
    try:
        loop.create_task = _maker(loop)  # type: ignore[method-assign]  # this is the point
    except AttributeError:
        by_factory = True
    else:
        undo.callback(_put_back, loop, before, loop.create_task)
    # What is no loop at all is refused where it is first used, as natively.
    if by_factory and hasattr(loop, "get_task_factory") and loop.get_task_factory() is None:
        loop.set_task_factory(_task_factory)
        undo.callback(_take_factory_back, loop)
    return undo.close


def _put_back(loop: asyncio.AbstractEventLoop, before: Optional[CreateTask], ours: CreateTask) -> None:
    # What user code has set since is the user's.
    if vars(loop).get("create_task") is not ours:
        return
    # One that hands attributes on to another loop may let none be deleted.
    with contextlib.suppress(AttributeError):
        del loop.create_task
    if before is not None:
        loop.create_task = before  # type: ignore[method-assign]  # as it was


def _take_factory_back(loop: asyncio.AbstractEventLoop) -> None:
    if loop.get_task_factory() is _task_factory:
        loop.set_task_factory(None)


def main_task_maker(
    loop: asyncio.AbstractEventLoop, coro: "Coroutine[Any, Any, _T]", context: contextvars.Context
) -> "Tuple[Callable[[], asyncio.Task[_T]], Optional[MainCoroutine[_T]]]":
    """What makes the task of one ``Runner.run`` in an adopted ``loop``, as native does: the loop's create_task.

    It is left to be called where native calls it, so that tracebacks look the same. Beside it, below 3.11, what
    follows the task's cancellations.
    """
    if sys.version_info >= (3, 11):
        return partial(loop.create_task, coro, context=context), None
    # The context is inside: what follows the steps may change its mind about how to take them.
    main = MainCoroutine(ContextCoroutine(coro, context))
    return partial(_maker(loop), main), main


def create_task(
    coro: "Coroutine[Any, Any, _T]",
    *,
    name: Optional[str] = None,
    context: Optional[contextvars.Context] = None,
) -> "Task[_T]":
    """Make a task of the running loop and return it.

    ``coro`` is the coroutine to run; ``name`` the task's name (None: a numbered one); ``context`` the context
    in which each of its steps runs (None: a copy of the current one).

    Raises ``TypeError`` when ``coro`` is not a coroutine; ``RuntimeError`` outside a running loop.

    Source: https://docs.python.org/3.11/library/asyncio-task.html#asyncio.create_task
    """
    # A task factory may make others, as natively.
    return _maker(asyncio.get_running_loop())(coro, name=name, context=context)  # type: ignore[return-value]


def _maker(loop: asyncio.AbstractEventLoop) -> CreateTask:
    """The function that makes ``loop``'s tasks: the one that `adopt` set, or one like it."""
    present = loop.create_task
    if getattr(present, "__globals__", None) is globals():
        return present
    if _is_overridden(loop):
        return _through(present)
    return _directly(loop)


def _is_overridden(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether ``create_task`` is not the loop's own but somebody's, who then wants it to be called.

    It may stand on the object, in a subclass, or behind a ``__getattr__`` that hands on to another loop.
    asyncio's own is known, and those of compiled loops are no Python functions.
    """
    if "create_task" in getattr(loop, "__dict__", {}):
        return True
    create_task = getattr(type(loop), "create_task", None)
    if create_task is None:
        return True
    return isinstance(create_task, FunctionType) and create_task is not asyncio.BaseEventLoop.create_task


def _directly(loop: asyncio.AbstractEventLoop) -> CreateTask:
    """As asyncio's own create_task, but with our task class, and with a context for any task factory's."""
    # What asyncio's own create_task looks at; another loop's is hidden in C, and its methods are what tells.
    state: Any = loop if isinstance(loop, asyncio.BaseEventLoop) else None
    is_closed, get_task_factory = loop.is_closed, loop.get_task_factory

    def create_task(
        coro: "Coroutine[Any, Any, _T]",
        *,
        name: Optional[str] = None,
        context: Optional[contextvars.Context] = None,
    ) -> "asyncio.Task[_T]":
        # Asked for each time: user code may set a factory at any moment.
        if state is not None:
            closed, factory = state._closed, state._task_factory
        else:
            closed, factory = is_closed(), get_task_factory()
        if closed:
            raise RuntimeError("Event loop is closed")
        if context is not None and asyncio.iscoroutine(coro):
            coro = ContextCoroutine(coro, context)
        if factory is not None:
            task: asyncio.Task[_T] = factory(loop, coro)
            _complete(task, name)
            return task
        task = LoopTask(coro, loop=loop, name=name)
        if task._source_traceback:  # type: ignore[attr-defined]  # typeshed leaves it out
            hide_caller(task)
        return task

    return create_task


def _complete(task: Any, name: Optional[str]) -> None:
    """Give what a user's task factory made, whatever it is, the name and what asyncio expects of a task."""
    count_cancellations(task)
    if name is not None and hasattr(task, "set_name"):
        task.set_name(name)
    if sys.version_info < (3, 10) and not hasattr(task, "_source_traceback"):
        # asyncio.ensure_future of 3.8 and 3.9 reads it off whatever a factory made.
        with contextlib.suppress(AttributeError):
            task._source_traceback = None


def _through(inherited: CreateTask) -> CreateTask:
    """Call a create_task that a user wrote, which has never heard of ``context``."""

    def create_task(
        coro: "Coroutine[Any, Any, _T]",
        *,
        name: Optional[str] = None,
        context: Optional[contextvars.Context] = None,
    ) -> "asyncio.Task[_T]":
        if context is not None and asyncio.iscoroutine(coro):
            coro = ContextCoroutine(coro, context)
        task: asyncio.Task[_T] = inherited(coro) if name is None else inherited(coro, name=name)
        count_cancellations(task)
        return task

    return create_task


def _task_factory(loop: asyncio.AbstractEventLoop, coro: Any) -> "asyncio.Future[Any]":
    """For a loop whose own create_task makes the tasks."""
    task: asyncio.Task[Any] = LoopTask(coro, loop=loop)
    return task
