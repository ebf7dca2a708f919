"""Loops that are no plain ones: overridden create_task, no attributes, delegation; and what is left of us."""

import asyncio
import contextvars
import functools
from typing import Any, List

import pytest

import runner_backport
from coroutines import NATIVE, call, counts, nothing


@pytest.fixture
def old_class(loop_class: Any) -> Any:
    """A loop whose class overrides create_task, from before contexts."""

    class Old(loop_class):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.names: List[Any] = []

        def create_task(self, coro: Any, *, name: Any = None) -> Any:
            self.names.append(name)
            return super().create_task(coro, name=name)

    return Old


def test_an_overridden_create_task_makes_the_main_task(runner_class: Any, recording_class: Any) -> None:
    with runner_class(loop_factory=recording_class) as runner:
        task = runner.run(call(asyncio.current_task))
        assert runner.get_loop().made[0] is task


def test_an_overridden_create_task_makes_the_children(
    runner_class: Any, recording_class: Any, make_child: Any
) -> None:
    if make_child is runner_backport.Task:
        pytest.skip("a task that is made from its class asks no loop")

    async def main() -> Any:
        return await make_child(call(asyncio.current_task))

    with runner_class(loop_factory=recording_class) as runner:
        task = runner.run(main())
        assert runner.get_loop().made[1] is task


def test_the_tasks_of_an_overridden_create_task_count(runner_class: Any, recording_class: Any) -> None:
    async def main() -> Any:
        return await counts(), await asyncio.create_task(counts())

    with runner_class(loop_factory=recording_class) as runner:
        assert runner.run(main()) == ((1, 0), (1, 0))


def test_the_context_reaches_the_tasks_of_an_overridden_create_task(
    runner_class: Any, recording_class: Any
) -> None:
    var: contextvars.ContextVar[str] = contextvars.ContextVar("var")
    context = contextvars.copy_context()
    with runner_class(loop_factory=recording_class) as runner:
        runner.run(call(var.set, "one"), context=context)
    assert context[var] == "one"


def test_a_factory_is_asked_by_an_overridden_create_task(runner_class: Any, recording_class: Any) -> None:
    class Marked(runner_backport.Task):  # type: ignore[type-arg]
        pass

    with runner_class(loop_factory=recording_class) as runner:
        runner.get_loop().set_task_factory(lambda loop, coro, **options: Marked(coro, loop=loop, **options))
        assert type(runner.run(call(asyncio.current_task))) is Marked


def test_an_overridden_create_task_that_takes_no_context_works_below_3_11(
    runner_class: Any, old_class: Any
) -> None:
    """Natively it is passed a context all the same, and raises TypeError."""
    var: contextvars.ContextVar[str] = contextvars.ContextVar("var")
    context = contextvars.copy_context()
    coro = call(var.set, "one")
    with runner_class(loop_factory=old_class) as runner:
        if NATIVE:
            with pytest.raises(TypeError, match="context"):
                runner.run(coro, context=context)
            coro.close()
        else:
            runner.run(coro, context=context)
            assert context[var] == "one"


@pytest.mark.skipif(NATIVE, reason="natively the loop takes the context or raises TypeError: see above")
def test_a_child_s_name_and_context_pass_an_overridden_create_task(runner_class: Any, old_class: Any) -> None:
    var: contextvars.ContextVar[str] = contextvars.ContextVar("var")
    context = contextvars.copy_context()

    async def main() -> Any:
        task = runner_backport.create_task(call(var.set, "child's"), name="child", context=context)
        await task
        return task.get_name()

    with runner_class(loop_factory=old_class) as runner:
        assert runner.run(main()) == "child"
        assert runner.get_loop().names[:2] == [None, "child"]
    assert context[var] == "child's"


def test_a_create_task_of_the_loop_object_is_called(runner_class: Any, loop_class: Any) -> None:
    loop = loop_class()
    made: List[Any] = []

    def create_task(coro: Any, **options: Any) -> Any:
        made.append(loop_class.create_task(loop, coro, **options))
        return made[-1]

    loop.create_task = create_task
    with runner_class(loop_factory=lambda: loop) as runner:
        assert runner.run(call(asyncio.current_task)) is made[0]


def test_a_create_task_of_the_class_that_is_no_method_is_called(runner_class: Any, loop_class: Any) -> None:
    made: List[Any] = []

    class Called:
        def __call__(self, coro: Any, **options: Any) -> Any:
            made.append(asyncio.Task(coro, loop=loop, **options))
            return made[-1]

    class Loop(loop_class):  # type: ignore[misc]
        create_task = Called()

    loop = Loop()
    with runner_class(loop_factory=lambda: loop) as runner:
        assert runner.run(counts()) == (1, 0)
        assert len(made) == 1


def test_what_is_no_coroutine_is_refused_by_an_overridden_create_task_too(
    runner_class: Any, recording_class: Any
) -> None:
    async def main() -> None:
        runner_backport.create_task(5, context=contextvars.copy_context())  # type: ignore[arg-type]

    with runner_class(loop_factory=recording_class) as runner, pytest.raises(TypeError, match="coroutine"):
        runner.run(main())


def test_an_overridden_create_task_sees_a_coroutine(runner_class: Any, old_class: Any) -> None:
    class Looking(old_class):  # type: ignore[misc]
        def create_task(self, coro: Any, **options: Any) -> Any:
            seen.append(coro.__qualname__)
            options.pop("context", None)
            return super().create_task(coro, **options)

    async def main() -> None:
        for name in None, "a name":
            await runner_backport.create_task(nothing(), name=name, context=contextvars.copy_context())

    seen: List[Any] = []
    with runner_class(loop_factory=Looking) as runner:
        runner.run(main())
    assert seen[:3] == [main.__qualname__, "nothing", "nothing"]


def test_a_create_task_that_the_user_sets_meanwhile_makes_the_next_main_task(
    runner_class: Any, loop_class: Any
) -> None:
    loop, coro = loop_class(), call(asyncio.current_task)
    made: List[Any] = []

    def create_task(coro: Any, **options: Any) -> Any:
        made.append(loop_class.create_task(loop, coro, **options))
        return made[-1]

    with runner_class(loop_factory=lambda: loop) as runner:
        runner.get_loop().create_task = create_task
        try:
            assert runner.run(coro) is made[0]
        finally:
            coro.close()


def test_the_tasks_of_a_sealed_loop_count(runner_class: Any, sealed_class: Any) -> None:
    async def main() -> Any:
        return await counts(), await asyncio.create_task(counts())

    with runner_class(loop_factory=sealed_class) as runner:
        assert runner.run(main()) == ((1, 0), (1, 0))


def test_the_context_reaches_the_tasks_of_a_sealed_loop(runner_class: Any, sealed_class: Any) -> None:
    var: contextvars.ContextVar[str] = contextvars.ContextVar("var")
    main_s, child_s = contextvars.copy_context(), contextvars.copy_context()

    async def main() -> None:
        var.set("main's")
        await runner_backport.create_task(call(var.set, "child's"), context=child_s)

    with runner_class(loop_factory=sealed_class) as runner:
        runner.run(main(), context=main_s)
    assert (main_s[var], child_s[var]) == ("main's", "child's")


def test_a_factory_of_the_user_s_is_kept_on_a_sealed_loop(runner_class: Any, sealed_class: Any) -> None:
    def factory(loop: Any, coro: Any, **options: Any) -> Any:
        return runner_backport.Task(coro, loop=loop, **options)

    loop = sealed_class()
    loop.set_task_factory(factory)
    with runner_class(loop_factory=lambda: loop) as runner:
        runner.run(call(int))
        assert loop.get_task_factory() is factory


def test_a_create_task_that_wraps_the_loop_s_own_is_called(runner: Any) -> None:
    """A decorator that copies what the function says of itself does not make it ours, and one to give contexts."""
    made: List[Any] = []

    def decorated(inner: Any) -> Any:
        @functools.wraps(inner)
        def create_task(coro: Any, *, name: Any = None) -> Any:
            made.append(coro.__name__)
            return inner(coro, name=name)

        return create_task

    async def main() -> None:
        loop: Any = asyncio.get_running_loop()
        loop.create_task = decorated(loop.create_task)
        await runner_backport.create_task(nothing())

    runner.run(main())
    assert made == ["nothing"]
