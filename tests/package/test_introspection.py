"""What ``inspect``, ``copy`` and asyncio's own questions find out about a task and its coroutine."""

import asyncio
import contextvars
import copy
import inspect
import pickle
from typing import Any

import pytest

import runner_backport
from coroutines import cancel, forever, nothing, stock


@pytest.fixture(params=[None, stock], ids=["no factory", "factory of stock tasks"])
def any_runner(request: pytest.FixtureRequest, runner: Any) -> Any:
    """The Runner under test, whose loop makes its own tasks or has a factory that makes stock ones."""
    runner.get_loop().set_task_factory(request.param)
    return runner


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_coroutine_can_be_neither_copied_nor_pickled_by_a_factory(runner: Any, duplicate: Any) -> None:
    refusals = []

    def factory(loop: Any, coro: Any, **options: Any) -> Any:
        try:
            duplicate(coro)
        except TypeError as error:
            refusals.append(str(error))
        return stock(loop, coro, **options)

    loop = runner.get_loop()
    loop.set_task_factory(factory)
    runner.run(nothing())
    loop.set_task_factory(None)
    assert refusals == ["cannot pickle 'coroutine' object"]


@pytest.fixture(params=[False, True], ids=["no context", "context"])
def context(request: pytest.FixtureRequest) -> Any:
    return contextvars.copy_context() if request.param else None


def test_get_coro_is_the_coroutine_whoever_made_the_task(any_runner: Any, context: Any) -> None:
    async def main() -> Any:
        coro = nothing()
        task = runner_backport.create_task(coro, context=context)
        await task
        return task.get_coro() is coro

    assert any_runner.run(main()) is True


def test_get_coro_of_the_main_task_is_the_coroutine_whoever_made_the_task(
    any_runner: Any, context: Any
) -> None:
    async def main() -> Any:
        return asyncio.current_task().get_coro()  # type: ignore[union-attr]

    coro = main()
    assert any_runner.run(coro, context=context) is coro


def test_inspect_sees_the_state_of_a_task_s_coroutine(runner: Any, context: Any) -> None:
    async def main() -> Any:
        task = runner_backport.create_task(forever(), context=context)
        coro = task.get_coro()
        states = [inspect.getcoroutinestate(coro)]
        await asyncio.sleep(0)
        states.append(inspect.getcoroutinestate(coro))
        await cancel(task)
        states.append(inspect.getcoroutinestate(coro))
        return states

    assert runner.run(main()) == [inspect.CORO_CREATED, inspect.CORO_SUSPENDED, inspect.CORO_CLOSED]


def test_the_main_task_s_coroutine_is_running(runner: Any, context: Any) -> None:
    async def main() -> Any:
        return inspect.getcoroutinestate(asyncio.current_task().get_coro())  # type: ignore[union-attr,arg-type]

    assert runner.run(main(), context=context) == inspect.CORO_RUNNING


def test_a_task_s_coroutine_may_be_closed_from_outside(runner: Any, context: Any) -> None:
    async def child() -> None:
        try:
            await forever()
        finally:
            left.append("cleaned up")

    left: list[str] = []

    async def main() -> Any:
        task = runner_backport.create_task(child(), context=context)
        await asyncio.sleep(0)
        task.get_coro().close()
        await cancel(task)
        return str(task.exception())

    # The task learns of it when it steps the coroutine next.
    assert runner.run(main()) == "cannot reuse already awaited coroutine"
    assert left == ["cleaned up"]


def test_a_task_is_a_future_and_awaitable_and_no_coroutine(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(nothing())
        await task
        return asyncio.isfuture(task), inspect.isawaitable(task), asyncio.iscoroutine(task)

    assert runner.run(main()) == (True, True, False)


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_task_can_be_neither_copied_nor_pickled(runner: Any, make_child: Any, duplicate: Any) -> None:
    async def main() -> None:
        task = make_child(forever())
        await asyncio.sleep(0)
        # A dictionary of its own, which a counted cancellation brings, must not make it look copyable.
        task.cancel()
        with pytest.raises(TypeError, match="pickle"):
            duplicate(task)
        await asyncio.wait([task])

    runner.run(main())


@pytest.mark.parametrize("method", ["set_result", "set_exception"])
def test_nobody_else_can_end_a_task(runner: Any, make_child: Any, method: str) -> None:
    async def main() -> None:
        task = make_child(nothing())
        with pytest.raises(RuntimeError, match=f"Task does not support {method} operation"):
            getattr(task, method)(None)
        await task

    runner.run(main())


def test_a_task_has_the_public_attributes_of_3_11(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(nothing())
        await task
        return {name for name in dir(task) if not name.startswith("_")}

    # 3.8's own, deprecated there; and 3.12's.
    others = {"all_tasks", "current_task", "get_context"}
    assert runner.run(main()) - others == {
        *("add_done_callback", "remove_done_callback", "cancel", "cancelled", "cancelling", "uncancel"),
        *("done", "result", "exception", "set_result", "set_exception"),
        *("get_coro", "get_loop", "get_name", "set_name", "get_stack", "print_stack"),
    }


@pytest.mark.skipif(
    not hasattr(asyncio.Task, "__class_getitem__"), reason="stock tasks take no brackets here"
)
def test_task_in_brackets_makes_tasks(runner: Any) -> None:
    async def main() -> Any:
        return await runner_backport.Task[int](asyncio.sleep(0, 42))  # type: ignore[misc,unused-ignore]

    assert runner.run(main()) == 42


def test_a_runner_s_tasks_are_instances_of_task_and_equal_to_themselves_alone(
    runner: Any, make_child: Any
) -> None:
    async def main() -> Any:
        one, two = make_child(nothing()), make_child(nothing())
        await asyncio.gather(one, two)
        return isinstance(one, runner_backport.Task), one == one, one == two, len({one, two})  # noqa: PLR0124  # the point

    assert runner.run(main()) == (True, True, False, 2)


def test_a_subclass_may_have_slots_and_an_init_that_works_first(runner: Any) -> None:
    class Slotted(runner_backport.Task):  # type: ignore[type-arg]
        __slots__ = ("label",)

        def __init__(self, coro: Any, label: str, **options: Any) -> None:
            self.label = label
            super().__init__(coro, **options)

    async def main() -> Any:
        task: Any = Slotted(asyncio.sleep(0, "result"), "mine", context=contextvars.copy_context())
        return task.label, await task

    assert runner.run(main()) == ("mine", "result")


def test_names_are_made_strings(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        tasks = [
            runner_backport.create_task(nothing(), name=5),  # type: ignore[arg-type]
            runner_backport.Task(nothing(), name=5),  # type: ignore[arg-type]
            asyncio.get_running_loop().create_task(nothing(), name=5),  # type: ignore[arg-type]
            runner_backport.create_task(nothing(), name=""),
        ]
        await asyncio.gather(*tasks)
        return [task.get_name() for task in tasks]

    assert runner.run(main()) == ["5", "5", "5", ""]


def test_a_name_of_the_main_task_s_own_is_shown(runner: Any) -> None:
    async def main() -> Any:
        task: Any = asyncio.current_task()
        task.set_name("renamed")
        return task.get_name(), repr(task)

    name, shown = runner.run(main())
    assert name == "renamed"
    assert shown.startswith("<Task pending name='renamed' coro=<")
