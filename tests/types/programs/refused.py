"""What a type checker has to refuse. Each line is marked with its error, and a mark that is not needed fails."""

import asyncio
import sys

from runner_backport import Runner, Task, create_task, run


async def number() -> int:
    return 42


def make_a_number() -> int:
    return 42


def gives_no_loop() -> str:
    return "loop"


def a_runner(runner: Runner) -> None:
    runner.run(number)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    runner.run(make_a_number())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    runner.run(number(), None)  # type: ignore[misc]  # pyright: ignore[reportCallIssue]
    runner.run(number(), context={})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    runner.run(number(), debug=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    text: str = runner.run(number())  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    loop: int = runner.get_loop()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    closed = runner.close()  # type: ignore[func-returns-value]
    print(text, loop, closed)


def runners() -> None:
    Runner(True)  # type: ignore[misc]  # pyright: ignore[reportCallIssue]
    Runner(debug="yes")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Runner(loop_factory=gives_no_loop)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Runner(loop_factory=asyncio.new_event_loop())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Runner(factory=None)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


class Subclass(Runner):  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
    """A Runner is not meant for subclassing."""


def runs() -> None:
    run(number)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    run(number(), True)  # type: ignore[misc]  # pyright: ignore[reportCallIssue]
    run(number(), debug=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    run(number(), loop_factory=gives_no_loop)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    run(number(), context=None)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def tasks() -> None:
    create_task(number)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    create_task(number(), "name")  # type: ignore[misc]  # pyright: ignore[reportCallIssue]
    create_task(number(), name=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    create_task(number(), context=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Task(number(), loop=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Task(number(), name=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    of_text: "Task[str]" = create_task(number())  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
    of_text.cancel("why", 1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    of_text.uncancel(1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def wants_ours(task: "Task[int]") -> None:
    print(task.cancelling())


async def stock_tasks() -> None:
    # What asyncio of 3.8 to 3.10 says that it returns cannot count; a Runner's loop returns more than that.
    task = asyncio.create_task(number())
    if sys.version_info < (3, 11):
        wants_ours(task)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        task.cancelling()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    else:
        wants_ours(task)
        task.cancelling()
