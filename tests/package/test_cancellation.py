"""Counting cancellations: ``cancelling`` and ``uncancel`` on the main task and on every kind of child."""

import asyncio
from typing import Any, List

import pytest

from coroutines import forever


async def swallow_one() -> List[int]:
    """Cancel the task that this runs in, swallow that, and return what was counted on the way."""
    task: Any = asyncio.current_task()
    counts = [task.cancelling()]
    task.cancel()
    counts.append(task.cancelling())
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        counts.append(task.cancelling())
    counts.append(task.uncancel())
    await asyncio.sleep(0)
    return counts


def test_the_main_task_counts(runner: Any) -> None:
    """ "Return the number of pending cancellation requests to this Task, i.e., the number of calls to
    cancel() less the number of uncancel() calls."

    https://docs.python.org/3.11/library/asyncio-task.html#asyncio.Task.cancelling
    """
    assert runner.run(swallow_one()) == [0, 1, 1, 0]


def test_the_main_task_of_run_counts(run: Any, loop_factory: Any) -> None:
    assert run(swallow_one(), loop_factory=loop_factory) == [0, 1, 1, 0]


def test_a_child_counts(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        return await make_child(swallow_one())

    assert runner.run(main()) == [0, 1, 1, 0]


@pytest.mark.parametrize(
    "wait",
    [
        asyncio.gather,
        asyncio.shield,
        lambda coro: asyncio.wait_for(coro, 10),
        lambda coro: next(iter(asyncio.as_completed([coro]))),
    ],
    ids=["gather", "shield", "wait_for", "as_completed"],
)
@pytest.mark.parametrize("at_once", [True, False], ids=["set before", "set by the main task"])
def test_a_child_that_asyncio_makes_counts(runner: Any, wait: Any, any_factory: Any, at_once: bool) -> None:
    loop = runner.get_loop()
    if at_once:
        loop.set_task_factory(any_factory)

    async def main() -> Any:
        loop.set_task_factory(any_factory)
        return await wait(swallow_one())

    assert runner.run(main()) in ([0, 1, 1, 0], [[0, 1, 1, 0]])


def test_every_call_counts(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(forever())
        await asyncio.sleep(0)
        accepted = [task.cancel() for _ in range(3)]
        count = task.cancelling()
        await asyncio.wait([task])
        return accepted, count

    assert runner.run(main()) == ([True, True, True], 3)


def test_the_count_is_never_negative(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(asyncio.sleep(0))
        counts = task.uncancel(), task.uncancel(), task.cancelling()
        await task
        return counts

    assert runner.run(main()) == (0, 0, 0)


def test_uncancel_takes_one_back_at_a_time(runner: Any, make_child: Any) -> None:
    """ "Decrement the count of cancellation requests to this Task. Returns the remaining number".

    https://docs.python.org/3.11/library/asyncio-task.html#asyncio.Task.uncancel
    """

    async def main() -> Any:
        task = make_child(forever())
        await asyncio.sleep(0)
        task.cancel()
        task.cancel()
        counts = task.uncancel(), task.uncancel(), task.uncancel()
        await asyncio.wait([task])
        return counts

    assert runner.run(main()) == (1, 0, 0)


def test_a_finished_task_refuses_and_does_not_count(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(asyncio.sleep(0))
        await task
        return task.cancel(), task.cancelling()

    assert runner.run(main()) == (False, 0)


def test_a_cancelled_task_keeps_its_count_and_counts_no_more(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(forever())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled(), task.cancel(), task.cancelling()

    assert runner.run(main()) == (True, False, 1)


def test_a_task_cancelled_before_its_first_step_counts(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(forever())
        task.cancel()
        count = task.cancelling()
        await asyncio.wait([task])
        return count, task.cancelled()

    assert runner.run(main()) == (1, True)


def test_a_task_that_waits_for_another_hands_its_cancellation_on(runner: Any, make_child: Any) -> None:
    async def outer(inner: Any) -> None:
        await inner

    async def main() -> Any:
        inner = make_child(forever())
        waiting = make_child(outer(inner))
        await asyncio.sleep(0)
        waiting.cancel()
        counts = waiting.cancelling(), inner.cancelling()
        await asyncio.wait([waiting])
        return counts

    assert runner.run(main()) == (1, 1)


def test_a_shielded_task_is_not_cancelled(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        inner = make_child(forever())
        outer = asyncio.shield(inner)
        outer.cancel()
        count = inner.cancelling()
        inner.cancel()
        await asyncio.wait([inner])
        return count

    assert runner.run(main()) == 0


def test_gather_cancels_each_child_once(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        children = [make_child(forever()) for _ in range(3)]
        gathered = asyncio.gather(*children, return_exceptions=True)
        await asyncio.sleep(0)
        gathered.cancel()
        counts = [child.cancelling() for child in children]
        await asyncio.wait(children)
        # The gathering future raises its own CancelledError, which somebody has to look at.
        with pytest.raises(asyncio.CancelledError):
            await gathered
        return counts

    assert runner.run(main()) == [1, 1, 1]


def test_a_timeout_of_wait_for_leaves_no_count_on_the_caller(runner: Any) -> None:
    async def main() -> Any:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(forever(), 0.001)
        return asyncio.current_task().cancelling()  # type: ignore[union-attr]

    assert runner.run(main()) == 0


def test_leftovers_of_a_runner_are_cancelled_once(
    runner_class: Any, loop_factory: Any, make_child: Any
) -> None:
    async def main() -> Any:
        return make_child(forever())

    with runner_class(loop_factory=loop_factory) as runner:
        task = runner.run(main())
    assert (task.cancelled(), task.cancelling()) == (True, 1)


def test_a_main_task_that_cancels_itself_ends_in_cancelled_error(runner: Any) -> None:
    async def main() -> None:
        asyncio.current_task().cancel()  # type: ignore[union-attr]
        await asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_the_repr_of_a_task_says_cancelling_while_it_is(runner: Any, make_child: Any) -> None:
    async def main() -> List[str]:
        task = make_child(forever())
        await asyncio.sleep(0)
        words = [repr(task).split()[1]]
        task.cancel()
        words.append(repr(task).split()[1])
        task.uncancel()
        words.append(repr(task).split()[1])
        await asyncio.wait([task])
        words.append(repr(task).split()[1])
        return words

    assert runner.run(main()) == ["pending", "cancelling", "pending", "cancelled"]


def test_the_repr_of_a_finished_task_does_not_say_cancelling(runner: Any, make_child: Any) -> None:
    async def stubborn() -> None:
        try:
            await forever()
        except asyncio.CancelledError:
            return

    async def main() -> str:
        task = make_child(stubborn())
        await asyncio.sleep(0)
        task.cancel()
        await task
        return repr(task).split()[1]

    assert runner.run(main()) == "finished"
