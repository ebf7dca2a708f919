"""The message of ``cancel``: accepted everywhere, seen where the interpreter has messages."""

import asyncio
from typing import Any

import pytest

from coroutines import forever, needs_messages


@pytest.mark.parametrize("message", [None, "enough", ("any", "object")])
def test_a_message_is_accepted_by_position_and_by_name(runner: Any, make_child: Any, message: Any) -> None:
    async def main() -> Any:
        task = make_child(forever())
        await asyncio.sleep(0)
        accepted = task.cancel(message), task.cancel(msg=message)
        count = task.cancelling()
        await asyncio.wait([task])
        return accepted, count

    assert runner.run(main()) == ((True, True), 2)


def test_a_message_to_a_finished_task_is_accepted(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(asyncio.sleep(0))
        await task
        return task.cancel("too late")

    assert runner.run(main()) is False


@needs_messages
def test_the_cancelled_task_sees_the_message(runner: Any, make_child: Any, any_factory: Any) -> None:
    runner.get_loop().set_task_factory(any_factory)

    async def child() -> Any:
        try:
            await forever()
        except asyncio.CancelledError as error:
            return error.args

    async def main() -> Any:
        task = make_child(child())
        await asyncio.sleep(0)
        task.cancel("enough")
        return await task

    assert runner.run(main()) == ("enough",)
