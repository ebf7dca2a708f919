"""What a task shows of itself: stacks, repr, and where debug mode says that it was made."""

import asyncio
import contextvars
import io
from typing import Any

import pytest

import runner_backport
from coroutines import cancel, forever, nothing


def test_get_stack_shows_the_user_s_frames(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(forever())
        await asyncio.sleep(0)
        stack = [frame.f_code.co_name for frame in task.get_stack()]
        await cancel(task)
        return stack

    assert runner.run(main()) == ["forever"]


def test_get_stack_in_a_given_context_shows_the_user_s_frames(runner: Any) -> None:
    async def main() -> Any:
        task = runner_backport.create_task(forever(), context=contextvars.copy_context())
        await asyncio.sleep(0)
        stack = [frame.f_code.co_name for frame in task.get_stack()]
        await cancel(task)
        return stack

    assert runner.run(main()) == ["forever"]


def test_get_stack_of_a_failed_task_shows_where_it_failed(runner: Any, make_child: Any) -> None:
    async def inner() -> None:
        raise ZeroDivisionError

    async def failing() -> None:
        await inner()

    async def main() -> Any:
        task = make_child(failing())
        await asyncio.wait([task])
        assert isinstance(task.exception(), ZeroDivisionError)
        return [frame.f_code.co_name for frame in task.get_stack()]

    assert runner.run(main()) == ["failing", "inner"]


@pytest.mark.parametrize("context", [None, contextvars.Context()], ids=["no context", "context"])
@pytest.mark.parametrize(
    ("limit", "shown"), [(1, ["outer"]), (2, ["outer", "middle"]), (5, ["outer", "middle", "inner"])]
)
def test_a_limit_leaves_the_oldest_frames_of_a_traceback(
    runner: Any, context: Any, limit: int, shown: Any
) -> None:
    """ "the newest frames of a stack are returned, but the oldest frames of a traceback are returned." """

    async def inner() -> None:
        raise ZeroDivisionError

    async def middle() -> None:
        await inner()

    async def outer() -> None:
        await middle()

    async def main() -> Any:
        task = runner_backport.create_task(outer(), context=context)
        await asyncio.wait([task])
        assert isinstance(task.exception(), ZeroDivisionError)
        file = io.StringIO()
        task.print_stack(limit=limit, file=file)
        printed = [line.split()[-1] for line in file.getvalue().splitlines() if line.startswith("  File ")]
        return [frame.f_code.co_name for frame in task.get_stack(limit=limit)], printed

    assert runner.run(main()) == (shown, shown)


@pytest.mark.parametrize("context", [None, contextvars.Context()], ids=["no context", "context"])
@pytest.mark.parametrize("limit", [None, 1, 2])
def test_a_suspended_task_has_one_frame_whatever_the_limit(runner: Any, context: Any, limit: Any) -> None:
    """ "Only one stack frame is returned for a suspended coroutine." """

    async def outer() -> None:
        await forever()

    async def main() -> Any:
        task = runner_backport.create_task(outer(), context=context)
        await asyncio.sleep(0)
        stack = [frame.f_code.co_name for frame in task.get_stack(limit=limit)]
        await cancel(task)
        return stack

    assert runner.run(main()) == ["outer"]


@pytest.mark.parametrize("end", [nothing, forever], ids=["returned", "cancelled"])
@pytest.mark.parametrize("context", [None, contextvars.Context()], ids=["no context", "context"])
def test_a_task_that_returned_or_was_cancelled_has_no_stack(runner: Any, context: Any, end: Any) -> None:
    """ "If the coroutine has completed successfully or was cancelled, this returns an empty list."

    https://docs.python.org/3.11/library/asyncio-task.html#asyncio.Task.get_stack
    """

    async def main() -> Any:
        task = runner_backport.create_task(end(), context=context)
        await asyncio.sleep(0)
        await cancel(task)
        return task.get_stack()

    assert runner.run(main()) == []


@pytest.mark.parametrize("context", [None, contextvars.Context()], ids=["no context", "context"])
def test_print_stack_shows_the_user_s_lines(runner: Any, context: Any) -> None:
    async def main() -> Any:
        task = runner_backport.create_task(forever(), context=context)
        await asyncio.sleep(0)
        file = io.StringIO()
        task.print_stack(file=file)
        await cancel(task)
        return file.getvalue()

    title, place, line = runner.run(main()).splitlines()
    assert title.startswith("Stack for <Task pending")
    assert place.endswith("in forever")
    assert line.strip() == "await asyncio.get_running_loop().create_future()"


@pytest.mark.parametrize("context", [None, contextvars.Context()], ids=["no context", "context"])
def test_the_repr_names_the_task_and_its_coroutine(runner: Any, context: Any) -> None:
    async def main() -> Any:
        task = runner_backport.create_task(forever(), name="mine", context=context)
        before = repr(task)
        await asyncio.sleep(0)
        waiting = repr(task)
        await cancel(task)
        return before, waiting

    before, waiting = runner.run(main())
    assert before.startswith("<Task pending name='mine' coro=<forever() running at ")
    assert waiting.startswith("<Task pending name='mine' coro=<forever() running at ")
    assert " wait_for=<Future pending " in waiting


def test_the_repr_of_a_finished_task_shows_its_result(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(asyncio.sleep(0, 42))
        await task
        return repr(task)

    shown = runner.run(main())
    assert shown.startswith("<Task finished name=")
    assert shown.endswith(" result=42>")


def last_line(task: Any) -> Any:
    frame = task._source_traceback[-1]
    return frame.name, frame.line


@pytest.mark.parametrize("options", [{}, {"context": contextvars.Context()}], ids=["no context", "context"])
def test_a_source_traceback_ends_in_the_user_s_line(
    runner_class: Any, loop_factory: Any, options: Any
) -> None:
    """What debug mode shows as the place where a task was made."""

    async def main() -> Any:
        loop: Any = asyncio.get_running_loop()
        by_loop = loop.create_task(nothing(), **options)
        by_class = runner_backport.Task(nothing(), **options)
        await asyncio.gather(by_loop, by_class)
        return last_line(by_loop), last_line(by_class)

    with runner_class(debug=True, loop_factory=loop_factory) as runner:
        by_loop, by_class = runner.run(main())
    assert by_loop == ("main", "by_loop = loop.create_task(nothing(), **options)")
    assert by_class == ("main", "by_class = runner_backport.Task(nothing(), **options)")


def test_a_source_traceback_through_create_task_ends_one_frame_further(
    runner_class: Any, loop_factory: Any
) -> None:
    """In create_task itself, as that of asyncio.create_task does in asyncio's."""

    async def main() -> Any:
        task: Any = runner_backport.create_task(nothing())
        await task
        return [frame.name for frame in task._source_traceback[-2:]]

    with runner_class(debug=True, loop_factory=loop_factory) as runner:
        assert runner.run(main()) == ["main", "create_task"]


def test_there_is_no_source_traceback_outside_debug_mode(runner_class: Any, loop_factory: Any) -> None:
    async def main() -> Any:
        task: Any = runner_backport.create_task(nothing())
        await task
        return task._source_traceback

    with runner_class(debug=False, loop_factory=loop_factory) as runner:
        assert not runner.run(main())
