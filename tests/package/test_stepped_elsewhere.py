"""A coroutine whose task is suspended so that somebody else steps it: how taskgroup's TaskGroup and timeout work."""

import asyncio
import contextvars
import sys
from typing import Any, Callable, List

import pytest

import runner_backport
from coroutines import cancel, forever, stock


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


def test_who_steps_it_sees_a_coroutine(any_runner: Any) -> None:
    async def child(done: Any) -> None:
        with pytest.raises(AttributeError, match="result"):
            await Elsewhere(lambda task: done.set_result(task.get_coro().__qualname__))

    async def main() -> Any:
        done = asyncio.get_running_loop().create_future()
        await run_until(done, child(done))
        return done.result()

    assert any_runner.run(main()) == child.__qualname__


def test_while_it_waits_for_a_future_get_coro_is_the_coroutine(any_runner: Any) -> None:
    async def main() -> Any:
        coro = forever()
        task = runner_backport.create_task(coro, context=contextvars.copy_context())
        await asyncio.sleep(0)
        same = task.get_coro() is coro
        await cancel(task)
        return same

    assert any_runner.run(main()) is True


def test_an_object_s_result_is_not_looked_at(any_runner: Any) -> None:
    class Odd(Elsewhere):
        @property
        def result(self) -> Any:
            raise ZeroDivisionError("this is nobody's business")

    async def child(done: Any) -> None:
        with pytest.raises(ZeroDivisionError):
            await Odd(lambda task: done.set_result(task.get_coro()))

    async def main() -> Any:
        done = asyncio.get_running_loop().create_future()
        coro = child(done)
        await run_until(done, coro)
        return done.result() is coro

    assert any_runner.run(main()) is True


@pytest.mark.skipif(sys.version_info < (3, 9), reason="tasks of 3.8 lose the message of a cancellation")
def test_looking_at_a_task_s_coroutine_takes_no_other_s_error(runner: Any) -> None:
    async def waits_for(task: Any) -> Any:
        try:
            await task
        except asyncio.CancelledError as error:
            return error.args

    async def main() -> Any:
        worker = asyncio.create_task(forever())
        waiting = asyncio.create_task(waits_for(worker))
        await asyncio.sleep(0)
        worker.cancel("shutting down")
        while not waiting.done():
            await asyncio.sleep(0)
            for task in asyncio.all_tasks():
                task.get_coro()
        return waiting.result()

    assert runner.run(main()) == ("shutting down",)


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
