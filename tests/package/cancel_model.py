"""What 3.11 documents of a task's cancellations, as a counter and a flag, for the property tests."""

import asyncio
import functools
from typing import Any

from coroutines import nothing


@functools.lru_cache(maxsize=None)
def uncancel_recalls() -> bool:
    """Whether the last uncancel calls off a cancellation that has not arrived yet, as from 3.13 on (gh-116720).

    Asked of asyncio's own task: ours, for interpreters whose own has no uncancel, is 3.11's.
    """
    if not hasattr(asyncio.Task, "uncancel"):
        return False
    loop = asyncio.new_event_loop()
    try:
        task: Any = loop.create_task(nothing())
        task.cancel()
        task.uncancel()
        loop.run_until_complete(asyncio.wait([task]))
        return not task.cancelled()
    finally:
        loop.close()


class CancelModel:
    """A counter; and whether a CancelledError is on its way to the task."""

    def __init__(self, recalls: bool) -> None:
        self.count, self.done, self.asked, self.thrown = 0, False, False, False
        self.recalls = recalls
        self.awaited: Any = None

    def cancel(self) -> bool:
        if self.done:
            return False
        self.count += 1
        if self.awaited is not None and not self.awaited.done():
            # The future is cancelled instead, and no uncancel can take that back.
            self.thrown = True
        else:
            self.asked = True
        return True

    def uncancel(self) -> int:
        self.count = max(0, self.count - 1)
        if self.recalls and not self.count:
            self.asked = False
        return self.count

    def await_future(self, future: Any) -> None:
        self.awaited = future
        if self.asked:
            self.asked, self.thrown = False, True

    def arrive(self) -> bool:
        """Whether the step that begins now begins with a CancelledError."""
        arrives = self.asked or self.thrown
        self.asked = self.thrown = False
        self.awaited = None
        return arrives
