"""3.11's ``Task`` on top of the C task of 3.8 to 3.10."""

import asyncio
import contextvars
import sys
from typing import TYPE_CHECKING, Any, Coroutine, List, Optional, TypeVar

from ._cancelled import ExceptionReader, ResultReader, awaiting, cancelled_error
from ._context import ContextCoroutine, shown, unwrapped

# A task only gives its result: one of something narrower will do where one of something wider is wanted.
_T_co = TypeVar("_T_co", covariant=True)

if TYPE_CHECKING or sys.version_info >= (3, 9):
    _StockTask = asyncio.Task
else:

    class _StockTask:
        """Takes the brackets that the stock task of 3.8 does not take."""

        def __class_getitem__(cls, item: Any) -> Any:
            return asyncio.Task


class Task(_StockTask[_T_co]):
    """An ``asyncio.Task`` that counts its cancellations and can be given a context.

    ``coro`` is the coroutine to run; ``loop`` the event loop (None: the current one); ``name`` the
    task's name (None: a numbered one); ``context`` the context in which each step runs (None: a copy
    of the current one).

    Raises ``TypeError`` when ``coro`` is not a coroutine; ``RuntimeError`` when none is given and
    there is no current event loop, as in a thread without one.

    Source: https://docs.python.org/3.11/library/asyncio-task.html#asyncio.Task
    """

    # Class attributes until the first cancellation: most tasks never pay for a dictionary.
    _cancelling = 0
    _cancel_requests = 0
    """How many calls of `cancel` there ever were, whether taken back or not; not part of 3.11's task."""

    def __init__(
        self,
        coro: "Coroutine[Any, Any, _T_co]",
        *,
        loop: Optional[asyncio.AbstractEventLoop] = None,
        name: Optional[str] = None,
        context: Optional[contextvars.Context] = None,
    ) -> None:
        if context is not None and asyncio.iscoroutine(coro):
            coro = ContextCoroutine(coro, context)
        super().__init__(coro, loop=loop, name=name)
        hide_caller(self)

    def cancel(self, msg: Optional[Any] = None) -> bool:
        """Ask the task to cancel itself, and return whether it will be told: False when it is already done.

        ``msg`` goes with the ``CancelledError``, on 3.9 and newer: 3.8 knows no messages.
        Each call counts until the task is done, see `cancelling`.

        Source: https://docs.python.org/3.11/library/asyncio-task.html#asyncio.Task.cancel
        """
        if not self.done():
            self._cancelling += 1
            self._cancel_requests += 1
            if type(self) is LoopTask:
                self.__class__ = CancelledLoopTask
        # Called on a finished task too: it clears the flag by which a lost exception is logged.
        if sys.version_info < (3, 9):
            return super().cancel()
        return super().cancel(msg)

    def cancelling(self) -> int:
        """How many calls of `cancel` are not yet taken back by `uncancel`.

        Source: https://docs.python.org/3.11/library/asyncio-task.html#asyncio.Task.cancelling
        """
        return self._cancelling

    def uncancel(self) -> int:
        """Take back one call of `cancel` and return how many are left.

        Source: https://docs.python.org/3.11/library/asyncio-task.html#asyncio.Task.uncancel
        """
        if self._cancelling > 0:
            self._cancelling -= 1
        return self._cancelling

    if sys.version_info >= (3, 9) and not TYPE_CHECKING:
        result, _stock_result = ResultReader(), asyncio.Task.result
        exception, _stock_exception = ExceptionReader(), asyncio.Task.exception
        _make_cancelled_error = cancelled_error
        __await__ = __iter__ = awaiting

    def get_coro(self) -> "Coroutine[Any, Any, _T_co]":
        """The coroutine that the task runs.

        Source: https://docs.python.org/3.11/library/asyncio-task.html#asyncio.Task.get_coro
        """
        return steppable(self, super().get_coro())  # type: ignore[no-any-return]  # a user's

    def _repr_info(self) -> List[str]:
        return say_cancelling(self, super()._repr_info())  # type: ignore[misc]  # typeshed leaves it out


if "_coro" in vars(asyncio.Task):
    # What asyncio's reprs and stacks look at. The Python task, of builds without the C one, keeps its
    # coroutine in an instance attribute and is left with it: ContextCoroutine looks enough like it there.
    _stock_coro = vars(asyncio.Task)["_coro"]
    Task._coro = property(lambda task: unwrapped(_stock_coro.__get__(task)))  # type: ignore[attr-defined]


class LoopTask(Task):  # type: ignore[type-arg]  # takes none on 3.8
    """A `Task` as a loop's ``create_task`` makes it: initialised by C alone, without a Python frame.

    The context has been dealt with by then. A user can tell it from `Task` by ``type(task)`` alone.
    """

    # The C slots themselves, not ones that look a function up.
    __init__ = asyncio.Task.__init__  # type: ignore[assignment]
    __await__ = asyncio.Task.__await__  # type: ignore[assignment, unused-ignore]
    __iter__ = asyncio.Task.__iter__  # type: ignore[assignment, unused-ignore]


class CancelledLoopTask(LoopTask):
    """What a `LoopTask` becomes when it is cancelled: from then on it may be awaited when it is over already."""

    if sys.version_info >= (3, 9) and not TYPE_CHECKING:
        __await__ = __iter__ = awaiting


for _name in ("__name__", "__qualname__", "__doc__"):
    setattr(LoopTask, _name, getattr(Task, _name))
    setattr(CancelledLoopTask, _name, getattr(Task, _name))


def steppable(task: Any, coroutine: Any) -> Any:
    """The coroutine that a user wrote; or, for who has suspended its task to step it elsewhere, the one with its context.

    taskgroup's ``TaskGroup`` and ``timeout`` do so in a task that is not theirs: they let it wait for an object that
    is just enough of a future to be waited for, and has no result.
    """
    waits_for = task._fut_waiter
    # Of its class: to look at the result of a cancelled task is to take its error away.
    return (
        unwrapped(coroutine) if waits_for is None or hasattr(type(waits_for), "result") else shown(coroutine)
    )


def say_cancelling(task: Any, info: List[str]) -> List[str]:
    """What the repr of a task says, with its state as 3.11 has it: by the count, until it is done."""
    if not task.done():
        info[0] = "cancelling" if task._cancelling else "pending"
    return info


def hide_caller(task: "asyncio.Task[Any]") -> None:
    """Let a task's source traceback, which debug mode keeps, end where the user's code does."""
    source_traceback = task._source_traceback  # type: ignore[attr-defined]
    if source_traceback:
        del source_traceback[-1]
