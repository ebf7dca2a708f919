"""A cancellation that no scope made: if one is pending or being handled, a Ctrl-C is no KeyboardInterrupt.

CPython's test_interrupt_cancelled_task states the simplest case. Nothing that a library swallows meanwhile, and takes
back or not, makes such a cancellation count less.
"""

import asyncio
import contextlib
from typing import Any, Callable, Dict

import anyio
import async_timeout
import pytest

from coroutines import forever, interrupt, interrupted

pytestmark = pytest.mark.usefixtures("default_sigint")


def cancel_this_task() -> None:
    asyncio.current_task().cancel()  # type: ignore[union-attr]


async def uncancel() -> None:
    """As user code does that takes back what it has swallowed, on any version."""
    cancel_this_task()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(0)
    asyncio.current_task().uncancel()  # type: ignore[union-attr]


async def move_on_after() -> None:
    with anyio.move_on_after(0):
        await forever()


async def fail_after() -> None:
    with contextlib.suppress(TimeoutError), anyio.fail_after(0):
        await forever()


async def timeout() -> None:
    with contextlib.suppress(asyncio.TimeoutError):
        async with async_timeout.timeout(0):
            await forever()


SWALLOWS: Dict[str, Callable[[], Any]] = {
    "uncancel": uncancel,
    "anyio.move_on_after": move_on_after,
    "anyio.fail_after": fail_after,
    "async_timeout.timeout": timeout,
}


@pytest.fixture(params=SWALLOWS.values(), ids=list(SWALLOWS))
def swallow(request: pytest.FixtureRequest) -> Any:
    """Be cancelled and swallow it, as a library does."""
    return request.param


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


class Stepping:
    """An awaitable of a user's, written in Python, which hands each step on to what it keeps in an attribute."""

    def __init__(self, coro: Any) -> None:
        self.coro = coro

    def __await__(self) -> Any:
        return self

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        return self.coro.send(None)

    def send(self, value: Any) -> Any:
        return self.coro.send(value)

    def throw(self, *error: Any) -> Any:
        return self.coro.throw(*error)

    def close(self) -> None:
        self.coro.close()


async def handling_a_genuine_one(swallow: Any) -> None:
    cancel_this_task()
    try:
        await asyncio.sleep(0)
    finally:
        await swallow()
        await interrupted()


async def in_a_generator(swallow: Any) -> Any:
    cancel_this_task()
    try:
        await asyncio.sleep(0)
    finally:
        await swallow()
        await interrupted()
    yield


@pytest.mark.parametrize("steps", [Stepping, lambda coro: Stepping(Stepping(coro))])
def test_one_that_is_being_handled_behind_an_awaitable_of_the_user_s(
    runner: Any, swallow: Any, steps: Any
) -> None:
    async def main() -> None:
        await steps(handling_a_genuine_one(swallow))

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_that_is_being_handled_in_an_async_generator(runner: Any, swallow: Any) -> None:
    async def main() -> None:
        async for _ in in_a_generator(swallow):
            pass

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_that_is_kept_and_raised_at_last(runner: Any) -> None:
    """The Ctrl-C is over, and what leaves is not what it made."""

    async def main() -> None:
        kept: Any = []
        cancel_this_task()
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError as error:
            kept.append(error)
        with contextlib.suppress(asyncio.CancelledError):
            await interrupted()
        raise kept[0]

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_that_was_made_into_another_error_and_back(runner: Any) -> None:
    async def main() -> None:
        cancel_this_task()
        try:
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError as error:
                raise ValueError from error
        except ValueError as translated:
            try:
                await interrupted()
            finally:
                raise translated.__cause__ from None  # type: ignore[misc]

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_that_leaves_a_block_which_swallowed_the_interrupt(runner: Any) -> None:
    class Swallowing:
        async def __aenter__(self) -> None:
            pass

        async def __aexit__(self, *_: Any) -> None:
            del _
            with contextlib.suppress(asyncio.CancelledError):
                await interrupted()

    async def main() -> None:
        cancel_this_task()
        async with Swallowing():
            await asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_a_type_that_is_asked_for_attributes_and_raises_is_not_asked(runner: Any) -> None:
    """Looking for what is being handled runs no code of a user's."""

    class Raising(type):
        def __getattr__(cls, name: str) -> Any:
            raise KeyError(name)

    class Odd(metaclass=Raising):
        pass

    async def main() -> None:
        odd = Odd()
        cancel_this_task()
        try:
            await asyncio.sleep(0)
        finally:
            await interrupted()
        del odd

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())
