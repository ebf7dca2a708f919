"""Random programs of runs with signals: whatever happens, no handler, loop, task, thread or generator is left behind.

Each step is taken in the model too, which then knows how the run may end. A KeyboardInterrupt strikes in `Machine.send`
alone: there the interpreter is given time to notice a signal before anything else is done.
"""

import asyncio
import signal
import sys
import threading
from typing import Any, Iterator, List

import pytest
from hypothesis import given

from coroutines import SENDERS, forever
from signal_programs import RUNNER_S, USER_S, Failure, Handle, Run, Send, Swallow, programs
from strategies import properties

pytestmark = pytest.mark.usefixtures("default_sigint")


class Machine:
    """Plays programs; ``differences`` is what was not as modelled."""

    def __init__(self, runner: Any) -> None:
        self.runner = runner
        self.loop = runner.get_loop()
        self.reports: List[Any] = []
        self.loop.set_exception_handler(lambda loop, report: self.reports.append(report["message"]))
        self.handler: Any = signal.default_int_handler
        self.received, self.expected = 0, 0
        self.tasks: List[Any] = []
        self.generators: List[Any] = []
        self.closed = 0
        self.closing = False
        self.differences: List[Any] = []
        self.current = Run()

    def play(self, program: Any) -> None:
        before, threads = surroundings(), set(threading.enumerate())
        for part in program:
            self.run(part)
            if self.current.struck and not self.current.done():
                # A child was struck; the main task is a leftover now, and another run would have two of them.
                break
        self.closing = True
        self.runner.close()
        self.expect("loop closed", self.loop.is_closed(), True)
        self.expect("pending tasks", [task for task in self.tasks if not task.done()], [])
        self.expect("all tasks", asyncio.all_tasks(self.loop), set())
        self.expect("generators closed", self.closed, len(self.generators))
        self.expect("threads", set(threading.enumerate()) - threads, set())
        self.expect("surroundings", surroundings(), before)
        self.expect("handler", signal.getsignal(signal.SIGINT), self.installed())
        self.expect("reports", set(self.reports) - {"Task exception was never retrieved"}, set())

    def run(self, part: Any) -> None:
        self.current = Run()
        if self.handler is signal.default_int_handler:
            self.handler = RUNNER_S
        ending: Any = None
        try:
            self.runner.run(self.main(self.current, part))
        except (Failure, asyncio.CancelledError, KeyboardInterrupt) as error:
            ending = type(error)
        if self.handler is RUNNER_S:
            self.handler = signal.default_int_handler
        endings = self.current.endings()
        self.expect(part, ending in endings or (ending, endings), True)
        self.expect("handler", signal.getsignal(signal.SIGINT), self.installed())
        self.expect("running loop", asyncio._get_running_loop(), None)
        self.expect("received", self.received, self.expected)

    def installed(self) -> Any:
        return self.receive if self.handler is USER_S else self.handler

    def receive(self, signum: int, frame: Any) -> None:
        self.received += 1

    def expect(self, what: Any, found: Any, modelled: Any) -> None:
        if found != modelled:
            self.differences.append((what, found, modelled))

    async def main(self, run: Run, part: Any) -> None:
        run.main = asyncio.current_task()
        self.tasks.append(run.main)
        self.expect("cancelled before the first step", run.cancellations.arrive(), False)
        try:
            await self.steps(run, part)
            await self.stay(run)
            if run.cancellations.asked:
                # No step was left to hear of it: it becomes the result.
                run.ending = asyncio.CancelledError
        except (Failure, asyncio.CancelledError) as error:
            run.ending = type(error)
            await self.stay(run)
            raise

    async def stay(self, run: Run) -> None:
        # uvloop finishes its turn though a child was struck in it. A main task that ended there would have the
        # loop's next run stop early.
        if run.struck and not self.closing:
            await forever()

    async def steps(self, run: Run, part: Any) -> None:
        for step in part:
            if self.closing:
                return
            if isinstance(step, Swallow):
                try:
                    await self.steps(run, step.steps)
                except asyncio.CancelledError:
                    if self.closing:
                        raise
                    if step.uncancels:
                        self.uncancel(run)
                    # One CancelledError may stand for several calls of cancel.
                    run.swallowed |= run.cancellations.count > 0
            elif isinstance(step, Send):
                self.send_by(run, step)
            elif isinstance(step, Handle):
                self.handler = step.handler
                signal.signal(signal.SIGINT, self.installed())
            else:
                await self.named(run, step)

    def send_by(self, run: Run, step: Send) -> None:
        if step.by_child:
            self.child(self.send_later(step.how))
            return
        if step.beside:
            self.cancel(run)
        self.send(step.how)

    def send(self, how: str) -> None:
        run = self.current
        strikes = self.handler is signal.default_int_handler
        if self.handler is RUNNER_S:
            run.interrupts += 1
            strikes = run.interrupts > 1 or run.done()
            if not strikes:
                run.cancellations.cancel()
        self.expected += self.handler is USER_S
        struck = True
        try:
            SENDERS[how]()
            for _ in range(1000):
                pass
            struck = False
        finally:
            run.struck |= struck
            self.expect("struck", struck, strikes)

    async def send_later(self, how: str) -> None:
        # Struck with the main task done, and the loop's stop under way, asyncio stops once more in its next run:
        # the close then fails, natively too.
        if not self.current.done():
            self.send(how)

    def child(self, coro: Any) -> None:
        self.tasks.append(asyncio.get_running_loop().create_task(coro))

    def cancel(self, run: Run) -> None:
        run.cancellations.cancel()
        run.main.cancel()

    def uncancel(self, run: Run) -> None:
        self.expect("uncancel", run.main.uncancel(), run.cancellations.uncancel())

    async def named(self, run: Run, step: str) -> None:
        if step == "pause":
            await self.wait(run, asyncio.sleep(0))
        elif step == "busy":
            sum(range(100))
        elif step == "child":
            self.child(forever())
        elif step in ("job", "awaited job"):
            job = self.loop.run_in_executor(None, int)
            if step == "awaited job":
                run.cancellations.await_future(job)
                await self.wait(run, job)
        elif step == "cancel":
            self.cancel(run)
        elif step == "uncancel":
            self.uncancel(run)
        elif step == "fail":
            raise Failure
        elif step == "generator":
            self.generators.append(self.generate())
            await self.generators[-1].__anext__()

    async def wait(self, run: Run, awaitable: Any) -> None:
        cancelled = False
        try:
            await awaitable
        except asyncio.CancelledError:
            cancelled = True
            raise
        finally:
            arrives = run.cancellations.arrive()
            if not self.closing:
                self.expect("a cancellation arrives", cancelled, arrives)

    async def generate(self) -> Any:
        try:
            yield
        finally:
            self.closed += 1


def surroundings() -> Any:
    """What a Runner has to leave as it was."""
    fd = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(fd)
    running, current = asyncio._get_running_loop(), asyncio.get_event_loop()
    return fd, running, current, sys.get_asyncgen_hooks()


@pytest.fixture
def current_loop() -> Iterator[None]:
    """A loop that is the thread's current one all the while."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@properties(max_examples=100)
@given(program=programs())
def test_nothing_is_left_behind(
    runner_class: Any, loop_factory: Any, current_loop: None, program: Any
) -> None:
    """ "installs a custom signal.SIGINT handler before any user code is executed and removes it when exiting"

    https://docs.python.org/3.11/library/asyncio-runner.html#handling-keyboard-interruption
    """
    machine = Machine(runner_class(loop_factory=loop_factory))
    try:
        machine.play(program)
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    assert machine.differences == []
