"""A genuine cancellation that is being handled where it is hard to see, or that leaves by another way.

What test_genuine_cancellations.py says of the plain cases holds there too: a Ctrl-C is no KeyboardInterrupt.
"""

import asyncio
import contextlib
from typing import Any

import pytest

from coroutines import cancel_this_task, interrupted

pytestmark = pytest.mark.usefixtures("default_sigint")


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
