"""``create_task`` where there is no Runner's loop: a plain one, a closed one, none."""

import asyncio
import contextvars
from typing import Any, List

import pytest

import runner_backport
from coroutines import nothing


def test_create_task_needs_a_running_loop() -> None:
    coro = nothing()
    with pytest.raises(RuntimeError, match="no running event loop"):
        runner_backport.create_task(coro)
    coro.close()


def test_a_loop_s_create_task_refuses_once_the_loop_is_closed(runner_class: Any, loop_factory: Any) -> None:
    with runner_class(loop_factory=loop_factory) as runner:
        loop = runner.get_loop()
        create_task = loop.create_task
    coro = nothing()
    with pytest.raises(RuntimeError, match="closed"):
        create_task(coro)
    coro.close()


def test_a_closed_loop_asks_no_factory(runner_class: Any, loop_factory: Any) -> None:
    asked: List[Any] = []
    with runner_class(loop_factory=loop_factory) as runner:
        loop = runner.get_loop()
        create_task = loop.create_task
    loop.set_task_factory(lambda loop, coro, **_: asked.append(coro))
    coro = nothing()
    with pytest.raises(RuntimeError, match="closed"):
        create_task(coro)
    coro.close()
    assert asked == []


@pytest.fixture
def plain_loop(loop_factory: Any) -> Any:
    """A loop that no Runner has seen."""
    loop = loop_factory()
    yield loop
    loop.close()


def test_create_task_works_in_a_plain_loop(plain_loop: Any) -> None:
    var: contextvars.ContextVar[str] = contextvars.ContextVar("var")
    context = contextvars.copy_context()

    async def child() -> None:
        var.set("child's")

    async def main() -> Any:
        task: Any = runner_backport.create_task(child(), name="child", context=context)
        task.cancel()
        count = task.uncancel()
        await asyncio.wait([task])
        again = runner_backport.create_task(child(), context=context)
        await again
        return count, task.get_name(), type(task).__name__

    assert plain_loop.run_until_complete(main()) == (0, "child", "Task")
    assert context[var] == "child's"


def test_create_task_leaves_a_plain_loop_alone(plain_loop: Any) -> None:
    async def main() -> Any:
        await runner_backport.create_task(nothing())
        return asyncio.create_task(nothing())

    task = plain_loop.run_until_complete(main())
    plain_loop.run_until_complete(task)
    assert type(task) is asyncio.Task
    assert "create_task" not in vars(plain_loop)
    assert plain_loop.get_task_factory() is None


def test_create_task_asks_a_plain_loop_s_factory(plain_loop: Any) -> None:
    class Marked(runner_backport.Task):  # type: ignore[type-arg]
        pass

    plain_loop.set_task_factory(lambda loop, coro, **options: Marked(coro, loop=loop, **options))

    async def main() -> Any:
        task = runner_backport.create_task(nothing())
        await task
        return type(task)

    assert plain_loop.run_until_complete(main()) is Marked
