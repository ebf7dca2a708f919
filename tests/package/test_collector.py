"""The garbage collector and a Runner: one that is dropped while open, and collections in the middle of runs."""

import asyncio
import contextvars
import gc
import logging
import re
import warnings
import weakref
from typing import Any, Iterator, List

import pytest

import runner_backport
from by_hand import COMPARED, REFERENCE, ByHand
from coroutines import cancel, forever, nothing
from runner_backport._runner import Runner as OwnRunner


@pytest.fixture
def at_every_turn() -> Iterator[None]:
    """A collection at each chance that the interpreter gives the collector."""
    # What is there already is not looked at, or each collection would take as long as a test.
    gc.freeze()
    before = gc.get_threshold()
    gc.set_threshold(1, 1, 1)
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.mark.usefixtures("at_every_turn")
@COMPARED
def test_collections_in_the_middle_of_runs_change_nothing(runner: Any, make_child: Any) -> None:
    if make_child in (runner_backport.create_task, runner_backport.Task) and isinstance(runner, ByHand):
        pytest.skip("these are ours on any loop, and no stock tasks")

    async def child(number: int) -> int:
        await asyncio.sleep(0)
        return number

    async def main() -> Any:
        waiting = make_child(forever())
        cancelled = make_child(forever())
        numbers = await asyncio.gather(*(make_child(child(number)) for number in range(5)))
        await cancel(cancelled)
        asyncio.get_running_loop().call_soon(waiting.cancel)
        await asyncio.wait([waiting])
        return numbers, cancelled.cancelled(), waiting.cancelled()

    for _ in range(3):
        assert runner.run(main()) == ([0, 1, 2, 3, 4], True, True)


@pytest.mark.usefixtures("at_every_turn")
def test_a_context_survives_collections_from_run_to_run(runner: Any, var: Any) -> None:
    context = contextvars.copy_context()

    async def child() -> Any:
        await asyncio.sleep(0)
        return var.get()

    async def main(value: str) -> Any:
        before = var.get()
        var.set(value)
        gc.collect()
        return before, await runner_backport.create_task(child(), context=contextvars.copy_context())

    seen = [runner.run(main(value), context=given) for given in (None, context) for value in ("one", "two")]
    assert seen == [("unset", "one"), ("one", "two")] * 2


async def leave_tasks() -> None:
    """One that has begun, and one that has not."""
    begun = asyncio.create_task(forever())
    await asyncio.sleep(0)
    unbegun = asyncio.create_task(nothing())
    assert not begun.done()
    assert not unbegun.done()


async def leave_an_async_generator() -> None:
    async def generate() -> Any:
        yield

    await generate().__anext__()


def dropped(runner_class: Any, loop_factory: Any, use: Any, caplog: Any) -> List[str]:
    """What comes of an open Runner that is dropped after a run, sorted, without addresses."""
    runner = runner_class(loop_factory=loop_factory)
    runner.run(use())
    gone = weakref.ref(runner), weakref.ref(runner.get_loop())
    caplog.clear()
    with warnings.catch_warnings(record=True) as warned, caplog.at_level(logging.ERROR):
        warnings.simplefilter("always")
        del runner
        gc.collect()
        told = ["freed: " + str([reference() is None for reference in gone])]
        told += [f"{warning.category.__name__}: {warning.message}" for warning in warned]
        told += [record.getMessage().splitlines()[0] for record in caplog.records]
        loop = gone[1]()
        if loop is not None:
            # uvloop's, which nothing but close can free.
            loop.close()
            del loop
            gc.collect()
    return sorted(re.sub(r"<.*>", "<...>", line) for line in told)


@pytest.mark.parametrize("use", [nothing, leave_tasks, leave_an_async_generator])
def test_an_open_runner_that_is_dropped_goes_as_native_goes(loop_factory: Any, caplog: Any, use: Any) -> None:
    """With an unclosed loop and tasks destroyed though pending; below 3.11 as a stock loop goes."""
    told = dropped(OwnRunner, loop_factory, use, caplog)
    assert told == dropped(REFERENCE, loop_factory, use, caplog)
    if loop_factory is asyncio.SelectorEventLoop:
        assert {"ResourceWarning: unclosed event loop <...>", "freed: [True, True]"} <= set(told)
        assert ("Task was destroyed but it is pending!" in told) == (use is not nothing)


@COMPARED
def test_a_closed_runner_in_a_cycle_is_collected(runner_class: Any, loop_factory: Any) -> None:
    class Owner:
        pass

    owner: Any = Owner()
    owner.runner = runner_class(loop_factory=loop_factory)
    owner.runner.run(nothing())
    owner.runner.owner = owner
    owner.runner.close()
    gone = weakref.ref(owner.runner)
    del owner
    assert gone() is not None
    gc.collect()
    assert gone() is None
