"""SIGINT has its handler back however a run ends, and a user's handler keeps it."""

import asyncio
import contextlib
import signal
from typing import Any, List

import pytest

from coroutines import call, interrupt, interrupted, nothing

pytestmark = pytest.mark.usefixtures("default_sigint")


class OwnBaseError(BaseException):
    pass


ERRORS = [
    ZeroDivisionError,
    OwnBaseError,
    SystemExit,
    KeyboardInterrupt,
    GeneratorExit,
    StopAsyncIteration,
    asyncio.CancelledError,
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_after_an_error_of_the_coroutine(runner: Any, error: Any) -> None:
    async def main() -> None:
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
        await asyncio.sleep(0)
        raise error

    with pytest.raises(error):
        runner.run(main())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_after_an_error_that_ends_the_loop_before_the_task(runner: Any, error: Any) -> None:
    def fail() -> None:
        raise error

    async def main() -> None:
        asyncio.get_running_loop().call_soon(fail)
        await asyncio.get_running_loop().create_future()

    with pytest.raises(error):
        runner.run(main())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_after_a_stop_of_the_loop(runner: Any) -> None:
    async def main() -> None:
        asyncio.get_running_loop().stop()
        await asyncio.get_running_loop().create_future()

    with pytest.raises(RuntimeError, match="Event loop stopped before Future completed"):
        runner.run(main())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_after_a_task_factory_that_fails(runner: Any) -> None:
    def factory(loop: Any, coro: Any, **options: Any) -> Any:
        raise ZeroDivisionError

    runner.get_loop().set_task_factory(factory)
    coro = nothing()
    with pytest.raises(ZeroDivisionError):
        runner.run(coro)
    coro.close()
    runner.get_loop().set_task_factory(None)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_after_wrong_uses(runner_class: Any, loop_factory: Any) -> None:
    coro = nothing()
    with runner_class(loop_factory=loop_factory) as runner:
        with pytest.raises(ValueError, match="a coroutine was expected"):
            runner.run(None)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with pytest.raises(RuntimeError, match="Runner is closed"):
        runner.run(coro)
    coro.close()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_after_an_interrupt_that_was_swallowed(runner: Any) -> None:
    async def main() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await interrupted()

    runner.run(main())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_after_two_interrupts(runner: Any) -> None:
    async def main() -> None:
        interrupt()
        interrupt()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_user_s_handler_may_raise(runner: Any) -> None:
    class Impatient(BaseException):
        pass

    def handler(signum: int, frame: Any) -> None:
        raise Impatient

    signal.signal(signal.SIGINT, handler)
    with pytest.raises(Impatient):
        runner.run(interrupted())
    assert signal.getsignal(signal.SIGINT) is handler


def test_a_user_s_handler_is_kept_after_an_error(runner: Any) -> None:
    def handler(signum: int, frame: Any) -> None:
        pass

    async def main() -> None:
        raise ZeroDivisionError

    signal.signal(signal.SIGINT, handler)
    with pytest.raises(ZeroDivisionError):
        runner.run(main())
    assert signal.getsignal(signal.SIGINT) is handler


def test_a_user_s_handler_that_is_set_between_two_runs_gets_the_next_interrupt(runner: Any) -> None:
    received: List[int] = []
    runner.run(nothing())
    signal.signal(signal.SIGINT, lambda signum, frame: received.append(signum))
    runner.run(call(interrupt))
    assert received == [signal.SIGINT]


def test_a_default_handler_that_the_coroutine_sets_raises_at_once(runner: Any) -> None:
    async def main() -> str:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with pytest.raises(KeyboardInterrupt):
            interrupt()
        return "went on"

    assert runner.run(main()) == "went on"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
