"""Let who reads a cancelled task have the very error that it was cancelled with, as 3.11 does (bpo-45390).

Tasks of 3.9 and 3.10 keep that error, but hand out a new one without the message, chained to it; on 3.8 it is
lost. Each reader here is a descriptor that gives a callable of C, so that no traceback gains a frame.
"""

import asyncio
import gc
from types import TracebackType
from typing import Any, Generator

_is_cancelled = asyncio.Task.cancelled
_make_cancelled_error = getattr(asyncio.Task, "_make_cancelled_error", None)
_await = asyncio.Task.__await__


class ResultReader:
    """Stands for the method ``result``: a task's own, or for a cancelled one a callable that raises its error."""

    def __get__(self, task: Any, owner: Any) -> Any:
        if task is None:
            return asyncio.Task.result
        return _raising(task).result if _is_cancelled(task) else task._stock_result


class ExceptionReader:
    """The same for the method ``exception``."""

    def __get__(self, task: Any, owner: Any) -> Any:
        if task is None:
            return asyncio.Task.exception
        return _raising(task).result if _is_cancelled(task) else task._stock_exception


def cancelled_error(task: "asyncio.Task[Any]") -> BaseException:
    """The error that ended a cancelled task, for the first who looks; a new one for the others, as on 3.11."""
    # The C task keeps the error's traceback apart, where nothing but the garbage collector sees it.
    tracebacks = [kept for kept in gc.get_referents(task) if isinstance(kept, TracebackType)]
    made: BaseException = _make_cancelled_error(task)  # type: ignore[misc]  # it is there from 3.9 on
    raised = made.__context__
    if raised is None:
        return made
    if tracebacks:
        raised.__traceback__ = tracebacks[0]
    return raised


def awaiting(task: Any) -> Generator[Any, None, Any]:
    """What ``await task`` iterates over."""
    return _raising(task).__await__() if _is_cancelled(task) else _await(task)


def _raising(task: "asyncio.Task[Any]") -> "asyncio.Future[Any]":
    """A future that raises the error without a Python frame of ours."""
    future: asyncio.Future[Any] = asyncio.Future(loop=task.get_loop())
    future.set_exception(cancelled_error(task))
    # Whether anyone calls what is read is not to be told.
    future._log_traceback = False
    return future
