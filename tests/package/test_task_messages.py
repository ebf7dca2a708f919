"""What asyncio says of tasks by itself: lost exceptions, lost tasks, slow steps; and words of reprs in them."""

import asyncio
import contextvars
import gc
import inspect
import logging
import time
from typing import Any, List

import pytest

import runner_backport
from coroutines import forever, stock


@pytest.fixture(params=[False, True], ids=["no context", "context"])
def context(request: pytest.FixtureRequest) -> Any:
    return contextvars.copy_context() if request.param else None


@pytest.fixture
def reports(runner: Any) -> List[Any]:
    """What the loop's exception handler is told, with reprs in place of tasks, which would else live on."""
    told: List[Any] = []

    def handle(_: Any, report: Any) -> None:
        told.append({key: repr(value) for key, value in report.items()})

    runner.get_loop().set_exception_handler(handle)
    return told


def place(function: Any) -> str:
    """How a repr says where a function is defined, as the code says it: 3.8 may have relative paths."""
    code = function.__code__
    return f"{code.co_filename}:{code.co_firstlineno}"


def test_a_lost_exception_is_told_with_the_task_and_its_coroutine(
    runner: Any, reports: Any, context: Any
) -> None:
    async def failing() -> None:
        raise ZeroDivisionError("mine")

    async def main() -> None:
        runner_backport.create_task(failing(), name="lost", context=context)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    runner.run(main())
    name = failing.__qualname__
    assert reports == [
        {
            "message": "'Task exception was never retrieved'",
            "exception": "ZeroDivisionError('mine')",
            "future": f"<Task finished name='lost' coro=<{name}() done, defined at {place(failing)}> "
            "exception=ZeroDivisionError('mine')>",
        }
    ]


def test_a_task_that_dies_pending_is_told_with_its_coroutine(runner: Any, reports: Any, context: Any) -> None:
    async def pending() -> None:
        # Nothing but the task knows of this future, and nothing but it of the task.
        await asyncio.get_running_loop().create_future()

    async def main() -> None:
        runner_backport.create_task(pending(), name="lost", context=context)
        await asyncio.sleep(0)
        gc.collect()

    runner.run(main())
    (report,) = reports
    assert report.keys() == {"message", "task"}
    assert report["message"] == "'Task was destroyed but it is pending!'"
    assert report["task"].startswith(
        f"<Task pending name='lost' coro=<{pending.__qualname__}() done, defined at {place(pending)}> wait_for=<Future"
    )


def test_a_coroutine_that_dies_pending_cleans_up_in_its_own_context(
    runner: Any, reports: Any, var: Any
) -> None:
    """Not in the given one: nobody steps it any more, and whoever lets it go is where it ends."""
    context = contextvars.copy_context()
    seen: List[str] = []

    async def pending() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            seen.append(var.get())

    async def main() -> None:
        var.set("main's")
        runner_backport.create_task(pending(), context=context)
        await asyncio.sleep(0)
        gc.collect()

    runner.run(main())
    assert seen == ["main's"]
    assert len(reports) == 1


def test_a_slow_step_is_told_with_the_task(runner: Any, context: Any, caplog: Any) -> None:
    loop = runner.get_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = 0.001

    async def slow() -> None:
        time.sleep(0.002)

    async def main() -> None:
        await runner_backport.create_task(slow(), name="slow", context=context)

    with caplog.at_level(logging.WARNING, logger="asyncio"):
        runner.run(main())
    # On a busy machine other steps are slow as well.
    (told,) = [
        message for message in caplog.messages if message.startswith("Executing <Task finished name='slow'")
    ]
    assert f"{slow.__qualname__}() done, defined at {place(slow)}> result=None created at " in told


def test_the_main_task_s_source_traceback_ends_in_run(runner_class: Any, loop_factory: Any) -> None:
    """As natively: the line of the Runner that makes the task is the last, and the user's the one before."""

    async def main() -> Any:
        task: Any = asyncio.current_task()
        return [frame.name for frame in task._source_traceback[-2:]]

    with runner_class(debug=True, loop_factory=loop_factory) as runner:
        assert runner.run(main()) == [inspect.currentframe().f_code.co_name, "run"]  # type: ignore[union-attr]


def words(*tasks: Any) -> List[str]:
    return [repr(task).split()[1] for task in tasks]


def test_the_repr_does_not_say_cancelling_once_that_is_taken_back(runner: Any, context: Any) -> None:
    """3.11's word goes by the count alone; 3.8's to 3.10's by whether a cancellation is still to be delivered."""

    async def main() -> Any:
        task: Any = runner_backport.create_task(forever(), context=context)
        shown = words(task)
        task.cancel()
        shown += words(task)
        task.uncancel()
        shown += words(task)
        # Again, since from 3.13 on the last uncancel has called it off: gh-116720.
        task.cancel()
        await asyncio.wait([task])
        return shown

    assert runner.run(main()) == ["pending", "cancelling", "pending"]


def test_the_repr_of_the_current_task_goes_by_its_count(runner: Any) -> None:
    async def main() -> Any:
        task: Any = asyncio.current_task()
        task.cancel()
        shown = words(task)
        task.uncancel()
        shown += words(task)
        # Again, since from 3.13 on the last uncancel has called it off: gh-116720.
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.sleep(0)
        shown += words(task)
        task.uncancel()
        return shown + words(task)

    assert runner.run(main()) == ["cancelling", "pending", "cancelling", "pending"]


def test_the_repr_of_a_factory_s_stock_task_says_cancelling(runner: Any, context: Any) -> None:
    runner.get_loop().set_task_factory(stock)

    async def main() -> Any:
        task: Any = runner_backport.create_task(forever(), context=context)
        await asyncio.sleep(0)
        shown = words(task)
        task.cancel()
        shown += words(task)
        await asyncio.wait([task])
        return shown + words(task)

    assert runner.run(main()) == ["pending", "cancelling", "cancelled"]


def test_a_factory_s_stock_task_that_is_freed_while_it_waits_is_told_of(
    runner: Any, reports: List[Any]
) -> None:
    loop = runner.get_loop()
    loop.set_task_factory(stock)

    async def wait() -> None:
        await loop.create_future()

    async def main() -> None:
        loop.create_task(wait())
        await asyncio.sleep(0)
        gc.collect()

    runner.run(main())
    assert [report["message"] for report in reports] == ["'Task was destroyed but it is pending!'"]
    assert reports[0]["task"].startswith("<Task ")
