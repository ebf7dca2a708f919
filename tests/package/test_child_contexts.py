"""What children and callbacks see of their parent's context, and children of one that they are given."""

import asyncio
import contextvars
from typing import Any, List

import pytest

import runner_backport
from coroutines import call


def test_a_child_sees_what_its_parent_set(runner: Any, var: Any, make_child: Any) -> None:
    async def main() -> Any:
        var.set("parent's")
        return await make_child(call(var.get))

    assert runner.run(main()) == "parent's"


def test_a_child_does_not_see_what_its_parent_sets_later(runner: Any, var: Any, make_child: Any) -> None:
    async def main() -> Any:
        child = make_child(call(var.get))
        var.set("later")
        return await child

    assert runner.run(main()) == "unset"


def test_a_parent_does_not_see_what_its_child_set(runner: Any, var: Any, make_child: Any) -> None:
    async def main() -> Any:
        await make_child(call(var.set, "child's"))
        return var.get()

    assert runner.run(main()) == "unset"


@pytest.mark.parametrize("share", [asyncio.gather, asyncio.shield], ids=lambda function: function.__name__)
def test_what_makes_children_by_itself_gives_each_a_copy(runner: Any, var: Any, share: Any) -> None:
    async def child() -> str:
        seen: str = var.get()
        var.set("child's")
        return seen

    async def main() -> Any:
        var.set("parent's")
        result = await share(child())
        return result, var.get()

    assert runner.run(main()) in ((["parent's"], "parent's"), ("parent's", "parent's"))


def test_what_wait_for_waits_for_sees_what_its_caller_set(runner: Any, var: Any) -> None:
    async def main() -> Any:
        var.set("parent's")
        return await asyncio.wait_for(call(var.get), 10)

    assert runner.run(main()) == "parent's"


def test_a_child_of_a_run_in_a_given_context_gets_a_copy_of_that(
    runner: Any, var: Any, make_child: Any
) -> None:
    context = contextvars.copy_context()
    context.run(var.set, "given")

    async def main() -> Any:
        seen = await make_child(call(var.get))
        await make_child(call(var.set, "child's"))
        return seen

    assert runner.run(main(), context=context) == "given"
    assert context[var] == "given"


def create_by_loop(coro: Any, **options: Any) -> Any:
    return asyncio.get_running_loop().create_task(coro, **options)


WITH_CONTEXT = {
    "loop.create_task": create_by_loop,
    "runner_backport.create_task": runner_backport.create_task,
    "runner_backport.Task": runner_backport.Task,
}


@pytest.fixture(params=WITH_CONTEXT.values(), ids=list(WITH_CONTEXT))
def make_in_context(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_a_child_in_a_given_context_runs_in_itself(runner: Any, var: Any, make_in_context: Any) -> None:
    """ "An optional keyword-only context argument allows specifying a custom contextvars.Context".

    https://docs.python.org/3.11/library/asyncio-task.html#asyncio.create_task
    """
    context = contextvars.copy_context()

    async def main() -> Any:
        await make_in_context(call(var.set, "child's"), context=context)
        return var.get()

    assert runner.run(main()) == "unset"
    assert context[var] == "child's"


def test_a_child_without_a_context_may_say_so(runner: Any, var: Any, make_in_context: Any) -> None:
    async def main() -> Any:
        var.set("parent's")
        return await make_in_context(call(var.get), context=None)

    assert runner.run(main()) == "parent's"


def test_two_tasks_share_one_context(runner: Any, var: Any, make_in_context: Any) -> None:
    context = contextvars.copy_context()
    seen: List[str] = []

    async def speaker(word: str) -> None:
        for number in range(2):
            var.set(f"{word} {number}")
            await asyncio.sleep(0)
            seen.append(var.get())

    async def main() -> None:
        first = make_in_context(speaker("first"), context=context)
        second = make_in_context(speaker("second"), context=context)
        await asyncio.gather(first, second)

    runner.run(main())
    assert seen == ["second 0", "first 1", "second 1", "second 1"]


def test_a_child_may_share_its_parent_s_context(runner: Any, var: Any, make_in_context: Any) -> None:
    context = contextvars.copy_context()

    async def main() -> Any:
        await make_in_context(call(var.set, "child's"), context=context)
        return var.get()

    assert runner.run(main(), context=context) == "child's"


def test_a_done_callback_runs_in_the_context_that_added_it(runner: Any, var: Any) -> None:
    context = contextvars.copy_context()
    seen: List[str] = []

    async def main() -> None:
        child = asyncio.create_task(asyncio.sleep(0))
        var.set("adder's")
        child.add_done_callback(lambda _: seen.append(var.get()))
        var.set("later")
        await child

    runner.run(main(), context=context)
    assert seen == ["adder's"]


def test_a_done_callback_runs_in_a_context_given_to_it(runner: Any, var: Any) -> None:
    context = contextvars.copy_context()

    async def main() -> None:
        child = asyncio.create_task(asyncio.sleep(0))
        child.add_done_callback(lambda _: var.set("callback's"), context=context)
        await child

    runner.run(main())
    assert context[var] == "callback's"


def test_call_soon_runs_in_a_copy_of_the_caller_s_context(runner: Any, var: Any) -> None:
    seen: List[str] = []

    def callback() -> None:
        seen.append(var.get())
        var.set("callback's")

    async def main() -> Any:
        var.set("main's")
        asyncio.get_running_loop().call_soon(callback)
        await asyncio.sleep(0)
        return var.get()

    assert runner.run(main(), context=contextvars.copy_context()) == "main's"
    assert seen == ["main's"]


def test_an_executor_s_job_runs_in_a_context_that_it_is_given(runner: Any, var: Any) -> None:
    context = contextvars.copy_context()

    async def main() -> Any:
        var.set("main's")
        inside = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(None, inside.run, var.get)

    assert runner.run(main(), context=context) == "main's"


def test_an_async_generator_steps_in_its_task_s_context(runner: Any, var: Any) -> None:
    context = contextvars.copy_context()

    async def generate() -> Any:
        var.set("generator's")
        yield var.get()

    async def main() -> Any:
        return [item async for item in generate()]

    assert runner.run(main(), context=context) == ["generator's"]
    assert context[var] == "generator's"
