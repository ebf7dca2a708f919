"""Errors that are no Exception, or that mean something to coroutines: how they come out, and what they leave."""

import asyncio
import traceback
from typing import Any, List

import pytest

from coroutines import forever


class OwnBaseError(BaseException):
    pass


ERRORS = [
    OwnBaseError("mine"),
    SystemExit(3),
    KeyboardInterrupt("mine"),
    GeneratorExit("mine"),
    StopAsyncIteration("mine"),
]
all_errors = pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)


def failing(error: BaseException, tasks: List[Any]) -> Any:
    async def main() -> None:
        tasks.append(asyncio.current_task())
        await asyncio.sleep(0)
        raise error

    return main()


# The others are in test_errors.py.
@pytest.mark.parametrize("error", ERRORS[3:], ids=lambda error: type(error).__name__)
def test_it_comes_out_as_it_is(runner: Any, error: BaseException) -> None:
    with pytest.raises(type(error)) as caught:
        runner.run(failing(error, []))
    assert caught.value is error
    assert (error.__cause__, error.__context__) == (None, None)


@all_errors
def test_its_traceback_ends_where_it_was_raised(runner: Any, error: BaseException) -> None:
    error.with_traceback(None)
    with pytest.raises(type(error)) as caught:
        runner.run(failing(error, []))
    names = [frame.name.rpartition(".")[2] for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert names[1] == "run"
    assert names[-1] == "main"


@all_errors
def test_the_main_task_has_ended_with_it(runner: Any, error: BaseException) -> None:
    tasks: List[Any] = []
    with pytest.raises(type(error)):
        runner.run(failing(error, tasks))
    assert tasks[0].exception() is error


@all_errors
def test_the_runner_works_on_and_closes(runner_class: Any, loop_factory: Any, error: BaseException) -> None:
    runner = runner_class(loop_factory=loop_factory)
    loop = runner.get_loop()
    with pytest.raises(type(error)):
        runner.run(failing(error, []))
    assert runner.run(asyncio.sleep(0, "fine")) == "fine"
    runner.close()
    assert loop.is_closed()


@all_errors
def test_it_comes_out_of_a_with_block_and_closes_the_loop(
    runner_class: Any, loop_factory: Any, error: BaseException
) -> None:
    runner = runner_class(loop_factory=loop_factory)
    loop = runner.get_loop()
    with pytest.raises(type(error)), runner:
        runner.run(failing(error, []))
    assert loop.is_closed()


def test_stop_iteration_becomes_a_runtime_error(runner: Any) -> None:
    """https://peps.python.org/pep-0479/, which the coroutine itself sees to."""
    error = StopIteration("mine")
    with pytest.raises(RuntimeError, match="coroutine raised StopIteration") as caught:
        runner.run(failing(error, []))
    assert caught.value.__cause__ is error


def test_a_cancelled_error_of_its_own_cancels_the_task(runner: Any) -> None:
    tasks: List[Any] = []
    with pytest.raises(asyncio.CancelledError):
        runner.run(failing(asyncio.CancelledError(), tasks))
    assert tasks[0].cancelled()
    assert tasks[0].cancelling() == 0


ENDING = [SystemExit, KeyboardInterrupt]


@pytest.mark.parametrize("error", ENDING)
def test_one_of_a_child_s_that_ends_programs_leaves_the_main_task_as_it_is(runner: Any, error: Any) -> None:
    tasks: List[Any] = []

    async def child() -> None:
        raise error

    async def main() -> None:
        tasks.append(asyncio.current_task())
        tasks.append(asyncio.create_task(child()))
        await forever()

    with pytest.raises(error) as caught:
        runner.run(main())
    assert not tasks[0].done()
    assert tasks[1].exception() is caught.value


@pytest.mark.parametrize("error", ENDING)
def test_the_main_task_that_such_an_error_left_is_a_leftover(
    runner_class: Any, loop_factory: Any, error: Any
) -> None:
    tasks: List[Any] = []

    def fail() -> None:
        raise error

    async def main() -> None:
        tasks.append(asyncio.current_task())
        asyncio.get_running_loop().call_soon(fail)
        await forever()

    runner = runner_class(loop_factory=loop_factory)
    with pytest.raises(error):
        runner.run(main())
    assert runner.run(asyncio.sleep(0, "fine")) == "fine"
    runner.close()
    assert tasks[0].cancelled()


def test_a_child_s_that_does_not_end_programs_waits_for_its_awaiter(runner: Any) -> None:
    error = OwnBaseError()

    async def child() -> None:
        raise error

    async def main() -> Any:
        task = asyncio.create_task(child())
        await asyncio.wait([task])
        return task.exception()

    assert runner.run(main()) is error
