"""A coroutine that runs each of its steps in a given context, for tasks that cannot be given one."""

import asyncio
import contextvars
from functools import lru_cache
from types import MethodType
from typing import TYPE_CHECKING, Any, Coroutine, TypeVar

_T = TypeVar("_T")


def _of_what_it_stands_for(wrapped: "WrappedCoroutine[Any]", name: str) -> Any:
    return getattr(wrapped.coroutine, name)


class WrappedCoroutine(Coroutine[Any, Any, _T]):
    """Stands for a coroutine wherever asyncio looks at it; what is special about its steps is a subclass's.

    ``send`` is a slot and not a method, so that a callable of C can be put there: a step then costs no
    Python frame, and a traceback shows none.
    """

    __slots__ = ("__weakref__", "coroutine", "send")
    if TYPE_CHECKING:
        send: Any

    def __init__(self, coroutine: "Coroutine[Any, Any, _T]") -> None:
        self.coroutine = coroutine
        self.send = coroutine.send

    def close(self) -> None:
        self.coroutine.close()

    def __reduce_ex__(self, protocol: Any) -> Any:
        # No coroutine can be copied.
        return self.coroutine.__reduce_ex__(protocol)

    def __await__(self) -> Any:
        # For a task factory that awaits what it is given inside a coroutine of its own.
        return _Awaited(self)

    if not hasattr(asyncio.Task, "_coro"):
        # The Python task, of builds without the C one, shows the object itself in its reprs and stacks.
        __getattr__ = _of_what_it_stands_for


class ContextCoroutine(WrappedCoroutine[_T]):
    """A coroutine whose steps are taken in ``context`` itself, not in a copy.

    Tasks of 3.8 to 3.10 always step in a copy of the context that made them. Such a task, of any class,
    loop or task factory, steps this object, and this object steps the coroutine where it belongs.

    Entering a context that is already entered raises RuntimeError, which ends the task.
    """

    __slots__ = ("context", "throw")
    if TYPE_CHECKING:
        throw: Any

    def __init__(self, coroutine: "Coroutine[Any, Any, _T]", context: contextvars.Context) -> None:
        super().__init__(coroutine)
        step: Any = context.run
        self.context = context
        # As bound methods, which are called a little faster than functools.partial's.
        self.send = MethodType(step, coroutine.send)
        self.throw = MethodType(step, coroutine.throw)


class _Awaited:
    """The same as an iterator, which ``await`` wants; apart, since 3.10 steps iterators by ``__next__``."""

    __slots__ = ("_wrapped",)

    def __init__(self, wrapped: "WrappedCoroutine[Any]") -> None:
        self._wrapped = wrapped

    def __iter__(self) -> "_Awaited":
        return self

    def __next__(self) -> Any:
        return self._wrapped.send(None)

    def send(self, value: Any) -> Any:
        return self._wrapped.send(value)

    def throw(self, *error: Any) -> Any:
        return self._wrapped.throw(*error)

    def close(self) -> None:
        self._wrapped.close()


def shown(coroutine: Any) -> Any:
    """The same object; user code is about to see it, and finds what a coroutine has: cr_frame, __qualname__ and the like.

    Not from the start, since it is a ``__getattr__`` that gives them: with one, a class has a task look for two methods
    more in each step.
    """
    wrapped = coroutine
    while isinstance(wrapped, WrappedCoroutine):
        wrapped.__class__ = _with_attributes(type(wrapped))
        wrapped = wrapped.coroutine
    return coroutine


@lru_cache(maxsize=None)
def _with_attributes(kind: Any) -> Any:
    if hasattr(kind, "__getattr__"):
        return kind
    names = {"__slots__": (), "__module__": kind.__module__, "__getattr__": _of_what_it_stands_for}
    return type(kind)(kind.__name__, (kind,), names)


def unwrapped(coroutine: Any) -> Any:
    """The coroutine that a user wrote, whatever stands around it."""
    while isinstance(coroutine, WrappedCoroutine):
        coroutine = coroutine.coroutine
    return coroutine
