"""Let a loop make our tasks: what 3.11's loops do by themselves, on any loop of 3.8 to 3.10."""

import asyncio
import contextlib
import contextvars
import sys
from functools import lru_cache, partial
from types import FunctionType
from typing import Any, Callable, Coroutine, Optional, Tuple, TypeVar

from ._context import ContextCoroutine
from ._makers import CompiledLoop, CreateTask, directly, is_ours, task_factory, through
from ._spent import MainCoroutine
from ._tasks import Task

_T = TypeVar("_T")


def adopt(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    """Have ``loop`` make our tasks, those of asyncio.create_task, gather and the like included.

    Nothing but the given object is touched: it gets a ``create_task`` that is called like 3.11's. A loop whose
    own create_task has to go on making the tasks gets a task factory, unless it has one. On 3.11 and newer there
    is nothing to do.

    Returns a function that undoes it: our create_task refers to the loop, which would else live on
    until a garbage collection.
    """
    if sys.version_info >= (3, 11) or is_ours(getattr(loop, "create_task", None)):
        return _do_nothing
    if isinstance(loop, type):
        # A class in place of a loop: it is refused where it is first used, and must not be changed.
        return _do_nothing
    by_factory = _is_overridden(loop)
    kind = type(loop)
    if not by_factory and _change_class(loop):
        return partial(_change_class_back, loop, type(loop), kind)
    with contextlib.ExitStack() as undo:
        before = getattr(loop, "__dict__", {}).get("create_task")
        try:
            loop.create_task = _maker(loop)  # type: ignore[method-assign]  # this is the point
        except (AttributeError, TypeError):
            by_factory = True
        else:
            undo.callback(_put_back, loop, before, loop.create_task)
        # What is no loop at all is refused where it is first used, as natively; a loop need not have factories.
        with contextlib.suppress(NotImplementedError):
            if by_factory and hasattr(loop, "get_task_factory") and loop.get_task_factory() is None:
                loop.set_task_factory(task_factory)
                undo.callback(_take_factory_back, loop)
        return undo.pop_all().close


def _do_nothing() -> None:
    pass


def _change_class(loop: Any) -> bool:
    """Give a compiled loop our create_task by its class, if that can be; whether it could.

    An object without attributes has no dictionary. With one, for one attribute, each look-up of a method would search
    it: that is a thirtieth of a step of uvloop's.
    """
    kind: Any = type(loop)
    if not _is_compiled(kind):
        return False
    try:
        loop.__class__ = _with_create_task(kind)
    except TypeError:
        # Compiled classes may take no subclasses, and their objects no other class.
        return False
    return True


@lru_cache(maxsize=16)
def _is_compiled(kind: Any) -> bool:
    """Whether a loop's class is of one package as a whole, and nothing of it is written in Python.

    But for the interface that it fills in. A class that a user wrote is of another package than what it extends.
    """
    classes = [base for base in kind.__mro__ if base not in (asyncio.AbstractEventLoop, object)]
    packages = {base.__module__.partition(".")[0] for base in classes}
    in_python = (FunctionType, classmethod)
    values = [value for base in classes for value in vars(base).values()]
    return len(packages) == 1 and not any(isinstance(value, in_python) for value in values)


@lru_cache(maxsize=16)
def _with_create_task(kind: Any) -> Any:
    """A subclass that differs by its create_task alone."""
    names = {name: getattr(kind, name) for name in ("__doc__", "__module__", "__qualname__")}
    return type(kind)(
        kind.__name__, (kind,), {**names, "__slots__": (), "create_task": CompiledLoop.create_task}
    )


def _change_class_back(loop: Any, ours: type, before: type) -> None:
    # What user code has set since is the user's.
    if type(loop) is ours:
        loop.__class__ = before


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
    if loop.get_task_factory() is task_factory:
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
    if is_ours(present):
        return present
    if _is_overridden(loop):
        return through(present)
    return directly(loop)


def _is_overridden(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether ``create_task`` is not the loop's own but somebody's, who then wants it to be called.

    It may stand on the object, in a subclass, behind a ``__getattr__`` that hands on to another loop, or in the place of
    asyncio's own, which is known. Those of compiled loops are no Python functions.
    """
    order = [base for base in type(loop).__mro__ if not {"create_task", "run_forever"}.isdisjoint(vars(base))]
    owner = next((base for base in order if "create_task" in vars(base)), None)
    runs = next((base for base in order if "run_forever" in vars(base)), None)
    # What stands nearer than the class that implements the loop is somebody's.
    if owner is None or runs is None or order.index(owner) < order.index(runs):
        return True
    of_class: Any = vars(owner)["create_task"]
    if owner is asyncio.BaseEventLoop:
        # Tracers put their own there.
        if getattr(of_class, "__globals__", None) is not vars(asyncio.base_events):
            return True
    elif isinstance(of_class, FunctionType):
        return True
    # Looking into the object's dictionary would make one.
    return bool(loop.create_task != of_class.__get__(loop, type(loop)))
