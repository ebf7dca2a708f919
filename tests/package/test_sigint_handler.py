"""Whose handler of SIGINT is installed when, and where a Ctrl-C goes besides the main task.

What is quoted stands in https://docs.python.org/3.11/library/asyncio-runner.html#handling-keyboard-interruption.
"""

import asyncio
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, List

import pytest

from coroutines import interrupt, interrupted
from runner_backport import _interrupts

pytestmark = pytest.mark.usefixtures("default_sigint")


def test_the_handler_is_the_runner_s_during_a_run_only(runner: Any) -> None:
    """ "… installs a custom signal.SIGINT handler before any user code is executed and removes it when exiting" """

    async def main() -> Any:
        return signal.getsignal(signal.SIGINT)

    assert runner.run(main()) is not signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_handler_is_back_after_an_error(runner: Any) -> None:
    async def main() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        runner.run(main())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_handler_is_back_after_an_interrupt(runner: Any) -> None:
    with pytest.raises(KeyboardInterrupt):
        runner.run(interrupted())
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_the_user_s_is_left_alone(runner: Any) -> None:
    received: List[int] = []

    def handler(signum: int, frame: Any) -> None:
        received.append(signum)

    signal.signal(signal.SIGINT, handler)

    async def main() -> Any:
        interrupt()
        await asyncio.sleep(0)
        return signal.getsignal(signal.SIGINT)

    assert runner.run(main()) is handler
    assert received == [signal.SIGINT]
    assert signal.getsignal(signal.SIGINT) is handler


def test_an_ignored_interrupt_stays_ignored(runner: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    async def main() -> Any:
        interrupt()
        await asyncio.sleep(0)
        return signal.getsignal(signal.SIGINT)

    assert runner.run(main()) is signal.SIG_IGN
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_handler_that_the_coroutine_sets_is_kept(runner: Any) -> None:
    async def main() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    runner.run(main())
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_handler_added_to_the_loop_takes_over(runner: Any) -> None:
    async def main() -> str:
        loop = asyncio.get_running_loop()
        received = loop.create_future()
        loop.add_signal_handler(signal.SIGINT, received.set_result, "received")
        interrupt()
        result: str = await received
        loop.remove_signal_handler(signal.SIGINT)
        return result

    assert runner.run(main()) == "received"


def test_outside_the_main_thread_nothing_is_installed(runner_class: Any, loop_factory: Any) -> None:
    """Python handles signals in the main thread alone: https://docs.python.org/3.11/library/signal.html."""
    seen: List[Any] = []

    async def main() -> None:
        seen.append(signal.getsignal(signal.SIGINT))

    def run_it() -> None:
        with runner_class(loop_factory=loop_factory) as runner:
            runner.run(main())

    thread = threading.Thread(target=run_it)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]


def test_a_runner_in_another_thread_does_not_hear_the_interrupt(
    runner: Any, runner_class: Any, loop_factory: Any
) -> None:
    running, finish = threading.Event(), threading.Event()
    results: List[Any] = []

    async def elsewhere() -> str:
        running.set()
        finish.wait()
        await asyncio.sleep(0)
        return f"cancelled {asyncio.current_task().cancelling()} times"  # type: ignore[union-attr]

    def run_it() -> None:
        with runner_class(loop_factory=loop_factory) as other:
            results.append(other.run(elsewhere()))

    thread = threading.Thread(target=run_it)
    thread.start()
    running.wait()
    try:
        with pytest.raises(KeyboardInterrupt):
            runner.run(interrupted())
    finally:
        finish.set()
        thread.join()
    assert results == ["cancelled 0 times"]


def test_a_main_thread_without_signals_runs_all_the_same(runner: Any, monkeypatch: Any) -> None:
    """gh-91880: what embeds Python may refuse signals even in its main thread."""

    def refuse(*_: Any) -> None:
        raise ValueError("signal only works in main thread of the main interpreter")

    monkeypatch.setattr(signal, "signal", refuse)
    monkeypatch.setattr(_interrupts, "signal", refuse)
    assert runner.run(asyncio.sleep(0, "fine")) == "fine"


def test_without_the_module_behind_signal_a_ctrl_c_is_handled_too(tmp_path: Path) -> None:
    """It is CPython's own, and another Python need not have it."""
    program = """
import asyncio, signal, sys
sys.modules["_signal"] = None
from runner_backport._runner import Runner

async def main():
    signal.raise_signal(signal.SIGINT)
    await asyncio.sleep(3600)

signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    Runner().run(main())
except KeyboardInterrupt:
    print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
"""
    # Elsewhere, since -c would put the tree's package in front of the installed one.
    printed = subprocess.check_output([sys.executable, "-c", program], cwd=str(tmp_path), timeout=60)
    assert printed.strip() == b"True"
