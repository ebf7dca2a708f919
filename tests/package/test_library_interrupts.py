"""Ctrl-C after, in and around the scopes of anyio and async_timeout, as those libraries really are.

On 3.11 and newer they take back each cancellation that they have swallowed, so that a Ctrl-C is the only one left and
becomes KeyboardInterrupt. Below they take nothing back, and it is to become that all the same. No scope here waits:
all expire when they are entered.
"""

import asyncio
import contextlib
from functools import partial
from typing import Any, Callable, Dict, List

import anyio
import async_timeout
import pytest

from coroutines import forever, interrupted

pytestmark = pytest.mark.usefixtures("default_sigint")

SCOPES: Dict[str, Callable[[], Any]] = {
    "anyio.move_on_after": partial(anyio.move_on_after, 0),
    "anyio.fail_after": partial(anyio.fail_after, 0),
    "anyio.CancelScope": partial(anyio.CancelScope, deadline=-1),
    "async_timeout.timeout": partial(async_timeout.timeout, 0),
    "async_timeout.timeout in the past": partial(async_timeout.timeout, -1),
}

# What a scope raises once it has expired, if it raises; the two are one from 3.11 on.
TIMEOUTS = (TimeoutError, asyncio.TimeoutError)


@pytest.fixture(params=SCOPES.values(), ids=list(SCOPES))
def scope(request: pytest.FixtureRequest) -> Any:
    """Make a scope that expires as soon as it is entered."""
    return request.param


@contextlib.asynccontextmanager
async def entered(scope: Any) -> Any:
    """One way to enter them all."""
    if hasattr(scope, "__aenter__"):
        async with scope:
            yield
    else:
        with scope:
            yield


async def expire(scope: Any) -> None:
    """Be cancelled by a scope, which swallows that and may raise TimeoutError."""
    async with entered(scope()):
        await forever()


async def move_on(scope: Any) -> None:
    with contextlib.suppress(*TIMEOUTS):
        await expire(scope)


def test_after_an_expired_scope(runner: Any, scope: Any) -> None:
    async def main() -> None:
        await move_on(scope)
        await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_after_an_expired_scope_through_the_function_run(run: Any, loop_factory: Any, scope: Any) -> None:
    async def main() -> None:
        await move_on(scope)
        await interrupted()

    with pytest.raises(KeyboardInterrupt):
        run(main(), loop_factory=loop_factory)


def test_after_several_expired_scopes(runner: Any, scope: Any) -> None:
    async def main() -> None:
        for _ in range(3):
            await move_on(scope)
        await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_after_expired_scopes_of_every_kind(runner: Any) -> None:
    async def main() -> None:
        for scope in SCOPES.values():
            await move_on(scope)
        await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_after_nested_scopes_that_both_expired(runner: Any, scope: Any) -> None:
    async def main() -> None:
        with contextlib.suppress(*TIMEOUTS):
            async with entered(scope()):
                await expire(scope)
        await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_after_an_inner_scope_expired_and_then_the_outer_one(runner: Any, scope: Any) -> None:
    async def main() -> None:
        with anyio.CancelScope() as outer:
            await move_on(scope)
            outer.cancel()
            await forever()
        await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_in_an_open_scope(runner: Any) -> None:
    async def main() -> None:
        with anyio.move_on_after(3600):
            async with async_timeout.timeout(3600):
                await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_in_an_open_scope_after_an_expired_one(runner: Any, scope: Any) -> None:
    async def main() -> None:
        with anyio.move_on_after(3600):
            async with async_timeout.timeout(3600):
                await move_on(scope)
                await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_after_a_scope_expired_in_a_child(runner: Any, scope: Any, make_child: Any) -> None:
    async def main() -> None:
        await make_child(move_on(scope))
        await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_after_an_expired_scope_around_a_task_group(runner: Any, scope: Any) -> None:
    async def main() -> None:
        with contextlib.suppress(*TIMEOUTS):
            async with entered(scope()), anyio.create_task_group() as group:
                group.start_soon(forever)
                await forever()
        await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_in_a_run_after_one_whose_scope_expired(runner: Any, scope: Any) -> None:
    runner.run(move_on(scope))
    with pytest.raises(KeyboardInterrupt):
        runner.run(interrupted())


@pytest.mark.parametrize("name", ["anyio.fail_after", "async_timeout.timeout"])
def test_while_the_timeout_is_being_handled(runner: Any, name: str) -> None:
    """The TimeoutError has the swallowed CancelledError for its context, and keeps it alive."""

    async def main() -> None:
        try:
            await expire(SCOPES[name])
        except TIMEOUTS:
            await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


@pytest.mark.parametrize("name", ["anyio.fail_after", "async_timeout.timeout"])
def test_while_the_timeout_is_kept(runner: Any, name: str) -> None:
    kept: List[BaseException] = []

    async def main() -> None:
        try:
            await expire(SCOPES[name])
        except TIMEOUTS as error:
            kept.append(error)
        await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_a_scope_that_expires_while_the_interrupt_is_being_handled(runner: Any, scope: Any) -> None:
    """As in a clean-up that has a time limit of its own."""

    async def main() -> None:
        try:
            await interrupted()
        finally:
            await move_on(scope)

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_a_clean_up_that_goes_on_after_its_scope_expired(runner: Any, scope: Any) -> None:
    async def main() -> None:
        try:
            await interrupted()
        finally:
            await move_on(scope)
            await asyncio.sleep(0)

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_a_cancelled_anyio_scope_that_was_told_to(runner: Any) -> None:
    async def main() -> None:
        with anyio.CancelScope() as told:
            told.cancel()
            await forever()
        await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())
