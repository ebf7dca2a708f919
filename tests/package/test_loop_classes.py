"""Loops of unusual classes, and what becomes of the class: users' own, patched ones, one in place of a loop."""

import asyncio
import functools
from typing import Any

import pytest

from coroutines import call, counts, nothing


@pytest.mark.parametrize(
    "names",
    [{}, {"mine": lambda self: None}, {"mine": classmethod(lambda cls: None)}, {"mine": property(id)}],
    ids=["nothing", "method", "classmethod", "property"],
)
def test_the_class_that_a_user_wrote_is_kept(runner_class: Any, loop_class: Any, names: Any) -> None:
    loop_factory = type("Loop", (loop_class,), names)
    with runner_class(loop_factory=loop_factory) as runner:
        assert type(runner.get_loop()) is loop_factory
        assert runner.run(counts()) == (1, 0)


class Wrapper:
    """A method by an object that is no function, as decorators make it."""

    def __init__(self, function: Any) -> None:
        self._function = function

    def __get__(self, loop: Any, owner: Any) -> Any:
        return functools.partial(self._function, loop)


@pytest.mark.parametrize("wrap", [Wrapper, lambda f: property(lambda self: functools.partial(f, self))])
def test_a_create_task_that_is_no_plain_function_is_called(
    runner_class: Any, loop_class: Any, wrap: Any
) -> None:
    made = []

    def create_task(self: Any, coro: Any, **options: Any) -> Any:
        made.append(loop_class.create_task(self, coro, **options))
        return made[-1]

    with runner_class(loop_factory=type("Loop", (loop_class,), {"create_task": wrap(create_task)})) as runner:
        assert runner.run(call(asyncio.current_task)) is made[0]


def test_a_create_task_put_in_the_place_of_asyncio_s_own_is_called(
    runner_class: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    own = asyncio.BaseEventLoop.create_task

    def create_task(self: Any, coro: Any, **options: Any) -> Any:
        made.append(own(self, coro, **options))
        return made[-1]

    monkeypatch.setattr(asyncio.BaseEventLoop, "create_task", create_task)
    with runner_class(loop_factory=asyncio.SelectorEventLoop) as runner:
        assert runner.run(call(asyncio.current_task)) is made[0]


def test_a_loop_without_task_factories_makes_its_tasks(runner_class: Any, loop_class: Any) -> None:
    class Loop(loop_class):  # type: ignore[misc]
        def create_task(self, coro: Any, **options: Any) -> Any:
            return super().create_task(coro, **options)

        def get_task_factory(self) -> Any:
            raise NotImplementedError

    with runner_class(loop_factory=Loop) as runner:
        assert runner.run(counts()) == (1, 0)


def test_a_class_in_place_of_a_loop_is_refused_and_not_changed(runner_class: Any, loop_class: Any) -> None:
    before = dict(vars(loop_class))
    coro = nothing()
    with pytest.raises(TypeError):
        runner_class(loop_factory=lambda: loop_class).run(coro)
    coro.close()
    assert dict(vars(loop_class)) == before


def test_two_runners_of_a_loop_leave_it_without_a_factory(runner_class: Any, loop_factory: Any) -> None:
    loop = loop_factory()
    one, other = runner_class(loop_factory=lambda: loop), runner_class(loop_factory=lambda: loop)
    assert one.get_loop() is other.get_loop() is loop
    assert loop.get_task_factory() is None
    one.close()


def test_create_task_goes_by_its_name(runner: Any) -> None:
    create_task = runner.get_loop().create_task
    assert create_task.__name__ == "create_task"
    with pytest.raises(TypeError, match=r"create_task\(\)"):
        create_task()


def test_a_create_task_set_on_the_class_meanwhile_leaves_no_class_of_ours(
    runner_class: Any, loop_class: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def create_task(self: Any, coro: Any, **options: Any) -> Any:
        return loop_class.create_task(self, coro)

    with runner_class(loop_factory=loop_class) as runner:
        loop = runner.get_loop()
        if type(loop) is not loop_class:
            monkeypatch.setattr(type(loop), "create_task", create_task)
    assert type(loop) is loop_class
