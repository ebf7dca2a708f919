"""In which context callbacks run that were added inside a run, and what is called from other threads and by signals."""

import asyncio
import contextvars
import os
import signal
import threading
from typing import Any, List

import pytest

import runner_backport
from coroutines import call


@pytest.fixture(params=[False, True], ids=["the Runner's context", "a given context"])
def options(request: pytest.FixtureRequest) -> Any:
    """What Runner.run is called with: callbacks see the same either way."""
    return {"context": contextvars.copy_context()} if request.param else {}


def by_call_soon(loop: Any, callback: Any) -> None:
    loop.call_soon(callback)


def by_call_later(loop: Any, callback: Any) -> None:
    loop.call_later(0, callback)


def by_call_at(loop: Any, callback: Any) -> None:
    loop.call_at(loop.time(), callback)


def by_call_soon_threadsafe(loop: Any, callback: Any) -> None:
    loop.call_soon_threadsafe(callback)


def by_future(loop: Any, callback: Any) -> None:
    future = loop.create_future()
    future.add_done_callback(lambda _: callback())
    future.set_result(None)


def by_reader(loop: Any, callback: Any) -> None:
    readable, writable = os.pipe()

    def read() -> None:
        loop.remove_reader(readable)
        os.close(readable)
        callback()

    loop.add_reader(readable, read)
    os.close(writable)


def by_signal(loop: Any, callback: Any) -> None:
    def handle() -> None:
        loop.remove_signal_handler(signal.SIGUSR1)
        callback()

    loop.add_signal_handler(signal.SIGUSR1, handle)
    os.kill(os.getpid(), signal.SIGUSR1)


WAYS = [by_call_soon, by_call_later, by_call_at, by_call_soon_threadsafe, by_future, by_reader, by_signal]


@pytest.mark.parametrize("add", WAYS)
def test_a_callback_runs_in_a_copy_of_the_context_that_added_it(
    runner: Any, var: Any, options: Any, add: Any
) -> None:
    if add is by_signal and not hasattr(signal, "SIGUSR1"):
        pytest.skip("this system has no SIGUSR1")
    seen: List[str] = []

    async def main() -> Any:
        called = asyncio.Event()

        def callback() -> None:
            seen.append(var.get())
            var.set("callback's")
            called.set()

        var.set("adder's")
        add(asyncio.get_running_loop(), callback)
        var.set("later")
        await called.wait()
        return var.get()

    assert runner.run(main(), **options) == "later"
    assert seen == ["adder's"]


def test_a_done_callback_of_the_main_task_runs_in_a_copy_of_the_main_task_s_context(
    runner: Any, var: Any, options: Any
) -> None:
    seen: List[str] = []

    def callback(_: Any) -> None:
        seen.append(var.get())
        var.set("callback's")

    async def main() -> None:
        var.set("main's")
        asyncio.current_task().add_done_callback(callback)  # type: ignore[union-attr]
        var.set("later")

    runner.run(main(), **options)
    assert seen == ["main's"]
    assert runner.run(call(var.get), **options) == "later"


def test_a_done_callback_that_a_task_in_a_given_context_adds_to_itself_runs_in_a_copy_of_that(
    runner: Any, var: Any
) -> None:
    context = contextvars.copy_context()
    seen: List[str] = []

    def callback(_: Any) -> None:
        seen.append(var.get())
        var.set("callback's")

    async def child() -> None:
        var.set("child's")
        asyncio.current_task().add_done_callback(callback)  # type: ignore[union-attr]

    async def main() -> None:
        await runner_backport.create_task(child(), context=context)

    runner.run(main())
    assert (seen, context[var]) == (["child's"], "child's")


def test_a_task_made_by_a_callback_sees_the_callback_s_context(
    runner: Any, var: Any, make_child: Any
) -> None:
    context = contextvars.copy_context()
    context.run(var.set, "callback's")

    async def main() -> Any:
        made = asyncio.get_running_loop().create_future()
        var.set("main's")
        asyncio.get_running_loop().call_soon(
            lambda: made.set_result(make_child(call(var.get))), context=context
        )
        return await (await made)

    assert runner.run(main()) == "callback's"


def test_a_task_made_between_runs_sees_its_maker_s_context_and_not_the_runner_s(
    runner: Any, var: Any
) -> None:
    runner.run(call(var.set, "runner's"))
    token = var.set("maker's")
    loop = runner.get_loop()
    by_loop, by_asyncio = loop.create_task(call(var.get)), asyncio.ensure_future(call(var.get), loop=loop)
    var.reset(token)

    async def main() -> Any:
        return await by_loop, await by_asyncio

    assert runner.run(main()) == ("maker's", "maker's")


@pytest.mark.skipif(not hasattr(asyncio, "to_thread"), reason="this asyncio has no to_thread")
def test_to_thread_runs_in_a_copy_of_the_caller_s_context(runner: Any, var: Any, options: Any) -> None:
    """ "the current contextvars.Context is propagated, allowing context variables from the event loop thread to be
    accessed in the separate thread."

    https://docs.python.org/3.11/library/asyncio-task.html#asyncio.to_thread
    """

    async def main() -> Any:
        var.set("main's")
        seen = await asyncio.to_thread(var.get)  # type: ignore[attr-defined,unused-ignore]
        await asyncio.to_thread(var.set, "thread's")  # type: ignore[attr-defined,unused-ignore]
        return seen, var.get()

    assert runner.run(main(), **options) == ("main's", "main's")


def test_an_executor_s_job_does_not_see_the_caller_s_context(runner: Any, var: Any, options: Any) -> None:
    async def main() -> Any:
        var.set("main's")
        return await asyncio.get_running_loop().run_in_executor(None, var.get)

    assert runner.run(main(), **options) == "unset"


def test_a_coroutine_sent_from_a_thread_runs_in_a_copy_of_that_thread_s_context(
    runner: Any, var: Any, options: Any
) -> None:
    async def sent() -> Any:
        await asyncio.sleep(0)
        seen = var.get()
        var.set("coroutine's")
        return seen, isinstance(asyncio.current_task(), runner_backport.Task)

    async def main() -> Any:
        loop = asyncio.get_running_loop()
        var.set("main's")

        def send() -> Any:
            var.set("thread's")
            return (*asyncio.run_coroutine_threadsafe(sent(), loop).result(), var.get())

        return (*await loop.run_in_executor(None, send), var.get())

    assert runner.run(main(), **options) == ("thread's", True, "thread's", "main's")


def test_a_coroutine_sent_from_a_thread_is_cancelled_and_counted_through_its_future(runner: Any) -> None:
    async def main() -> Any:
        loop = asyncio.get_running_loop()
        counted = loop.create_future()
        started = threading.Event()

        async def sent() -> None:
            started.set()
            try:
                await loop.create_future()
            except asyncio.CancelledError:
                task: Any = asyncio.current_task()
                counted.set_result(task.cancelling())
                raise

        def send() -> bool:
            future = asyncio.run_coroutine_threadsafe(sent(), loop)
            started.wait()
            return future.cancel()

        return await loop.run_in_executor(None, send), await counted

    assert runner.run(main()) == (True, 1)
