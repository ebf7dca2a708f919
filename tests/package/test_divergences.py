"""Witnesses of rows of docs/divergences.md that no other test states: below 3.11 one thing, natively the other."""

import asyncio
import contextlib
import contextvars
import gc
import operator
import signal
import sys
import traceback
import weakref
from typing import Any, List

import pytest

import runner_backport
from coroutines import NATIVE, forever, nothing, stock


def shows_ours(names: List[str]) -> bool:
    return "_follow" in names


def test_a_step_with_an_error_thrown_in_has_a_frame_of_ours_below_it(runner: Any) -> None:
    async def main() -> Any:
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_exception, ZeroDivisionError())
        before = [frame.name for frame in traceback.extract_stack()]
        with pytest.raises(ZeroDivisionError):
            await future
        return before, [frame.name for frame in traceback.extract_stack()]

    before, after = runner.run(main())
    assert not shows_ours(before)
    assert shows_ours(after) is not NATIVE


def test_who_waits_for_the_main_task_sees_a_frame_of_ours_in_its_error(runner: Any) -> None:
    seen: List[Any] = []

    async def waiter(task: Any) -> None:
        try:
            await task
        except ZeroDivisionError as error:
            seen.extend(frame.name for frame in traceback.extract_tb(error.__traceback__))

    async def main() -> None:
        runner_backport.create_task(waiter(asyncio.current_task()))
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_exception, ZeroDivisionError())
        await future

    with pytest.raises(ZeroDivisionError) as caught:
        runner.run(main())
    runner.run(asyncio.sleep(0))
    assert seen[-1] == "main"
    assert shows_ours(seen) is not NATIVE
    # Who ran it sees none.
    assert not shows_ours([frame.name for frame in traceback.extract_tb(caught.value.__traceback__)])


def test_a_factory_s_stock_task_counts_and_is_no_task_of_ours(runner: Any) -> None:
    async def main() -> Any:
        task: Any = asyncio.current_task()
        return task.cancelling(), isinstance(task, runner_backport.Task)

    runner.get_loop().set_task_factory(stock)
    assert runner.run(main()) == (0, NATIVE)


def test_a_factory_s_stock_task_loses_the_message(runner: Any) -> None:
    async def main() -> Any:
        task: Any = asyncio.create_task(forever())
        await asyncio.sleep(0)
        task.cancel("enough")
        try:
            await task
        except asyncio.CancelledError as error:
            return error.args

    runner.get_loop().set_task_factory(stock)
    assert runner.run(main()) == (("enough",) if NATIVE else ())


def test_cancel_of_a_factory_s_stock_task_holds_no_task(runner: Any) -> None:
    """Natively it is a method of the task's class, and what it is bound to stays alive."""

    async def main() -> Any:
        # Nobody but the test holds this task: not even its future, which it holds alone.
        task: Any = asyncio.create_task(forever())
        await asyncio.sleep(0)
        kept = task.cancel
        alive = weakref.ref(task)
        del task
        gc.collect()
        return alive() is not None, kept() in (True, False)

    runner.get_loop().set_task_factory(stock)
    runner.get_loop().set_exception_handler(lambda *_: None)
    assert runner.run(main()) == (NATIVE, True)


@pytest.mark.skipif(NATIVE, reason="natively a task takes anything, and asyncio's never steps then")
def test_what_is_no_context_is_refused_at_once(runner: Any) -> None:
    async def main() -> None:
        coro = nothing()
        with pytest.raises(AttributeError, match="run"):
            runner_backport.create_task(coro, context=42)  # type: ignore[arg-type]
        coro.close()

    runner.run(main())


@pytest.mark.skipif(not NATIVE, reason="this interpreter's tasks take no context: see above")
def test_native_takes_what_is_no_context(loop_factory: Any) -> None:
    """By a loop without a Runner, whose close would wait for the task for ever."""
    loop = loop_factory()
    loop.set_exception_handler(lambda *_: None)
    coro = nothing()
    task = loop.create_task(coro, context=42)
    loop.call_soon(loop.stop)
    try:
        loop.run_forever()
    except TypeError:
        pass
    else:
        assert isinstance(loop, asyncio.BaseEventLoop)
    assert not task.done()
    loop.close()
    coro.close()


@pytest.fixture
def cancelled() -> Any:
    """Make a task, look at it with a function, and let it be cancelled with a message."""

    async def make(look: Any) -> Any:
        task: Any = asyncio.create_task(forever())
        seen = look(task)
        await asyncio.sleep(0)
        task.cancel("enough")
        await asyncio.wait([task])
        return task, seen

    return make


def message(function: Any, *args: Any) -> Any:
    try:
        function(*args)
    except asyncio.CancelledError as error:
        return error.args


def test_looking_at_a_cancelled_task_s_result_takes_its_error(runner: Any, cancelled: Any) -> None:
    async def main() -> Any:
        task, _ = await cancelled(id)
        assert hasattr(task, "result")
        return message(task.result)

    assert runner.run(main()) == (("enough",) if NATIVE else ())


def test_result_of_before_or_by_the_class_raises_a_new_error(runner: Any, cancelled: Any) -> None:
    async def main() -> Any:
        _, result = await cancelled(lambda task: task.result)
        task, _ = await cancelled(id)
        return message(result), message(type(task).result, task)

    assert runner.run(main()) == ((("enough",), ("enough",)) if NATIVE else ((), ()))


def test_cancel_of_the_stock_class_does_not_count(runner: Any) -> None:
    async def main() -> Any:
        task: Any = asyncio.create_task(forever())
        asyncio.Task.cancel(task)
        counted = task.cancelling()
        await asyncio.wait([task])
        return counted

    assert runner.run(main()) == (1 if NATIVE else 0)


def test_asyncio_s_timeout_error_is_the_interpreter_s(runner: Any) -> None:
    """From 3.11 on it is the builtin one (bpo-46522)."""
    assert (asyncio.TimeoutError is TimeoutError) is NATIVE


def test_asyncio_s_own_create_task_takes_no_context(runner: Any) -> None:
    """On any loop, also on ours, whose create_task does take one."""
    context = contextvars.copy_context()

    async def main() -> Any:
        coro = nothing()
        try:
            await asyncio.create_task(coro, context=context)  # type: ignore[call-arg,unused-ignore]
        except TypeError:
            await runner_backport.create_task(coro, context=context)
            return False
        return True

    assert runner.run(main()) is NATIVE


def test_a_loop_with_a_create_task_of_its_own_shows_a_factory(
    runner_class: Any, recording_class: Any
) -> None:
    with runner_class(loop_factory=recording_class) as runner:
        assert (runner.get_loop().get_task_factory() is None) is NATIVE


def test_a_loop_that_takes_neither_attributes_nor_another_class_shows_a_factory(
    runner_class: Any, sealed_class: Any
) -> None:
    with runner_class(loop_factory=sealed_class) as runner:
        assert (runner.get_loop().get_task_factory() is None) is NATIVE


def test_a_create_task_set_on_the_class_meanwhile_is_not_asked(runner_class: Any, loop_class: Any) -> None:
    made = []

    class Loop(loop_class):  # type: ignore[misc]
        pass

    def create_task(self: Any, coro: Any, **options: Any) -> Any:
        made.append(loop_class.create_task(self, coro, **options))
        return made[-1]

    with runner_class(loop_factory=Loop) as runner:
        runner.get_loop()
        Loop.create_task = create_task
        runner.run(nothing())
        assert (made != []) is NATIVE


def test_a_loop_made_by_the_class_of_a_compiled_loop_is_of_it(runner_class: Any, loop_class: Any) -> None:
    with runner_class(loop_factory=loop_class) as runner:
        other = type(runner.get_loop())()
    other.close()
    assert (type(other) is loop_class) is (NATIVE or issubclass(loop_class, asyncio.BaseEventLoop))


@pytest.mark.usefixtures("default_sigint")
def test_a_signal_put_in_the_place_of_signal_s_is_not_asked(
    runner_class: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def note(*arguments: Any) -> Any:
        asked.append(arguments)

    monkeypatch.setattr(signal, "signal", note)
    with runner_class() as runner:
        runner.run(nothing())
    assert (asked != []) is (runner_class.__module__ == "asyncio.runners")


def test_get_coro_of_the_stock_class_gives_what_takes_the_context_along(runner: Any) -> None:
    async def main() -> Any:
        coro = nothing()
        task = runner_backport.create_task(coro, context=contextvars.copy_context())
        await task
        return asyncio.Task.get_coro(task) is coro

    assert runner.run(main()) is NATIVE


def test_a_compiled_loop_has_another_class_until_close(runner_class: Any, loop_class: Any) -> None:
    compiled = not issubclass(loop_class, asyncio.BaseEventLoop)
    with runner_class(loop_factory=loop_class) as runner:
        loop = runner.get_loop()
        kind = type(loop)
        assert (kind is loop_class) is (NATIVE or not compiled)
        assert isinstance(loop, loop_class)
        names = operator.attrgetter("__name__", "__qualname__", "__module__", "__doc__")
        assert names(kind) == names(loop_class)
    assert type(loop) is loop_class


def test_wait_for_of_3_8_hides_what_the_inner_task_returned(runner: Any) -> None:
    """From 3.9 on the result of a task that swallows its cancellation is not lost."""

    async def inner() -> str:
        with contextlib.suppress(asyncio.CancelledError):
            await forever()
        return "finished all the same"

    async def main() -> Any:
        try:
            return await asyncio.wait_for(inner(), 0.001)
        except asyncio.TimeoutError:
            return "timed out"

    hides = sys.version_info < (3, 9)
    assert runner.run(main()) == ("timed out" if hides else "finished all the same")


def test_an_awaited_error_has_what_is_handled_outside_for_its_context(runner: Any) -> None:
    async def fail() -> None:
        await asyncio.sleep(0)
        try:
            raise KeyError
        except KeyError:
            raise ZeroDivisionError  # noqa: B904  # its context is the point

    async def main() -> Any:
        with pytest.raises(ZeroDivisionError) as caught:
            await asyncio.create_task(fail())
        return type(caught.value.__context__)

    try:
        raise LookupError
    except LookupError:
        assert runner.run(main()) is (KeyError if NATIVE else LookupError)


def test_a_timeout_in_the_chain_of_a_cancellation_is_asyncio_s(runner: Any) -> None:
    async def main() -> Any:
        task: Any = asyncio.create_task(forever())
        try:
            await asyncio.wait_for(asyncio.shield(task), 0)
        finally:
            task.cancel()
            await task

    with pytest.raises(asyncio.CancelledError) as caught:
        runner.run(main())
    chain = [type(caught.value)]
    error: Any = caught.value
    while error.__context__ is not None:
        error = error.__context__
        chain.append(type(error))
    assert (TimeoutError in chain) is NATIVE
