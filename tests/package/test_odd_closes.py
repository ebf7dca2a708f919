"""close, get_loop and with where they do not belong: inside a run, in another loop or thread, twice; on a closed loop."""

import asyncio
import threading
import warnings
from typing import Any, List

import pytest

from coroutines import call, forever, nothing, running_loop


def in_thread(function: Any) -> Any:
    """Call a function in a thread of its own; its result, or what it raised."""
    outcomes: List[Any] = []

    def run() -> None:
        try:
            outcomes.append(function())
        except BaseException as error:  # noqa: BLE001  # the caller looks at it
            outcomes.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return outcomes[0]


def refusal(function: Any) -> str:
    """Call what a loop refuses, and return with what words.

    The coroutine that the loop was to shut down with is never awaited then: of that Python warns, natively too.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            function()
        except RuntimeError as error:
            return str(error)
    raise AssertionError("it was not refused")


@pytest.fixture
def opened(runner_class: Any, loop_factory: Any) -> Any:
    """A Runner to be closed by the test."""
    runner = runner_class(loop_factory=loop_factory)
    yield runner
    runner.close()


def test_a_close_in_another_thread_does_all_of_it(opened: Any) -> None:
    async def main() -> Any:
        task = asyncio.create_task(forever())
        await asyncio.sleep(0)
        return task

    leftover = opened.run(main())
    loop = opened.get_loop()
    assert in_thread(opened.close) is None
    assert leftover.cancelled()
    assert loop.is_closed()
    with pytest.raises(RuntimeError, match="Runner is closed"):
        opened.get_loop()


def test_a_runner_may_go_to_another_thread_between_runs(opened: Any) -> None:
    opened.run(nothing())
    assert in_thread(lambda: opened.run(asyncio.sleep(0, "fine"))) == "fine"
    assert opened.run(asyncio.sleep(0, "here again")) == "here again"


def test_a_runner_made_in_another_thread_runs_here(runner_class: Any, loop_factory: Any) -> None:
    runner = runner_class(loop_factory=loop_factory)
    loop = in_thread(runner.get_loop)
    assert runner.run(call(asyncio.get_running_loop)) is loop
    runner.close()


def closing_inside(close: Any, outcomes: List[Any]) -> Any:
    """A coroutine that closes its own Runner and notes what came of it."""

    async def main() -> None:
        outcomes.append(refusal(close))
        outcomes.append(asyncio.current_task().cancelling())  # type: ignore[union-attr]
        await asyncio.sleep(0)

    return main()


@pytest.fixture(params=[False, True], ids=["in the main task", "in another thread"])
def close_inside(request: pytest.FixtureRequest, opened: Any) -> Any:
    """Close the opened Runner from inside its own run."""
    if not request.param:
        return opened.close

    def elsewhere() -> None:
        outcome = in_thread(opened.close)
        if outcome is not None:
            raise outcome

    return elsewhere


def test_a_close_during_a_run_fails_and_cancels_the_main_task(opened: Any, close_inside: Any) -> None:
    """As any leftover, which it is: all tasks are cancelled before the running loop refuses."""
    outcomes: List[Any] = []
    with pytest.raises(asyncio.CancelledError):
        opened.run(closing_inside(close_inside, outcomes))
    assert outcomes == ["Cannot close a running event loop", 1]


def test_a_close_during_a_run_leaves_the_runner_open(opened: Any, close_inside: Any) -> None:
    with pytest.raises(asyncio.CancelledError):
        opened.run(closing_inside(close_inside, []))
    loop = opened.get_loop()
    assert opened.run(asyncio.sleep(0, "fine")) == "fine"
    opened.close()
    assert loop.is_closed()


def test_a_close_inside_another_loop_fails_and_closes_all_the_same(opened: Any, runner: Any) -> None:
    opened.run(nothing())
    loop = opened.get_loop()
    words = runner.run(call(refusal, opened.close))
    assert words == "Cannot run the event loop while another loop is running"
    assert loop.is_closed()
    with pytest.raises(RuntimeError, match="Runner is closed"):
        opened.get_loop()


def test_an_unused_runner_may_be_closed_inside_another_loop(opened: Any, runner: Any) -> None:
    runner.run(call(opened.close))
    assert opened.run(asyncio.sleep(0, "fine")) == "fine"


def test_get_loop_inside_the_run_is_the_loop_that_runs(opened: Any) -> None:
    async def main() -> bool:
        return opened.get_loop() is asyncio.get_running_loop()

    assert opened.run(main())


def test_get_loop_inside_another_loop_makes_the_loop(opened: Any, runner: Any) -> None:
    loop = runner.run(call(opened.get_loop))
    assert loop is not runner.get_loop()
    assert opened.run(call(asyncio.get_running_loop)) is loop


def test_entering_inside_another_loop_is_no_wrong_use(opened: Any, runner: Any) -> None:
    assert runner.run(call(opened.__enter__)) is opened
    assert opened.run(asyncio.sleep(0, "fine")) == "fine"


def test_entering_twice_shares_one_loop_and_the_first_exit_closes_it(opened: Any) -> None:
    coro = nothing()
    with opened as outer:
        loop = outer.get_loop()
        with opened as inner:
            assert inner is outer
            assert inner.get_loop() is loop
        assert loop.is_closed()
        with pytest.raises(RuntimeError, match="Runner is closed"):
            outer.run(coro)
    coro.close()


@pytest.mark.parametrize(
    "raised", [(None, None, None), (ValueError, ValueError(), None)], ids=["none", "error"]
)
def test_leaving_swallows_nothing(opened: Any, raised: Any) -> None:
    opened.__enter__()
    assert opened.__exit__(*raised) is None


def test_leaving_without_having_entered_leaves_the_runner_usable(opened: Any) -> None:
    assert opened.__exit__(None, None, None) is None
    assert opened.run(asyncio.sleep(0, "fine")) == "fine"


def test_an_error_of_close_has_the_with_block_s_for_its_context(runner_class: Any, loop_class: Any) -> None:
    class Broken(loop_class):  # type: ignore[misc]
        async def shutdown_asyncgens(self) -> None:
            raise OSError("broken")

    with pytest.raises(OSError, match="broken") as caught, runner_class(loop_factory=Broken):
        raise ZeroDivisionError
    assert isinstance(caught.value.__context__, ZeroDivisionError)


def test_a_stopped_loop_ends_the_run_and_leaves_its_task(opened: Any) -> None:
    tasks: List[Any] = []

    async def main() -> None:
        tasks.append(asyncio.current_task())
        asyncio.get_running_loop().stop()
        await forever()

    with pytest.raises(RuntimeError, match="Event loop stopped before Future completed"):
        opened.run(main())
    assert not tasks[0].done()
    opened.close()
    assert tasks[0].cancelled()


def test_a_loop_cannot_be_closed_by_what_it_runs(opened: Any) -> None:
    async def main() -> None:
        asyncio.get_running_loop().close()

    with pytest.raises(RuntimeError, match="Cannot close a running event loop"):
        opened.run(main())
    assert opened.run(asyncio.sleep(0, "fine")) == "fine"


@pytest.fixture
def coro() -> Any:
    """A coroutine that is not going to be run."""
    made = nothing()
    yield made
    made.close()


def test_a_closed_loop_cannot_be_shut_down_and_closes_the_runner(
    runner_class: Any, loop_factory: Any
) -> None:
    loop = loop_factory()
    loop.close()
    runner = runner_class(loop_factory=lambda: loop)
    runner.get_loop()
    assert refusal(runner.close) == "Event loop is closed"
    runner.close()
    with pytest.raises(RuntimeError, match="Runner is closed"):
        runner.get_loop()


def test_a_loop_that_the_user_closed_meanwhile_is_the_same(
    runner_class: Any, loop_factory: Any, coro: Any
) -> None:
    runner = runner_class(loop_factory=loop_factory)
    runner.get_loop().close()
    with pytest.raises(RuntimeError, match="Event loop is closed"):
        runner.run(coro)
    assert refusal(runner.close) == "Event loop is closed"
    with pytest.raises(RuntimeError, match="Runner is closed"):
        runner.get_loop()


def test_two_runners_may_share_a_loop_until_one_closes_it(
    runner_class: Any, loop_factory: Any, coro: Any
) -> None:
    loop = loop_factory()
    one, other = runner_class(loop_factory=lambda: loop), runner_class(loop_factory=lambda: loop)
    for runner in one, other, one:
        assert runner.run(running_loop()) is loop
    one.close()
    with pytest.raises(RuntimeError, match="Event loop is closed"):
        other.run(coro)
    assert refusal(other.close) == "Event loop is closed"
    assert "create_task" not in vars(loop)


def test_two_runners_may_share_a_loop_in_either_order(runner_class: Any, loop_factory: Any) -> None:
    """What the second has put on the loop is gone when it closes, and so is what the first has."""
    loop = loop_factory()
    one, other = runner_class(loop_factory=lambda: loop), runner_class(loop_factory=lambda: loop)
    one.get_loop()
    other.get_loop()
    other.close()
    assert refusal(one.close) == "Event loop is closed"
    assert "create_task" not in vars(loop)
