"""Tracebacks of user errors, wherever they come from and out: no longer than native's."""

import asyncio
import contextvars
import traceback
from typing import Any, List

import pytest

import runner_backport
from coroutines import forever, nothing


class OwnError(Exception):
    pass


async def inner() -> None:
    await asyncio.sleep(0)
    raise OwnError


async def failing() -> None:
    await inner()


def users(error: BaseException) -> List[str]:
    """The functions of this file that a traceback shows, each time it does."""
    return [frame.name for frame in traceback.extract_tb(error.__traceback__) if frame.filename == __file__]


def others(error: BaseException) -> int:
    """How many frames a traceback shows that are not of this file."""
    return sum(frame.filename != __file__ for frame in traceback.extract_tb(error.__traceback__))


def own(coro: Any) -> Any:
    return runner_backport.create_task(coro, context=contextvars.copy_context())


WAYS = {
    "ensure_future": (asyncio.ensure_future, 0),
    "create_task in a context": (own, 0),
    "gather": (asyncio.gather, 0),
    "shield": (asyncio.shield, 0),
    "wait_for": (lambda coro: asyncio.wait_for(coro, 3600), 1),
    "as_completed": (lambda coro: next(iter(asyncio.as_completed([coro]))), 1),
}


@pytest.mark.parametrize("given", [False, True], ids=["no context", "context"])
@pytest.mark.parametrize("way", WAYS)
def test_an_error_of_a_child_shows_the_user_s_frames_once_and_none_of_ours(
    runner: Any, way: str, given: bool
) -> None:
    make, frames = WAYS[way]

    async def main() -> Any:
        with pytest.raises(OwnError) as caught:
            await make(failing())
        return caught.value

    error = runner.run(main(), context=contextvars.copy_context() if given else None)
    assert users(error) == ["main", "failing", "inner"]
    # Those of asyncio's own function, which is written in Python: 3.12's wait_for has two.
    assert others(error) <= frames + 1 if frames else others(error) == 0


def test_an_error_of_a_coroutine_sent_from_a_thread_shows_none_of_ours(runner: Any) -> None:
    async def main() -> Any:
        loop = asyncio.get_running_loop()

        def send() -> Any:
            return asyncio.run_coroutine_threadsafe(failing(), loop).exception()

        return await loop.run_in_executor(None, send)

    error = runner.run(main())
    assert (users(error), others(error)) == (["failing", "inner"], 0)


def test_an_error_that_a_task_s_exception_shows_has_the_user_s_frames_alone(
    runner: Any, make_child: Any
) -> None:
    async def main() -> Any:
        task = make_child(failing())
        await asyncio.wait([task])
        return task.exception()

    error = runner.run(main())
    assert (users(error), others(error)) == (["failing", "inner"], 0)


def test_an_error_and_its_cause_show_none_of_ours(runner: Any) -> None:
    async def main() -> None:
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_exception, OwnError())
        try:
            await future
        except OwnError as error:
            raise ValueError from error

    with pytest.raises(ValueError, match=r"^$") as caught:
        runner.run(main())
    cause = caught.value.__cause__
    assert isinstance(cause, OwnError)
    assert caught.value.__context__ is cause
    assert (users(cause), others(cause)) == (["main"], 0)
    assert others(caught.value) == 2


def test_an_error_of_a_task_factory_shows_run_and_create_task_alone(runner: Any) -> None:
    def broken(loop: Any, coro: Any, **_: Any) -> Any:
        raise OwnError

    runner.get_loop().set_task_factory(broken)
    coro = nothing()
    with pytest.raises(OwnError) as caught:
        runner.run(coro)
    coro.close()
    # Closing makes tasks as well.
    runner.get_loop().set_task_factory(None)
    assert users(caught.value)[1:] == ["broken"]
    assert others(caught.value) <= 2


@pytest.mark.parametrize("use", ["run", "get_loop", "__enter__"])
def test_an_error_of_a_loop_factory_shows_two_frames_of_the_runner(runner_class: Any, use: str) -> None:
    def broken() -> Any:
        raise OwnError

    coro = nothing()
    with pytest.raises(OwnError) as caught:
        getattr(runner_class(loop_factory=broken), use)(*([coro] if use == "run" else []))
    coro.close()
    assert users(caught.value)[1:] == ["broken"]
    assert others(caught.value) == 2


def runner_s(error: BaseException) -> int:
    """How many frames of a traceback come before the loop's."""
    names = [frame.name.rpartition(".")[2] for frame in traceback.extract_tb(error.__traceback__)]
    return names.index("run_until_complete") - 1


def test_an_error_of_a_leftover_shows_close_and_one_more_frame_of_the_runner(
    runner_class: Any, loop_factory: Any
) -> None:
    """KeyboardInterrupt and SystemExit come out of the loop at once, and so out of close."""

    async def leftover() -> None:
        try:
            await forever()
        finally:
            raise SystemExit(3)

    async def main() -> Any:
        task = asyncio.create_task(leftover())
        await asyncio.sleep(0)
        return task

    runner = runner_class(loop_factory=loop_factory)
    task = runner.run(main())
    with pytest.raises(SystemExit) as caught:
        runner.close()
    assert isinstance(task.exception(), SystemExit)
    assert runner_s(caught.value) == 2


def test_an_error_of_an_executor_shows_close_alone(runner_class: Any, loop_factory: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    class Failing(ThreadPoolExecutor):
        failed = False

        def shutdown(self, *args: Any, **options: Any) -> None:
            super().shutdown(*args, **options)
            if not self.failed:
                self.failed = True
                raise OwnError

    runner = runner_class(loop_factory=loop_factory)
    runner.get_loop().set_default_executor(Failing())

    async def main() -> None:
        await asyncio.get_running_loop().run_in_executor(None, int)

    runner.run(main())
    with pytest.raises(OwnError) as caught:
        runner.close()
    assert runner_s(caught.value) == 1


def wrongly(runner: Any, coro: Any) -> None:
    with pytest.raises(RuntimeError):
        runner.run(coro)


def test_a_coroutine_that_is_refused_is_left_as_it_is(runner: Any) -> None:
    """Neither closed nor begun: whoever made it is told, as natively, that it was never awaited."""
    import inspect

    refused = [nothing(), nothing()]

    async def main() -> None:
        wrongly(runner, refused[0])

    runner.run(main())
    runner.close()
    wrongly(runner, refused[1])
    assert [inspect.getcoroutinestate(coro) for coro in refused] == [inspect.CORO_CREATED] * 2
    for coro in refused:
        coro.close()
