"""Jobs in a TaskGroup, taskgroup's below 3.11, each with a time limit, and a summary when all are done."""

# ruff: noqa: T201  # what it prints is what it is known by

import asyncio
from typing import List

from loops import endless, forever, loop_factory

from runner_backport import Runner

if hasattr(asyncio, "TaskGroup"):
    from asyncio import TaskGroup, timeout
else:
    from taskgroup import TaskGroup, timeout

JOBS = 3


async def job(number: int, begun: List[int]) -> int:
    begun.append(number)
    if len(begun) == JOBS:
        print("all begun")
    try:
        async with timeout(3600):
            await (forever() if endless() else asyncio.sleep(0))
    finally:
        print(f"job {number} ended")
    return number**2


async def main() -> None:
    begun: List[int] = []
    async with TaskGroup() as group:
        tasks = [group.create_task(job(number, begun)) for number in range(JOBS)]
    print("sum", sum(task.result() for task in tasks))


if __name__ == "__main__":
    try:
        with Runner(loop_factory=loop_factory) as runner:
            runner.run(main())
    except KeyboardInterrupt:
        print("interrupted")
