"""Tasks and what is seen of them, as docs/migrating.md says that they get better: each test is a row."""

import asyncio
import importlib.metadata
import re
import sys
import traceback
from typing import Any, List

import pytest

SERIES = sys.version_info[:2]


async def forever() -> None:
    await asyncio.get_running_loop().create_future()


async def current() -> Any:
    return asyncio.current_task()


def test_the_main_task_counts_its_cancellations(subject: Any) -> None:
    counts = hasattr(subject.run(current()), "uncancel")
    assert counts is subject.expected(backports={"asyncio": True, "uvloop": False}, taskgroup=True, here=True)


def test_its_children_count_theirs(subject: Any) -> None:
    async def main() -> Any:
        child: Any = asyncio.create_task(forever())
        child.cancel()
        return child.cancelling() if hasattr(child, "cancelling") else "AttributeError"

    assert subject.run(main()) == subject.expected(backports="AttributeError", taskgroup=1, here=1)


def test_the_main_task_is_an_asyncio_task(subject: Any) -> None:
    assert isinstance(subject.run(current()), asyncio.Task) is subject.expected(
        backports={"asyncio": False, "uvloop": True}, taskgroup=True, here=True
    )


def test_the_message_of_a_cancellation_reaches_who_awaits_the_task(subject: Any) -> None:
    async def main() -> str:
        child = asyncio.create_task(forever())
        await asyncio.sleep(0)
        try:
            child.cancel("why")
        except TypeError:
            return "TypeError"
        try:
            await child
        except asyncio.CancelledError as error:
            return str(error)
        return "not cancelled"

    lost = "TypeError" if SERIES == (3, 8) else ""
    assert subject.run(main()) == subject.expected(
        backports=lost, taskgroup=lost, here="" if SERIES == (3, 8) else "why"
    )


@pytest.mark.parametrize("when", ["in loop_factory", "later"])
def test_a_user_s_task_factory_makes_the_main_task(subject: Any, when: str) -> None:
    made: List[Any] = []

    def factory(loop: Any, coro: Any, **options: Any) -> Any:
        made.append(asyncio.Task(coro, loop=loop, **options))
        return made[-1]

    runner = subject.runner(
        lambda loop: loop.set_task_factory(factory) if when == "in loop_factory" else None
    )
    if when == "later":
        runner.get_loop().set_task_factory(factory)
    assert (runner.run(current()) in made) is subject.expected(backports=True, taskgroup=False, here=True)


def test_no_repr_is_made_of_the_result(subject: Any) -> None:
    if SERIES >= (3, 11):
        pytest.skip("native's answer depends on its patch release (gh-112559)")
    made: List[str] = []

    class Result:
        def __repr__(self) -> str:
            made.append("repr")
            return "Result"

    async def main() -> Any:
        return Result()

    subject.run(main())
    assert len(made) == subject.expected(backports=0, taskgroup=2, here=0)


def test_frames_in_a_traceback(subject: Any) -> None:
    async def main() -> None:
        raise ValueError("on purpose")

    runner = subject.runner()
    with pytest.raises(ValueError, match="on purpose") as caught:
        runner.run(main())
    names = [entry.name.split(".")[-1] for entry in traceback.extract_tb(caught.tb)]
    assert [names.pop(0), names.pop(0), names.pop(0), names.pop()] == [
        "test_frames_in_a_traceback",
        "run",
        "run_until_complete",
        "main",
    ]
    assert names == subject.expected(
        backports={"asyncio": ["result", "__step"], "uvloop": []},
        taskgroup=["__next__", "send"] if SERIES == (3, 10) else ["send"],
        here=[],
    )


def test_what_it_needs_installed(subject: Any) -> None:
    requirements = importlib.metadata.requires(subject.distribution) or []
    names = {re.split(r"[^\w.]", requirement)[0] for requirement in requirements}
    assert names == subject.expected(
        backports=set(), taskgroup={"exceptiongroup", "typing_extensions"}, here=set()
    )
