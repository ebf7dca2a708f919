"""What is raised for who waits for a cancelled task, or reads it: the very error that it was cancelled with.

bpo-45390, in CPython from 3.11 on. Tasks of 3.8 forget the error, and there it stays so: see docs/divergences.md.
"""

import asyncio
import inspect
import traceback
from typing import Any, Awaitable, Callable, Dict, List

import pytest

import runner_backport
from coroutines import NATIVE, forever

KEEPS_ERRORS = "msg" in inspect.signature(asyncio.Future.cancel).parameters

forgotten = pytest.mark.xfail(
    not KEEPS_ERRORS, raises=AssertionError, reason="tasks of 3.8 forget what they were cancelled with"
)


async def awaited(task: Any) -> Any:
    await task


async def awaited_by_another(task: Any) -> Any:
    await asyncio.create_task(awaited(task))


async def awaited_when_done(task: Any) -> Any:
    await asyncio.wait([task])
    await task


async def result(task: Any) -> Any:
    await asyncio.wait([task])
    task.result()


async def exception(task: Any) -> Any:
    await asyncio.wait([task])
    task.exception()


async def gathered(task: Any) -> Any:
    await asyncio.gather(task)


async def waited_for(task: Any) -> Any:
    await asyncio.wait_for(task, 3600)


async def completed(task: Any) -> Any:
    for first in asyncio.as_completed([task]):
        await first


READS: Dict[str, Callable[[Any], Awaitable[Any]]] = {
    function.__name__: function
    for function in (
        awaited,
        awaited_by_another,
        awaited_when_done,
        result,
        exception,
        gathered,
        waited_for,
        completed,
    )
}


@pytest.fixture(params=READS.values(), ids=list(READS))
def read(request: pytest.FixtureRequest) -> Any:
    """One way to have a cancelled task's error raised."""
    return request.param


class Cancelled:
    """A child that is cancelled, and the error that it saw."""

    def __init__(self) -> None:
        self.seen: List[BaseException] = []

    async def child(self) -> None:
        try:
            await forever()
        except asyncio.CancelledError as error:
            self.seen.append(error)
            raise

    async def read(self, make_child: Any, read: Any, *message: Any) -> Any:
        task = make_child(self.child())
        await asyncio.sleep(0)
        task.cancel(*message)
        try:
            await read(task)
        except asyncio.CancelledError as error:
            return error


@forgotten
def test_it_is_the_error_that_the_task_raised(runner: Any, make_child: Any, read: Any) -> None:
    cancelled = Cancelled()
    error = runner.run(cancelled.read(make_child, read))
    assert error is cancelled.seen[0]


@forgotten
def test_it_has_the_message(runner: Any, make_child: Any, read: Any) -> None:
    assert runner.run(Cancelled().read(make_child, read, "enough")).args == ("enough",)


def test_it_is_chained_to_nothing(runner: Any, make_child: Any, read: Any) -> None:
    """Natively the error is no new one that is chained to the one that was raised."""
    error = runner.run(Cancelled().read(make_child, read))
    assert error.__context__ is None
    assert error.__cause__ is None


@forgotten
def test_its_traceback_goes_through_every_task(runner: Any) -> None:
    async def inner() -> None:
        await forever()

    async def outer(task: Any) -> None:
        await task

    async def main() -> Any:
        task = asyncio.create_task(inner())
        waiter = asyncio.create_task(outer(task))
        await asyncio.sleep(0)
        task.cancel()
        try:
            await waiter
        except asyncio.CancelledError as error:
            return [frame.name for frame in traceback.extract_tb(error.__traceback__)]

    assert runner.run(main()) == ["main", "outer", "inner", "forever"]


def test_reading_it_leaves_no_frame_of_the_reader_s(runner: Any, read: Any) -> None:
    error = runner.run(Cancelled().read(asyncio.create_task, read))
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    assert [name for name in files if runner_backport.__path__[0] in name] == []


def test_another_error_s_traceback_has_no_frame_of_the_reader_s(runner: Any, read: Any) -> None:
    async def child() -> None:
        raise ZeroDivisionError

    async def main() -> Any:
        task = asyncio.create_task(child())
        try:
            await read(task)
        except ZeroDivisionError as error:
            return [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
        return [task.exception()]

    files = runner.run(main())
    assert [name for name in files if runner_backport.__path__[0] in str(name)] == []


def test_who_reads_it_second_gets_a_new_one_without_the_message(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(forever())
        await asyncio.sleep(0)
        task.cancel("enough")
        errors = []
        for _ in range(2):
            try:
                await task
            except asyncio.CancelledError as error:  # noqa: PERF203  # a test is not in a hurry
                errors.append(error)
        return errors[0] is errors[1], errors[1].args

    assert runner.run(main()) == (False, ())


@forgotten
def test_it_comes_out_of_run(runner: Any) -> None:
    raised: List[BaseException] = []

    async def main() -> None:
        raised.append(asyncio.CancelledError("mine"))
        raise raised[0]

    with pytest.raises(asyncio.CancelledError) as caught:
        runner.run(main())
    assert caught.value is raised[0]


@forgotten
def test_an_error_of_its_own_reaches_who_waits(runner: Any) -> None:
    class Mine(asyncio.CancelledError):
        pass

    async def child() -> None:
        raise Mine("own")

    async def main() -> Any:
        try:
            await asyncio.create_task(child())
        except asyncio.CancelledError as error:
            return type(error), error.args

    assert runner.run(main()) == (Mine, ("own",))


def test_who_comes_later_to_a_task_that_cancelled_itself(runner: Any) -> None:
    """The declared difference: awaiting costs nothing, but for a task that somebody else has cancelled."""

    async def child() -> None:
        raise asyncio.CancelledError("own")

    async def main() -> Any:
        task = asyncio.create_task(child())
        await asyncio.wait([task])
        try:
            await task
        except asyncio.CancelledError as error:
            return error.args

    assert runner.run(main()) == (("own",) if NATIVE else ())


def test_yielding_from_a_cancelled_task_raises_it(runner: Any) -> None:
    """As generators of the time before await do."""

    async def main() -> Any:
        task = asyncio.create_task(forever())
        await asyncio.sleep(0)
        task.cancel("enough")
        await asyncio.wait([task])
        with pytest.raises(asyncio.CancelledError) as caught:
            next(iter(task))  # type: ignore[call-overload]
        return caught.value.args

    assert runner.run(main()) == (("enough",) if KEEPS_ERRORS else ())


def test_looking_at_the_methods_leaves_nothing_unretrieved(runner: Any) -> None:
    reports: List[Any] = []
    runner.get_loop().set_exception_handler(lambda loop, report: reports.append(report))

    async def main() -> None:
        task = asyncio.create_task(forever())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert callable(task.result)
        assert callable(task.exception)

    runner.run(main())
    assert reports == []
