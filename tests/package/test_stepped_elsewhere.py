"""A coroutine whose task is suspended so that somebody else steps it: how taskgroup's TaskGroup and timeout work."""

import asyncio
import contextvars
import sys
from typing import Any, Callable, List

import pytest

import runner_backport
from coroutines import stock


class Elsewhere:
    """Just enough of a future to be waited for; the loop then calls ``do`` with the task that waits."""

    _asyncio_future_blocking = False

    def __init__(self, do: Callable[[Any], Any]) -> None:
        self._do = do
        self._loop = asyncio.get_running_loop()

    def __await__(self) -> Any:
        self._task = asyncio.current_task()
        self._asyncio_future_blocking = True
        yield self

    def get_loop(self) -> Any:
        return self._loop

    def add_done_callback(self, wake_up: Any, **options: Any) -> None:
        self._wake_up = wake_up
        self._loop.call_soon(self._do, self._task)

    def cancel(self, *msg: Any, **options: Any) -> bool:
        self._loop.call_soon(self._wake_up, self)
        return True


@pytest.fixture(params=[None, stock], ids=["our task", "a stock task"])
def any_runner(request: pytest.FixtureRequest, runner: Any) -> Any:
    runner.get_loop().set_task_factory(request.param)
    return runner


async def run_until(done: Any, child: Any) -> None:
    task = runner_backport.create_task(child, context=contextvars.copy_context())
    await done
    task.cancel()
    await task


def test_it_is_stepped_in_its_context(any_runner: Any, var: Any) -> None:
    seen: List[Any] = []

    async def child(done: Any) -> None:
        var.set("child's")
        await Elsewhere(lambda task: task.get_coro().send(None))
        seen.append(var.get())
        done.set_result(None)
        # An object without a result cannot wake its task up in another way.
        with pytest.raises(AttributeError, match="result"):
            await asyncio.sleep(0)

    async def main() -> None:
        done = asyncio.get_running_loop().create_future()
        await run_until(done, child(done))

    any_runner.run(main())
    assert seen == ["child's"]


def test_get_coro_is_wrapped_only_while_it_can_be_stepped_elsewhere(any_runner: Any) -> None:
    async def child(done: Any) -> None:
        with pytest.raises(AttributeError, match="result"):
            await Elsewhere(lambda task: done.set_result(task.get_coro()))
        own.append(asyncio.current_task().get_coro())  # type: ignore[union-attr]

    async def main() -> Any:
        done = asyncio.get_running_loop().create_future()
        coro = child(done)
        await run_until(done, coro)
        return coro, done.result()

    own: List[Any] = []
    coro, meanwhile = any_runner.run(main())
    assert own == [coro]
    assert (meanwhile is coro) == (sys.version_info >= (3, 11))
