"""Ways to be cancelled and to swallow that: by hand, and as libraries really do it, by scopes that expire at once."""

import asyncio
import contextlib
from typing import Any, Callable, Dict

import anyio
import async_timeout

from coroutines import forever, swallow_one


async def uncancel() -> None:
    """As user code does that takes back what it has swallowed, on any version."""
    await swallow_one()
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
