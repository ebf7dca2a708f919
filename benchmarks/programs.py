"""The measured programs: each takes a time, in seconds, or a size, in bytes. Runs in the measured process.

A selector costs more than a task does, so that the programs about children keep it out: many tasks are ready in each
turn of the loop. There is only one main task, and each step of it is a turn of the loop, the selector's share included.
"""

import asyncio
import contextvars
import time
import tracemalloc
import types
from contextlib import closing
from typing import Any, Callable, Dict, Generator, List

from subjects import BareLoop

CHILDREN = 100

clock = time.perf_counter


@types.coroutine
def turn() -> Generator[None, None, None]:
    """Let the loop go round once: the barest step that a task can take."""
    yield


async def nothing() -> None:
    pass


async def steps(count: int) -> None:
    for _ in range(count):
        await turn()


async def waits(future: "asyncio.Future[None]") -> None:
    await future


def child_step(make_runner: Callable[[], Any], count: int) -> float:
    """Steps of children, once all of them have begun."""

    async def main() -> float:
        children = [asyncio.create_task(steps(count // CHILDREN)) for _ in range(CHILDREN)]
        await turn()
        begin = clock()
        for child in children:
            await child
        return clock() - begin

    return run_once(make_runner, main)


def child_life(make_runner: Callable[[], Any], count: int) -> float:
    """Create, await and finish children: many are created in one turn of the loop, and most are done when awaited."""

    async def main() -> float:
        begin = clock()
        for _ in range(count // CHILDREN):
            children = [asyncio.create_task(nothing()) for _ in range(CHILDREN)]
            for child in children:
                await child
        return clock() - begin

    return run_once(make_runner, main)


def awaited_child(make_runner: Callable[[], Any], count: int) -> float:
    """The same for children that are each awaited at once, so that their parent sleeps and is woken; of many parents."""

    async def parent() -> None:
        for _ in range(count // CHILDREN):
            await asyncio.create_task(nothing())

    async def main() -> float:
        begin = clock()
        parents = [asyncio.create_task(parent()) for _ in range(CHILDREN)]
        for each in parents:
            await each
        return clock() - begin

    return run_once(make_runner, main)


def main_step(make_runner: Callable[[], Any], count: int) -> float:
    """Steps of the main task."""

    async def main() -> float:
        begin = clock()
        await steps(count)
        return clock() - begin

    return run_once(make_runner, main)


def run(make_runner: Callable[[], Any], count: int) -> float:
    """Run a coroutine that ends at once in a Runner that is open."""
    runner = make_runner()
    with closing(runner):
        runner.run(nothing())
        begin = clock()
        for _ in range(count):
            runner.run(nothing())
        return clock() - begin


def open_run_close(make_runner: Callable[[], Any], count: int) -> float:
    """Make a Runner and with it a loop, run a coroutine that ends at once, and close both."""
    begin = clock()
    for _ in range(count):
        with closing(make_runner()) as runner:
            runner.run(nothing())
    return clock() - begin


def task_size(make_runner: Callable[[], Any], count: int) -> float:
    """What is allocated for tasks that wait, their coroutines not counted."""

    async def main() -> float:
        return await size(count, asyncio.create_task)

    return run_once(make_runner, main)


def task_size_with_context(make_runner: Callable[[], Any], count: int) -> float:
    """The same with a context given for each, the contexts not counted; stock tasks below 3.11 take none."""
    contexts: List[contextvars.Context] = [contextvars.copy_context() for _ in range(count)]

    async def main() -> float:
        create_task: Any = asyncio.get_running_loop().create_task
        if isinstance(runner, BareLoop):
            return await size(count, create_task)
        return await size(count, lambda coro: create_task(coro, context=contexts.pop()))

    runner = make_runner()
    with closing(runner):
        taken: float = runner.run(main())
    return taken


async def size(count: int, create_task: Callable[[Any], Any]) -> float:
    """The bytes that ``count`` tasks take while they wait for one future."""
    future = asyncio.get_running_loop().create_future()
    coroutines = [waits(future) for _ in range(count)]
    children: List[Any] = [None] * count
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for index in range(count):
        children[index] = create_task(coroutines[index])
    await turn()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    future.set_result(None)
    for child in children:
        await child
    return after - before


def import_time(make_runner: Callable[[], Any], count: int) -> float:  # noqa: ARG001  # nothing is run
    """What importing the package adds to importing asyncio, in a process that has not imported it yet."""
    begin = clock()
    import runner_backport  # noqa: F401, PLC0415

    return (clock() - begin) * count


def run_once(make_runner: Callable[[], Any], main: Callable[[], Any]) -> float:
    runner = make_runner()
    with closing(runner):
        taken: float = runner.run(main())
    return taken


PROGRAMS: Dict[str, Callable[[Callable[[], Any], int], float]] = {
    program.__name__: program
    for program in (
        child_step,
        child_life,
        awaited_child,
        main_step,
        run,
        open_run_close,
        task_size,
        task_size_with_context,
        import_time,
    )
}
