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
from typing import Any, Coroutine, Dict, Generator, Iterator, List, Optional, Set, Tuple, TypeVar

from ._context import WrappedCoroutine

_T = TypeVar("_T")


class _Delivered:
    """A CancelledError that was thrown in, for some requests of cancellation, in the handling of those ``around``."""

    __slots__ = ("around", "error", "over", "requests")

    def __init__(self, error: BaseException, requests: range, around: "Tuple[_Delivered, ...]") -> None:
        self.error = weakref.ref(error)
        self.requests = requests
        self.around = around
        # Whether it was not being handled when a later one arrived.
        self.over = False


class MainCoroutine(WrappedCoroutine[_T]):
    """A main task's coroutine, which follows each CancelledError that is thrown into it."""

    __slots__ = ("_counted", "_delivered", "_left", "_seen", "_steps")

    def __init__(self, coroutine: "Coroutine[Any, Any, _T]") -> None:
        super().__init__(coroutine)
        self._steps: Any = None
        self._delivered: Tuple[_Delivered, ...] = ()
        # The task's requests of cancellation are numbered from 0; so many have been thrown in.
        self._seen = 0
        # When it has left with a CancelledError: the task's count, and the requests in force by then.
        self._counted = 0
        self._left: List[range] = []

    @property
    def throw(self) -> Any:
        if self._steps is None:
            self._steps = _follow(weakref.ref(self))
            self._steps.send(None)
            # From here on each step may be the one that a CancelledError leaves with.
            self.send = self._steps.send
        return self._steps.throw

    def spent(self, request: int) -> int:
        """How many counted cancellations were over when the coroutine left with a CancelledError.

        ``request`` is the number, from 1, of the one that a Ctrl-C made. If that was over itself, the answer
        is none, and the task's count alone decides.
        """
        if not any(request - 1 in requests for requests in self._left):
            return 0
        return max(0, self._counted - sum(map(len, self._left)))

    def _arrives(self, error: BaseException) -> None:
        alive = [each for each in self._delivered if each.error() is not None]
        around: Tuple[_Delivered, ...] = ()
        if alive:
            handled_ones = {id(each) for each in handled(self.coroutine)}
            around = tuple(each for each in alive if id(each.error()) in handled_ones)
            for each in alive:
                each.over = each not in around
        arrived = _Delivered(error, self._undelivered(), around)
        self._delivered = (*alive, arrived)
        self._seen += len(arrived.requests)

    def _leaves(self, error: BaseException) -> None:
        task: Any = asyncio.current_task()
        if not hasattr(task, "_cancel_requests"):
            # A task factory's, of a class that counts in its own way or not at all.
            return
        self._counted = task.cancelling()
        # One that was over may be in the chain, by a TimeoutError that it was made into; or be raised once more.
        chain = {id(each) for each in chained(error)}
        found = {each for each in self._delivered if id(each.error()) in chain}
        left = {each for each in found if not each.over or each.error() is error}
        # What a thrown in error came on top of is not in its chain on 3.8 (bpo-29587).
        left = left.union(*(each.around for each in left))
        self._left = [*(each.requests for each in left), self._undelivered()]

    def _undelivered(self) -> range:
        """The requests of cancellation since a CancelledError was last thrown in."""
        return range(self._seen, getattr(asyncio.current_task(), "_cancel_requests", 0))


def _follow(weakly: "weakref.ref[MainCoroutine[Any]]") -> Generator[Any, Any, Any]:
    """Take a coroutine's steps: what is sent or thrown here is sent or thrown there.

    As a generator, since a function's frame in the traceback of an error would keep all that called it alive.
    """
    yielded = None
    while True:
        error = value = None
        try:
            value = yield yielded
        except BaseException as thrown:  # noqa: BLE001  # it is thrown on
            error = thrown
            error.__traceback__ = thrown.__traceback__ and thrown.__traceback__.tb_next
        main: Any = weakly()
        if main is None:
            # This generator is being freed together with what it follows.
            return None
        try:
            if error is None:
                yielded = main.coroutine.send(value)
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


def is_following(frame: FrameType) -> bool:
    """Whether ``frame`` is one of those here, between a task and its coroutine."""
    return frame.f_globals is globals()


def handled(coroutine: Any) -> Iterator[BaseException]:
    """The exceptions that a suspended coroutine, and what it awaits, is in the middle of handling.

    They lie on the stacks of its frames, the outer ones under the inner, where the garbage collector sees them.
    """
    seen: Set[int] = set()
    awaited: List[Any] = [coroutine]
    kinds: Dict[int, type] = {}
    while awaited:
        thing = awaited.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        for referent in gc.get_referents(thing):
            kind = type(referent)
            role = kinds.get(id(kind))
            if role is None:
                role = kinds[id(kind)] = _role(kind)
            if role is BaseException:
                yield referent
            elif role is Coroutine:
                awaited.append(referent)
            elif role is dict and not isinstance(thing, FrameType):
                # What an object of a class written in Python has in its attributes.
                awaited += [value for value in referent.values() if _role(type(value)) is Coroutine]


def _role(kind: type) -> type:
    """What an object of some type is here: an exception, something that is awaited, a dictionary, or nothing.

    Without asking the type itself for an attribute, which could run a user's code.
    """
    if issubclass(kind, BaseException):
        return BaseException
    if issubclass(kind, (FrameType, AsyncGeneratorType)) or any(
        "throw" in vars(base) for base in kind.__mro__
    ):
        return Coroutine
    return dict if kind is dict else object


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
