"""What close does before it closes the loop: leftover tasks, async generators, the default executor."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, List

import pytest

from coroutines import forever


@pytest.fixture
def close(runner_class: Any, loop_factory: Any) -> Any:
    """Run a coroutine in a Runner and close that; what the loop's exception handler was told meanwhile."""

    def run_and_close(coro: Any) -> List[Any]:
        reports: List[Any] = []
        with runner_class(loop_factory=loop_factory) as runner:
            runner.get_loop().set_exception_handler(lambda loop, report: reports.append(report))
            runner.run(coro)
        return reports

    return run_and_close


def test_leftover_tasks_are_cancelled(close: Any, make_child: Any) -> None:
    tasks: List[Any] = []

    async def main() -> None:
        tasks.extend(make_child(forever()) for _ in range(3))
        await asyncio.sleep(0)

    assert close(main()) == []
    assert [task.cancelled() for task in tasks] == [True, True, True]


def test_leftover_tasks_may_wait_while_they_clean_up(close: Any) -> None:
    steps: List[str] = []
    tasks: List[Any] = []

    async def leftover() -> None:
        try:
            await forever()
        finally:
            await asyncio.sleep(0)
            steps.append("cleaned up")

    async def main() -> None:
        tasks.append(asyncio.create_task(leftover()))
        await asyncio.sleep(0)

    close(main())
    assert steps == ["cleaned up"]


def test_a_leftover_task_that_swallows_its_cancellation_is_waited_for(close: Any) -> None:
    tasks: List[Any] = []

    async def stubborn() -> str:
        try:
            await forever()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
        return "my own time"

    async def main() -> None:
        tasks.append(asyncio.create_task(stubborn()))
        await asyncio.sleep(0)

    assert close(main()) == []
    assert tasks[0].result() == "my own time"


def test_an_error_of_a_leftover_task_goes_to_the_exception_handler(close: Any) -> None:
    error = ValueError("in the clean-up")
    tasks: List[Any] = []

    async def leftover() -> None:
        try:
            await forever()
        finally:
            raise error

    async def main() -> None:
        tasks.append(asyncio.create_task(leftover()))
        await asyncio.sleep(0)

    assert close(main()) == [
        {
            "message": "unhandled exception during asyncio.run() shutdown",
            "exception": error,
            "task": tasks[0],
        }
    ]


def test_the_errors_of_all_leftover_tasks_are_told(close: Any) -> None:
    errors = [ValueError("one"), KeyError("two")]
    tasks: List[Any] = []

    async def leftover(error: BaseException) -> None:
        try:
            await forever()
        finally:
            raise error

    async def main() -> None:
        tasks.extend(asyncio.create_task(leftover(error)) for error in errors)
        await asyncio.sleep(0)

    reports = close(main())
    assert {id(report["exception"]) for report in reports} == {id(error) for error in errors}


def test_leftovers_of_a_failed_run_are_cancelled(runner_class: Any, loop_factory: Any) -> None:
    tasks: List[Any] = []

    async def main() -> None:
        tasks.append(asyncio.create_task(forever()))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), runner_class(loop_factory=loop_factory) as runner:
        runner.run(main())
    assert tasks[0].cancelled()


def test_the_function_run_cancels_leftovers(run: Any, loop_factory: Any) -> None:
    async def main() -> Any:
        return asyncio.create_task(forever())

    assert run(main(), loop_factory=loop_factory).cancelled()


def test_async_generators_are_closed(close: Any) -> None:
    steps: List[str] = []

    async def generate() -> Any:
        try:
            yield
        finally:
            await asyncio.sleep(0)
            steps.append("closed")

    generator = generate()

    async def main() -> None:
        await generator.__anext__()

    close(main())
    assert steps == ["closed"]


def test_an_error_of_an_async_generator_goes_to_the_exception_handler(close: Any) -> None:
    error = ValueError("in the clean-up")

    async def generate() -> Any:
        try:
            yield
        finally:
            raise error

    generator = generate()

    async def main() -> None:
        await generator.__anext__()

    (report,) = close(main())
    assert report["exception"] is error
    assert report["asyncgen"] is generator


class Gated(ThreadPoolExecutor):
    """An executor that lets its jobs go on once somebody waits for them."""

    def __init__(self) -> None:
        super().__init__(max_workers=1)
        self.gate = threading.Event()
        self.waited = False

    def shutdown(self, wait: bool = True, **options: Any) -> None:
        if wait:
            self.waited = True
            self.gate.set()
        super().shutdown(wait, **options)


@pytest.fixture
def gated() -> Any:
    executor = Gated()
    yield executor
    executor.gate.set()
    executor.shutdown()


def test_the_jobs_of_the_default_executor_are_waited_for(close: Any, gated: Any) -> None:
    """ "Finalize asynchronous generators, shutdown default executor, close the event loop".

    https://docs.python.org/3.11/library/asyncio-runner.html#asyncio.Runner.close
    """
    done: List[str] = []

    def job() -> None:
        gated.gate.wait()
        done.append("done")

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(gated)
        # The future is cancelled as nobody waits for it; the job itself has begun and goes on.
        loop.run_in_executor(None, job)

    close(main())
    assert gated.waited
    assert done == ["done"]


def test_a_job_may_use_the_loop_while_it_is_waited_for(close: Any, gated: Any) -> None:
    answers: List[str] = []

    def job(loop: Any) -> None:
        gated.gate.wait()
        answers.append(asyncio.run_coroutine_threadsafe(asyncio.sleep(0, "answered"), loop).result(5))

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(gated)
        loop.run_in_executor(None, job, loop)

    close(main())
    assert answers == ["answered"]


def test_an_executor_that_cannot_be_joined_has_its_error_come_out_of_close(close: Any) -> None:
    class Broken(ThreadPoolExecutor):
        def shutdown(self, wait: bool = True, **options: Any) -> None:
            super().shutdown(wait, **options)
            if wait:
                raise ZeroDivisionError

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(Broken())

    with pytest.raises(ZeroDivisionError):
        close(main())


def test_no_thread_is_left(close: Any) -> None:
    before = set(threading.enumerate())

    async def main() -> None:
        await asyncio.get_running_loop().run_in_executor(None, int)

    close(main())
    assert set(threading.enumerate()) <= before


def test_a_loop_without_a_default_executor_gets_none(close: Any, monkeypatch: Any) -> None:
    started: List[Any] = []
    start = threading.Thread.start

    def noting(thread: threading.Thread) -> None:
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", noting)
    close(asyncio.sleep(0))
    assert started == []


def test_the_loop_is_closed_though_the_shutdown_fails(runner_class: Any, loop_class: Any) -> None:
    class Broken(loop_class):  # type: ignore[misc]
        async def shutdown_asyncgens(self) -> None:
            raise OSError("broken")

    runner = runner_class(loop_factory=Broken)
    loop = runner.get_loop()
    with pytest.raises(OSError, match="broken"):
        runner.close()
    assert loop.is_closed()
    assert "create_task" not in vars(loop)


def test_the_runner_is_closed_though_the_shutdown_fails(runner_class: Any, loop_class: Any) -> None:
    class Broken(loop_class):  # type: ignore[misc]
        async def shutdown_asyncgens(self) -> None:
            raise OSError("broken")

    runner = runner_class(loop_factory=Broken)
    runner.get_loop()
    with pytest.raises(OSError, match="broken"):
        runner.close()
    runner.close()
    with pytest.raises(RuntimeError, match="Runner is closed"):
        runner.get_loop()
