"""What a right Runner does to its loop, its policy and what they have left, for test_worker_programs_control.py: each assertion holds natively on 3.11."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from conformance.worker.programs import control
from control_behaviour import answer, behaviour, raised, step, wait_for_ever

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def logged_by(name: str) -> Iterator[list[logging.LogRecord]]:
    """What a logger says meanwhile."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = lambda record: records.append(record)  # type: ignore[method-assign]  # that is all of it
    logging.getLogger(name).addHandler(handler)
    try:
        yield records
    finally:
        logging.getLogger(name).removeHandler(handler)


@behaviour
def leftovers_are_cancelled_and_their_errors_reported() -> None:
    reports, ended = [], []

    async def resist(name: str) -> None:
        try:
            await wait_for_ever()
        finally:
            await step()
            ended.append(name)
            if name == "fails":
                raise LookupError(name)

    async def main() -> list[Any]:
        tasks = [asyncio.ensure_future(resist(name)) for name in ("fails", "ends")]
        await step()
        return tasks

    with control.Runner() as runner:
        runner.get_loop().set_exception_handler(lambda _loop, report: reports.append(report))
        tasks = runner.run(main())
    assert sorted(ended) == ["ends", "fails"]
    assert [control.cancelling(task) for task in tasks] == [1, 1]
    [report] = reports
    assert set(report) == {"message", "exception", "task"}
    assert report["message"] == "unhandled exception during asyncio.run() shutdown"
    assert report["exception"].args == ("fails",)
    assert report["task"] is tasks[0]


@behaviour
def async_generators_are_closed() -> None:
    closed = []

    async def numbers() -> Any:
        try:
            yield 1
            yield 2
        finally:
            await step()
            closed.append("closed")

    async def main() -> Any:
        generator = numbers()
        assert await generator.__anext__() == 1
        return generator

    with control.Runner() as runner:
        kept = runner.run(main())
        assert closed == []
    assert (closed, kept.ag_frame) == (["closed"], None)


class Executor(ThreadPoolExecutor):
    """Remembers how it was shut down, and ends its job then."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[bool] = []
        self.may_end = threading.Event()

    def shutdown(self, wait: bool = True, **options: Any) -> None:
        self.waited.append(wait)
        self.may_end.set()
        super().shutdown(wait, **options)


@behaviour
def the_default_executor_is_joined() -> None:
    executor, threads = Executor(), []

    def job() -> None:
        threads.append(threading.current_thread())
        assert executor.may_end.wait(20)

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(executor)
        asyncio.get_running_loop().run_in_executor(None, job)

    with control.Runner() as runner:
        runner.run(main())
    assert executor.waited[0]
    assert not threads[0].is_alive()


@behaviour
def debug_is_set_where_it_is_asked_for() -> None:
    for debug in (True, False):
        with control.Runner(debug=debug) as runner:
            assert runner.get_loop().get_debug() is debug

    def factory() -> Any:
        loop = asyncio.new_event_loop()
        loop.set_debug(True)
        return loop

    with control.Runner(loop_factory=factory) as runner:
        assert runner.get_loop().get_debug() is True


@behaviour
def the_policy_knows_the_loop_that_it_made_until_close() -> None:
    policy = asyncio.get_event_loop_policy()
    with control.Runner() as runner:
        assert policy.get_event_loop() is runner.get_loop()
    assert type(raised(policy.get_event_loop)) is RuntimeError


@behaviour
def the_policy_is_not_told_of_a_factory_s_loop() -> None:
    policy = asyncio.get_event_loop_policy()
    with control.Runner() as outer:
        with control.Runner(loop_factory=asyncio.new_event_loop) as runner:
            runner.run(answer())
        assert policy.get_event_loop() is outer.get_loop()


@behaviour
def a_user_s_task_factory_makes_the_main_task() -> None:
    made = []

    def factory(loop: Any, coro: Any, **_options: Any) -> Any:
        made.append(asyncio.Task(coro, loop=loop, **_options))
        return made[-1]

    with control.Runner() as runner:
        runner.get_loop().set_task_factory(factory)
        assert runner.run(answer()) == 42
        assert runner.get_loop().get_task_factory() is factory
        assert len(made) == 1


@behaviour
def run_closes_what_it_opened() -> None:
    async def main() -> Any:
        return asyncio.get_running_loop()

    loops = []

    def factory() -> Any:
        loops.append(asyncio.new_event_loop())
        return loops[-1]

    assert control.run(main(), debug=True, loop_factory=factory) is loops[0]
    assert loops[0].is_closed()
    assert loops[0].get_debug()


@behaviour
def a_job_that_outlives_its_loop_ends_in_silence() -> None:
    may_end, executor, tasks = threading.Event(), ThreadPoolExecutor(), []

    async def interrupt_the_close() -> None:
        try:
            await wait_for_ever()
        finally:
            raise KeyboardInterrupt

    async def main() -> None:
        asyncio.get_running_loop().run_in_executor(executor, may_end.wait, 20)
        tasks.append(asyncio.ensure_future(interrupt_the_close()))
        await step()

    runner = control.Runner()
    runner.run(main())
    assert type(raised(runner.close)) is KeyboardInterrupt
    assert type(tasks[0].exception()) is KeyboardInterrupt
    with logged_by("concurrent.futures") as reports:
        may_end.set()
        executor.shutdown()
    assert reports == []
