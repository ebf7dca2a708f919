"""``Task`` and ``create_task``: what they make is an asyncio.Task in every way that asyncio knows."""

import asyncio
import contextvars
import weakref
from typing import Any, List

import pytest

import runner_backport
from coroutines import NATIVE, cancel, forever, nothing


def test_a_task_is_an_asyncio_task_and_future(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(nothing())
        await task
        return task

    task = runner.run(main())
    assert isinstance(task, asyncio.Task)
    assert isinstance(task, asyncio.Future)
    assert isinstance(task, runner_backport.Task)
    assert asyncio.isfuture(task)


def test_the_main_task_is_a_task(runner: Any) -> None:
    async def main() -> Any:
        return asyncio.current_task()

    assert isinstance(runner.run(main()), runner_backport.Task)


@pytest.mark.xfail(not NATIVE, raises=AssertionError, reason="loops make LoopTask, a subclass of Task")
def test_the_class_of_a_task_is_task(runner: Any) -> None:
    async def main() -> Any:
        return type(asyncio.current_task())

    assert runner.run(main()) is runner_backport.Task


def test_the_class_of_a_task_is_named_task(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(nothing())
        await task
        return type(task)

    task_class = runner.run(main())
    assert (task_class.__name__, task_class.__qualname__) == ("Task", "Task")


@pytest.mark.parametrize("context", [None, contextvars.Context()], ids=["no context", "context"])
def test_get_coro_is_the_coroutine_that_was_given(runner: Any, context: Any) -> None:
    async def main() -> Any:
        coros = [nothing() for _ in range(3)]
        tasks = [
            asyncio.get_running_loop().create_task(coros[0], context=context),  # type: ignore[call-arg,unused-ignore]
            runner_backport.create_task(coros[1], context=context),
            runner_backport.Task(coros[2], context=context),
        ]
        found = [task.get_coro() is coro for task, coro in zip(tasks, coros)]
        # What monitors and debuggers look at.
        found += [task._coro is coro for task, coro in zip(tasks, coros)]  # type: ignore[attr-defined]
        await asyncio.gather(*tasks)
        return found

    assert runner.run(main()) == [True] * 6


def test_get_coro_of_the_main_task_is_the_coroutine_that_was_given(runner: Any) -> None:
    async def main() -> Any:
        return asyncio.current_task().get_coro()  # type: ignore[union-attr]

    coro = main()
    assert runner.run(coro) is coro


def test_a_task_takes_a_name(runner: Any) -> None:
    async def main() -> Any:
        tasks = [
            asyncio.get_running_loop().create_task(nothing(), name="by loop"),
            asyncio.create_task(nothing(), name="by asyncio"),
            runner_backport.create_task(nothing(), name="by function"),
            runner_backport.Task(nothing(), name="by class"),
        ]
        await asyncio.gather(*tasks)
        return [task.get_name() for task in tasks]

    assert runner.run(main()) == ["by loop", "by asyncio", "by function", "by class"]


def test_a_task_without_a_name_is_numbered(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        tasks = [make_child(nothing()) for _ in range(2)]
        await asyncio.gather(*tasks)
        return [task.get_name() for task in tasks]

    first, second = runner.run(main())
    assert first.startswith("Task-")
    assert int(second[5:]) == int(first[5:]) + 1


def test_a_task_can_be_renamed(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(nothing())
        task.set_name("renamed")
        await task
        return task.get_name()

    assert runner.run(main()) == "renamed"


def test_tasks_are_among_all_tasks_and_current(runner: Any, make_child: Any) -> None:
    async def child() -> Any:
        return asyncio.current_task()

    async def main() -> Any:
        task = make_child(child())
        listed = task in asyncio.all_tasks()
        return listed, await task is task, task in asyncio.all_tasks()

    assert runner.run(main()) == (True, True, False)


def test_no_task_is_current_between_runs(runner: Any) -> None:
    runner.run(nothing())
    assert asyncio.current_task(runner.get_loop()) is None


def test_a_task_knows_its_loop(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(nothing())
        await task
        return task.get_loop()

    assert runner.run(main()) is runner.get_loop()


def test_a_task_can_be_made_before_its_loop_runs(runner: Any) -> None:
    loop = runner.get_loop()
    task = runner_backport.Task(asyncio.sleep(0, "early"), loop=loop, name="early")

    async def main() -> Any:
        return await task

    assert runner.run(main()) == "early"


@pytest.mark.parametrize("thing", [None, 42, nothing], ids=["None", "int", "function"])
def test_a_task_takes_coroutines_only(runner: Any, thing: Any) -> None:
    async def main() -> None:
        with pytest.raises(TypeError, match="a coroutine was expected"):
            runner_backport.Task(thing)

    runner.run(main())


@pytest.mark.parametrize("thing", [None, 42, nothing], ids=["None", "int", "function"])
def test_a_task_in_a_context_takes_coroutines_only(runner: Any, thing: Any) -> None:
    async def main() -> None:
        with pytest.raises(TypeError, match="a coroutine was expected"):
            runner_backport.Task(thing, context=contextvars.Context())
        with pytest.raises(TypeError, match="a coroutine was expected"):
            runner_backport.create_task(thing, context=contextvars.Context())

    runner.run(main())


class Counting(runner_backport.Task):  # type: ignore[type-arg]
    """A user's subclass that overrides and calls up."""

    def __init__(self, coro: Any, *, label: str, **options: Any) -> None:
        super().__init__(coro, **options)
        self.label = label
        self.cancels = 0

    def cancel(self, *message: Any, **options: Any) -> bool:
        self.cancels += 1
        return super().cancel(*message, **options)


def test_a_subclass_is_made_as_it_wants(runner: Any) -> None:
    async def main() -> Any:
        task = Counting(nothing(), label="mine", name="named")
        await task
        return task.label, task.get_name()

    assert runner.run(main()) == ("mine", "named")


def test_a_subclass_s_cancel_is_called_and_counted(runner: Any) -> None:
    async def main() -> Any:
        task = Counting(forever(), label="mine")
        await asyncio.sleep(0)
        await cancel(task)
        return task.cancels, task.cancelling(), task.cancelled()

    assert runner.run(main()) == (1, 1, True)


def test_a_subclass_runs_in_the_context_it_is_given(runner: Any) -> None:
    var: contextvars.ContextVar[str] = contextvars.ContextVar("var")
    context = contextvars.copy_context()

    async def child() -> None:
        var.set("child's")

    async def main() -> None:
        await Counting(child(), label="mine", context=context)

    runner.run(main())
    assert context[var] == "child's"


def test_the_repr_of_a_subclass_has_its_name(runner: Any) -> None:
    async def main() -> Any:
        task = Counting(nothing(), label="mine")
        shown = repr(task)
        await task
        return shown

    assert runner.run(main()).startswith("<Counting pending ")


@pytest.mark.skipif(
    not hasattr(asyncio.Task, "__class_getitem__"), reason="stock tasks take no brackets here"
)
def test_task_takes_brackets_where_the_stock_task_does() -> None:
    assert runner_backport.Task[int].__origin__ is runner_backport.Task  # type: ignore[attr-defined]


def test_a_task_can_be_referred_to_weakly(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(nothing())
        reference = weakref.ref(task)
        await task
        return reference() is task

    assert runner.run(main()) is True


def test_an_exception_that_nobody_asks_for_is_told(runner: Any) -> None:
    reports: List[Any] = []
    runner.get_loop().set_exception_handler(lambda loop, report: reports.append(report))

    async def failing() -> None:
        raise ZeroDivisionError

    async def main() -> None:
        runner_backport.create_task(failing())
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    runner.run(main())
    assert [report["message"] for report in reports] == ["Task exception was never retrieved"]


def test_cancelling_a_failed_task_takes_note_of_its_exception(
    runner: Any, make_child: Any, any_factory: Any
) -> None:
    """bpo-30048 and what follows from it: a cancel of a finished task means that somebody has looked."""
    reports: List[Any] = []
    runner.get_loop().set_task_factory(any_factory)
    runner.get_loop().set_exception_handler(lambda loop, report: reports.append(report))

    async def failing() -> None:
        raise ZeroDivisionError

    async def main() -> None:
        task = make_child(failing())
        await asyncio.wait([task])
        task.cancel()

    runner.run(main())
    assert reports == []
