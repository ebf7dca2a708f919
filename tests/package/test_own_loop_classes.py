"""Loop classes that take no other's place: sealed ones, ones that replace all, and one that an object gets meanwhile."""

import asyncio
from typing import Any

from coroutines import call, counts


def test_the_tasks_of_a_compiled_loop_that_takes_no_subclass_count(
    runner_class: Any, loop_class: Any
) -> None:
    # As classes of C and Rust are: nothing of it is Python's. Builtins bind to nothing, and this one wants an argument.
    names = {"__init_subclass__": len, "__module__": loop_class.__module__, "__slots__": ()}
    sealed = type("Sealed", (loop_class,), names)
    with runner_class(loop_factory=sealed) as runner:
        assert runner.run(counts()) == (1, 0)
        assert type(runner.get_loop()) is sealed


def test_a_class_that_a_user_gives_the_loop_meanwhile_stays(runner_class: Any, loop_class: Any) -> None:
    with runner_class(loop_factory=loop_class) as runner:
        loop = runner.get_loop()
        users: Any = type("Users", (loop_class,), {"__slots__": ()})
        loop.__class__ = users
    assert type(loop) is users


def test_a_loop_class_that_runs_and_makes_tasks_by_itself_goes_on_making_them(
    runner_class: Any, loop_class: Any
) -> None:
    made = []

    class Loop(loop_class):  # type: ignore[misc]
        def run_forever(self) -> None:
            super().run_forever()

        def create_task(self, coro: Any, **options: Any) -> Any:
            made.append(super().create_task(coro, **options))
            return made[-1]

    with runner_class(loop_factory=Loop) as runner:
        assert runner.run(call(asyncio.current_task)) is made[0]
        assert runner.run(counts()) == (1, 0)
