"""What users write, and which types it has: one program for every interpreter, type checker and, run, for each."""

import asyncio
import contextvars
import sys
from typing import TYPE_CHECKING, Any, Awaitable, Coroutine, List, Optional, Tuple

from runner_backport import Runner, Task, create_task, run

if TYPE_CHECKING:
    # Nothing but the type checker needs it, which brings its own.
    from typing_extensions import assert_type
else:

    def assert_type(value, kind):
        return value


async def number() -> int:
    return 42


async def maybe_text(wanted: bool) -> Optional[str]:
    return "text" if wanted else None


async def nothing() -> None:
    pass


def a_runner_gives_what_the_coroutine_returns() -> None:
    with Runner() as runner:
        assert_type(runner, Runner)
        assert_type(runner.run(number()), int)
        assert_type(runner.run(maybe_text(True)), Optional[str])
        runner.run(nothing())


def a_runner_swallows_no_exceptions() -> int:
    # A checker that thought otherwise would miss a return below.
    with Runner() as runner:
        return runner.run(number())


def run_gives_what_the_coroutine_returns() -> None:
    assert_type(run(number()), int)
    assert_type(run(maybe_text(False), debug=True), Optional[str])
    assert_type(run(number(), debug=None, loop_factory=None), int)


def a_loop_factory_is_anything_that_makes_a_loop() -> None:
    assert_type(run(number(), loop_factory=asyncio.SelectorEventLoop), int)
    assert_type(run(number(), loop_factory=lambda: asyncio.new_event_loop()), int)
    for factory in (asyncio.new_event_loop, None):
        with Runner(debug=False, loop_factory=factory) as runner:
            assert_type(runner.run(number()), int)


def a_context_goes_along() -> None:
    variable = contextvars.ContextVar("variable", default="unset")
    context = contextvars.copy_context()

    async def read() -> str:
        return variable.get()

    with Runner() as runner:
        assert_type(runner.run(read(), context=context), str)
        assert_type(runner.run(read(), context=None), str)


def the_loop_is_a_loop() -> None:
    runner = Runner(debug=None)
    try:
        loop: asyncio.AbstractEventLoop = runner.get_loop()
        assert_type(runner.get_loop(), asyncio.AbstractEventLoop)
        loop.call_soon(loop.stop)
        loop.run_forever()
    finally:
        runner.close()


async def tasks_have_results() -> int:
    assert_type(create_task(number()), "Task[int]")
    assert_type(create_task(maybe_text(True), name="named"), "Task[Optional[str]]")
    in_context = create_task(number(), name=None, context=contextvars.copy_context())
    made = Task(number(), loop=asyncio.get_running_loop(), name="made", context=contextvars.Context())
    assert_type(made, "Task[int]")
    assert_type(await made, int)
    assert_type(await in_context, int)
    return in_context.result()


async def tasks_count_their_cancellations() -> Tuple[bool, int, int]:
    task = create_task(number())
    cancelled = task.cancel(msg="enough")
    assert_type(cancelled, bool)
    assert_type(task.cancelling(), int)
    assert_type(task.uncancel(), int)
    return cancelled, task.cancelling(), task.uncancel()


def current_task() -> "Task[Any]":
    current = asyncio.current_task()
    # It says that there is one, and below 3.11 that it is a task which counts.
    assert isinstance(current, Task)
    return current


async def the_current_task_counts_too() -> int:
    return current_task().cancelling() + current_task().uncancel()


class Keeper:
    """Holds tasks by the package's annotation, and hands them to whoever wants asyncio's."""

    def __init__(self) -> None:
        self.tasks: "List[Task[int]]" = []

    def start(self) -> "Task[int]":
        task = create_task(number())
        self.tasks.append(task)
        task.add_done_callback(self.ended)
        return task

    def ended(self, task: "asyncio.Task[int]") -> None:
        assert_type(task.get_name(), str)
        assert_type(task.result(), int)

    async def results(self) -> List[int]:
        return await asyncio.gather(*self.tasks)


def wants_stock(task: "asyncio.Task[int]") -> "asyncio.Future[int]":
    return task


async def wants_awaitable(awaitable: "Awaitable[object]") -> object:
    return await awaitable


def wants_a_task_of_something(task: "Task[object]") -> object:
    if sys.version_info < (3, 11):
        # From there on typeshed has a name of its own for it.
        return assert_type(task.get_coro(), Coroutine[Any, Any, object])
    return task.get_coro()


async def a_task_passes_for_what_it_is() -> List[int]:
    keeper = Keeper()
    task = keeper.start()
    wants_stock(task)
    await wants_awaitable(task)
    # A task only gives its result, so that one of something narrower will do.
    wants_a_task_of_something(task)
    done, _ = await asyncio.wait([task])
    assert_type(task.exception(), Optional[BaseException])
    assert_type(done.pop().result(), int)
    return await keeper.results()


if __name__ == "__main__":
    a_runner_gives_what_the_coroutine_returns()
    run_gives_what_the_coroutine_returns()
    a_loop_factory_is_anything_that_makes_a_loop()
    a_context_goes_along()
    the_loop_is_a_loop()
    print(
        a_runner_swallows_no_exceptions(),
        run(tasks_have_results()),
        run(tasks_count_their_cancellations()),
        run(the_current_task_counts_too()),
        run(a_task_passes_for_what_it_is()),
    )
