"""``result`` and ``exception`` are to a user the methods that they are natively, and the class stays what it was."""

import asyncio
from typing import Any
from unittest import mock

import pytest

import runner_backport
from coroutines import forever


def test_the_methods_can_be_called_through_the_class(runner: Any) -> None:
    async def main() -> Any:
        task = asyncio.create_task(asyncio.sleep(0, "fine"))
        await task
        return type(task).result(task), type(task).exception(task)

    assert runner.run(main()) == ("fine", None)


@pytest.mark.parametrize("name", ["result", "exception"])
def test_the_methods_are_documented_as_ever(name: str) -> None:
    ours, stock = getattr(runner_backport.Task, name), getattr(asyncio.Task, name)
    assert (ours.__name__, ours.__doc__) == (stock.__name__, stock.__doc__)


def test_a_method_may_be_replaced_on_a_task(runner: Any, make_child: Any) -> None:
    """As mocks do."""

    async def main() -> Any:
        task = make_child(asyncio.sleep(0))
        with mock.patch.object(task, "exception", return_value="mocked"):
            seen = task.exception()
        task.result = lambda: "replaced"
        await asyncio.wait([task])
        return seen, task.result()

    assert runner.run(main()) == ("mocked", "replaced")


def test_a_mock_of_the_class_has_the_methods() -> None:
    mocked: Any = mock.create_autospec(runner_backport.Task, instance=True)
    mocked.result.return_value = 42
    assert mocked.result() == 42


def test_a_cancelled_task_is_still_an_instance_of_its_class(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(forever())
        of_class = type(task)
        task.cancel()
        return isinstance(task, of_class)

    assert runner.run(main())


def test_a_cancelled_task_s_class_is_still_named_task(runner: Any, make_child: Any) -> None:
    async def main() -> Any:
        task = make_child(forever())
        before = type(task).__name__, isinstance(task, asyncio.Task)
        task.cancel()
        return before, (type(task).__name__, isinstance(task, asyncio.Task))

    assert runner.run(main()) == (("Task", True), ("Task", True))
