"""Test loops made of a foreign event loop, in place of those that the upstream tests mock.

CPython's tests make loops whose clock and selector are mocked, which only asyncio's own base class can
give them. For any other loop they get a real one that has what the tests look at.
"""

import asyncio
import unittest
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable

from .objects import resolve_callable

ASYNCIO = "asyncio:new_event_loop"
MOCKED_CLOCK = "the test mocks the clock, which only asyncio's own loop allows"

Factory = Callable[[], asyncio.AbstractEventLoop]


def factory_of(name: str) -> Factory:
    """The factory ``module:callable``, which is seen to make event loops; raises TypeError, or what it raises.

    The first loop of some opens descriptors, and keeps them for the whole process: no test leaves these.
    """
    factory: Factory = resolve_callable(name)
    loop: Any = factory()
    if not isinstance(loop, asyncio.AbstractEventLoop):
        raise TypeError(f"{name} makes a {type(loop).__name__}, and no event loop")
    loop.close()
    return factory


def runners_loop(factory: Factory) -> Callable[[Any], asyncio.AbstractEventLoop]:
    """A ``BaseTest.new_loop`` for test_runners that makes real loops.

    Its ``shutdown_ag_run`` says whether the async generators were shut down, which the tests ask.
    """

    def new_loop(_test: Any) -> asyncio.AbstractEventLoop:
        loop: Any = factory()
        shutdown_asyncgens = loop.shutdown_asyncgens

        async def noting_shutdown() -> None:
            loop.shutdown_ag_run = True
            await shutdown_asyncgens()

        loop.shutdown_ag_run = False
        loop.shutdown_asyncgens = noting_shutdown
        return loop  # type: ignore[no-any-return]

    return new_loop


def with_visible_executor(factory: Factory) -> Factory:
    """A factory of the same loops, which keep their default executor where the tests' clean-up looks for it.

    That clean-up joins the executor's threads; else each test would wait for them and then complain. It also
    waits, for one second a test, until nothing holds a thread that has ended: a closed loop keeps none.
    """
    probe = factory()
    loop: Any = type(probe)
    probe.close()

    class TestLoop(loop):  # type: ignore[misc]
        _default_executor: Any = None

        def set_default_executor(self, executor: Any) -> None:
            self._default_executor = executor
            super().set_default_executor(executor)

        def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
            if executor is None:
                if self._default_executor is None:
                    self.set_default_executor(ThreadPoolExecutor())
                executor = self._default_executor
            return super().run_in_executor(executor, func, *args)

        def close(self) -> None:
            super().close()
            self._default_executor = None

    return TestLoop


def without_mocked_clock(factory: Factory) -> Callable[..., asyncio.AbstractEventLoop]:
    """A ``TestLoop`` for test_asyncio.utils that makes real loops, and skips tests that mock the clock."""

    def test_loop(gen: Any = None) -> asyncio.AbstractEventLoop:
        if gen is not None:
            raise unittest.SkipTest(MOCKED_CLOCK)
        return factory()

    return test_loop
