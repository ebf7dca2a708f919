"""Ctrl-C while a Runner closes: it comes out of close, the loop is closed, and nobody complains later."""

import asyncio
import logging
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, List

import pytest

from coroutines import NATIVE, forever, interrupt

pytestmark = pytest.mark.usefixtures("default_sigint")


class Interrupting(ThreadPoolExecutor):
    """A default executor that has its loop interrupted as soon as a shutdown waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.loop: Any = None
        self.finish = threading.Event()
        self.begun = threading.Event()

    def job(self) -> None:
        self.begun.set()
        self.finish.wait()

    def shutdown(self, wait: bool = True, **options: Any) -> None:
        if wait and self.loop is not None:
            self.loop.call_soon_threadsafe(interrupt)
        super().shutdown(wait, **options)


@pytest.fixture
def executor() -> Any:
    """An `Interrupting`, whose threads and those that wait for it have ended when the test has."""
    made = Interrupting()
    yield made
    made.loop = None
    made.finish.set()
    made.shutdown()


@pytest.fixture
def complaints(monkeypatch: Any, caplog: Any) -> Any:
    """What is said of threads that end after their loop was closed."""
    raised: List[Any] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: raised.append(args.exc_value))
    monkeypatch.setattr(sys, "unraisablehook", lambda args: raised.append(args.exc_value))
    caplog.set_level(logging.ERROR)

    def collect(executor: Interrupting, before: Any) -> List[str]:
        executor.loop = None
        executor.finish.set()
        for thread in set(threading.enumerate()) - before:
            thread.join()
        logged = [record for record in caplog.records if record.name == "concurrent.futures"]
        return [str(error) for error in raised] + [record.getMessage() for record in logged]

    return collect


def prints_by_itself(loop_class: Any) -> bool:
    """Whether the loop's own join of its executor complains: uvloop's does, on each Python."""
    return NATIVE and not issubclass(loop_class, asyncio.BaseEventLoop)


def test_an_interrupt_while_async_generators_are_closed(runner_class: Any, loop_factory: Any) -> None:
    async def generator() -> Any:
        try:
            yield
        finally:
            interrupt()

    kept: List[Any] = []

    async def main() -> None:
        kept.append(generator())
        await kept[0].__anext__()

    runner = runner_class(loop_factory=loop_factory)
    runner.run(main())
    loop = runner.get_loop()
    # asyncio's own gather tells of the generator's exception, which here is the interrupt itself.
    loop.set_exception_handler(lambda *_: None)
    with pytest.raises(KeyboardInterrupt):
        runner.close()
    assert loop.is_closed()
    runner.close()


def test_an_interrupt_while_the_executor_is_joined(
    runner_class: Any, loop_class: Any, executor: Any, complaints: Any
) -> None:
    """gh-96827: nothing is said of a loop that is closed while its executor shuts down."""
    before = set(threading.enumerate())

    async def main() -> None:
        executor.loop = asyncio.get_running_loop()
        executor.loop.set_default_executor(executor)
        executor.loop.run_in_executor(None, executor.job)

    runner = runner_class(loop_factory=loop_class)
    runner.run(main())
    loop = runner.get_loop()
    with pytest.raises(KeyboardInterrupt):
        runner.close()
    assert loop.is_closed()
    # The second if what waits for the thread is freed in that thread.
    natively = {"Event loop is closed", "cannot join current thread"}
    allowed = natively if prints_by_itself(loop_class) else set()
    assert set(complaints(executor, before)) <= allowed


def test_an_interrupt_before_the_executor_is_joined(
    runner_class: Any, loop_class: Any, executor: Any, complaints: Any
) -> None:
    """The job that nobody waits for any more ends in silence."""
    before = set(threading.enumerate())

    async def leftover() -> None:
        try:
            await forever()
        finally:
            interrupt()

    async def main() -> Any:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(executor)
        loop.run_in_executor(None, executor.job)
        task = asyncio.create_task(leftover())
        await asyncio.sleep(0)
        return task

    runner = runner_class(loop_factory=loop_class)
    task = runner.run(main())
    loop = runner.get_loop()
    with pytest.raises(KeyboardInterrupt):
        runner.close()
    assert loop.is_closed()
    assert isinstance(task.exception(), KeyboardInterrupt)
    assert complaints(executor, before) == []


def test_a_loop_that_was_closed_by_an_interrupt_refuses_callbacks(runner_class: Any, loop_class: Any) -> None:
    """Only what executors have to say is dropped."""

    class Interrupted(loop_class):  # type: ignore[misc]
        async def shutdown_asyncgens(self) -> None:
            interrupt()

    runner = runner_class(loop_factory=Interrupted)
    loop = runner.get_loop()
    with pytest.raises(KeyboardInterrupt):
        runner.close()
    for callback in print, asyncio.Future(loop=loop).set_result:
        with pytest.raises(RuntimeError, match="Event loop is closed"):
            loop.call_soon_threadsafe(callback, None)


def test_an_interrupt_reaches_a_loop_that_delegates(runner_class: Any, loop_class: Any) -> None:
    class Delegating:
        def __init__(self) -> None:
            self.inner = loop_class()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

        async def shutdown_asyncgens(self) -> None:
            interrupt()

    runner = runner_class(loop_factory=Delegating)
    loop = runner.get_loop()
    with pytest.raises(KeyboardInterrupt):
        runner.close()
    assert loop.is_closed()
    with pytest.raises(RuntimeError, match="Event loop is closed"):
        loop.call_soon_threadsafe(print)


def test_a_callback_of_the_user_s_is_kept(runner_class: Any, loop_class: Any) -> None:
    """A call_soon_threadsafe that the user has put on the loop is there after an interrupted close."""

    class Broken(loop_class):  # type: ignore[misc]
        async def shutdown_asyncgens(self) -> None:
            interrupt()

    runner = runner_class(loop_factory=Broken)
    loop = runner.get_loop()
    loop.call_soon_threadsafe = noting = lambda *_, **__: None
    with pytest.raises(KeyboardInterrupt):
        runner.close()
    assert loop.call_soon_threadsafe is noting
