"""Fork after use: the child has Runners of its own, the parent goes on with the ones that it has."""

import asyncio
import os
import signal
import threading
import traceback
from typing import Any

import pytest

from by_hand import COMPARED, ByHand
from coroutines import call, forever, interrupt, interrupted

pytestmark = [
    COMPARED,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork"),
    pytest.mark.usefixtures("alone"),
]


@pytest.fixture
def alone() -> None:
    """Only where no other thread runs: a fork loses it."""
    others = set(threading.enumerate()) - {threading.current_thread()}
    if others:
        pytest.skip(f"other threads run, which a fork loses: {others}")


def forked(function: Any) -> int:
    """Call ``function`` in a child and return the child's status: 0 when nothing was raised."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return status
    # Nothing of the parent's tests may go on in the child, whatever happens here.
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(30)
        function()
        os._exit(0)
    except BaseException:  # noqa: BLE001  # the parent sees that something was raised, and pytest shows it
        traceback.print_exc()
    finally:
        os._exit(1)


async def answer() -> str:
    task = asyncio.create_task(asyncio.sleep(0, "answer"))
    await asyncio.get_running_loop().run_in_executor(None, int)
    return await task


@pytest.fixture
def use_a_new_one(runner_class: Any, loop_factory: Any) -> Any:
    def use() -> None:
        with runner_class(loop_factory=loop_factory) as runner:
            assert runner.run(answer()) == "answer"

    return use


def test_a_child_that_fails_would_be_seen(use_a_new_one: Any) -> None:
    def fail() -> None:
        use_a_new_one()
        raise ZeroDivisionError

    assert forked(fail) != 0


def test_a_child_opens_a_runner_after_the_parent_has_closed_its_own(use_a_new_one: Any) -> None:
    use_a_new_one()
    assert forked(use_a_new_one) == 0
    use_a_new_one()


def test_a_child_opens_a_runner_while_the_parent_s_is_open(runner: Any, use_a_new_one: Any) -> None:
    runner.run(asyncio.sleep(0))
    assert forked(use_a_new_one) == 0
    assert runner.run(answer()) == "answer"


def test_a_parent_goes_on_in_the_middle_of_its_run(runner: Any, use_a_new_one: Any) -> None:
    async def main() -> Any:
        waiting = asyncio.create_task(forever())
        await asyncio.sleep(0)
        status = forked(os.getpid)
        waiting.cancel()
        await asyncio.wait([waiting])
        return status, await asyncio.create_task(asyncio.sleep(0, "answer"))

    assert runner.run(main()) == (0, "answer")


def test_a_child_opens_a_runner_in_the_middle_of_the_parent_s_run(runner: Any, use_a_new_one: Any) -> None:
    """No loop runs in the child, although it was forked from a coroutine."""
    assert runner.run(call(forked, use_a_new_one)) == 0
    assert runner.run(answer()) == "answer"


def test_a_child_that_only_inherits_an_open_runner_ends(runner: Any) -> None:
    runner.run(asyncio.sleep(0))
    assert forked(os.getpid) == 0
    assert runner.run(answer()) == "answer"


@pytest.mark.usefixtures("default_sigint")
def test_an_interrupt_of_the_child_s_runner_is_the_child_s(runner_class: Any, loop_factory: Any) -> None:
    def interrupt_it() -> None:
        with runner_class(loop_factory=loop_factory) as runner, pytest.raises(KeyboardInterrupt):
            runner.run(interrupted())
        with pytest.raises(KeyboardInterrupt):
            interrupt()

    with runner_class(loop_factory=loop_factory) as runner:
        if isinstance(runner, ByHand):
            pytest.skip("a loop handled by hand knows no interrupts")
        runner.run(asyncio.sleep(0))
        assert forked(interrupt_it) == 0
        assert runner.run(answer()) == "answer"
