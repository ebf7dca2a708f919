"""What a coroutine raises comes out as it is, and its traceback shows the user's frames and few of ours."""

import asyncio
import contextvars
import traceback
from pathlib import Path
from typing import Any, List

import pytest

import runner_backport


class OwnError(Exception):
    pass


class OwnBaseError(BaseException):
    pass


ERRORS = [
    ValueError("mine"),
    OwnError("mine"),
    OwnBaseError("mine"),
    SystemExit(3),
    KeyboardInterrupt("mine"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_comes_out_as_it_is(runner: Any, error: BaseException) -> None:
    async def main() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        runner.run(main())
    assert caught.value is error


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_after_a_wait_comes_out_as_it_is(runner: Any, error: BaseException) -> None:
    async def main() -> None:
        await asyncio.sleep(0)
        raise error

    with pytest.raises(type(error)) as caught:
        runner.run(main(), context=contextvars.copy_context())
    assert caught.value is error


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_comes_out_of_the_function_run_as_it_is(
    run: Any, loop_factory: Any, error: BaseException
) -> None:
    async def main() -> None:
        raise error

    with pytest.raises(type(error)) as caught:
        run(main(), loop_factory=loop_factory)
    assert caught.value is error


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_runner_works_on_after_an_error(runner: Any, error: BaseException) -> None:
    async def main() -> None:
        raise error

    with pytest.raises(type(error)):
        runner.run(main())
    assert runner.run(asyncio.sleep(0, "fine")) == "fine"


def test_an_error_of_a_child_comes_out_of_its_awaiter(runner: Any, make_child: Any) -> None:
    error = OwnError()

    async def child() -> None:
        raise error

    async def main() -> Any:
        with pytest.raises(OwnError) as caught:
            await make_child(child())
        return caught.value

    assert runner.run(main()) is error


def test_an_error_has_no_cause_and_no_context_of_ours(runner: Any) -> None:
    async def main() -> None:
        raise OwnError

    with pytest.raises(OwnError) as caught:
        runner.run(main())
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def functions(error: BaseException) -> List[str]:
    """The functions that a traceback shows, without this file's test on top, and without their class."""
    frames = traceback.extract_tb(error.__traceback__)[1:]
    return [frame.name.rpartition(".")[2] for frame in frames]


def files_of_ours(error: BaseException) -> List[str]:
    package = Path(runner_backport.__file__).parent
    return [
        Path(frame.filename).name
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).parent == package
    ]


async def failing() -> None:
    await asyncio.sleep(0)
    raise OwnError


def test_a_traceback_shows_run_and_the_loop_s_function_alone(runner: Any) -> None:
    with pytest.raises(OwnError) as caught:
        runner.run(failing())
    assert functions(caught.value) == ["run", "run_until_complete", "failing"]


def test_a_traceback_in_a_given_context_shows_no_more(runner: Any) -> None:
    with pytest.raises(OwnError) as caught:
        runner.run(failing(), context=contextvars.copy_context())
    assert functions(caught.value) == ["run", "run_until_complete", "failing"]


def test_a_traceback_through_the_function_run_shows_both_runs(run: Any, loop_factory: Any) -> None:
    with pytest.raises(OwnError) as caught:
        run(failing(), loop_factory=loop_factory)
    assert functions(caught.value) == ["run", "run", "run_until_complete", "failing"]


def test_at_most_one_frame_of_a_traceback_is_ours(runner: Any) -> None:
    with pytest.raises(OwnError) as caught:
        runner.run(failing())
    assert files_of_ours(caught.value) in ([], ["_runner.py"])


def test_a_traceback_of_a_child_shows_its_awaiter_and_nothing_between(runner: Any, make_child: Any) -> None:
    async def main() -> None:
        await make_child(failing())

    with pytest.raises(OwnError) as caught:
        runner.run(main())
    assert functions(caught.value) == ["run", "run_until_complete", "main", "failing"]


def test_a_traceback_of_a_child_in_a_given_context_shows_nothing_between(runner: Any) -> None:
    async def main() -> None:
        await runner_backport.create_task(failing(), context=contextvars.copy_context())

    with pytest.raises(OwnError) as caught:
        runner.run(main())
    assert functions(caught.value) == ["run", "run_until_complete", "main", "failing"]


def test_an_error_thrown_in_shows_nothing_between(runner: Any) -> None:
    async def main() -> None:
        future = asyncio.get_running_loop().create_future()
        future.set_exception(OwnError())
        await future

    with pytest.raises(OwnError) as caught:
        runner.run(main(), context=contextvars.copy_context())
    assert functions(caught.value) == ["run", "run_until_complete", "main"]


def test_a_traceback_of_a_wrong_use_shows_run_alone(runner: Any) -> None:
    with pytest.raises(ValueError, match="a coroutine was expected") as caught:
        runner.run(None)
    assert functions(caught.value) == ["run"]
