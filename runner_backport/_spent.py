"""Tell a cancellation that the main task has swallowed from one that is still in force, below 3.11.

Libraries that cancel and swallow call ``uncancel`` on 3.11 and newer alone: anyio's scopes, async_timeout.
Below, each leaves the task's count one too high, and a Ctrl-C much later would look like one cancellation
of two and not become KeyboardInterrupt. But one that is in force can be seen: the coroutine is handling the
CancelledError that was thrown into it, or, in the end, leaves with it.
"""

import asyncio
import gc
import weakref
from types import AsyncGeneratorType, FrameType
from typing import Any, Coroutine, Generator, Iterable, Iterator, List, Optional, Set, Tuple, TypeVar

from ._context import WrappedCoroutine

_T = TypeVar("_T")


class _Delivered:
    """A CancelledError that was thrown in, for ``weight`` calls of cancel, in the handling of those ``around``."""

    __slots__ = ("around", "error", "weight")

    def __init__(self, error: BaseException, weight: int, around: "Tuple[_Delivered, ...]") -> None:
        self.error = weakref.ref(error)
        self.weight = weight
        self.around = around

    def is_among(self, errors: Iterable[BaseException]) -> bool:
        present = self.error()
        return present is not None and any(error is present for error in errors)


class MainCoroutine(WrappedCoroutine[_T]):
    """A main task's coroutine, which follows each CancelledError that is thrown into it.

    When it has left with one, ``spent`` is how many of its task's counted cancellations were over by then.
    """

    __slots__ = ("_in_force", "_requested", "_steps", "spent")

    def __init__(self, coroutine: "Coroutine[Any, Any, _T]") -> None:
        super().__init__(coroutine)
        self._steps: Any = None
        self._in_force: Tuple[_Delivered, ...] = ()
        self._requested = 0
        self.spent = 0

    @property
    def throw(self) -> Any:
        if self._steps is None:
            self._steps = _follow(weakref.ref(self)).send
            self._steps(None)
            # From here on each step may be the one that a CancelledError leaves with.
            self.send = self._steps
        return self._steps

    def _arrives(self, error: BaseException) -> None:
        being_handled = list(handled(self.coroutine))
        around = tuple(each for each in self._in_force if each.is_among(being_handled))
        undelivered = self._undelivered()
        self._in_force = (*around, _Delivered(error, undelivered, around))
        self._requested += undelivered

    def _leaves(self, error: BaseException) -> None:
        # What a thrown in error came on top of is not in its chain on 3.8 (bpo-29587): hence ``around``.
        chain = list(chained(error))
        left = {each for each in self._in_force if each.is_among(chain)}
        left = left.union(*(each.around for each in left))
        in_force = sum(each.weight for each in left) + self._undelivered()
        task: Any = asyncio.current_task()
        if hasattr(task, "cancelling"):
            self.spent = max(0, task.cancelling() - in_force)

    def _undelivered(self) -> int:
        """How often the task was cancelled since a CancelledError was last thrown in."""
        # A task factory's class may not count.
        requests: int = getattr(asyncio.current_task(), "_cancel_requests", 0)
        return requests - self._requested


def _follow(weakly: "weakref.ref[MainCoroutine[Any]]") -> Generator[Any, Optional[BaseException], Any]:
    """Take a coroutine's steps: each is sent None, or the exception that is to be thrown in.

    As a generator, since a function's frame in the traceback of an error would keep all that called it alive.
    """
    yielded = None
    while True:
        error = yield yielded
        main: Any = weakly()
        try:
            if error is None:
                yielded = main.coroutine.send(None)
                continue
            if isinstance(error, asyncio.CancelledError):
                main._arrives(error)
            yielded = main.coroutine.throw(error)
        except StopIteration as stop:
            return stop.value
        except asyncio.CancelledError as leaving:
            main._leaves(leaving)
            raise
        finally:
            del main, error


def handled(coroutine: Any) -> Iterator[BaseException]:
    """The exceptions that a suspended coroutine, and what it awaits, is in the middle of handling.

    They lie on the stacks of its frames, the outer ones under the inner, where the garbage collector sees them.
    """
    seen: Set[int] = set()
    awaited: List[Any] = [coroutine]
    while awaited:
        thing = awaited.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        for referent in gc.get_referents(thing):
            if isinstance(referent, BaseException):
                yield referent
            elif isinstance(referent, (FrameType, AsyncGeneratorType)) or hasattr(type(referent), "throw"):
                awaited.append(referent)


def chained(error: BaseException) -> Iterator[BaseException]:
    """An error and all that it is chained to."""
    seen: Set[int] = set()
    chain: List[Optional[BaseException]] = [error]
    while chain:
        link = chain.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        chain += link.__context__, link.__cause__


def hide_steps(error: BaseException) -> None:
    """Take our frame, which native has not, out of the tracebacks of an error and what it is chained to."""
    for link in chained(error):
        entry = link.__traceback__
        while entry is not None and entry.tb_frame.f_code is _follow.__code__:
            link.__traceback__ = entry = entry.tb_next
        while entry is not None and entry.tb_next is not None:
            if entry.tb_next.tb_frame.f_code is _follow.__code__:
                entry.tb_next = entry.tb_next.tb_next
            else:
                entry = entry.tb_next
