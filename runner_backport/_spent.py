"""Tell a cancellation that the main task has swallowed from one that is still in force, below 3.11.

Libraries that cancel and swallow call ``uncancel`` on 3.11 and newer alone: anyio's scopes, async_timeout.
Below, each leaves the task's count one too high, and a Ctrl-C much later would look like one cancellation
of two and not become KeyboardInterrupt. A cancellation that is over leaves a trace: the CancelledError that
was thrown into the coroutine is gone, while one that is still being handled keeps its exception alive.
"""

import asyncio
import weakref
from typing import Any, Coroutine, Generator, List, Optional, TypeVar

from ._context import WrappedCoroutine

_T = TypeVar("_T")


class MainCoroutine(WrappedCoroutine[_T]):
    """A main task's coroutine, which notes each CancelledError that is thrown into it."""

    __slots__ = ("_delivered", "_requested", "spent")

    def __init__(self, coroutine: "Coroutine[Any, Any, _T]") -> None:
        super().__init__(coroutine)
        self._delivered: Optional[weakref.ref[BaseException]] = None
        self._requested = 0
        # How many of the task's counted cancellations were over when the latest one arrived.
        self.spent = 0

    def throw(self, *error: Any) -> Any:
        task: Any = asyncio.current_task()
        if isinstance(error[0], asyncio.CancelledError) and hasattr(task, "_cancel_requests"):
            self._note(error[0], task.cancelling(), task._cancel_requests)
        return self.coroutine.throw(*error)

    def __await__(self) -> Generator[Any, None, _T]:
        return self.coroutine.__await__()

    def _note(self, error: BaseException, counted: int, requested: int) -> None:
        """Take a cancellation that arrives; ``requested`` is how many there ever were, taken back or not."""
        before = max(0, counted - (requested - self._requested))
        handling = self._delivered is not None and self._delivered() is not None
        self.spent = min(self.spent, before) if handling else before
        self._delivered = weakref.ref(error)
        self._requested = requested


def hide_throw(error: BaseException) -> None:
    """Take `MainCoroutine.throw`, which native has not, out of the tracebacks of an error and what it is chained to."""
    seen = set()
    chain: List[Optional[BaseException]] = [error]
    while chain:
        chained = chain.pop()
        if chained is None or id(chained) in seen:
            continue
        seen.add(id(chained))
        entry = chained.__traceback__
        if entry is not None and entry.tb_frame.f_code is MainCoroutine.throw.__code__:
            chained.__traceback__ = entry = entry.tb_next
        while entry is not None and entry.tb_next is not None:
            if entry.tb_next.tb_frame.f_code is MainCoroutine.throw.__code__:
                entry.tb_next = entry.tb_next.tb_next
            else:
                entry = entry.tb_next
        chain += chained.__context__, chained.__cause__
