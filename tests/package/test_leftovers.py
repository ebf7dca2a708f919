"""Tasks that close finds, beyond those that let themselves be cancelled: see test_shutdown.py for these."""

import asyncio
import gc
from typing import Any, List

import pytest

from coroutines import forever


class OwnBaseError(BaseException):
    pass


@pytest.fixture
def opened(runner_class: Any, loop_factory: Any) -> Any:
    """A Runner to be closed by the test."""
    runner = runner_class(loop_factory=loop_factory)
    yield runner
    runner.close()


@pytest.fixture
def reports(opened: Any) -> List[Any]:
    """What the loop's exception handler is told."""
    told: List[Any] = []
    opened.get_loop().set_exception_handler(lambda loop, report: told.append(report))
    return told


async def answer_with(error: BaseException) -> None:
    """Answer a cancellation with an error."""
    try:
        await forever()
    finally:
        raise error


async def start(*coros: Any) -> List[Any]:
    """Make children of coroutines and let them come to where they wait."""
    tasks = [asyncio.create_task(coro) for coro in coros]
    await asyncio.sleep(0)
    return tasks


ERRORS = [OwnBaseError("mine"), GeneratorExit("mine"), StopAsyncIteration("mine")]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_any_error_but_two_goes_to_the_exception_handler(opened: Any, reports: Any, error: Any) -> None:
    (task,) = opened.run(start(answer_with(error)))
    opened.close()
    message = "unhandled exception during asyncio.run() shutdown"
    assert reports == [{"message": message, "exception": error, "task": task}]


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt("mine")], ids=["exit", "interrupt"])
def test_the_two_that_end_programs_come_out_of_close(opened: Any, reports: Any, error: Any) -> None:
    (task,) = opened.run(start(answer_with(error)))
    loop = opened.get_loop()
    with pytest.raises(type(error)) as caught:
        opened.close()
    assert caught.value is error
    assert reports == []
    assert task.exception() is error
    assert loop.is_closed()
    with pytest.raises(RuntimeError, match="Runner is closed"):
        opened.get_loop()


def test_one_that_is_cancelled_and_raises_its_own_cancellation_is_not_told(opened: Any, reports: Any) -> None:
    (task,) = opened.run(start(answer_with(asyncio.CancelledError())))
    opened.close()
    assert reports == []
    assert task.cancelled()


def test_each_is_cancelled_once(opened: Any) -> None:
    counts: List[int] = []

    async def leftover() -> None:
        try:
            await forever()
        finally:
            await asyncio.sleep(0)
            counts.append(asyncio.current_task().cancelling())  # type: ignore[union-attr]

    opened.run(start(leftover(), leftover()))
    opened.close()
    assert counts == [1, 1]


def test_one_that_has_not_begun_never_begins(opened: Any) -> None:
    steps: List[str] = []

    async def late() -> None:
        steps.append("begun")

    # Made outside of any run, so that no step of the loop's can follow.
    task = opened.get_loop().create_task(late())
    opened.close()
    assert task.cancelled()
    assert steps == []


def test_one_that_waits_for_another(opened: Any) -> None:
    async def wait_for(task: Any) -> None:
        await task

    async def main() -> List[Any]:
        (inner,) = await start(forever())
        (outer,) = await start(wait_for(inner))
        return [inner, outer]

    inner, outer = opened.run(main())
    opened.close()
    assert inner.cancelled()
    assert outer.cancelled()


def test_one_made_by_another_while_that_is_cancelled_is_not_waited_for(opened: Any, reports: Any) -> None:
    """Only the tasks that were there when close began are its leftovers."""
    made: List[Any] = []

    async def leftover() -> None:
        try:
            await forever()
        finally:
            made.append(asyncio.create_task(forever()))

    opened.run(start(leftover()))
    opened.close()
    assert not made[0].done()
    assert made[0].cancelling() == 0
    # Told when it is freed, as any task that nobody waits for.
    made.clear()
    gc.collect()
    assert [report["message"] for report in reports] == ["Task was destroyed but it is pending!"]


def test_one_made_by_another_ends_if_it_can_while_others_are_waited_for(opened: Any) -> None:
    steps: List[str] = []

    async def note() -> None:
        steps.append("noted")

    async def leftover() -> None:
        try:
            await forever()
        finally:
            await asyncio.create_task(note())

    opened.run(start(leftover()))
    opened.close()
    assert steps == ["noted"]


def test_one_that_ended_before_close_is_none(opened: Any, reports: Any) -> None:
    """Its error is told by the task itself, since nobody asked for it."""

    async def fail() -> None:
        raise ZeroDivisionError

    opened.run(start(fail()))
    gc.collect()
    opened.close()
    assert [report["message"] for report in reports] == ["Task exception was never retrieved"]


def test_an_error_is_retrieved_by_its_report(opened: Any, reports: Any) -> None:
    """A second report, that nobody retrieved the error, does not follow."""
    opened.run(start(answer_with(ZeroDivisionError())))
    opened.close()
    reports[:] = [report["message"] for report in reports]
    gc.collect()
    assert reports == ["unhandled exception during asyncio.run() shutdown"]


def test_without_an_exception_handler_it_is_logged(opened: Any, caplog: Any) -> None:
    opened.run(start(answer_with(ZeroDivisionError("mine"))))
    opened.close()
    (record,) = caplog.records
    assert record.name == "asyncio"
    assert record.getMessage().startswith("unhandled exception during asyncio.run() shutdown\ntask: <Task")
    assert isinstance(record.exc_info[1], ZeroDivisionError)


def test_an_exception_handler_that_fails_does_not_keep_close_from_ending(opened: Any, caplog: Any) -> None:
    def handler(loop: Any, report: Any) -> None:
        raise OSError("in the handler")

    loop = opened.get_loop()
    loop.set_exception_handler(handler)
    opened.run(start(answer_with(ZeroDivisionError())))
    opened.close()
    assert loop.is_closed()
    (record,) = caplog.records
    assert isinstance(record.exc_info[1], OSError)


def test_an_exception_handler_that_exits_closes_the_loop(opened: Any) -> None:
    def handler(loop: Any, report: Any) -> None:
        raise SystemExit(4)

    loop = opened.get_loop()
    loop.set_exception_handler(handler)
    opened.run(start(answer_with(ZeroDivisionError())))
    with pytest.raises(SystemExit):
        opened.close()
    assert loop.is_closed()
