"""The operations on jobs of the default executor, which begin and end just when a program says so."""

import asyncio
import contextvars
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Callable, List, Optional

from .bodies import call
from .contexts import CALLS as _CONTEXTS
from .flow import CALLS as _FLOW
from .gate import pass_gate, stock_join
from .world import Who, World

_MOST = 24
"""How many jobs a program may have: each keeps a thread until it is over."""
_INSIDE = {"set": _CONTEXTS["set"], "get": _CONTEXTS["get"], "raise": _FLOW["raise"]}


class Executor(ThreadPoolExecutor):
    """A loop's default executor, whose shutdown ends its jobs, and which remembers how it was shut down.

    Each job has a thread of its own, so that who waits for that thread's end knows that the loop was told of the job's,
    and that the thread holds nothing any more whose last holder would be chance.
    """

    def __init__(self, world: World, loop: Any) -> None:
        # A pool makes its threads when it is given work, and this one never is.
        super().__init__(1)
        self.shutdowns: List[bool] = []
        self.jobs: List[Job] = []
        self.threads: List[threading.Thread] = []
        self.loop: Any = loop
        self._world = world
        self._over = False

    def submit(self, function: Any, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        if self._over:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        thread = threading.Thread(target=_work, args=(future, function, args, kwargs))
        if isinstance(function, Job):
            function.thread = thread
            self.jobs.append(function)
        self.threads.append(thread)
        thread.start()
        return future

    def shutdown(self, wait: bool = True, **_options: Any) -> None:
        pass_gate(self._world)
        self.shutdowns.append(wait)
        self._over = True
        for job in self.jobs:
            # One after the other, as who is done first would be chance.
            job.finish()
        if wait:
            for thread in self.threads:
                stock_join(thread)


def _work(future: "Future[Any]", function: Any, args: Any, kwargs: Any) -> None:
    try:
        future.set_result(function(*args, **kwargs))
    except BaseException as error:  # noqa: BLE001  # it is the future's
        future.set_exception(error)
        # The error holds this frame, which is not to hold the error.
        del future


class Job:
    """What the executor's thread does: the body at once, then it waits to be let go."""

    thread: threading.Thread

    def __init__(self, body: Callable[[], None], until: str) -> None:
        self.until = until
        self.begun = threading.Event()
        self._end = threading.Event()
        self._body: Optional[Callable[[], None]] = body

    def __call__(self) -> int:
        body, self._body = self._body, None
        assert body is not None
        try:
            body()
        finally:
            self.begun.set()
            self._end.wait()
        return 0

    @property
    def is_over(self) -> bool:
        return self._end.is_set()

    def finish(self) -> None:
        """Let it go, and wait until its thread has told the loop."""
        self._end.set()
        stock_join(self.thread)


def _job(world: World, who: Who, at: str, operation: Any) -> None:
    loop = asyncio.get_running_loop()
    if sum(len(executor.jobs) for executor in world.executors) >= _MOST:
        return world.nothing(at)
    executor = next((each for each in world.executors if each.loop is loop), None)
    if executor is None:
        executor = Executor(world, loop)
        world.executors.append(executor)
        loop.set_default_executor(executor)
    worker = Who(None, None, _INSIDE)
    owner = world.owner

    def body() -> None:
        world.owner = threading.get_ident()
        try:
            # What the thread's own context has in it is its maker's affair from 3.14 on.
            contextvars.copy_context().run(call, world, worker, f"{at}.0.", operation["body"])
        finally:
            world.owner = owner

    job = Job(body, operation["until"])
    world.note(at, "job")
    try:
        future: Any = loop.run_in_executor(None, job)
    except Exception as error:
        # The executor is shut down already.
        world.failed(at, error)
        raise
    job.begun.wait()
    world.hold(operation["label"], future)
    world.jobs[operation["label"]] = job
    return world.note(at, "job begun")


def _release(world: World, who: Who, at: str, operation: Any) -> None:
    job = world.jobs.get(operation["of"])
    if job is None or job.until == "close" or job.is_over:
        return world.nothing(at)
    job.finish()
    return world.note(at, "released")


def end_jobs(world: World) -> None:
    """Let all jobs go, and wait for their threads."""
    for executor in world.executors:
        executor.shutdown()
        executor.loop = None


CALLS = {"release": _release, "job": _job}
