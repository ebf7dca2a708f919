"""Cancelling a task while it waits, by whatever it waits, and what is counted on what it waits for."""

import asyncio
import contextvars
from typing import Any, List

import pytest

import runner_backport
from coroutines import forever


async def gather(child: Any) -> Any:
    await asyncio.gather(child)


async def gather_exceptions(child: Any) -> Any:
    return await asyncio.gather(child, return_exceptions=True)


async def wait_for(child: Any) -> None:
    await asyncio.wait_for(child, 3600)


async def wait_for_ever(child: Any) -> None:
    await asyncio.wait_for(child, None)


async def plainly(child: Any) -> None:
    await child


async def shield(child: Any) -> None:
    await asyncio.shield(child)


async def wait(child: Any) -> None:
    await asyncio.wait([child])


async def as_completed(child: Any) -> None:
    for future in asyncio.as_completed([child]):
        await future


HAND_ON = [gather, gather_exceptions, wait_for, wait_for_ever, plainly]
KEEP = [shield, wait, as_completed]


async def settle() -> None:
    """Let everything take the steps that a cancellation needs: wait_for hands it on in several."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
def any_runner(runner: Any, any_factory: Any) -> Any:
    """The Runner under test, whose loop makes its own tasks or has a factory."""
    runner.get_loop().set_task_factory(any_factory)
    return runner


@pytest.mark.parametrize("waits", HAND_ON)
def test_a_cancellation_is_handed_on_and_counted_once_on_each(any_runner: Any, waits: Any) -> None:
    async def main() -> Any:
        child: Any = asyncio.create_task(forever())
        waiting: Any = asyncio.create_task(waits(child))
        await settle()
        waiting.cancel()
        await asyncio.wait([waiting])
        return child.cancelled(), child.cancelling(), waiting.cancelled(), waiting.cancelling()

    assert any_runner.run(main()) == (True, 1, True, 1)


@pytest.mark.parametrize("waits", KEEP)
def test_a_cancellation_is_kept_from_what_is_not_to_be_cancelled(any_runner: Any, waits: Any) -> None:
    async def main() -> Any:
        child: Any = asyncio.create_task(forever())
        waiting: Any = asyncio.create_task(waits(child))
        await settle()
        waiting.cancel()
        await asyncio.wait([waiting])
        kept = child.done(), child.cancelling(), waiting.cancelled(), waiting.cancelling()
        child.cancel()
        await asyncio.wait([child])
        return kept

    assert any_runner.run(main()) == (False, 0, True, 1)


def test_a_timeout_of_wait_for_is_counted_once_on_what_it_cancels(any_runner: Any) -> None:
    async def main() -> Any:
        child: Any = asyncio.create_task(forever())
        await asyncio.sleep(0)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(child, 0.001)
        return child.cancelled(), child.cancelling()

    assert any_runner.run(main()) == (True, 1)


def test_a_task_that_cancels_itself_and_returns_is_cancelled(any_runner: Any) -> None:
    async def child() -> str:
        asyncio.current_task().cancel()  # type: ignore[union-attr]
        return "lost"

    async def main() -> Any:
        task: Any = asyncio.create_task(child())
        await asyncio.wait([task])
        return task.cancelled(), task.cancelling()

    assert any_runner.run(main()) == (True, 1)


def test_a_task_that_cancels_itself_and_raises_has_failed(any_runner: Any) -> None:
    async def child() -> None:
        asyncio.current_task().cancel()  # type: ignore[union-attr]
        raise ZeroDivisionError

    async def main() -> Any:
        task: Any = asyncio.create_task(child())
        await asyncio.wait([task])
        return type(task.exception()), task.cancelled(), task.cancelling(), task.uncancel()

    assert any_runner.run(main()) == (ZeroDivisionError, False, 1, 0)


def test_a_task_that_swallows_a_cancellation_keeps_its_count(any_runner: Any) -> None:
    counts: List[int] = []

    async def child() -> str:
        try:
            await forever()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
        task: Any = asyncio.current_task()
        counts.append(task.cancelling())
        return "finished"

    async def main() -> Any:
        task: Any = asyncio.create_task(child())
        await asyncio.sleep(0)
        task.cancel()
        result = await task
        counts.append(task.cancelling())
        return result

    assert any_runner.run(main()) == "finished"
    assert counts == [1, 1]


def test_an_uncancel_after_the_end_takes_back_what_is_left(any_runner: Any) -> None:
    async def main() -> Any:
        task: Any = asyncio.create_task(forever())
        await asyncio.sleep(0)
        task.cancel()
        task.cancel()
        await asyncio.wait([task])
        return task.cancelling(), task.uncancel(), task.cancel(), task.cancelling()

    assert any_runner.run(main()) == (2, 1, False, 1)


def calls_off() -> bool:
    """Whether this interpreter's uncancel to zero calls a cancellation off that is not yet delivered: gh-116720."""

    async def main() -> bool:
        task: Any = asyncio.current_task()
        task.cancel()
        task.uncancel()
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            return False
        return True

    return hasattr(asyncio.Task, "uncancel") and asyncio.run(main())


@pytest.mark.parametrize("given", [False, True], ids=["no context", "context"])
def test_an_uncancel_takes_back_the_count_and_not_the_cancellation(any_runner: Any, given: bool) -> None:
    """3.11's uncancel. 3.13's calls it off as well, when none is left: gh-116720."""
    context = contextvars.copy_context() if given else None

    async def main() -> Any:
        task: Any = runner_backport.create_task(asyncio.sleep(0), context=context)
        task.cancel()
        counted = task.uncancel()
        await asyncio.wait([task])
        return counted, task.cancelled()

    assert any_runner.run(main()) == (0, not calls_off())
