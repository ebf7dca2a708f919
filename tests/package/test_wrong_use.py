"""What a Runner refuses: everything but a coroutine, and a loop that runs already."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from coroutines import nothing, running_loop
from runner_backport import Task


async def async_generator() -> Any:
    yield


class Awaitable:
    def __await__(self) -> Any:
        return iter(())


NO_COROUTINES = [None, 42, "text", running_loop, async_generator(), Awaitable()]


@pytest.mark.parametrize("thing", NO_COROUTINES, ids=lambda thing: type(thing).__name__)
def test_run_takes_coroutines_only(runner: Any, thing: Any) -> None:
    """ "Run a coroutine": 3.14 is the first to take any awaitable (gh-120284)."""
    with pytest.raises(ValueError, match="a coroutine was expected, got"):
        runner.run(thing)


@pytest.mark.parametrize("thing", NO_COROUTINES, ids=lambda thing: type(thing).__name__)
def test_the_function_run_takes_coroutines_only(run: Any, loop_factory: Any, thing: Any) -> None:
    with pytest.raises(ValueError, match="a coroutine was expected, got"):
        run(thing, loop_factory=loop_factory)


def test_run_takes_no_future(runner: Any) -> None:
    with pytest.raises(ValueError, match="a coroutine was expected, got"):
        runner.run(runner.get_loop().create_future())


def test_what_is_no_coroutine_leaves_the_runner_usable(runner: Any) -> None:
    with pytest.raises(ValueError, match="a coroutine was expected"):
        runner.run(None)
    assert runner.run(asyncio.sleep(0, "fine")) == "fine"


def test_runs_do_not_nest(runner: Any) -> None:
    """ "This function cannot be called when another asyncio event loop is running in the same thread." """
    coro = running_loop()

    async def main() -> None:
        runner.run(coro)

    with pytest.raises(RuntimeError, match="cannot be called from a running event loop"):
        runner.run(main())
    coro.close()


def test_a_runner_does_not_run_in_a_loop_of_somebody_else_s(runner: Any, loop_factory: Any) -> None:
    coro = running_loop()

    async def main() -> None:
        runner.run(coro)

    loop = loop_factory()
    try:
        with pytest.raises(RuntimeError, match="cannot be called from a running event loop"):
            loop.run_until_complete(main())
    finally:
        loop.close()
        coro.close()


def test_the_function_run_does_not_run_in_a_running_loop(run: Any, loop_factory: Any, runner: Any) -> None:
    coro = running_loop()

    async def main() -> None:
        run(coro, loop_factory=loop_factory)

    with pytest.raises(RuntimeError, match="cannot be called from a running event loop"):
        runner.run(main())
    coro.close()


@pytest.mark.skipif(
    not hasattr(asyncio.Task, "_coro"), reason="the Python task trips over itself when it is freed then"
)
def test_a_task_needs_a_loop() -> None:
    """In a thread that has none, and is given none."""
    coro = nothing()
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match="no current event loop"):
        pool.submit(Task, coro).result()
    coro.close()
