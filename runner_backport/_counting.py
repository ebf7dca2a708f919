"""3.11's counting of cancellations for tasks that are not ours: a user's task factory made them."""

import asyncio
import sys
import weakref
from typing import Any, List, Optional

from ._tasks import say_cancelling, steppable


def count_cancellations(task: Any) -> None:
    """Give a stock task of 3.8 to 3.10 ``cancelling`` and ``uncancel``, have its ``cancel`` count and its repr tell.

    They are set on the object: its class is the user's or asyncio's own. Anything that is no
    ``asyncio.Task``, or counts already, is left as it is.
    """
    if not isinstance(task, asyncio.Task) or hasattr(task, "uncancel"):
        return
    made: Any = task
    made._cancelling = made._cancel_requests = 0
    counter = _Counter(made)
    made.cancel = counter.cancel
    made.cancelling = counter.cancelling
    made.uncancel = counter.uncancel
    made.get_coro = counter.get_coro
    made._repr_info = counter.repr_info


class _Counter:
    """The methods, which hold their task weakly: it holds them, and is to be freed when it is done with."""

    __slots__ = ("_task",)

    def __init__(self, task: Any) -> None:
        self._task = weakref.ref(task)

    def cancel(self, msg: Optional[Any] = None) -> bool:
        task: Any = self._task()
        if task is None:
            return False
        if not task.done():
            task._cancelling += 1
            task._cancel_requests += 1
        cancel = type(task).cancel
        cancelled: bool = cancel(task) if sys.version_info < (3, 9) else cancel(task, msg)
        return cancelled

    def cancelling(self) -> int:
        count: int = getattr(self._task(), "_cancelling", 0)
        return count

    def uncancel(self) -> int:
        task: Any = self._task()
        if task is None:
            return 0
        task._cancelling = max(0, task._cancelling - 1)
        count: int = task._cancelling
        return count

    def get_coro(self) -> Any:
        task: Any = self._task()
        return None if task is None else steppable(task, type(task).get_coro(task))

    def repr_info(self) -> List[str]:
        task: Any = self._task()
        # The finalizer of a task in a cycle shows it when nothing can be reached weakly any more.
        return ["being freed"] if task is None else say_cancelling(task, type(task)._repr_info(task))
