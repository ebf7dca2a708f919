"""A coroutine that runs each of its steps in a given context, for tasks that cannot be given one."""

import contextvars
from functools import partial
from typing import TYPE_CHECKING, Any, Coroutine, TypeVar

_T = TypeVar("_T")


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

    def __await__(self) -> Any:
        # For a task factory that awaits what it is given inside a coroutine of its own.
        return _Awaited(self)

    def __getattr__(self, name: str) -> Any:
        # cr_frame, __qualname__ and the like: whatever asyncio's own reprs and stacks look at.
        return getattr(self.coroutine, name)


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
        self.send = partial(step, coroutine.send)
        self.throw = partial(step, coroutine.throw)


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


def unwrapped(coroutine: Any) -> Any:
    """The coroutine that a user wrote, whatever stands around it."""
    while isinstance(coroutine, WrappedCoroutine):
        coroutine = coroutine.coroutine
    return coroutine
