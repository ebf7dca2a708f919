"""Ctrl-C after a cancellation that was swallowed without ``uncancel``, as some libraries do below 3.11.

anyio's cancel scopes and async_timeout call uncancel on 3.11 and newer only. Below, what they have swallowed does
not count against a Ctrl-C; natively it does, and code that never calls uncancel gets CancelledError.
"""

import asyncio
import contextlib
import re
import traceback
from typing import Any, List

import pytest

import runner_backport
from coroutines import NATIVE, cancel_this_task, interrupted, swallow_one

pytestmark = pytest.mark.usefixtures("default_sigint")

# The declared difference.
AFTER_A_SWALLOWED_ONE: Any = asyncio.CancelledError if NATIVE else KeyboardInterrupt


async def swallow_one_deep_down() -> None:
    async def deeper() -> None:
        await swallow_one()

    await deeper()


@pytest.mark.parametrize("times", [1, 2, 5])
@pytest.mark.parametrize("swallow", [swallow_one, swallow_one_deep_down])
def test_swallowed_cancellations_do_not_count_below_3_11(runner: Any, swallow: Any, times: int) -> None:
    async def main() -> None:
        for _ in range(times):
            await swallow()
        await interrupted()

    with pytest.raises(AFTER_A_SWALLOWED_ONE):
        runner.run(main())


def test_they_do_not_count_through_the_function_run(run: Any, loop_factory: Any) -> None:
    async def main() -> None:
        await swallow_one()
        await interrupted()

    with pytest.raises(AFTER_A_SWALLOWED_ONE):
        run(main(), loop_factory=loop_factory)


def test_they_do_not_count_in_a_task_of_a_factory_s(runner: Any) -> None:
    def wrapping(loop: Any, coro: Any, **options: Any) -> Any:
        async def wrapper() -> Any:
            return await coro

        return runner_backport.Task(wrapper(), loop=loop, **options)

    async def main() -> None:
        await swallow_one()
        await interrupted()

    runner.get_loop().set_task_factory(wrapping)
    with pytest.raises(AFTER_A_SWALLOWED_ONE):
        runner.run(main())


def test_one_that_was_uncancelled_beside_one_that_was_not(runner: Any) -> None:
    async def main() -> None:
        await swallow_one()
        await swallow_one()
        asyncio.current_task().uncancel()  # type: ignore[union-attr]
        await interrupted()

    with pytest.raises(AFTER_A_SWALLOWED_ONE):
        runner.run(main())


def test_those_that_were_uncancelled_count_nowhere(runner: Any) -> None:
    async def main() -> None:
        for _ in range(3):
            await swallow_one()
            asyncio.current_task().uncancel()  # type: ignore[union-attr]
        await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_one_that_is_still_being_handled_counts(runner: Any) -> None:
    async def main() -> None:
        cancel_this_task()
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            await interrupted()

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_whose_exception_is_kept_does_not_count_below_3_11(runner: Any) -> None:
    """What is in force is being handled; a list that holds a TimeoutError holds what that came from, too."""
    kept: List[BaseException] = []

    async def main() -> None:
        cancel_this_task()
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError as error:
            kept.append(error)
        await interrupted()

    with pytest.raises(AFTER_A_SWALLOWED_ONE):
        runner.run(main())


@pytest.mark.parametrize("taken_back", [0, 1])
def test_one_of_several_that_came_as_one_does_not_count_below_3_11(runner: Any, taken_back: int) -> None:
    async def main() -> None:
        task: Any = asyncio.current_task()
        cancel_this_task()
        cancel_this_task()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.sleep(0)
        for _ in range(taken_back):
            task.uncancel()
        await interrupted()

    with pytest.raises(AFTER_A_SWALLOWED_ONE):
        runner.run(main())


def test_one_that_comes_together_with_the_interrupt_counts(runner: Any) -> None:
    async def main() -> None:
        await swallow_one()
        cancel_this_task()
        await interrupted()

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_one_that_comes_after_the_interrupt_counts(runner: Any) -> None:
    async def main() -> None:
        try:
            await interrupted()
        finally:
            cancel_this_task()
            await asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_without_an_interrupt_a_cancellation_stays_one(runner: Any) -> None:
    async def main() -> None:
        await swallow_one()
        cancel_this_task()
        await asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_what_was_swallowed_is_still_in_the_count(runner: Any) -> None:
    """The count itself is native's: nothing is taken back behind the program's back."""

    async def main() -> Any:
        await swallow_one()
        await swallow_one()
        return asyncio.current_task().cancelling()  # type: ignore[union-attr]

    assert runner.run(main()) == 2


def test_a_run_forgets_what_the_one_before_swallowed(runner: Any) -> None:
    runner.run(swallow_one())

    async def main() -> None:
        cancel_this_task()
        await interrupted()

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def functions(error: BaseException) -> List[str]:
    """The functions that a traceback shows, without this file's test on top."""
    return [frame.name.rpartition(".")[2] for frame in traceback.extract_tb(error.__traceback__)[1:]]


def files_in_chain(error: BaseException) -> List[str]:
    """The package's files that the whole chain of a traceback shows, as often as it does."""
    lines = traceback.format_exception(None, error, error.__traceback__)
    return re.findall(r"runner_backport.(_\w+\.py)", "".join(lines))


def test_the_traceback_of_a_cancellation_shows_no_more_than_native_s(runner: Any) -> None:
    async def main() -> None:
        cancel_this_task()
        await asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError) as caught:
        runner.run(main())
    assert functions(caught.value)[:2] == ["run", "run_until_complete"]
    assert files_in_chain(caught.value) in ([], ["_runner.py"])


def test_no_error_in_a_chain_shows_more_than_native_s(runner: Any) -> None:
    async def main() -> None:
        try:
            cancel_this_task()
            await asyncio.sleep(0)
        except asyncio.CancelledError as error:
            raise ValueError("from it") from error

    with pytest.raises(ValueError, match="from it") as caught:
        runner.run(main())
    assert functions(caught.value) == ["run", "run_until_complete", "main"]
    assert isinstance(caught.value.__cause__, asyncio.CancelledError)
    assert files_in_chain(caught.value) in ([], ["_runner.py"])


def test_the_traceback_of_an_interrupt_shows_no_more_than_native_s(runner: Any) -> None:
    with pytest.raises(KeyboardInterrupt) as caught:
        runner.run(interrupted())
    assert functions(caught.value) == ["run"]
    # Once for the CancelledError and once for the KeyboardInterrupt that it becomes.
    assert files_in_chain(caught.value) in ([], ["_runner.py", "_runner.py"])


def test_a_cancellation_that_the_coroutine_catches_shows_no_frame_of_ours(runner: Any) -> None:
    async def main() -> Any:
        seen = []
        for _ in range(2):
            cancel_this_task()
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError as error:
                seen.append(files_in_chain(error))
        return seen

    assert runner.run(main()) == [[], []]
