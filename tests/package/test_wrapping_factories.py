"""Task factories whose tasks step a coroutine of the factory's own, which hands each step on: tracers do so."""

import asyncio
import sys
import traceback
from collections.abc import Coroutine
from typing import Any

import pytest

import runner_backport
from coroutines import forever, interrupted, stock

pytestmark = pytest.mark.usefixtures("default_sigint")


# Later ones warn of it.
THREE_PARTS = sys.version_info < (3, 12)


class Traced(Coroutine):  # type: ignore[type-arg]
    """Hands each step on, an error in the three parts of the abstract class's method."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def send(self, value: Any) -> Any:
        return self.inner.send(value)

    def throw(self, kind: Any, value: Any = None, trace: Any = None) -> Any:
        return self.inner.throw(kind, value, trace) if THREE_PARTS else self.inner.throw(kind)

    def close(self) -> None:
        self.inner.close()

    def __await__(self) -> Any:
        return self.inner.__await__()


class Awaiting(Traced):
    """Hands each step on as ``await`` does."""

    def __init__(self, inner: Any) -> None:
        async def outer() -> Any:
            return await inner

        super().__init__(outer())


@pytest.fixture(params=[Traced, Awaiting])
def wrapped_runner(request: pytest.FixtureRequest, runner: Any) -> Any:
    """A Runner whose loop has a factory of stock tasks with wrapped coroutines."""

    def factory(loop: Any, coro: Any, **options: Any) -> Any:
        return asyncio.Task(request.param(coro), loop=loop, **options)

    runner.get_loop().set_task_factory(factory)
    return runner


def test_a_cancellation_reaches_the_main_coroutine(wrapped_runner: Any) -> None:
    async def main() -> Any:
        asyncio.current_task().cancel()  # type: ignore[union-attr]
        try:
            await forever()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            return "cancelled"

    assert wrapped_runner.run(main()) == "cancelled"


def test_an_error_reaches_the_main_coroutine(wrapped_runner: Any) -> None:
    error = ZeroDivisionError("thrown in")

    async def main() -> Any:
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_exception, error)
        with pytest.raises(ZeroDivisionError) as caught:
            await future
        return caught.value

    assert wrapped_runner.run(main()) is error


def test_an_interrupt_becomes_keyboard_interrupt(wrapped_runner: Any) -> None:
    with pytest.raises(KeyboardInterrupt):
        wrapped_runner.run(interrupted())


def test_a_cancellation_reaches_a_child(wrapped_runner: Any) -> None:
    async def main() -> Any:
        child = asyncio.create_task(forever())
        await asyncio.sleep(0)
        child.cancel()
        await asyncio.wait([child])
        return child.cancelled()

    assert wrapped_runner.run(main())


def test_no_error_in_the_chain_shows_a_frame_of_ours_but_run(runner: Any) -> None:
    """Stock tasks of 3.9 and 3.10 raise a new error, chained to the one that left the coroutine."""

    async def main() -> None:
        asyncio.current_task().cancel()  # type: ignore[union-attr]
        await forever()

    runner.get_loop().set_task_factory(stock)
    with pytest.raises(asyncio.CancelledError) as caught:
        runner.run(main())
    lines = traceback.format_exception(None, caught.value, caught.value.__traceback__)
    ours = [line for line in lines if runner_backport.__path__[0] in line]
    assert len(ours) <= 1


class OwnCounting(asyncio.Task):  # type: ignore[type-arg]  # takes no brackets on 3.8
    """A task class of the user's that counts for itself, as on any version."""

    def __init__(self, coro: Any, **options: Any) -> None:
        super().__init__(coro, **options)
        self.own = 0

    def cancel(self, msg: Any = None) -> bool:
        self.own += 1
        return super().cancel()

    def cancelling(self) -> int:
        return self.own

    def uncancel(self) -> int:
        self.own -= 1
        return self.own


@pytest.mark.parametrize("genuine", [True, False])
def test_a_class_that_counts_for_itself_has_the_last_word(runner: Any, genuine: bool) -> None:
    async def main() -> None:
        if genuine:
            asyncio.current_task().cancel()  # type: ignore[union-attr]
        await interrupted()

    runner.get_loop().set_task_factory(lambda loop, coro, **options: OwnCounting(coro, loop=loop, **options))
    with pytest.raises(asyncio.CancelledError if genuine else KeyboardInterrupt):
        runner.run(main())
