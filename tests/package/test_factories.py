"""Task factories of the user's: each kind that is around is kept, asked, and keeps its say over the task."""

import asyncio
import contextvars
from typing import Any, Dict, List

import pytest

import runner_backport
from coroutines import NATIVE, current_class, interrupted, stock


class MarkedTask(runner_backport.Task):  # type: ignore[type-arg]
    """A task class of the user's."""


class TaskLike(asyncio.Future):  # type: ignore[type-arg]
    """What some factories make: a Future that knows neither ``uncancel`` nor names nor contexts."""

    def __init__(self, coro: Any, loop: Any) -> None:
        super().__init__(loop=loop)
        self._inner = asyncio.Task(coro, loop=loop)
        self._inner.add_done_callback(self._finish)

    def _finish(self, inner: Any) -> None:
        if inner.cancelled():
            super().cancel()
        elif inner.exception() is not None:
            self.set_exception(inner.exception())
        else:
            self.set_result(inner.result())

    def cancel(self, *message: Any, **options: Any) -> bool:
        return self._inner.cancel(*message, **options)

    def set_name(self, name: object) -> None:
        """What 3.13's create_task calls without asking."""


class Factory:
    """A task factory that takes whatever comes and notes it."""

    def __init__(self, make: Any) -> None:
        self.make = make
        self.options: List[Dict[str, Any]] = []
        self.tasks: List[Any] = []

    def __call__(self, loop: Any, coro: Any, **options: Any) -> Any:
        self.options.append(options)
        task = self.make(loop, coro, **options)
        self.tasks.append(task)
        return task


def marked(loop: Any, coro: Any, **options: Any) -> Any:
    return MarkedTask(coro, loop=loop, **options)


def task_like(loop: Any, coro: Any, **_: Any) -> Any:
    return TaskLike(coro, loop)


def wrapping(loop: Any, coro: Any, **options: Any) -> Any:
    async def wrapper() -> Any:
        return await coro

    return MarkedTask(wrapper(), loop=loop, **options)


def test_without_a_factory_none_is_seen(runner: Any) -> None:
    async def main() -> Any:
        return asyncio.get_running_loop().get_task_factory()

    assert runner.run(main()) is None


def test_a_factory_makes_the_main_task(runner: Any) -> None:
    factory = Factory(marked)
    runner.get_loop().set_task_factory(factory)
    assert runner.run(current_class()) is MarkedTask
    assert len(factory.tasks) == 1


def test_a_factory_makes_the_children(runner: Any, make_child: Any) -> None:
    if make_child is runner_backport.Task:
        pytest.skip("a task that is made from its class asks no factory")
    runner.get_loop().set_task_factory(Factory(marked))

    async def main() -> Any:
        return await make_child(current_class())

    assert runner.run(main()) is MarkedTask


def test_a_factory_is_kept(runner: Any) -> None:
    factory = Factory(marked)
    runner.get_loop().set_task_factory(factory)
    runner.run(asyncio.sleep(0))
    assert runner.get_loop().get_task_factory() is factory


def test_a_factory_set_while_the_loop_runs_is_asked_from_then_on(runner: Any) -> None:
    async def main() -> Any:
        before = asyncio.create_task(current_class())
        asyncio.get_running_loop().set_task_factory(Factory(marked))
        after = asyncio.create_task(current_class())
        return await asyncio.gather(before, after)

    before, after = runner.run(main())
    assert issubclass(before, runner_backport.Task)
    assert before is not MarkedTask
    assert after is MarkedTask


def test_a_factory_that_is_taken_back_is_asked_no_more(runner: Any) -> None:
    factory = Factory(marked)
    runner.get_loop().set_task_factory(factory)
    runner.run(asyncio.sleep(0))
    runner.get_loop().set_task_factory(None)
    assert runner.run(current_class()) is not MarkedTask
    assert len(factory.tasks) == 1


@pytest.mark.parametrize("make", [marked, stock, task_like, wrapping])
def test_the_context_reaches_what_a_factory_makes(runner: Any, make: Any) -> None:
    if NATIVE and make is task_like:
        pytest.skip("on 3.11 and newer it is the factory that sees to the context, and this one does not")
    runner.get_loop().set_task_factory(Factory(make))
    var: contextvars.ContextVar[str] = contextvars.ContextVar("var")
    context = contextvars.copy_context()

    async def main() -> None:
        for value in ("first step", "second step"):
            var.set(value)
            await asyncio.sleep(0)

    runner.run(main(), context=context)
    assert context[var] == "second step"


@pytest.mark.parametrize("make", [marked, stock, task_like, wrapping])
def test_an_exception_reaches_the_coroutine_in_what_a_factory_makes(runner: Any, make: Any) -> None:
    runner.get_loop().set_task_factory(Factory(make))

    async def main() -> str:
        failing = asyncio.get_running_loop().create_future()
        failing.set_exception(ZeroDivisionError())
        try:
            await failing
        except ZeroDivisionError:
            return "caught"
        return "not reached"

    assert runner.run(main()) == "caught"


@pytest.mark.parametrize("make", [marked, stock, task_like, wrapping])
def test_an_error_leaves_what_a_factory_makes_as_it_is(runner: Any, make: Any) -> None:
    runner.get_loop().set_task_factory(Factory(make))
    error = ValueError("mine")

    async def main() -> None:
        await asyncio.sleep(0)
        raise error

    with pytest.raises(ValueError, match="mine") as caught:
        runner.run(main())
    assert caught.value is error


def test_the_context_reaches_a_child_that_a_factory_makes(runner: Any) -> None:
    runner.get_loop().set_task_factory(Factory(marked))
    var: contextvars.ContextVar[str] = contextvars.ContextVar("var")
    context = contextvars.copy_context()

    async def child() -> None:
        var.set("child's")

    async def main() -> None:
        await runner_backport.create_task(child(), context=context)

    runner.run(main())
    assert context[var] == "child's"


@pytest.mark.skipif(NATIVE, reason="natively context= is passed: see the test above")
def test_a_factory_is_never_passed_a_context_below_3_11(runner: Any) -> None:
    factory = Factory(marked)
    runner.get_loop().set_task_factory(factory)

    async def main() -> None:
        await runner_backport.create_task(current_class(), name="child", context=contextvars.copy_context())

    runner.run(main())
    assert factory.options == [{}, {}]


def test_the_tasks_of_a_factory_take_the_name_that_is_given(runner: Any) -> None:
    runner.get_loop().set_task_factory(Factory(marked))

    async def main() -> Any:
        by_loop = asyncio.get_running_loop().create_task(asyncio.sleep(0), name="by loop")
        by_us = runner_backport.create_task(asyncio.sleep(0), name="by us")
        await asyncio.gather(by_loop, by_us)
        return by_loop.get_name(), by_us.get_name()

    assert runner.run(main()) == ("by loop", "by us")


@pytest.mark.usefixtures("default_sigint")
@pytest.mark.parametrize("make", [marked, wrapping])
def test_an_interrupt_of_what_a_factory_makes_is_keyboard_interrupt(runner: Any, make: Any) -> None:
    runner.get_loop().set_task_factory(Factory(make))
    with pytest.raises(KeyboardInterrupt):
        runner.run(interrupted())


@pytest.mark.usefixtures("default_sigint")
def test_an_interrupt_of_a_factory_s_stock_task_is_keyboard_interrupt(runner: Any) -> None:
    """Most factories make an asyncio.Task; natively that counts, and so Ctrl-C is KeyboardInterrupt."""
    runner.get_loop().set_task_factory(Factory(stock))
    with pytest.raises(KeyboardInterrupt):
        runner.run(interrupted())


@pytest.mark.usefixtures("default_sigint")
def test_an_interrupt_of_a_task_like_without_uncancel_is_a_cancellation(runner: Any) -> None:
    """Upstream's test_asyncio_run_without_uncancel says so."""
    runner.get_loop().set_task_factory(Factory(task_like))
    with pytest.raises(asyncio.CancelledError):
        runner.run(interrupted())


def test_an_error_of_a_factory_comes_out(runner: Any) -> None:
    def broken(loop: Any, coro: Any, **_: Any) -> Any:
        raise ZeroDivisionError

    runner.get_loop().set_task_factory(broken)
    coro = current_class()
    with pytest.raises(ZeroDivisionError):
        runner.run(coro)
    coro.close()
    # Closing makes tasks as well.
    runner.get_loop().set_task_factory(None)
