"""Task factories from before contexts and names, and what they make without asyncio's private attributes."""

import asyncio
from typing import Any

import pytest

import runner_backport
from coroutines import NATIVE, current_class


class MarkedTask(runner_backport.Task):  # type: ignore[type-arg]
    """A task class of the user's."""


def test_a_legacy_factory_makes_tasks_with_contexts_below_3_11(runner: Any) -> None:
    """The declared difference: natively, context= is passed to each factory, and this one raises TypeError."""

    def legacy(loop: Any, coro: Any) -> Any:
        return MarkedTask(coro, loop=loop)

    runner.get_loop().set_task_factory(legacy)
    coro = current_class()
    if NATIVE:
        with pytest.raises(TypeError, match="context"):
            runner.run(coro)
        coro.close()
        # Closing makes tasks as well.
        runner.get_loop().set_task_factory(None)
    else:
        assert runner.run(coro) is MarkedTask


class Duck:
    """What looks like a Future as far as the documentation goes, without asyncio's private attributes."""

    _asyncio_future_blocking = False

    def __init__(self, coro: Any, loop: Any) -> None:
        self._task = asyncio.Task(coro, loop=loop)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._task, name)


def test_gather_takes_what_a_factory_makes(runner: Any) -> None:
    """asyncio.ensure_future of 3.8 and 3.9 looks at a private attribute of tasks, which not all have."""

    async def main() -> Any:
        loop = asyncio.get_running_loop()
        loop.set_task_factory(lambda loop, coro, **_: Duck(coro, loop))  # type: ignore[arg-type]
        gathered = asyncio.gather(asyncio.sleep(0, "one"), asyncio.sleep(0, "two"))
        loop.set_task_factory(None)
        return await gathered

    assert runner.run(main()) == ["one", "two"]
