"""taskgroup's TaskGroup and timeout under our Runner: main task and children are its tasks, and they count together.

taskgroup supports 3.8, but its TaskGroup never ends there when it is cancelled in the middle of its body, whatever the
Runner: contextlib's AsyncExitStack of 3.8 follows a chain of exceptions round and round. A body that is over is safe.
On 3.11 and newer the two are asyncio's own (taskgroup 0.2.2's TaskGroup no longer works on 3.13), as a witness.
"""

import asyncio
import contextvars
import signal
from typing import Any, List

import pytest

from runner_backport import create_task

if hasattr(asyncio, "TaskGroup"):
    from asyncio import TaskGroup, timeout
else:
    from exceptiongroup import ExceptionGroup
    from taskgroup import TaskGroup, timeout

TIMEOUTS = (TimeoutError, asyncio.TimeoutError)

var: "contextvars.ContextVar[str]" = contextvars.ContextVar("var", default="unset")


async def forever() -> None:
    await asyncio.get_running_loop().create_future()


async def interrupted() -> None:
    signal.raise_signal(signal.SIGINT)
    await forever()


async def expire() -> None:
    async with timeout(0):
        await forever()


def test_the_program_ends(start: Any) -> None:
    assert start("taskgroup_jobs").printed()[-1] == "sum 5"


def test_an_interrupt_ends_the_program(start: Any) -> None:
    program = start("taskgroup_jobs", "endless")
    program.interrupt_at("all begun")
    begun, *ended, last = program.printed()
    assert (begun, last) == ("all begun", "interrupted")
    assert sorted(ended) == ["job 0 ended", "job 1 ended", "job 2 ended"]


def test_an_error_in_one_child_cancels_the_others_and_comes_out(runner: Any) -> None:
    cancelled: List[Any] = []

    async def wait() -> None:
        try:
            await forever()
        except asyncio.CancelledError:
            task: Any = asyncio.current_task()
            cancelled.append(task.cancelling())
            raise

    async def fail() -> None:
        raise ValueError("on purpose")

    async def main() -> None:
        async with TaskGroup() as group:
            group.create_task(wait())
            group.create_task(wait())
            group.create_task(fail())

    with pytest.raises(ExceptionGroup) as caught:
        runner.run(main())
    assert [str(error) for error in caught.value.exceptions] == ["on purpose"]
    assert cancelled == [1, 1]


def test_an_inner_timeout_leaves_the_outer_one_alone(runner: Any) -> None:
    async def main() -> List[Any]:
        async with timeout(3600) as outer:
            with pytest.raises(TIMEOUTS):
                await expire()
            await asyncio.sleep(0)
        task: Any = asyncio.current_task()
        return [outer.expired(), task.cancelling()]

    assert runner.run(main()) == [False, 0]


def test_an_outer_timeout_goes_through_the_inner_one(runner: Any) -> None:
    scopes: List[Any] = []

    async def expire_outside() -> None:
        async with timeout(0) as outer, timeout(3600) as inner:
            scopes.extend((outer, inner))
            await forever()

    async def main() -> None:
        with pytest.raises(TIMEOUTS):
            await expire_outside()

    runner.run(main())
    assert [scope.expired() for scope in scopes] == [True, False]


def test_a_timeout_in_a_child_of_ours(runner: Any) -> None:
    async def main() -> Any:
        child = asyncio.create_task(expire())
        await asyncio.wait([child])
        return child.exception(), child.cancelling()  # type: ignore[attr-defined, unused-ignore]

    error, count = runner.run(main())
    assert isinstance(error, TIMEOUTS)
    assert count == 0


def test_the_runner_s_context_is_that_of_a_timeout_s_body(runner: Any) -> None:
    async def begin() -> Any:
        return var.set("of the run before")

    async def main() -> str:
        async with timeout(3600):
            seen = var.get()
            var.set("by the body")
        return seen

    async def end(token: Any) -> str:
        last = var.get()
        var.reset(token)
        return last

    token = runner.run(begin())
    assert runner.run(main()) == "of the run before"
    assert runner.run(end(token)) == "by the body"


def test_a_child_of_a_group_has_what_its_parent_has_set(runner: Any) -> None:
    async def see() -> str:
        return var.get()

    async def main() -> Any:
        var.set("by its parent")
        async with TaskGroup() as group:
            child = group.create_task(see())
        return child.result()

    assert runner.run(main()) == "by its parent"


def test_a_given_context_is_that_of_a_timeout_s_body(runner: Any) -> None:
    async def main() -> str:
        async with timeout(3600):
            seen = var.get()
            var.set("by the body")
        return seen

    async def parent(given: contextvars.Context) -> str:
        return await create_task(main(), context=given)

    for_main, for_child = contextvars.copy_context(), contextvars.copy_context()
    for_main.run(var.set, "given")
    for_child.run(var.set, "given")
    assert runner.run(main(), context=for_main) == "given"
    assert runner.run(parent(for_child)) == "given"
    assert for_main[var] == for_child[var] == "by the body"


def test_an_interrupt_in_a_timeout(runner: Any) -> None:
    async def main() -> None:
        async with timeout(3600):
            await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_an_interrupt_after_an_expired_timeout(runner: Any) -> None:
    async def main() -> None:
        with pytest.raises(TIMEOUTS):
            await expire()
        await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_an_interrupt_while_a_group_waits_in_a_timeout(runner: Any) -> None:
    ended: List[str] = []

    async def child() -> None:
        try:
            await interrupted()
        finally:
            ended.append("child")

    async def main() -> None:
        async with timeout(3600), TaskGroup() as group:
            group.create_task(child())

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())
    assert ended == ["child"]
