"""What a Runner is compared with: native's own, or, where there is none, a stock loop that is handled by hand."""

import asyncio
from typing import Any

import pytest

from coroutines import NATIVE
from runner_backport._runner import Runner as OwnRunner


class ByHand:
    """As much of a Runner as a stock loop of 3.8 to 3.10 gives: no contexts, no interrupts, stock tasks."""

    def __init__(self, *, loop_factory: Any) -> None:
        self._loop = loop_factory()

    def __enter__(self) -> "ByHand":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def get_loop(self) -> Any:
        return self._loop

    def run(self, coro: Any) -> Any:
        return self._loop.run_until_complete(self._loop.create_task(coro))

    def close(self) -> None:
        leftovers = asyncio.all_tasks(self._loop)
        for task in leftovers:
            task.cancel()
        # A coroutine makes the future, which has to be one of this loop's.
        self._loop.run_until_complete(self._end(leftovers))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        if hasattr(self._loop, "shutdown_default_executor"):
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        elif getattr(self._loop, "_default_executor", None) is not None:
            self._loop._default_executor.shutdown(wait=True)
        self._loop.close()
        self._loop = None

    @staticmethod
    async def _end(leftovers: Any) -> None:
        await asyncio.gather(*leftovers, return_exceptions=True)


REFERENCE: Any = asyncio.Runner if NATIVE else ByHand  # type: ignore[attr-defined,unused-ignore]
"""The Runner that ours is to be like."""

COMPARED = pytest.mark.parametrize(
    "runner_class", [OwnRunner, REFERENCE], ids=["runner_backport", REFERENCE.__module__]
)
"""In place of the fixture ``runner_class``: ours and, on each interpreter, what it is to be like."""
