"""What is stated of the package on Python's own task alone: test_without_c_asyncio.py has it run, where C is hidden."""

import asyncio
import contextvars
import traceback
from pathlib import Path
from typing import Any

import pytest

import runner_backport
from coroutines import NATIVE, forever, interrupted, nothing

CONTEXTS = pytest.mark.parametrize(
    "context", [None, contextvars.Context()], ids=["own context", "given context"]
)


def test_no_task_is_of_c(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        child = make_child(nothing())
        await child
        return [asyncio.current_task(), child]

    python_task: Any = asyncio.tasks._PyTask  # type: ignore[attr-defined]  # typeshed leaves it out
    assert asyncio.Task is python_task
    assert not hasattr(asyncio.tasks, "_CTask")
    assert [isinstance(task, python_task) for task in runner.run(main())] == [True, True]


@CONTEXTS
def test_get_coro_of_a_child_is_the_user_s_coroutine(runner: Any, context: Any) -> None:
    async def main() -> Any:
        coro = nothing()
        task = runner_backport.create_task(coro, context=context)
        await task
        return task.get_coro() is coro

    assert runner.run(main())


def files_of_ours(error: BaseException) -> Any:
    package = Path(runner_backport.__file__).parent
    files = [Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    return [file.name for file in files if file.parent == package]


@CONTEXTS
def test_of_the_package_s_frames_a_traceback_shows_run_alone(runner: Any, context: Any) -> None:
    async def main() -> None:
        await runner_backport.create_task(forever_cancelled(), context=context)

    async def forever_cancelled() -> None:
        asyncio.get_running_loop().call_soon(asyncio.current_task().cancel)  # type: ignore[union-attr]
        try:
            await forever()
        except asyncio.CancelledError:
            raise ZeroDivisionError from None

    with pytest.raises(ZeroDivisionError) as caught:
        runner.run(main(), context=contextvars.copy_context())
    assert files_of_ours(caught.value) in ([], ["_runner.py"])


async def swallow_a_cancellation() -> None:
    """What a timeout of a library does below 3.11."""
    asyncio.get_running_loop().call_soon(asyncio.current_task().cancel)  # type: ignore[union-attr]
    try:
        await forever()
    except asyncio.CancelledError:
        await nothing()


@pytest.mark.skipif(NATIVE, reason="natively uncancel() has to be called: see test_spent_cancellations.py")
def test_after_a_swallowed_cancellation_ctrl_c_is_keyboard_interrupt(
    runner: Any, default_sigint: None
) -> None:
    async def main() -> None:
        await swallow_a_cancellation()
        await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())
