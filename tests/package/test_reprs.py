"""No repr is made of what the user's code makes."""

import signal
from typing import Any, List

import pytest

pytestmark = pytest.mark.usefixtures("default_sigint")


def has_reprs_of_handlers() -> bool:
    """Whether signal.signal makes a repr of each handler, and so native's of its task: before gh-112559."""
    made: List[str] = []

    class Handler:
        def __call__(self, *_: Any) -> None: ...

        def __repr__(self) -> str:
            made.append("repr")
            return "Handler"

    before = signal.signal(signal.SIGINT, Handler())
    signal.signal(signal.SIGINT, before)
    return bool(made)


class Loud:
    """Notes each repr that is made of it."""

    def __init__(self) -> None:
        self.reprs = 0

    def __repr__(self) -> str:
        self.reprs += 1
        return "Loud"


class LoudCoroutine(Loud):
    """A coroutine object, as Cython's are, that returns ``result``."""

    def __init__(self, result: Any) -> None:
        super().__init__()
        self.result = result

    def send(self, value: Any) -> Any:
        raise StopIteration(self.result)

    def throw(self, *exception: Any) -> Any:
        raise AssertionError(exception)

    def close(self) -> None: ...

    def __await__(self) -> Any:
        raise AssertionError


def test_no_repr_is_made_of_the_coroutine_or_its_result(runner: Any, request: Any) -> None:
    """gh-112559: signal.signal made a repr of the handler, and through it of the task and its result."""
    result = Loud()
    coro = LoudCoroutine(result)
    assert runner.run(coro) is result
    if "native" in request.node.callspec.id and has_reprs_of_handlers():
        # The handler is what holds the task; of a coroutine object without code, no repr tells more than its type.
        assert result.reprs > 0
    else:
        assert (coro.reprs, result.reprs) == (0, 0)
