"""Loops that hand everything on to another: tracers, wrappers of tests."""

import asyncio
from typing import Any

import pytest

from coroutines import counts


@pytest.fixture(params=["attributes", "slots"])
def delegating_class(loop_class: Any, request: pytest.FixtureRequest) -> Any:
    """A loop that hands everything on to another, with a __dict__ of its own and without."""

    class Slotted:
        __slots__ = ("inner",)

        def __init__(self) -> None:
            self.inner = loop_class()

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inner, name)

    class WithAttributes(Slotted):
        pass

    return Slotted if request.param == "slots" else WithAttributes


def test_a_loop_that_delegates_runs_tasks_that_count(runner_class: Any, delegating_class: Any) -> None:
    """Natively its tasks are the inner loop's."""

    async def main() -> Any:
        await asyncio.sleep(0)
        return await asyncio.create_task(counts())

    loop, coro = delegating_class(), main()
    runner = runner_class(loop_factory=lambda: loop)
    try:
        assert runner.run(coro) == (1, 0)
        runner.close()
    finally:
        coro.close()
        for task in asyncio.all_tasks(loop):
            task._log_destroy_pending = False  # type: ignore[attr-defined]
        loop.inner.close()
