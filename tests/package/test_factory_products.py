"""What task factories may make beside tasks of ours, and what they see of what they are given."""

import asyncio
import contextvars
import inspect
from typing import Any, List

import pytest

import runner_backport
from coroutines import NATIVE, cancel, forever, nothing, stock


class PlainFuture(asyncio.Future):  # type: ignore[type-arg]
    """A Future that ends as a task does."""

    def follow(self, task: Any) -> None:
        self.set_result(task.result())

    def set_name(self, name: object) -> None:
        """What 3.13's create_task calls without asking."""


def future_of_task(loop: Any, coro: Any, **options: Any) -> Any:
    future = PlainFuture(loop=loop)
    runner_backport.Task(coro, loop=loop, **options).add_done_callback(future.follow)
    return future


def test_run_returns_what_a_factory_s_future_brings(runner: Any, var: Any) -> None:
    runner.get_loop().set_task_factory(future_of_task)
    context = contextvars.copy_context()

    async def main() -> str:
        var.set("main's")
        await asyncio.sleep(0)
        return "result"

    assert runner.run(main(), context=context) == "result"
    assert context[var] == "main's"


@pytest.mark.parametrize(
    "wait",
    [
        asyncio.ensure_future,
        asyncio.shield,
        lambda coro: asyncio.wait_for(coro, 3600),
        lambda coro: next(iter(asyncio.as_completed([coro]))),
    ],
    ids=["ensure_future", "shield", "wait_for", "as_completed"],
)
def test_asyncio_takes_a_factory_s_future_for_a_child(runner: Any, wait: Any) -> None:
    async def main() -> Any:
        asyncio.get_running_loop().set_task_factory(future_of_task)
        return await wait(asyncio.sleep(0, "result"))

    assert runner.run(main()) == "result"


def test_a_factory_that_makes_nothing_is_told(runner: Any) -> None:
    class Nothing:
        def set_name(self, name: object) -> None:
            """What 3.13's create_task calls without asking."""

    def broken(loop: Any, coro: Any, **_: Any) -> Any:
        coro.close()
        return Nothing()

    runner.get_loop().set_task_factory(broken)
    with pytest.raises(TypeError, match="awaitable is required"):
        runner.run(nothing())
    # Closing makes tasks as well.
    runner.get_loop().set_task_factory(None)


def test_a_runner_works_on_after_a_factory_that_failed(runner: Any) -> None:
    def broken(loop: Any, coro: Any, **_: Any) -> Any:
        coro.close()
        raise ZeroDivisionError

    runner.get_loop().set_task_factory(broken)
    with pytest.raises(ZeroDivisionError):
        runner.run(nothing())
    runner.get_loop().set_task_factory(None)
    assert runner.run(asyncio.sleep(0, "fine")) == "fine"


def test_a_factory_that_fails_for_a_child_tells_who_makes_it(runner: Any) -> None:
    def broken(loop: Any, coro: Any, **_: Any) -> Any:
        coro.close()
        raise ZeroDivisionError

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_task_factory(broken)
        for make in (asyncio.create_task, runner_backport.create_task, asyncio.ensure_future, asyncio.gather):
            with pytest.raises(ZeroDivisionError):
                make(nothing())  # type: ignore[operator]
        loop.set_task_factory(None)

    runner.run(main())


@pytest.mark.parametrize("thing", [42, "factory"])
def test_a_factory_is_something_to_call(runner: Any, thing: Any) -> None:
    with pytest.raises(TypeError, match="task factory must be a callable or None"):
        runner.get_loop().set_task_factory(thing)
    assert runner.get_loop().get_task_factory() is None


def test_a_name_that_a_factory_gives_stays_unless_another_is_asked_for(runner: Any) -> None:
    def naming(loop: Any, coro: Any, **options: Any) -> Any:
        task: Any = runner_backport.Task(coro, loop=loop, context=options.get("context"))
        task.set_name("factory's")
        return task

    async def main() -> Any:
        loop = asyncio.get_running_loop()
        loop.set_task_factory(naming)
        by_loop = loop.create_task(nothing(), name="asked for")
        by_us = runner_backport.create_task(nothing(), name="by us")
        unnamed = runner_backport.create_task(nothing())
        loop.set_task_factory(None)
        await asyncio.gather(by_loop, by_us, unnamed)
        return [task.get_name() for task in (by_loop, by_us, unnamed)]

    asked, by_us, unnamed = runner.run(main())
    assert (asked, by_us) == ("asked for", "by us")
    # 3.13's own create_task sets None as well, which makes it a name.
    assert unnamed == "factory's" or (NATIVE and unnamed == "None")


def test_a_factory_sees_a_coroutine_as_its_user_wrote_it(runner: Any) -> None:
    """Below 3.11 one with a context is an object that shows the user's coroutine, and no ``async def`` itself."""
    seen: List[Any] = []

    def looking(loop: Any, coro: Any, **options: Any) -> Any:
        looks = coro.__name__, coro.__qualname__, coro.cr_code.co_name, inspect.getcoroutinestate(coro)
        seen.append((*looks, asyncio.iscoroutine(coro), inspect.isawaitable(coro)))
        seen.append(inspect.iscoroutine(coro))
        return runner_backport.Task(coro, loop=loop, **options)

    runner.get_loop().set_task_factory(looking)

    async def main() -> None:
        await asyncio.create_task(nothing())
        await runner_backport.create_task(nothing(), context=contextvars.copy_context())

    runner.run(main())
    # Closing makes tasks as well, of compiled coroutines on uvloop.
    runner.get_loop().set_task_factory(None)
    made, plain, given = seen[:6:2]
    assert made == ("main", main.__qualname__, "main", inspect.CORO_CREATED, True, True)
    assert plain == given == ("nothing", "nothing", "nothing", inspect.CORO_CREATED, True, True)
    assert seen[1:6:2] == ([True] * 3 if NATIVE else [False, True, False])


def test_a_leftover_of_a_factory_s_making_is_cancelled_and_counted_once(
    runner_class: Any, loop_factory: Any
) -> None:
    async def main() -> Any:
        task = asyncio.create_task(forever())
        await asyncio.sleep(0)
        return task

    with runner_class(loop_factory=loop_factory) as runner:
        runner.get_loop().set_task_factory(stock)
        task = runner.run(main())
    assert (task.cancelled(), task.cancelling()) == (True, 1)


def test_a_stock_task_that_is_made_from_its_class_is_the_interpreter_s_own(runner: Any) -> None:
    """Nothing of ours comes near it: below 3.11 it does not count, and is no instance of our Task."""

    async def main() -> Any:
        task = asyncio.Task(forever())
        await asyncio.sleep(0)
        ours = hasattr(task, "uncancel"), isinstance(task, runner_backport.Task)
        await cancel(task)
        return ours

    assert runner.run(main()) == ((True, True) if NATIVE else (False, False))


@pytest.mark.skipif(not hasattr(asyncio, "eager_task_factory"), reason="this asyncio has no eager tasks")
def test_eager_tasks_start_at_once_in_a_copy_of_their_maker_s_context(runner: Any, var: Any) -> None:
    loop = runner.get_loop()
    if not isinstance(loop, asyncio.BaseEventLoop):
        pytest.skip("uvloop passes asyncio's own eager factory arguments that it does not take")
    seen: List[str] = []

    async def child() -> str:
        seen.append(var.get())
        var.set("child's")
        await asyncio.sleep(0)
        return var.get()  # type: ignore[no-any-return]

    async def main() -> Any:
        loop.set_task_factory(asyncio.eager_task_factory)  # type: ignore[attr-defined,unused-ignore]
        var.set("main's")
        task = asyncio.create_task(child())
        started = list(seen)
        return started, await task, var.get()

    assert runner.run(main()) == (["main's"], "child's", "main's")
