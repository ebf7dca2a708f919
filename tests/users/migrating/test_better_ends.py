"""Ctrl-C and close, as docs/migrating.md says that they get better: each test is a row."""

import asyncio
import contextlib
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Iterator, List, Type

import anyio
import async_timeout
import pytest

SERIES = sys.version_info[:2]
# Only a close that no Ctrl-C interrupts comes here.
DEADLINE = 10.0
TIMEOUTS = (TimeoutError, asyncio.TimeoutError)


async def forever() -> None:
    await asyncio.get_running_loop().create_future()


async def interrupted() -> None:
    signal.raise_signal(signal.SIGINT)
    await forever()


def outcome(function: Any, *args: Any, **options: Any) -> Type[BaseException]:
    """The class of what comes out of a call that fails."""
    with pytest.raises(BaseException) as caught:  # noqa: PT011  # which one is the answer
        function(*args, **options)
    return caught.type


def test_ctrl_c(subject: Any) -> None:
    assert outcome(subject.run, interrupted()) is subject.expected(
        backports={"asyncio": KeyboardInterrupt, "uvloop": asyncio.CancelledError},
        taskgroup=KeyboardInterrupt,
        here=KeyboardInterrupt,
    )


@pytest.mark.parametrize("library", ["anyio", "async_timeout"])
def test_ctrl_c_after_an_expired_scope(subject: Any, library: str) -> None:
    async def main() -> None:
        if library == "anyio":
            with anyio.move_on_after(0):
                await forever()
        else:
            with pytest.raises(TIMEOUTS):
                async with async_timeout.timeout(0):
                    await forever()
        await interrupted()

    assert outcome(subject.run, main()) is subject.expected(
        backports=asyncio.CancelledError, taskgroup=asyncio.CancelledError, here=KeyboardInterrupt
    )


def test_ctrl_c_after_a_cancellation_that_was_swallowed(subject: Any) -> None:
    if SERIES >= (3, 11):
        pytest.skip("native answers CancelledError: see docs/divergences.md")

    async def main() -> None:
        task: Any = asyncio.current_task()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await forever()
        await interrupted()

    assert outcome(subject.run, main()) is subject.expected(
        backports=asyncio.CancelledError, taskgroup=asyncio.CancelledError, here=KeyboardInterrupt
    )


class Executor(ThreadPoolExecutor):
    """Lets its job end only when somebody waits for it, or the test does; first it may do something else."""

    def __init__(self) -> None:
        super().__init__()
        self.waited_for = threading.Event()
        self.first: Any = lambda: None

    def job(self) -> None:
        self.waited_for.wait()

    def shutdown(self, wait: bool = True, **options: Any) -> None:
        if wait:
            self.first()
            self.waited_for.set()
        super().shutdown(wait, **options)


@pytest.fixture
def executor() -> Iterator[Any]:
    made = Executor()
    yield made
    made.first = lambda: None
    made.shutdown()


def with_a_job(subject: Any, executor: Any) -> Any:
    """An open Runner whose loop's default executor is at work."""

    async def main() -> None:
        asyncio.get_running_loop().run_in_executor(None, executor.job)

    runner = subject.runner(lambda loop: loop.set_default_executor(executor))
    runner.run(main())
    return runner


def test_close_waits_for_the_default_executor(subject: Any, executor: Any) -> None:
    runner = with_a_job(subject, executor)
    try:
        runner.close()
        seen = "waited" if executor.waited_for.is_set() else "left"
    except AttributeError:
        seen = "AttributeError"
    if SERIES == (3, 8):
        assert seen == subject.expected(
            backports={"asyncio": "waited", "uvloop": "AttributeError"}, taskgroup="left", here="waited"
        )
    else:
        assert seen == "waited"


def test_ctrl_c_while_close_waits_for_the_executor(
    subject: Any, executor: Any, monkeypatch: Any, caplog: Any
) -> None:
    if SERIES >= (3, 11):
        pytest.skip("native's uvloop prints: see docs/divergences.md")
    raised: List[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: raised.append(str(args.exc_value)))
    before = set(threading.enumerate())
    runner = with_a_job(subject, executor)
    loop = runner.get_loop()
    closed = threading.Event()

    def interrupt() -> None:
        loop.call_soon_threadsafe(signal.raise_signal, signal.SIGINT)
        closed.wait(DEADLINE)

    executor.first = interrupt
    ended = "returns"
    try:
        runner.close()
    except (KeyboardInterrupt, AttributeError) as error:
        ended = type(error).__name__
    closed.set()
    executor.waited_for.set()
    for thread in set(threading.enumerate()) - before:
        thread.join()
    said = "prints" if "Event loop is closed" in "".join([caplog.text, *raised]) else "silent"

    peers = {
        "asyncio": ("KeyboardInterrupt", "silent" if SERIES == (3, 10) else "prints"),
        "uvloop": ("KeyboardInterrupt", "prints"),
    }
    # On 3.8 a close that fails or does not wait cannot be interrupted: see the test above.
    backports = {**peers, "uvloop": ("AttributeError", "prints")} if SERIES == (3, 8) else peers
    taskgroup = ("returns", "prints") if SERIES == (3, 8) else peers
    assert (ended, said) == subject.expected(
        backports=backports, taskgroup=taskgroup, here=("KeyboardInterrupt", "silent")
    )
