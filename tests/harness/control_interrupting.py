"""What a right Runner makes of Ctrl-C, and how cancellations count, for test_worker_programs_control.py: each assertion holds natively on 3.11."""

from __future__ import annotations

import asyncio
import signal
import threading
from typing import Any

from conformance.worker.programs import control
from control_behaviour import answer, behaviour, cancel, interrupted, raised, step, wait_for_ever


@behaviour
def the_first_interrupt_cancels_the_main_task() -> None:
    cleaned = []

    async def main() -> None:
        try:
            await interrupted()
        finally:
            await step()
            cleaned.append("up")

    with control.Runner() as runner:
        error = raised(runner.run, main())
    assert type(error) is KeyboardInterrupt
    assert type(error.__context__) is asyncio.CancelledError
    assert cleaned == ["up"]


@behaviour
def the_second_interrupt_raises_at_once() -> None:
    at = []

    async def main() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
            at.append("after the first")
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            at.append("at the second")
        control.uncancel(asyncio.current_task())

    with control.Runner() as runner:
        raised(runner.run, main())
    assert at == ["after the first", "at the second"]


@behaviour
def interrupts_are_counted_anew_in_each_run() -> None:
    at = []

    async def main() -> None:
        signal.raise_signal(signal.SIGINT)
        at.append("after the first")
        await step()

    with control.Runner() as runner:
        assert [type(raised(runner.run, main())) for _ in range(2)] == [KeyboardInterrupt] * 2
    assert at == ["after the first"] * 2


@behaviour
def another_s_cancellation_goes_before_an_interrupt() -> None:
    async def main() -> None:
        await cancel(asyncio.current_task())
        await interrupted()

    with control.Runner() as runner:
        assert type(raised(runner.run, main())) is asyncio.CancelledError


@behaviour
def one_that_was_taken_back_does_not() -> None:
    async def main() -> None:
        task = asyncio.current_task()
        await cancel(task)
        try:
            await step()
        except asyncio.CancelledError:
            assert control.uncancel(task) == 0
        await interrupted()

    with control.Runner() as runner:
        assert type(raised(runner.run, main())) is KeyboardInterrupt


@behaviour
def an_interrupt_that_the_main_task_swallows_is_over() -> None:
    async def main() -> str:
        try:
            await interrupted()
        except asyncio.CancelledError:
            return "swallowed"
        return ""

    with control.Runner() as runner:
        assert runner.run(main()) == "swallowed"


@behaviour
def python_s_own_handler_is_put_back() -> None:
    async def main() -> bool:
        return signal.getsignal(signal.SIGINT) is signal.default_int_handler

    with control.Runner() as runner:
        assert not runner.run(main())
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        raised(runner.run, interrupted())
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@behaviour
def a_user_s_handler_stays() -> None:
    async def main() -> Any:
        return signal.getsignal(signal.SIGINT)

    for handler in (signal.SIG_IGN, lambda *_: None):
        signal.signal(signal.SIGINT, handler)
        with control.Runner() as runner:
            assert runner.run(main()) is handler
        assert signal.getsignal(signal.SIGINT) is handler


@behaviour
def a_handler_that_is_set_meanwhile_stays() -> None:
    async def main() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    with control.Runner() as runner:
        runner.run(main())
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@behaviour
def no_handler_is_set_in_another_thread() -> None:
    async def main() -> bool:
        return signal.getsignal(signal.SIGINT) is signal.default_int_handler

    seen = []
    thread = threading.Thread(target=lambda: seen.append(control.run(main())))
    thread.start()
    thread.join()
    assert seen == [True]


@behaviour
def what_a_task_waits_for_counts_its_cancellation_too() -> None:
    async def wait(future: Any) -> None:
        await future

    async def main() -> list[int]:
        inner = [asyncio.ensure_future(wait_for_ever()) for _ in range(2)]
        outer = asyncio.ensure_future(wait(asyncio.gather(*inner)))
        other = asyncio.ensure_future(wait(asyncio.shield(inner[0])))
        await step()
        for task in (outer, outer, other):
            await cancel(task)
        counts = [control.cancelling(task) for task in (outer, *inner, other)]
        await asyncio.wait([outer, other])
        return counts

    with control.Runner() as runner:
        assert runner.run(main()) == [2, 2, 2, 1]


@behaviour
def a_task_that_is_done_counts_no_more() -> None:
    async def main() -> list[int]:
        task = asyncio.ensure_future(answer())
        await task
        await cancel(task)
        return [control.cancelling(task), control.uncancel(task), control.cancelling(task)]

    with control.Runner() as runner:
        assert runner.run(main()) == [0, 0, 0]


@behaviour
def uncancel_takes_one_back_at_a_time() -> None:
    async def main() -> list[int]:
        task = asyncio.ensure_future(wait_for_ever())
        for _ in range(2):
            await cancel(task)
        counts = [control.uncancel(task) for _ in range(3)]
        await asyncio.wait([task])
        return counts

    with control.Runner() as runner:
        assert runner.run(main()) == [1, 0, 0]


@behaviour
def what_asyncio_itself_cancels_counts_too() -> None:
    async def main() -> int:
        task = asyncio.ensure_future(wait_for_ever())
        try:
            await asyncio.wait_for(task, 0)
        except asyncio.TimeoutError:  # noqa: UP041  # it is another one below 3.11
            return control.cancelling(task)
        raise AssertionError("it did not run out")

    with control.Runner() as runner:
        assert runner.run(main()) == 1
