"""Contexts, as docs/migrating.md says that they get better: each test is a row, with both peers as its witnesses."""

import asyncio
import contextvars
import signal
import sys
import threading
from typing import Any, List

import pytest

SERIES = sys.version_info[:2]
# What backports.asyncio.runner replaces for a while.
PATCHED = [(asyncio.tasks, "Task"), (contextvars, "copy_context"), (signal, "_int_to_enum")]

var: "contextvars.ContextVar[str]" = contextvars.ContextVar("var", default="unset")


async def see() -> str:
    return var.get()


def test_the_context_is_kept_from_run_to_run(subject: Any) -> None:
    async def begin() -> Any:
        return var.set("kept")

    async def go_on(token: Any) -> str:
        seen = var.get()
        try:
            var.reset(token)
        except ValueError:
            return f"{seen}, ValueError"
        return f"{seen}, {var.get()}"

    runner = subject.runner()
    seen = runner.run(go_on(runner.run(begin())))
    lost = "unset, ValueError"
    assert seen == subject.expected(
        backports={"asyncio": "kept, unset", "uvloop": lost}, taskgroup="kept, unset", here="kept, unset"
    )


def test_a_run_happens_in_the_context_that_it_is_given(subject: Any) -> None:
    async def main() -> None:
        var.set(f"{var.get()}, set")

    given = contextvars.copy_context()
    given.run(var.set, "given")
    subject.run(main(), context=given)
    assert given[var] == subject.expected(
        backports={"asyncio": "given, set", "uvloop": "given"}, taskgroup="given, set", here="given, set"
    )


def test_a_run_in_a_context_that_is_entered(subject: Any) -> None:
    if SERIES >= (3, 11):
        pytest.skip("native never ends there: see docs/divergences.md")
    loop = subject.loop_factory()
    runner = subject.package.Runner(loop_factory=lambda: loop)
    entered = contextvars.copy_context()

    def stop_after(turns: int) -> None:
        loop.call_soon(*([stop_after, turns - 1] if turns else [loop.stop]))

    # Far more turns than the task needs. It is not closed, which would wait for the task as well.
    stop_after(10)
    coro = see()
    try:
        seen = entered.run(runner.run, coro, context=entered)
    except RuntimeError as error:
        seen = "never ends" if "stopped before" in str(error) else "RuntimeError"
        for task in asyncio.all_tasks(loop):
            task._log_destroy_pending = False  # type: ignore[attr-defined]  # it dies pending
    finally:
        coro.close()
        loop.close()
    assert seen == subject.expected(
        backports={"asyncio": "never ends", "uvloop": "unset"}, taskgroup="RuntimeError", here="RuntimeError"
    )


def test_loop_create_task_takes_a_context(subject: Any) -> None:
    given = contextvars.copy_context()
    given.run(var.set, "given")

    async def child() -> str:
        seen = var.get()
        var.set("child's")
        return seen

    async def main() -> Any:
        coro = child()
        try:
            return await asyncio.get_running_loop().create_task(coro, context=given), given[var]
        except TypeError:
            coro.close()
            return "TypeError"

    in_a_copy = ("given", "given")
    assert subject.run(main()) == subject.expected(
        backports="TypeError",
        taskgroup={"asyncio": "TypeError", "uvloop": in_a_copy},
        here=("given", "child's"),
    )


def test_a_user_s_task_factory_s_main_task_runs_in_the_runner_s_context(subject: Any) -> None:
    def factory(loop: Any, coro: Any, **options: Any) -> Any:
        return asyncio.Task(coro, loop=loop, **options)

    async def begin() -> None:
        var.set("kept")

    runner = subject.runner()
    runner.get_loop().set_task_factory(factory)
    runner.run(begin())
    assert runner.run(see()) == subject.expected(backports="unset", taskgroup="kept", here="kept")


def while_the_main_task_is_made(subject: Any, function: Any) -> None:
    """Call it at the moment when a new main task, of whatever class, tells the loop that it wants to run."""
    runner = subject.runner()
    loop = runner.get_loop()

    def call_soon(*args: Any, **options: Any) -> Any:
        del loop.call_soon
        function()
        return loop.call_soon(*args, **options)

    loop.call_soon = call_soon
    runner.run(see())


def test_nothing_is_patched(subject: Any) -> None:
    before = [getattr(module, name) for module, name in PATCHED]
    seen: List[Any] = []

    def look() -> None:
        seen.append(
            [name for (module, name), was in zip(PATCHED, before) if getattr(module, name) is not was]
        )

    while_the_main_task_is_made(subject, look)
    everything = [name for _, name in PATCHED]
    assert seen == [subject.expected(backports=everything, taskgroup=[], here=[])]


def test_another_thread_has_its_own_context(subject: Any) -> None:
    seen: List[str] = []

    def look() -> None:
        var.set("the thread's")
        seen.append(contextvars.copy_context().get(var, "the Runner's"))

    def look_in_a_thread() -> None:
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    while_the_main_task_is_made(subject, look_in_a_thread)
    assert seen == [subject.expected(backports="the Runner's", taskgroup="the thread's", here="the thread's")]
