"""What a Runner leaves on a loop that it has closed: what stood there before, and nothing of its own."""

import asyncio
from typing import Any

import runner_backport
from coroutines import call, counts


def test_a_create_task_of_the_loop_object_is_there_after_close(runner_class: Any, loop_class: Any) -> None:
    loop = loop_class()

    def create_task(coro: Any, **options: Any) -> Any:
        return loop_class.create_task(loop, coro, **options)

    loop.create_task = create_task
    with runner_class(loop_factory=lambda: loop) as runner:
        runner.run(call(int))
    assert vars(loop).get("create_task") is create_task


def test_a_create_task_that_the_user_sets_meanwhile_is_there_after_close(
    runner_class: Any, loop_class: Any
) -> None:
    loop = loop_class()

    def create_task(coro: Any, **options: Any) -> Any:
        return loop_class.create_task(loop, coro, **options)

    async def main() -> None:
        loop.create_task = create_task

    with runner_class(loop_factory=lambda: loop) as runner:
        runner.run(main())
    assert vars(loop).get("create_task") is create_task


def test_a_factory_that_the_user_sets_meanwhile_is_there_after_close(
    runner_class: Any, sealed_class: Any
) -> None:
    def factory(loop: Any, coro: Any, **options: Any) -> Any:
        return runner_backport.Task(coro, loop=loop, **options)

    loop = sealed_class()
    with runner_class(loop_factory=lambda: loop) as runner:
        loop.set_task_factory(factory)
        runner.run(call(int))
    assert loop.get_task_factory() is factory


def test_nothing_is_left_on_the_loop_after_close(runner_class: Any, loop_class: Any) -> None:
    loop = loop_class()
    before = set(vars(loop))
    with runner_class(loop_factory=lambda: loop) as runner:
        runner.run(call(int))
    assert "create_task" not in vars(loop)
    assert set(vars(loop)) - before <= {"_asyncgens_shutdown_called", "_executor_shutdown_called"}


def test_no_factory_is_left_on_a_loop_with_an_overridden_create_task(
    runner_class: Any, recording_class: Any
) -> None:
    loop = recording_class()
    with runner_class(loop_factory=lambda: loop) as runner:
        runner.run(call(int))
    assert loop.get_task_factory() is None


def test_no_factory_is_left_on_a_sealed_loop(runner_class: Any, sealed_class: Any) -> None:
    loop = sealed_class()
    with runner_class(loop_factory=lambda: loop) as runner:
        runner.run(call(int))
    assert loop.get_task_factory() is None


def test_a_loop_is_adopted_once_and_again_by_the_next_runner(runner_class: Any, loop_class: Any) -> None:
    """A loop that does not mind being closed, as notebooks have, goes from Runner to Runner."""

    class Lasting(loop_class):  # type: ignore[misc]
        def close(self) -> None:
            """Stay open."""

    loop = Lasting()

    async def main() -> Any:
        return await asyncio.create_task(counts())

    for _ in range(2):
        with runner_class(loop_factory=lambda: loop) as runner:
            assert runner.run(main()) == (1, 0)
            if hasattr(loop, "_executor_shutdown_called"):
                loop._executor_shutdown_called = False
    loop_class.close(loop)


def test_a_proxy_whose_attributes_cannot_be_deleted_is_closed_all_the_same(
    runner_class: Any, loop_class: Any
) -> None:
    class Proxy:
        def __init__(self) -> None:
            vars(self)["inner"] = loop_class()

        def __getattr__(self, name: str) -> Any:
            return getattr(vars(self)["inner"], name)

        def __setattr__(self, name: str, value: Any) -> None:
            vars(self)[name] = value

        def __delattr__(self, name: str) -> None:
            raise AttributeError(name)

    with runner_class(loop_factory=Proxy) as runner:
        assert runner.run(call(int)) == 0
        loop = runner.get_loop()
    assert loop.is_closed()
