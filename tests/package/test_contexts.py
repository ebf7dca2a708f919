"""In which context things run: the Runner's own, one that is given, and what children see of either."""

import asyncio
import contextvars
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, List

import pytest

import runner_backport
from coroutines import NATIVE, call


def test_a_variable_of_one_run_is_there_in_the_next(runner: Any, var: Any) -> None:
    """ "The runner's default context is used if None." That is one and the same for all runs.

    https://docs.python.org/3.11/library/asyncio-runner.html#asyncio.Runner.run
    """
    runner.run(call(var.set, "one"))
    assert runner.run(call(var.get)) == "one"


def test_a_token_of_one_run_resets_in_a_later_one(runner: Any, var: Any) -> None:
    token = runner.run(call(var.set, "one"))
    runner.run(call(var.reset, token))
    assert runner.run(call(var.get)) == "unset"


@pytest.mark.parametrize("given", [False, True], ids=["the Runner's context", "a given context"])
def test_a_token_resets_in_a_later_step_of_the_same_run(runner: Any, var: Any, given: bool) -> None:
    async def main() -> Any:
        token = var.set("one")
        await asyncio.sleep(0)
        failing = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(failing.set_exception, ZeroDivisionError())
        with pytest.raises(ZeroDivisionError):
            await failing
        # This step is one that an exception was thrown into.
        var.reset(token)
        token = var.set("two")
        await asyncio.sleep(0)
        var.reset(token)
        return var.get()

    options = {"context": contextvars.copy_context()} if given else {}
    assert runner.run(main(), **options) == "unset"


def test_a_token_of_another_context_does_not_reset(runner: Any, var: Any) -> None:
    token = runner.run(call(var.set, "one"), context=contextvars.copy_context())
    with pytest.raises(ValueError, match="was created in a different Context"):
        runner.run(call(var.reset, token))


def test_the_runner_s_context_is_a_copy_of_the_caller_s_at_opening(
    runner_class: Any, loop_factory: Any, var: Any
) -> None:
    var.set("before")
    with runner_class(loop_factory=loop_factory) as runner:
        var.set("after")
        assert runner.run(call(var.get)) == "before"


def test_a_lazy_runner_copies_the_context_of_its_first_use(
    runner_class: Any, loop_factory: Any, var: Any, stack: Any
) -> None:
    runner = runner_class(loop_factory=loop_factory)
    stack.callback(runner.close)
    var.set("between")
    assert runner.run(call(var.get)) == "between"


def test_the_caller_s_context_is_left_alone(runner: Any, var: Any) -> None:
    runner.run(call(var.set, "one"))
    assert var.get() == "unset"


def test_run_leaves_the_caller_s_context_alone(run: Any, loop_factory: Any, var: Any) -> None:
    run(call(var.set, "one"), loop_factory=loop_factory)
    assert var.get() == "unset"


def test_run_sees_the_caller_s_context(run: Any, loop_factory: Any, var: Any) -> None:
    var.set("caller's")
    assert run(call(var.get), loop_factory=loop_factory) == "caller's"


def test_a_given_context_is_run_in_itself_and_not_in_a_copy(runner: Any, var: Any) -> None:
    context = contextvars.copy_context()
    runner.run(call(var.set, "one"), context=context)
    assert context[var] == "one"


def test_a_given_context_is_seen(runner: Any, var: Any) -> None:
    context = contextvars.Context()
    context.run(var.set, "given")
    assert runner.run(call(var.get), context=context) == "given"


def test_a_given_context_is_for_one_run_only(runner: Any, var: Any) -> None:
    runner.run(call(var.set, "one"), context=contextvars.copy_context())
    assert runner.run(call(var.get)) == "unset"


def test_a_given_context_may_be_empty(runner: Any, var: Any) -> None:
    context = contextvars.Context()
    runner.run(call(var.set, "one"), context=context)
    assert dict(context) == {var: "one"}


def test_a_token_resets_in_a_later_run_in_the_same_given_context(runner: Any, var: Any) -> None:
    context = contextvars.copy_context()
    token = runner.run(call(var.set, "one"), context=context)
    runner.run(call(var.reset, token), context=context)
    assert var not in context


def test_every_step_is_in_the_given_context(runner: Any, var: Any) -> None:
    context = contextvars.copy_context()
    seen: List[str] = []

    async def main() -> None:
        for step in ("one", "two", "three"):
            var.set(step)
            await asyncio.sleep(0)
            seen.append(context[var])

    runner.run(main(), context=context)
    assert seen == ["one", "two", "three"]


def test_a_step_that_an_exception_is_thrown_into_is_in_the_given_context(runner: Any, var: Any) -> None:
    context = contextvars.copy_context()

    async def main() -> None:
        failing = asyncio.get_running_loop().create_future()
        failing.set_exception(ZeroDivisionError())
        try:
            await failing
        except ZeroDivisionError:
            var.set("caught")

    runner.run(main(), context=context)
    assert context[var] == "caught"


def test_a_step_that_a_cancellation_is_thrown_into_is_in_the_given_context(runner: Any, var: Any) -> None:
    context = contextvars.copy_context()

    async def child() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            var.set("cleaned up")

    async def main() -> None:
        task = runner_backport.create_task(child(), context=context)
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    runner.run(main())
    assert context[var] == "cleaned up"


@pytest.mark.skipif(NATIVE, reason="native never finishes here: see the test below")
def test_a_context_that_is_already_entered_raises(runner: Any) -> None:
    context = contextvars.copy_context()
    coro = asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="already entered"):
        context.run(runner.run, coro, context=context)
    coro.close()


@pytest.mark.skipif(NATIVE, reason="native never finishes here: see the test below")
def test_a_runner_works_on_after_a_context_that_is_already_entered(runner: Any) -> None:
    context = contextvars.copy_context()
    coro = asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="already entered"):
        context.run(runner.run, coro, context=context)
    coro.close()
    assert runner.run(asyncio.sleep(0, "fine"), context=context) == "fine"


@pytest.mark.skipif(not NATIVE, reason="this interpreter's loops make no tasks with contexts: see above")
def test_native_never_finishes_in_a_context_that_is_already_entered(
    runner_class: Any, loop_factory: Any
) -> None:
    """The witness of the declared difference: the step fails in the loop, and the task never hears of it."""
    if not issubclass(loop_factory, asyncio.BaseEventLoop):
        pytest.skip("uvloop trips over its own error there: see the test below")
    context = contextvars.copy_context()
    loop = loop_factory()

    def stop_after(rounds: int) -> None:
        loop.call_soon(*([stop_after, rounds - 1] if rounds else [loop.stop]))

    # Far more rounds than the task needs. The Runner is not closed, which would wait for the task as well.
    stop_after(10)
    coro = asyncio.sleep(0)
    try:
        with pytest.raises(RuntimeError, match="stopped before Future completed"):
            context.run(runner_class(loop_factory=lambda: loop).run, coro, context=context)
        (task,) = asyncio.all_tasks(loop)
        assert not task.done()
        # No word at the end of the tests, when it dies pending.
        task._log_destroy_pending = False  # type: ignore[attr-defined]
    finally:
        coro.close()
        loop.close()


# In a process of its own: nobody knows what a loop is left in that trips over its own error.
ALREADY_ENTERED = """
    import asyncio, contextvars
    from {runner_class.__module__} import Runner
    from {loop_class.__module__} import {loop_class.__name__} as loop_class

    coro = asyncio.sleep(0)

    def run(context):
        try:
            Runner(loop_factory=lambda: loop).run(coro, context=context)
        except RuntimeError as error:
            print(error)

    loop = loop_class()
    context = contextvars.copy_context()
    context.run(run, context)
    (task,) = asyncio.all_tasks(loop)
    print("pending" if not task.done() else task)
    task._log_destroy_pending = False
    coro.close()
    loop.close()
"""


@pytest.mark.skipif(not NATIVE, reason="this interpreter's loops make no tasks with contexts: see above")
def test_native_trips_over_its_own_error_on_uvloop_in_a_context_that_is_already_entered(
    runner_class: Any, loop_class: Any
) -> None:
    """The witness of the declared difference: an error of uvloop's own comes out, and the task never hears of it."""
    if issubclass(loop_class, asyncio.BaseEventLoop):
        pytest.skip("asyncio's loop goes on: see the test above")
    program = textwrap.dedent(ALREADY_ENTERED).format(runner_class=runner_class, loop_class=loop_class)
    done = subprocess.run(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        timeout=30,
        check=True,
        # Where no package of the tree stands in front of the installed one.
        cwd=Path(__file__).parent,
    )
    error, state = done.stdout.splitlines()
    assert error.startswith("cannot exit context")
    assert state == "pending"
