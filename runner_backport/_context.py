"""A coroutine that runs each of its steps in a given context, for tasks that cannot be given one."""

import contextvars
from functools import partial
from typing import TYPE_CHECKING, Any, Coroutine, Generator, TypeVar

_T = TypeVar("_T")


class ContextCoroutine(Coroutine[Any, Any, _T]):
    """A coroutine whose steps are taken in ``context`` itself, not in a copy.

    Tasks of 3.8 to 3.10 always step in a copy of the context that made them. Such a task, of any class,
    loop or task factory, steps this object, and this object steps the coroutine where it belongs.

    ``send`` and ``throw`` are C callables kept in slots: a step costs no Python frame, and a traceback
    shows none. Entering a context that is already entered raises RuntimeError, which ends the task.
    """

    __slots__ = ("__weakref__", "context", "coroutine", "send", "throw")
    if TYPE_CHECKING:
        send: Any
        throw: Any

    def __init__(self, coroutine: "Coroutine[Any, Any, _T]", context: contextvars.Context) -> None:
        self.coroutine = coroutine
        self.context = context
        step: Any = context.run
        self.send = partial(step, coroutine.send)
        self.throw = partial(step, coroutine.throw)

    def close(self) -> None:
        self.coroutine.close()

    def __await__(self) -> Generator[Any, None, _T]:
        # For a task factory that awaits what it is given inside a coroutine of its own.
        return _Awaited(self.coroutine, self.context)

    def __getattr__(self, name: str) -> Any:
        # cr_frame, __qualname__ and the like: whatever asyncio's own reprs and stacks look at.
        return getattr(self.coroutine, name)


class _Awaited(ContextCoroutine[_T]):
    """The same as an iterator, which ``await`` wants; apart, since 3.10 steps iterators by ``__next__``."""

    __slots__ = ()

    def __iter__(self) -> "_Awaited[_T]":
        return self

    def __next__(self) -> Any:
        return self.send(None)


def unwrapped(coroutine: Any) -> Any:
    """The coroutine that a user wrote, whether a ContextCoroutine stands around it or not."""
    return coroutine.coroutine if isinstance(coroutine, ContextCoroutine) else coroutine
