"""Runs, Runners and tasks by the thousand leave nothing behind: ``nox -s soak`` has a hundred times as many.

What is measured are the interpreter's blocks of memory after a garbage collection, as in a search for leaks
of CPython's own: what is kept for each task or run, be it one small object, grows with their number.
"""

import asyncio
import contextvars
import gc
import sys
from typing import Any, Callable, Coroutine, Dict, Iterator

import pytest

import runner_backport
from by_hand import COMPARED, ByHand
from coroutines import Failure, cancel, cancel_itself, fail, forever, interrupted, nothing, stock, swallow_one
from meter import LeakingMeter, Meter

pytestmark = [
    COMPARED,
    pytest.mark.skipif(
        not getattr(sys, "getallocatedblocks", int)(), reason="this interpreter does not count its blocks"
    ),
]

# At scale 1; all kinds together, on each implementation and loop.
RUNS = 1_000
TASKS = 10_000
RUNNERS = 200

BATCH = 50


@pytest.fixture(scope="module", autouse=True)
def _own_garbage_only() -> Iterator[None]:
    """Let a collection look at what these tests make and not at all of pytest: it is then done in no time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(params=[Meter, LeakingMeter], ids=["nothing planted", "a leak planted"])
def new_meter(request: pytest.FixtureRequest, scale: int) -> Any:
    """What makes a meter of a number of repetitions at scale 1."""
    # A leak that is seen at scale 1 takes a hundred times as long to be seen at 100.
    times = 1 if request.param.leaks else scale
    return lambda number: request.param(number * times)


async def with_children() -> None:
    for _ in range(3):
        await asyncio.create_task(asyncio.sleep(0))


def in_a_context(runner: Any) -> None:
    runner.run(asyncio.sleep(0), context=contextvars.copy_context())


def by_a_factory(runner: Any) -> None:
    runner.get_loop().set_task_factory(stock)
    runner.run(swallow_one())
    runner.get_loop().set_task_factory(None)


def raising(error: Any, coroutine: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[Any], None]:
    def run(runner: Any) -> None:
        try:
            runner.run(coroutine())
        except error:
            return
        raise AssertionError(f"no {error.__name__}")

    return run


RUN_KINDS: Dict[str, Callable[[Any], None]] = {
    "plain": lambda runner: runner.run(asyncio.sleep(0)),
    "with children": lambda runner: runner.run(with_children()),
    "in a context": in_a_context,
    "failed": raising(Failure, fail),
    "cancelled": raising(asyncio.CancelledError, cancel_itself),
    "swallowing": lambda runner: runner.run(swallow_one()),
    "interrupted": raising(KeyboardInterrupt, interrupted),
    "by a factory": by_a_factory,
}


@pytest.mark.usefixtures("default_sigint")
@pytest.mark.parametrize("kind", RUN_KINDS)
def test_runs_leave_nothing_behind(runner: Any, kind: str, new_meter: Any) -> None:
    if kind in ("in a context", "interrupted") and isinstance(runner, ByHand):
        pytest.skip("a loop handled by hand knows neither contexts nor interrupts")
    run = RUN_KINDS[kind]
    meter = new_meter(RUNS // len(RUN_KINDS))
    for number in meter:
        for _ in range(number):
            run(runner)
    assert meter.grows() is meter.leaks, meter


async def finish(make: Callable[[Any], Any], number: int) -> None:
    await asyncio.gather(*(make(asyncio.sleep(0)) for _ in range(number)))


async def finish_in_contexts(make: Callable[[Any], Any], number: int) -> None:
    def make_in_context(coro: Any) -> Any:
        return runner_backport.create_task(coro, context=contextvars.copy_context())

    await finish(make_in_context, number)


async def fail_all(make: Callable[[Any], Any], number: int) -> None:
    await asyncio.gather(*(make(fail()) for _ in range(number)), return_exceptions=True)


async def cancel_all(make: Callable[[Any], Any], number: int) -> None:
    tasks = [make(forever()) for _ in range(number)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def cancel_unstarted(make: Callable[[Any], Any], number: int) -> None:
    for _ in range(number):
        await cancel(make(nothing()))


async def swallow_in_all(make: Callable[[Any], Any], number: int) -> None:
    await asyncio.gather(*(make(swallow_one()) for _ in range(number)))


async def swallow_in_main(make: Callable[[Any], Any], number: int) -> None:
    for _ in range(number):
        waiting = make(swallow_one())
        await swallow_one()
        await waiting


async def shield_and_wait(make: Callable[[Any], Any], number: int) -> None:
    for _ in range(number):
        await asyncio.wait_for(asyncio.shield(make(asyncio.sleep(0))), 10)


def by_loop(coro: Any) -> Any:
    return asyncio.get_running_loop().create_task(coro)


def by_stock_factory(coro: Any) -> Any:
    loop = asyncio.get_running_loop()
    loop.set_task_factory(stock)
    try:
        return loop.create_task(coro)
    finally:
        loop.set_task_factory(None)


TASK_KINDS: Dict[str, Any] = {
    "plain": (finish, asyncio.create_task),
    "by the loop": (finish, by_loop),
    "by the class": (finish, runner_backport.Task),
    "in contexts": (finish_in_contexts, None),
    "failed": (fail_all, asyncio.create_task),
    "cancelled": (cancel_all, asyncio.create_task),
    "cancelled at once": (cancel_unstarted, asyncio.create_task),
    "swallowing": (swallow_in_all, asyncio.create_task),
    "swallowed by the main task": (swallow_in_main, asyncio.create_task),
    "shielded": (shield_and_wait, asyncio.create_task),
    "by a factory": (finish, by_stock_factory),
    "cancelled, by a factory": (cancel_all, by_stock_factory),
}


@pytest.mark.parametrize("kind", TASK_KINDS)
def test_tasks_leave_nothing_behind_while_their_run_goes_on(runner: Any, kind: str, new_meter: Any) -> None:
    if kind in ("in contexts", "by the class") and isinstance(runner, ByHand):
        pytest.skip("these are ours on any loop, and no stock tasks")
    batch, make = TASK_KINDS[kind]
    meter = new_meter(TASKS // len(TASK_KINDS))

    async def main() -> None:
        for number in meter:
            for begin in range(0, number, BATCH):
                await batch(make, min(BATCH, number - begin))

    runner.run(main())
    assert meter.grows() is meter.leaks, meter


async def leave_a_task() -> None:
    task = asyncio.create_task(forever())
    await asyncio.sleep(0)
    assert not task.done()


async def leave_an_async_generator() -> None:
    async def generate() -> Any:
        yield

    async for _ in generate():
        break


async def leave_an_executor() -> None:
    await asyncio.get_running_loop().run_in_executor(None, int)


RUNNER_KINDS: Dict[str, Any] = {
    "plain": nothing,
    "with a leftover task": leave_a_task,
    "with an async generator": leave_an_async_generator,
    "with an executor": leave_an_executor,
}


@pytest.mark.parametrize("kind", RUNNER_KINDS)
def test_runners_leave_nothing_behind(
    runner_class: Any, loop_factory: Any, kind: str, new_meter: Any
) -> None:
    meter = new_meter(RUNNERS // len(RUNNER_KINDS))
    for number in meter:
        for _ in range(number):
            with runner_class(loop_factory=loop_factory) as runner:
                runner.run(RUNNER_KINDS[kind]())
    assert meter.grows() is meter.leaks, meter
