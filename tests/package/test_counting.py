"""What a user's task factory makes counts its cancellations too, as every task of 3.11 does."""

import asyncio
import weakref
from typing import Any

import pytest

from coroutines import forever, needs_messages, noting, stock


@pytest.fixture(params=[stock, noting], ids=["stock factory", "a user's class"])
def factory(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.mark.parametrize("at_once", [True, False], ids=["set before", "set by the main task"])
def test_children_count_whenever_the_factory_was_set(runner: Any, factory: Any, at_once: bool) -> None:
    async def main() -> Any:
        loop = asyncio.get_running_loop()
        loop.set_task_factory(factory)
        by_asyncio, by_loop = asyncio.create_task(forever()), loop.create_task(forever())
        wrapped: Any = asyncio.ensure_future(forever())
        counts = []
        for task in (by_asyncio, by_loop, wrapped):
            child: Any = task
            counts.append([child.cancelling(), child.cancel(), child.cancel(), child.cancelling()])
            counts[-1] += [child.uncancel(), child.uncancel(), child.uncancel()]
            # From 3.13 on the last uncancel has called the cancellation off.
            child.cancel()
        await asyncio.wait({by_asyncio, by_loop, wrapped})
        return counts, [task.cancelling() for task in (by_asyncio, by_loop, wrapped)]  # type: ignore[attr-defined]

    if at_once:
        runner.get_loop().set_task_factory(factory)
    assert runner.run(main()) == ([[0, True, True, 2, 1, 0, 0]] * 3, [1, 1, 1])


def test_a_done_task_is_not_counted(runner: Any, factory: Any) -> None:
    runner.get_loop().set_task_factory(factory)

    async def main() -> Any:
        child: Any = asyncio.create_task(asyncio.sleep(0))
        await child
        return child.cancel(), child.cancelling()

    assert runner.run(main()) == (False, 0)


@pytest.mark.parametrize("message", [None, pytest.param("enough", marks=needs_messages)])
def test_a_cancel_of_the_user_s_class_is_called(runner: Any, message: Any) -> None:
    runner.get_loop().set_task_factory(noting)

    async def main() -> Any:
        child: Any = asyncio.create_task(forever())
        child.cancel(message)
        await asyncio.wait({child})
        return child.noted

    assert runner.run(main()) == (message,)


@pytest.mark.usefixtures("without_collector")
def test_it_does_not_keep_the_task_alive(runner: Any, factory: Any) -> None:
    runner.get_loop().set_task_factory(factory)

    async def main() -> Any:
        child = asyncio.create_task(asyncio.sleep(0))
        await child
        return weakref.ref(child)

    assert runner.run(main())() is None


def test_the_methods_may_be_called_when_the_task_is_gone(runner: Any, factory: Any) -> None:
    """As callbacks may be; natively they keep the task, which is done then."""
    runner.get_loop().set_task_factory(factory)

    async def main() -> Any:
        child: Any = asyncio.create_task(asyncio.sleep(0))
        await child
        methods = child.cancel, child.cancelling, child.uncancel
        del child
        # What woke this task up holds the child until the next step.
        await asyncio.sleep(0)
        return [method() for method in methods]

    assert runner.run(main()) == [False, 0, 0]
