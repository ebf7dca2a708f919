"""A cancellation that no scope made: if one is pending or being handled, a Ctrl-C is no KeyboardInterrupt.

CPython's test_interrupt_cancelled_task states the simplest case. Nothing that a library swallows meanwhile, and takes
back or not, makes such a cancellation count less.
"""

import asyncio
import contextlib
from typing import Any

import pytest

from coroutines import cancel_this_task, forever, interrupt, interrupted

pytestmark = pytest.mark.usefixtures("default_sigint")


def test_one_that_is_pending(runner: Any, swallow: Any) -> None:
    async def main() -> None:
        await swallow()
        cancel_this_task()
        await interrupted()

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_that_another_task_has_asked_for(runner: Any, swallow: Any) -> None:
    async def main() -> None:
        await swallow()
        task: Any = asyncio.current_task()
        asyncio.get_running_loop().call_soon(task.cancel)
        asyncio.get_running_loop().call_soon(interrupt)
        await forever()

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_that_is_being_handled(runner: Any, swallow: Any) -> None:
    async def main() -> None:
        await swallow()
        cancel_this_task()
        try:
            await asyncio.sleep(0)
        finally:
            await interrupted()

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_whose_handling_swallowed_another(runner: Any, swallow: Any) -> None:
    async def main() -> None:
        cancel_this_task()
        try:
            await asyncio.sleep(0)
        finally:
            await swallow()
            await interrupted()

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_that_is_being_handled_far_up_the_stack(runner: Any, swallow: Any) -> None:
    """In coroutines and an async generator, none of which is the one that waits."""

    async def deep() -> Any:
        await swallow()
        await interrupted()
        yield

    async def deeper() -> None:
        async for _ in deep():
            pass

    async def main() -> None:
        cancel_this_task()
        try:
            await asyncio.sleep(0)
        finally:
            await deeper()

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_that_is_being_handled_while_another_error_is(runner: Any) -> None:
    """Two handlers, one inside the other: the outer one's error is out of sight and not over."""

    async def main() -> None:
        cancel_this_task()
        try:
            await asyncio.sleep(0)
        finally:
            try:
                raise ZeroDivisionError
            except ZeroDivisionError:
                await interrupted()

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_that_a_context_manager_is_handling(runner: Any, swallow: Any) -> None:
    @contextlib.asynccontextmanager
    async def cleaning_up() -> Any:
        try:
            yield
        finally:
            await swallow()
            await interrupted()

    async def main() -> None:
        cancel_this_task()
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(cleaning_up())
            await asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_that_comes_while_the_interrupt_is_being_handled(runner: Any, swallow: Any) -> None:
    async def main() -> None:
        try:
            await interrupted()
        finally:
            await swallow()
            cancel_this_task()
            await asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_that_comes_last_of_all(runner: Any, swallow: Any) -> None:
    async def main() -> None:
        await swallow()
        try:
            await interrupted()
        finally:
            cancel_this_task()

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_that_comes_last_of_all_where_a_swallowed_one_was_taken_back_late(runner: Any) -> None:
    async def main() -> None:
        task: Any = asyncio.current_task()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
        try:
            await interrupted()
        finally:
            task.uncancel()
            task.cancel()

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_around_an_interrupt_whose_handling_swallowed_another(runner: Any, swallow: Any) -> None:
    async def main() -> None:
        cancel_this_task()
        try:
            await asyncio.sleep(0)
        finally:
            try:
                await interrupted()
            finally:
                await swallow()

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_that_comes_while_the_main_task_waits_for_a_child(runner: Any, swallow: Any) -> None:
    async def main() -> None:
        await swallow()
        cancel_this_task()
        interrupt()
        await asyncio.create_task(forever())

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_an_interrupt_alone_that_a_child_is_cancelled_by(runner: Any, swallow: Any) -> None:
    """The counter-case: the main task waits for a child, and what is thrown into it comes from there."""

    async def main() -> None:
        await swallow()
        child = asyncio.create_task(forever())
        await asyncio.sleep(0)
        interrupt()
        await child

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())
