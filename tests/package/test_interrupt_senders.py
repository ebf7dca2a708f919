"""Where a Ctrl-C finds a run: busy in Python code, between two steps, in a callback, at its very end.

What is quoted stands in https://docs.python.org/3.11/library/asyncio-runner.html#handling-keyboard-interruption.
"""

import asyncio
import contextvars
import signal
import threading
from typing import Any, List

import pytest

from coroutines import call, forever, interrupt
from runner_backport import _interrupts

pytestmark = pytest.mark.usefixtures("default_sigint")


@pytest.fixture
def send_from_a_thread(send: Any) -> Any:
    """Have another thread send it, soon; only ``interrupt_main`` does without a signal of the process."""
    if send is interrupt:
        pytest.skip("raise_signal sends to the thread that calls it")
    threads: List[threading.Thread] = []

    def start() -> None:
        threads.append(threading.Thread(target=send))
        threads[0].start()

    yield start
    threads[0].join()


def busy_until_cancelled(task: Any) -> None:
    """Compute, without ever giving the loop a chance."""
    while not task.cancelling():
        pass


def test_while_the_main_task_computes(runner: Any, send: Any) -> None:
    steps: List[str] = []

    async def main() -> None:
        send()
        busy_until_cancelled(asyncio.current_task())
        steps.append("computed")
        await asyncio.sleep(0)
        steps.append("went on")

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())
    assert steps == ["computed"]


def test_from_a_thread_while_the_main_task_computes(runner: Any, send_from_a_thread: Any) -> None:
    async def main() -> None:
        send_from_a_thread()
        busy_until_cancelled(asyncio.current_task())
        await forever()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_a_second_from_a_thread_ends_a_computation(runner: Any, send_from_a_thread: Any) -> None:
    """ "the second following Ctrl-C immediately raises the KeyboardInterrupt" """

    async def main() -> None:
        interrupt()
        send_from_a_thread()
        while True:
            pass

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_while_a_child_computes(runner: Any, send: Any) -> None:
    tasks: List[Any] = []

    async def child(parent: Any) -> str:
        send()
        busy_until_cancelled(parent)
        return "computed"

    async def main() -> None:
        tasks.append(asyncio.create_task(child(asyncio.current_task())))
        await forever()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())
    assert tasks[0].result() == "computed"


def test_while_a_callback_computes(runner: Any, send: Any) -> None:
    def callback(task: Any) -> None:
        send()
        busy_until_cancelled(task)

    async def main() -> None:
        asyncio.get_running_loop().call_soon(callback, asyncio.current_task())
        await forever()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_while_the_main_task_waits_for_the_child_that_computes(runner: Any, send: Any) -> None:
    children: List[Any] = []

    async def child(parent: Any) -> None:
        send()
        busy_until_cancelled(parent)
        await forever()

    async def main() -> None:
        children.append(asyncio.create_task(child(asyncio.current_task())))
        await children[0]

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())
    assert children[0].cancelled()


def test_in_a_step_in_a_given_context(runner: Any, send: Any) -> None:
    async def main() -> None:
        send()
        busy_until_cancelled(asyncio.current_task())
        await forever()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main(), context=contextvars.copy_context())


def test_in_the_last_step_of_a_task_that_returns(runner: Any) -> None:
    """What it returns is lost: the task is cancelled all the same."""

    async def main() -> str:
        interrupt()
        return "lost"

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_in_the_last_step_of_a_task_that_fails(runner: Any) -> None:
    async def main() -> None:
        interrupt()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        runner.run(main())


def test_two_in_one_step(runner: Any) -> None:
    tasks: List[Any] = []
    steps: List[str] = []

    async def main() -> None:
        tasks.append(asyncio.current_task())
        interrupt()
        steps.append("after the first")
        interrupt()
        steps.append("after the second")

    with pytest.raises(KeyboardInterrupt) as caught:
        runner.run(main())
    assert steps == ["after the first"]
    assert tasks[0].exception() is caught.value


def test_a_second_in_a_callback_ends_the_run_before_its_task(runner: Any) -> None:
    """The task is left as it was, for close or the next run."""
    tasks: List[Any] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        tasks.append(asyncio.current_task())
        try:
            loop.call_soon(interrupt)
            await forever()
        finally:
            loop.call_soon(interrupt)
            await forever()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())
    assert not tasks[0].done()


def test_between_two_runs_it_is_python_s_own(runner: Any) -> None:
    runner.run(asyncio.sleep(0))
    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert runner.run(asyncio.sleep(0, "fine")) == "fine"


def replace_signal(patch: Any, function: Any) -> None:
    """Where native's Runner looks it up, and where ours does."""
    patch.setattr(signal, "signal", function)
    patch.setattr(_interrupts, "signal", function)


def test_where_signals_are_refused_it_is_python_s_own(runner: Any, monkeypatch: Any) -> None:
    """gh-91880: without a handler of the Runner's the KeyboardInterrupt comes up where the signal came in."""

    def refuse(*_: Any) -> None:
        raise ValueError("signal only works in main thread of the main interpreter")

    async def main() -> str:
        with pytest.raises(KeyboardInterrupt):
            interrupt()
        return "went on"

    replace_signal(monkeypatch, refuse)
    assert runner.run(main()) == "went on"


def test_any_other_refusal_comes_out(runner: Any, monkeypatch: Any) -> None:
    def refuse(*_: Any) -> None:
        raise OSError("no signals today")

    coro = call(int)
    with monkeypatch.context() as patch:
        replace_signal(patch, refuse)
        with pytest.raises(OSError, match="no signals today"):
            runner.run(coro)
    # Its task has been made: it is a leftover.
    assert runner.run(asyncio.sleep(0, "fine")) == "fine"
