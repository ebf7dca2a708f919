"""In which context things end and begin that no coroutine asks for: clean-up, leftovers, connections."""

import asyncio
import contextvars
import gc
from typing import Any, List, Tuple

import pytest

import runner_backport
from coroutines import forever


def about_now(var: Any) -> Tuple[Any, bool]:
    """What the variable is, and whether the task that asks is one of ours."""
    return var.get(), isinstance(asyncio.current_task(), runner_backport.Task)


@pytest.fixture(params=[False, True], ids=["the Runner's context", "a given context"])
def options(request: pytest.FixtureRequest) -> Any:
    """What Runner.run is called with."""
    return {"context": contextvars.copy_context()} if request.param else {}


def test_an_async_generator_that_is_let_go_ends_in_a_copy_of_the_context_that_let_it_go(
    runner: Any, var: Any, options: Any
) -> None:
    seen: List[Any] = []

    async def generate() -> Any:
        try:
            yield
        finally:
            await asyncio.sleep(0)
            seen.append(about_now(var))
            var.set("generator's")

    async def main() -> Any:
        var.set("main's")
        await generate().__anext__()
        gc.collect()
        while not seen:
            await asyncio.sleep(0)
        return var.get()

    assert runner.run(main(), **options) == "main's"
    assert seen == [("main's", True)]


def test_an_async_generator_that_is_left_open_ends_in_a_copy_of_the_closer_s_context(
    runner_class: Any, loop_factory: Any, var: Any, options: Any
) -> None:
    seen: List[Any] = []

    async def generate() -> Any:
        try:
            yield
        finally:
            await asyncio.sleep(0)
            seen.append(about_now(var))

    left_open = generate()

    async def main() -> None:
        var.set("main's")
        await left_open.__anext__()

    with runner_class(loop_factory=loop_factory) as runner:
        runner.run(main(), **options)
        var.set("closer's")
    assert seen == [("closer's", True)]


def test_a_leftover_is_cancelled_in_its_own_context(
    runner_class: Any, loop_factory: Any, var: Any, options: Any
) -> None:
    context = contextvars.copy_context()
    seen: List[Any] = []

    async def leftover() -> None:
        try:
            await forever()
        finally:
            seen.append(about_now(var))
            var.set("leftover's")

    async def main() -> None:
        var.set("main's")
        asyncio.create_task(leftover())  # noqa: RUF006  # the point
        context.run(var.set, "given")
        runner_backport.create_task(leftover(), context=context)
        await asyncio.sleep(0)
        var.set("later")

    with runner_class(loop_factory=loop_factory) as runner:
        runner.run(main(), **options)
        var.set("closer's")
    assert sorted(seen) == [("given", True), ("main's", True)]
    assert context[var] == "leftover's"


def test_a_connection_is_handled_in_a_task_of_ours_and_the_context_that_started_the_server(
    runner: Any, var: Any, options: Any
) -> None:
    async def main() -> Any:
        handled = asyncio.get_running_loop().create_future()

        async def handle(reader: Any, writer: Any) -> None:
            seen = about_now(var)
            var.set("handler's")
            await reader.read()
            writer.close()
            handled.set_result(seen)

        var.set("main's")
        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write_eof()
        seen = await handled
        writer.close()
        server.close()
        await server.wait_closed()
        return seen, var.get()

    assert runner.run(main(), **options) == (("main's", True), "main's")


def test_a_waiting_task_wakes_in_its_own_context_whoever_wakes_it(
    runner: Any, var: Any, options: Any
) -> None:
    context = contextvars.copy_context()
    seen: List[Any] = []

    async def child(condition: Any, event: Any, queue: Any) -> None:
        var.set("child's")
        async with condition:
            await condition.wait()
        seen.append(var.get())
        await event.wait()
        seen.append(var.get())
        await queue.get()
        seen.append(var.get())

    async def main() -> None:
        condition, event, queue = asyncio.Condition(), asyncio.Event(), asyncio.Queue()  # type: ignore[var-annotated]
        task = runner_backport.create_task(child(condition, event, queue), context=context)
        var.set("main's")
        await asyncio.sleep(0)
        async with condition:
            condition.notify_all()
        event.set()
        queue.put_nowait(None)
        await task

    runner.run(main(), **options)
    assert seen == ["child's"] * 3
    assert context[var] == "child's"
