"""A pipeline by anyio: a producer, a memory stream, consumers that work in threads, and a time limit."""

# ruff: noqa: T201  # what it prints is what it is known by

import asyncio
import threading
from typing import Any, List

import anyio
import anyio.to_thread
from loops import endless, forever, loop_factory

from runner_backport import Runner


def square(number: int) -> int:
    assert threading.current_thread() is not threading.main_thread()
    return number**2


async def produce(stream: Any) -> None:
    async with stream:
        for number in range(5):
            await stream.send(number)
        if endless():
            print("all sent")
            await forever()


async def consume(stream: Any, results: List[int]) -> None:
    try:
        async with stream:
            async for number in stream:
                results.append(await anyio.to_thread.run_sync(square, number))  # noqa: PERF401  # as users write it
    finally:
        print("a consumer ended")


async def leave_over() -> None:
    try:
        await forever()
    finally:
        print("what was left over ended")


async def main() -> None:
    # Nobody awaits it: it is the Runner's to end.
    left_over = asyncio.create_task(leave_over())
    # What takes too long is given up, and the rest goes on.
    with anyio.move_on_after(0) as scope:
        await forever()
    print("moved on", scope.cancelled_caught)

    results: List[int] = []
    send, receive = anyio.create_memory_object_stream(0)  # type: ignore[var-annotated]
    async with anyio.create_task_group() as group, receive:
        group.start_soon(produce, send)
        group.start_soon(consume, receive.clone(), results)
        group.start_soon(consume, receive.clone(), results)
    print("results", sorted(results), left_over.done())


if __name__ == "__main__":
    try:
        with Runner(loop_factory=loop_factory) as runner:
            runner.run(main())
    except KeyboardInterrupt:
        print("interrupted")
    # anyio's threads end when it learns that the main task has: none is to stay.
    for thread in set(threading.enumerate()) - {threading.main_thread()}:
        thread.join(10)
    print("threads left", threading.active_count() - 1)
