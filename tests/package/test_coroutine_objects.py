"""Coroutines that are no ``async def``: generators marked as such, and objects, as Cython's are."""

import asyncio
import collections.abc
import contextvars
import types
from typing import Any, List

import pytest

import runner_backport


class Steps(collections.abc.Coroutine):  # type: ignore[type-arg]
    """A coroutine object of two steps, which notes what ``var`` is in each and leaves its name there."""

    def __init__(self, var: Any, name: str) -> None:
        self.var = var
        self.name = name
        self.seen: List[Any] = []

    def send(self, value: Any) -> Any:
        self.seen.append(self.var.get())
        if len(self.seen) > 1:
            raise StopIteration(self.name)
        self.var.set(self.name)

    def throw(self, *error: Any) -> Any:
        self.seen.append((len(error), type(error[0]), self.var.get()))
        raise error[0]

    def close(self) -> None:
        self.seen.append("closed")

    def __await__(self) -> Any:
        raise AssertionError("a task steps its coroutine itself")


def test_a_coroutine_object_is_run_in_the_given_context(runner: Any, var: Any) -> None:
    context = contextvars.copy_context()
    main = Steps(var, "main")
    assert runner.run(main, context=context) == "main"
    assert (main.seen, context[var]) == (["unset", "main"], "main")


def test_a_coroutine_object_is_run_in_the_runner_s_context(runner: Any, var: Any) -> None:
    runner.run(Steps(var, "one"))
    second = Steps(var, "two")
    runner.run(second)
    assert second.seen == ["one", "two"]


@pytest.mark.parametrize("given", [False, True], ids=["no context", "context"])
def test_a_coroutine_object_is_a_child(runner: Any, var: Any, given: bool) -> None:
    context = contextvars.copy_context() if given else None

    async def main() -> Any:
        child = Steps(var, "child")
        task = runner_backport.create_task(child, context=context)
        return await task, child.seen, task.get_coro() is child, var.get()

    assert runner.run(main()) == ("child", ["unset", "child"], True, "unset")


@pytest.mark.parametrize("given", [False, True], ids=["no context", "context"])
def test_a_coroutine_object_is_thrown_the_cancellation_alone(runner: Any, var: Any, given: bool) -> None:
    context = contextvars.copy_context() if given else None

    async def main() -> Any:
        child = Steps(var, "child")
        task = runner_backport.create_task(child, context=context)
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled(), child.seen

    assert runner.run(main()) == (True, ["unset", (1, asyncio.CancelledError, "child")])


def test_the_repr_of_a_task_names_its_coroutine_object_as_asyncio_s_does(runner: Any, var: Any) -> None:
    async def main() -> Any:
        given, plain = (
            runner_backport.create_task(Steps(var, "child"), name="child", context=context)
            for context in (contextvars.Context(), None)
        )
        shown = repr(given), repr(plain)
        await asyncio.gather(given, plain)
        return shown

    given, plain = runner.run(main())
    assert given == plain == "<Task pending name='child' coro=<<Steps without __name__>()>>"


@pytest.mark.skipif(
    not asyncio.iscoroutine(types.coroutine(lambda: (yield))()), reason="this asyncio takes no generators"
)
def test_a_generator_marked_as_a_coroutine_is_run_in_the_given_context(runner: Any, var: Any) -> None:
    context = contextvars.copy_context()

    @types.coroutine
    def steps(name: str) -> Any:
        var.set(name)
        yield
        return var.get()

    async def main() -> Any:
        return await runner_backport.create_task(steps("child's"), context=context)

    assert runner.run(steps("main's"), context=context) == "main's"
    assert runner.run(main()) == "child's"
    assert context[var] == "child's"


@pytest.mark.parametrize("given", [False, True], ids=["no context", "context"])
def test_a_coroutine_that_yields_what_no_task_awaits_is_told(runner: Any, given: bool) -> None:
    @types.coroutine
    def yields(value: Any) -> Any:
        yield value

    async def child(value: Any) -> str:
        with pytest.raises(RuntimeError, match="got bad yield: 42"):
            await yields(value)
        return "told"

    async def main() -> Any:
        context = contextvars.copy_context() if given else None
        return await runner_backport.create_task(child(42), context=context)

    assert runner.run(child(42)) == "told"
    assert runner.run(main()) == "told"


@pytest.mark.parametrize("given", [False, True], ids=["no context", "context"])
def test_a_task_that_awaits_itself_is_told(runner: Any, given: bool) -> None:
    async def child() -> None:
        await asyncio.current_task()  # type: ignore[misc]

    async def main() -> None:
        context = contextvars.copy_context() if given else None
        with pytest.raises(RuntimeError, match="Task cannot await on itself: <Task "):
            await runner_backport.create_task(child(), context=context)

    runner.run(main())
