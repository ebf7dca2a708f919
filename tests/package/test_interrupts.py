"""Ctrl-C while a Runner runs, by real signals.

What is quoted stands in https://docs.python.org/3.11/library/asyncio-runner.html#handling-keyboard-interruption.
"""

import asyncio
import selectors
import signal
import threading
from typing import Any, List

import pytest

from coroutines import forever, interrupt, interrupted

pytestmark = pytest.mark.usefixtures("default_sigint")


def test_the_first_becomes_keyboard_interrupt(runner: Any, send: Any) -> None:
    """ "After the main task is cancelled, asyncio.Runner.run() raises KeyboardInterrupt." """

    async def main() -> None:
        send()
        await forever()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_the_first_becomes_keyboard_interrupt_through_run(run: Any, loop_factory: Any) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(interrupted(), loop_factory=loop_factory)


def test_the_first_cancels_the_main_task(runner: Any, send: Any) -> None:
    """ "the custom signal handler cancels the main task by calling asyncio.Task.cancel()" """
    seen: List[Any] = []

    async def main() -> None:
        try:
            send()
            await forever()
        except asyncio.CancelledError:
            seen.append(asyncio.current_task().cancelling())  # type: ignore[union-attr]
            raise

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())
    assert seen == [1]


def test_the_main_task_may_still_wait_while_it_cleans_up(runner: Any) -> None:
    steps: List[str] = []

    async def main() -> None:
        try:
            await interrupted()
        finally:
            await asyncio.sleep(0)
            steps.append("cleaned up")

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())
    assert steps == ["cleaned up"]


def test_the_cancelled_error_is_the_context_of_the_keyboard_interrupt(runner: Any) -> None:
    with pytest.raises(KeyboardInterrupt) as caught:
        runner.run(interrupted())
    assert isinstance(caught.value.__context__, asyncio.CancelledError)


def test_children_are_not_cancelled(runner: Any) -> None:
    children: List[Any] = []

    async def main() -> None:
        children.append(asyncio.create_task(forever()))
        await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())
    assert not children[0].done()
    assert children[0].cancelling() == 0


def test_a_second_raises_at_once(runner: Any, send: Any) -> None:
    """ "the second following Ctrl-C immediately raises the KeyboardInterrupt" """
    steps: List[str] = []

    async def main() -> None:
        try:
            await interrupted()
        finally:
            try:
                send()
                # kill only leaves a note for the interpreter, which looks at it between two instructions.
                for _ in range(1000):
                    pass
                steps.append("went on")
            except KeyboardInterrupt:
                steps.append("raised")

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())
    assert steps == ["raised"]


def test_a_second_ends_a_task_that_does_not_want_to_end(runner: Any) -> None:
    async def main() -> None:
        try:
            await interrupted()
        finally:
            interrupt()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_the_next_run_begins_to_count_anew(runner: Any) -> None:
    with pytest.raises(KeyboardInterrupt):
        runner.run(interrupted())

    async def main() -> str:
        try:
            await interrupted()
        except asyncio.CancelledError:
            return "cancelled again"
        return "not reached"

    assert runner.run(main()) == "cancelled again"


def test_a_task_that_swallows_it_returns_its_result(runner: Any) -> None:
    async def main() -> str:
        try:
            await interrupted()
        except asyncio.CancelledError:
            return "finished my work"
        return "not reached"

    assert runner.run(main()) == "finished my work"


def test_a_task_that_answers_with_another_error_raises_that(runner: Any) -> None:
    error = ValueError("in the clean-up")

    async def main() -> None:
        try:
            await interrupted()
        finally:
            raise error

    with pytest.raises(ValueError, match="in the clean-up") as caught:
        runner.run(main())
    assert caught.value is error


def test_an_uncancelled_interrupt_lets_the_task_go_on(runner: Any) -> None:
    async def main() -> str:
        try:
            await interrupted()
        except asyncio.CancelledError:
            asyncio.current_task().uncancel()  # type: ignore[union-attr]
        await asyncio.sleep(0)
        return "went on"

    assert runner.run(main()) == "went on"


def test_another_cancellation_beside_the_interrupt_stays_a_cancellation(runner: Any) -> None:
    async def main() -> None:
        asyncio.current_task().cancel()  # type: ignore[union-attr]
        await interrupted()

    with pytest.raises(asyncio.CancelledError):
        runner.run(main())


def test_an_uncancelled_cancellation_beside_the_interrupt_does_not_count(runner: Any) -> None:
    async def main() -> None:
        task: Any = asyncio.current_task()
        task.cancel()
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            task.uncancel()
        await interrupted()

    with pytest.raises(KeyboardInterrupt):
        runner.run(main())


def test_an_interrupt_wakes_a_loop_that_has_gone_to_sleep(runner_class: Any, loop_class: Any) -> None:
    """On any loop with a selector of Python's; what the handler does has to end the sleep that follows."""
    if not issubclass(loop_class, asyncio.SelectorEventLoop):
        pytest.skip("this loop has no selector of Python's: see the test below")
    sleeps: List[str] = []

    class Interrupted(selectors.DefaultSelector):
        def select(self, timeout: Any = None) -> Any:
            if timeout is None and not sleeps:
                # The loop has nothing to do and has chosen to sleep for good.
                sleeps.append("sleeps")
                interrupt()
            return super().select(timeout)

    runner = runner_class(loop_factory=lambda: loop_class(Interrupted()))
    with pytest.raises(KeyboardInterrupt), runner:
        runner.run(forever())
    assert sleeps == ["sleeps"]


def test_an_interrupt_from_a_thread_wakes_a_loop_that_sleeps(
    runner: Any, loop_class: Any, calm_switching: None
) -> None:
    if issubclass(loop_class, asyncio.SelectorEventLoop):
        pytest.skip("a signal just before the selector's system call is seen after it: see the test above")
    asleep = threading.Event()
    main_thread = threading.get_ident()

    def interrupt_the_sleeper() -> None:
        # This thread runs again when the main one lets go of the interpreter, which it does to sleep.
        asleep.wait()
        signal.pthread_kill(main_thread, signal.SIGINT)

    async def main() -> None:
        asyncio.get_running_loop().call_soon(asleep.set)
        await forever()

    thread = threading.Thread(target=interrupt_the_sleeper, daemon=True)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        runner.run(main())
    thread.join()


def test_an_interrupt_after_the_main_task_is_done_raises_at_once(runner: Any) -> None:
    steps: List[str] = []

    def late(task: Any) -> None:
        try:
            interrupt()
        except KeyboardInterrupt:
            steps.append("raised")

    async def main() -> str:
        asyncio.current_task().add_done_callback(late)  # type: ignore[union-attr]
        return "done"

    assert runner.run(main()) == "done"
    assert steps == ["raised"]
