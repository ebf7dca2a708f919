"""Reference counting alone frees loops and tasks, as it does natively."""

import asyncio
import gc
import weakref
from typing import Any, List

import pytest


@pytest.fixture
def without_collector() -> Any:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_closed_loop_is_freed_at_once(
    runner_class: Any, loop_factory: Any, without_collector: None
) -> None:
    """As a stock loop is: nothing of ours holds it until a garbage collection."""

    async def main() -> None:
        await asyncio.create_task(asyncio.sleep(0))

    with runner_class(loop_factory=loop_factory) as runner:
        runner.run(main())
        loop = weakref.ref(runner.get_loop())
    assert loop() is None


def test_a_finished_task_and_its_coroutine_are_freed_at_once(runner: Any, without_collector: None) -> None:
    freed: List[Any] = []

    class Local:
        pass

    async def child() -> None:
        local = Local()
        freed.append(weakref.ref(local))
        await asyncio.sleep(0)

    async def main() -> None:
        freed.append(weakref.ref(asyncio.current_task()))
        task = asyncio.create_task(child())
        freed.append(weakref.ref(task))
        await task

    runner.run(main())
    assert [reference() for reference in freed] == [None, None, None]
