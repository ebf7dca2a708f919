"""Reference counting alone frees loops, tasks, contexts and errors where it frees stock ones."""

import asyncio
import contextvars
import gc
import weakref
from typing import Any, List

import pytest

import runner_backport
from by_hand import COMPARED, ByHand
from coroutines import (
    Failure,
    call,
    cancel,
    cancel_itself,
    fail,
    forever,
    interrupted,
    nothing,
    stock,
    swallow_one,
)

pytestmark = [COMPARED, pytest.mark.usefixtures("without_collector")]


class Local:
    """What a coroutine holds while it is there."""


def living(references: List[Any]) -> List[Any]:
    return [reference() for reference in references if reference() is not None]


def by_stock_factory(coro: Any) -> Any:
    loop = asyncio.get_running_loop()
    loop.set_task_factory(stock)
    try:
        return loop.create_task(coro)
    finally:
        loop.set_task_factory(None)


def by_context(coro: Any) -> Any:
    return runner_backport.create_task(coro, context=contextvars.copy_context())


BY_ASYNCIO = [asyncio.create_task, asyncio.ensure_future]
MAKERS = [*BY_ASYNCIO, by_stock_factory, runner_backport.create_task, runner_backport.Task, by_context]


async def end() -> Any:
    await asyncio.sleep(0)
    return Local()


@pytest.mark.parametrize("ending", [end, fail, cancel_itself, swallow_one])
@pytest.mark.parametrize("make", MAKERS)
def test_a_finished_task_and_all_that_it_held_is_freed_at_once(runner: Any, make: Any, ending: Any) -> None:
    """While the run that made it goes on: its coroutine, its result, its error."""

    async def main() -> Any:
        held: List[Any] = []

        async def child() -> Any:
            local = Local()
            held.append(weakref.ref(local))
            try:
                result = await ending()
            except (Failure, asyncio.CancelledError) as error:
                held.append(weakref.ref(error))
                raise
            held.append(weakref.ref(result or local))
            return result

        coro = child()
        held.append(weakref.ref(coro))
        task = make(coro)
        held.append(weakref.ref(task))
        await asyncio.wait([task])
        assert task.cancelled() or task.exception() is None or ending is fail
        del coro, task
        assert len(held) == 4
        return living(held)

    assert runner.run(main()) == []


@pytest.mark.parametrize("make", MAKERS)
def test_a_task_that_is_cancelled_before_it_begins_is_freed_at_once(runner: Any, make: Any) -> None:
    async def main() -> Any:
        coro = nothing()
        task = make(coro)
        held = [weakref.ref(coro), weakref.ref(task)]
        del coro
        await cancel(task)
        del task
        return living(held)

    assert runner.run(main()) == []


def test_the_context_of_a_finished_task_is_freed_at_once(runner: Any) -> None:
    async def main() -> Any:
        context = contextvars.copy_context()
        held = weakref.ref(context)
        task = runner_backport.create_task(end(), context=context)
        del context
        assert held() is not None
        await asyncio.wait([task])
        del task
        return living([held])

    assert runner.run(main()) == []


@pytest.mark.parametrize("make", MAKERS)
def test_cancel_may_be_called_though_its_task_is_over_and_nobody_else_s(runner: Any, make: Any) -> None:
    """``call_later(1, task.cancel)`` and ``stack.callback(task.cancel)`` may come after the task's time.

    https://docs.python.org/3.11/library/asyncio-task.html#asyncio.Task.cancel
    """

    async def main() -> Any:
        cancel_it = make(nothing()).cancel
        for _ in range(3):
            await asyncio.sleep(0)
        return cancel_it()

    assert runner.run(main()) is False


def test_a_run_s_coroutine_task_and_result_are_freed_at_once(runner: Any) -> None:
    held: List[Any] = []

    async def main() -> Any:
        local = Local()
        held.extend([weakref.ref(local), weakref.ref(asyncio.current_task())])
        await swallow_one()
        return local

    coro = main()
    held.append(weakref.ref(coro))
    runner.run(coro)
    del coro
    assert len(held) == 3
    assert living(held) == []


def test_the_context_of_a_run_is_freed_at_once(runner: Any) -> None:
    if isinstance(runner, ByHand):
        pytest.skip("a loop handled by hand knows no contexts")
    context = contextvars.copy_context()
    held = weakref.ref(context)
    runner.run(end(), context=context)
    del context
    assert held() is None


def test_a_swallowed_cancellation_is_freed_at_once_while_the_run_goes_on(runner: Any) -> None:
    async def main() -> Any:
        held: List[Any] = []
        for _ in range(2):
            try:
                await cancel_itself()
            except asyncio.CancelledError as error:
                held.append(weakref.ref(error))
            # The step that it was thrown into holds it to its end.
            await asyncio.sleep(0)
        return len(held), living(held)

    assert runner.run(main()) == (2, [])


def test_a_cancellation_that_came_out_of_a_run_is_freed_at_once(runner: Any) -> None:
    held: List[Any] = []

    async def main() -> None:
        held.append(weakref.ref(asyncio.current_task()))
        await cancel_itself()

    try:
        runner.run(main())
    except asyncio.CancelledError as error:
        held.append(weakref.ref(error))
    assert len(held) == 2
    assert living(held) == []


def test_a_failure_that_came_out_of_a_run_is_freed_by_a_collection(runner: Any) -> None:
    """At once it is nowhere: its traceback shows run's frame, where the task is, which has the failure."""
    held: List[Any] = []

    async def main() -> None:
        held.append(weakref.ref(asyncio.current_task()))
        await fail()

    try:
        runner.run(main())
    except Failure as error:
        held.append(weakref.ref(error))
    assert len(held) == 2
    gc.collect()
    assert living(held) == []


@pytest.mark.usefixtures("default_sigint")
def test_what_is_left_of_an_interrupted_run_is_freed_at_once(runner: Any) -> None:
    if isinstance(runner, ByHand):
        pytest.skip("a loop handled by hand knows no interrupts")
    held: List[Any] = []

    async def main() -> None:
        held.append(weakref.ref(asyncio.current_task()))
        await interrupted()

    try:
        runner.run(main())
    except KeyboardInterrupt as error:
        held.append(weakref.ref(error.__context__))
    assert len(held) == 2
    assert living(held) == []


async def leave_a_task() -> None:
    task = asyncio.create_task(forever())
    await asyncio.sleep(0)
    assert not task.done()


async def leave_an_executor() -> None:
    await asyncio.get_running_loop().run_in_executor(None, int)


async def use_a_factory() -> None:
    await by_stock_factory(nothing())


def stock_loop_waits_for_a_collection(loop_factory: Any) -> bool:
    """Whether it lives on when it has cancelled a leftover task and is closed."""
    with ByHand(loop_factory=loop_factory) as by_hand:
        by_hand.run(leave_a_task())
        loop = weakref.ref(by_hand.get_loop())
    return loop() is not None


@pytest.mark.parametrize("use", [end, swallow_one, leave_a_task, leave_an_executor, use_a_factory])
def test_a_closed_loop_is_freed_at_once(runner_class: Any, loop_factory: Any, use: Any) -> None:
    if use is leave_a_task and stock_loop_waits_for_a_collection(loop_factory):
        pytest.skip("from 3.12 on a stock loop that cancelled a leftover task waits for a collection")
    with runner_class(loop_factory=loop_factory) as runner:
        runner.run(use())
        loop = weakref.ref(runner.get_loop())
    assert loop() is None


def test_a_closed_loop_with_a_create_task_of_its_own_is_freed_at_once(
    runner_class: Any, recording_class: Any
) -> None:
    with runner_class(loop_factory=recording_class) as runner:
        runner.run(end())
        loop = runner.get_loop()
    loop.made.clear()
    held = weakref.ref(loop)
    del loop
    assert held() is None


def test_a_closed_loop_that_takes_no_attribute_is_freed_at_once(runner_class: Any, sealed_class: Any) -> None:
    with runner_class(loop_factory=sealed_class) as runner:
        runner.run(end())
        loop = weakref.ref(runner.get_loop())
    assert loop() is None


def test_a_closed_runner_and_its_context_are_freed_at_once(runner_class: Any, loop_factory: Any) -> None:
    var: contextvars.ContextVar[Local] = contextvars.ContextVar("var")
    runner = runner_class(loop_factory=loop_factory)
    local = Local()
    runner.run(call(var.set, local))
    runner.close()
    held = [weakref.ref(runner), weakref.ref(local)]
    del runner, local
    assert living(held) == []
