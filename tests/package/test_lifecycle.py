"""A Runner's life: when it makes its loop, what it refuses, how it closes, and what it leaves."""

import asyncio
from typing import Any, List

import pytest

from coroutines import running_loop


def test_the_loop_is_not_made_before_it_is_needed(runner_class: Any, loop_factory: Any) -> None:
    """ "Embedded loop and context are created at the with body entering or the first call of run() or get_loop()."

    https://docs.python.org/3.11/library/asyncio-runner.html#asyncio.Runner
    """
    made: List[Any] = []

    def factory() -> Any:
        made.append(loop_factory())
        return made[-1]

    runner = runner_class(loop_factory=factory)
    assert made == []
    runner.get_loop()
    runner.close()
    assert len(made) == 1


def test_entering_makes_the_loop(runner_class: Any, loop_factory: Any) -> None:
    made: List[Any] = []

    def factory() -> Any:
        made.append(loop_factory())
        return made[-1]

    with runner_class(loop_factory=factory):
        assert len(made) == 1


def test_entering_returns_the_runner(runner_class: Any, loop_factory: Any) -> None:
    runner = runner_class(loop_factory=loop_factory)
    with runner as entered:
        assert entered is runner


def test_a_runner_needs_no_with(runner_class: Any, loop_factory: Any) -> None:
    runner = runner_class(loop_factory=loop_factory)
    assert runner.run(asyncio.sleep(0, "fine")) == "fine"
    runner.close()


def test_get_loop_is_the_loop_that_runs(runner: Any, loop_class: Any) -> None:
    assert runner.run(running_loop()) is runner.get_loop()
    assert isinstance(runner.get_loop(), loop_class)


def test_all_runs_share_one_loop(runner: Any) -> None:
    assert runner.run(running_loop()) is runner.run(running_loop())


def test_run_returns_the_result(runner: Any) -> None:
    result = object()
    assert runner.run(asyncio.sleep(0, result)) is result


def test_run_returns_the_result_of_a_coroutine_that_never_waits(runner: Any) -> None:
    async def main() -> int:
        return 42

    assert runner.run(main()) == 42


def test_the_function_run_returns_the_result(run: Any, loop_factory: Any) -> None:
    assert run(asyncio.sleep(0, "fine"), loop_factory=loop_factory) == "fine"


def test_the_function_run_makes_and_closes_a_loop_of_its_own(run: Any, loop_class: Any) -> None:
    loop = run(running_loop(), loop_factory=loop_class)
    assert isinstance(loop, loop_class)
    assert loop.is_closed()


def test_close_closes_the_loop(runner_class: Any, loop_factory: Any) -> None:
    runner = runner_class(loop_factory=loop_factory)
    loop = runner.get_loop()
    runner.close()
    assert loop.is_closed()


def test_leaving_the_with_block_closes_the_loop(runner_class: Any, loop_factory: Any) -> None:
    with runner_class(loop_factory=loop_factory) as runner:
        loop = runner.get_loop()
    assert loop.is_closed()


def test_an_error_in_the_with_block_closes_the_loop_and_comes_out(
    runner_class: Any, loop_factory: Any
) -> None:
    runner = runner_class(loop_factory=loop_factory)
    loop = runner.get_loop()
    with pytest.raises(ZeroDivisionError), runner:
        raise ZeroDivisionError
    assert loop.is_closed()


def test_a_second_close_does_nothing(runner_class: Any, loop_factory: Any) -> None:
    runner = runner_class(loop_factory=loop_factory)
    runner.get_loop()
    runner.close()
    runner.close()


def test_a_close_before_the_first_use_leaves_the_runner_usable(runner_class: Any, loop_factory: Any) -> None:
    runner = runner_class(loop_factory=loop_factory)
    runner.close()
    assert runner.run(asyncio.sleep(0, "fine")) == "fine"
    runner.close()


def test_a_closed_runner_refuses_to_run(runner_class: Any, loop_factory: Any) -> None:
    with runner_class(loop_factory=loop_factory) as runner:
        pass
    coro = asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="Runner is closed"):
        runner.run(coro)
    coro.close()


def test_a_closed_runner_has_no_loop(runner_class: Any, loop_factory: Any) -> None:
    with runner_class(loop_factory=loop_factory) as runner:
        pass
    with pytest.raises(RuntimeError, match="Runner is closed"):
        runner.get_loop()


def test_a_closed_runner_cannot_be_entered(runner_class: Any, loop_factory: Any) -> None:
    with runner_class(loop_factory=loop_factory) as runner:
        pass
    with pytest.raises(RuntimeError, match="Runner is closed"):
        runner.__enter__()


def test_a_failed_run_leaves_the_runner_usable(runner: Any) -> None:
    async def main() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        runner.run(main())
    assert runner.run(asyncio.sleep(0, "fine")) == "fine"


def test_a_task_lives_on_from_run_to_run(runner: Any) -> None:
    async def start() -> Any:
        return asyncio.create_task(asyncio.sleep(0, "from the first run"))

    async def wait(task: Any) -> Any:
        return await task

    task = runner.run(start())
    assert runner.run(wait(task)) == "from the first run"
