"""The interpreter tells of what judged code leaves behind: threads, loops, and loops that nobody wakes up."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from miniatures import write
from performing import UVLOOP, Performer, op, program, run

pytest_plugins = ["performing"]

ON_BOTH_LOOPS = pytest.mark.parametrize("loop", [(), UVLOOP], ids=["asyncio", "uvloop"])

ENDLESS = """
import asyncio, threading

class Runner(asyncio.Runner):
    thread = None

    def run(self, coro, *, context=None):
        if Runner.thread is None:
            Runner.thread = threading.Thread(target=threading.Event().wait, daemon=True)
            Runner.thread.start()
        return super().run(coro, context=context)
"""

ONE_EACH = ENDLESS.replace("Runner.thread is None", "True")

OPEN = """
import asyncio

class Runner(asyncio.Runner):
    kept = []

    def close(self):
        loop = getattr(self, "_loop", None)
        if loop is not None:
            Runner.kept.append(loop)
            loop.close = lambda: None
        super().close()
"""

UNHEARD = """
import asyncio, threading

class Runner(asyncio.Runner):
    def close(self):
        loop = getattr(self, "_loop", None)
        if loop is not None:
            loop.shutdown_default_executor = self.join_executor
        super().close()

    async def join_executor(self):
        loop, over = asyncio.get_running_loop(), asyncio.Event()

        def join():
            self.executor.shutdown()
            loop.TELL(over.set)

        thread = threading.Thread(target=join)
        thread.start()
        await over.wait()
        thread.join()

    def run(self, coro, *, context=None):
        loop = self.get_loop()
        set_default_executor = loop.set_default_executor

        def keeping(executor):
            self.executor = executor
            set_default_executor(executor)

        loop.set_default_executor = keeping
        return super().run(coro, context=context)
"""


@pytest.fixture
def perform_with(tmp_path: Path) -> Iterator[Callable[..., Performer]]:
    """Starts workers with the Runner of a module's text."""
    started: list[Performer] = []

    def start(text: str, *options: str) -> Performer:
        write(tmp_path / "judged.py", text)
        started.append(Performer(sys.executable, "--runner", "judged:Runner", *options, path=[tmp_path]))
        return started[-1]

    yield start
    for performer in started:
        performer.close()


def test_a_thread_that_never_ends_is_told_of_the_program_that_left_it(
    perform_with: Callable[..., Performer],
) -> None:
    first, second = perform_with(ENDLESS).perform(*[program(run(), op("close"))] * 2)
    assert [first.state(step)["threads"] for step in ("s0", "s1", "end")] == [1, 1, 1]
    assert [second.state(step)["threads"] for step in ("s0", "s1", "end")] == [0, 0, 0]


def test_a_loop_that_waits_beside_one_such_thread_after_another(
    perform_with: Callable[..., Performer],
) -> None:
    waiting = run(op("future", label=1), op("await", of=1))
    seen = perform_with(ONE_EACH)(waiting, waiting)
    assert [event[0] for event in seen.all("stuck")] == ["s0", "s1"]
    assert [seen.state(step)["threads"] for step in ("s0", "s1")] == [1, 2]


@ON_BOTH_LOOPS
@pytest.mark.parametrize("factory", [True, False])
def test_a_loop_that_is_left_open(
    perform_with: Callable[..., Performer], loop: tuple[str, ...], factory: bool
) -> None:
    performer = perform_with(OPEN, *loop)
    runners = [{"debug": None, "factory": factory}]
    assert performer(op("enter"), op("close"), runners=runners).state("s1")["open loops"] == 1
    assert performer(op("run_function", factory=factory)).state("s0")["open loops"] == 1


def test_the_loops_that_are_open(perform: Performer) -> None:
    seen = perform(
        run(),
        run(runner=1),
        op("close"),
        op("exit", runner=1),
        runners=[{"debug": None, "factory": False}] * 2,
    )
    assert [seen.state(f"s{step}")["open loops"] for step in range(4)] == [1, 2, 1, 0]


@ON_BOTH_LOOPS
@pytest.mark.parametrize(("tell", "told"), [("call_soon", 1), ("call_soon_threadsafe", 0)])
def test_a_thread_that_does_not_wake_the_loop(
    perform_with: Callable[..., Performer], loop: tuple[str, ...], tell: str, told: int
) -> None:
    performer = perform_with(UNHEARD.replace("TELL", tell), *loop)
    closing = program(run(op("job", until="close")), op("close"))
    first, *again = performer.perform(*[closing] * 10)
    assert len(first.all("call_soon from another thread")) == told
    assert first.state("s1")["executors"] == [[True, False]]
    assert again == [first] * len(again)


COPYING = """
import asyncio, copy

class Runner(asyncio.Runner):
    def run(self, coro, *, context=None):
        try:
            return super().run(coro, context=context)
        except ValueError as error:
            raise copy.copy(error)
"""


def test_a_copy_of_an_error_is_another_object(
    perform_with: Callable[..., Performer], perform: Performer
) -> None:
    body = op("raise", error="ValueError")
    for performer, same in ((perform_with(COPYING), False), (perform, True)):
        seen = performer(run(body))
        [inside], [outside] = (
            [event[1]["object"] for event in seen.at(origin) if event[0] == "raised"]
            for origin in ("t0", "s0")
        )
        assert (inside == outside) is same
