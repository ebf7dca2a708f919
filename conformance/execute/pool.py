"""Run many cells at once; the fourth step of the pipeline."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event as Flag

from attrs import frozen

from conformance.execute.order import Course, Order
from conformance.execute.parts import Listener, Parts, expected_seconds, how_many

DEFAULT_JOBS = 10 * (os.cpu_count() or 1)
"""Workers at once: more than there are cores, since a worker of test_tasks, the longest suite, sleeps for nine tenths of its time."""
_LOOK_UP_SECONDS = 0.1
_DESCRIPTORS_OF_WORKER = 16
"""Half of them it has open all the time, the others while it is started."""
_SPARE_DESCRIPTORS = 16
"""What the driver itself may yet open beside its workers."""


def execute(
    orders: Iterable[Order],
    jobs: int,
    listener: Listener,
    on_course: Callable[[Order, Course], Iterable[Order] | None],
    interrupted: Callable[[], bool] = lambda: False,
) -> None:
    """Run the orders, and those that ``on_course`` returns, which is called, in this thread, as each is done.

    ``jobs`` workers run at a time, or as many as can be, and what takes long is begun first, in parts where
    workers would be left without work by it. Raises ExecuteError when no worker starts, and KeyboardInterrupt
    soon after ``interrupted``, which is asked all the time, says so. Whatever it raises, all workers are killed
    first, and their last reports heard.
    """
    abandoned = Flag()
    jobs = min(jobs, _most_jobs())
    queue = _Queue(jobs, listener)
    queue.take(orders)
    with ThreadPoolExecutor(jobs) as pool:
        running: dict[Future[None], Parts] = {}
        try:
            while queue or running:
                while queue and len(running) < jobs:
                    parts, number = queue.next()
                    running[pool.submit(parts.see_through, number, abandoned)] = parts
                done, _ = wait(running, timeout=_LOOK_UP_SECONDS, return_when=FIRST_COMPLETED)
                for future in done:
                    queue.take(_done(running.pop(future), future, on_course))
                if running and interrupted():
                    _abandon(pool, abandoned)
                    for future, parts in running.items():
                        if not future.cancelled() and future.exception() is None:
                            _done(parts, future, on_course)
                    raise KeyboardInterrupt
        except BaseException:
            _abandon(pool, abandoned)
            raise


def _done(
    parts: Parts, future: Future[None], on_course: Callable[[Order, Course], Iterable[Order] | None]
) -> Iterable[Order]:
    """Tell of the course of a cell whose last part this was; returns what is to be run because of it."""
    future.result()
    course = parts.collect()
    return () if course is None else on_course(parts.order, course) or ()


@frozen
class _Waiting:
    seconds: float
    """How long it may take."""
    order: Order
    parts: Parts | None = None
    """What it is a part of, once the order is cut."""
    number: int = 0


class _Queue:
    """What is yet to be begun, the longest first."""

    def __init__(self, jobs: int, listener: Listener) -> None:
        self._jobs = jobs
        self._listener = listener
        self._waiting: list[_Waiting] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def take(self, orders: Iterable[Order]) -> None:
        self._add(_Waiting(expected_seconds(order), order) for order in orders)

    def next(self) -> tuple[Parts, int]:
        """The next part to run; an order is cut when its turn comes, by what there is beside it."""
        all_seconds = sum(each.seconds for each in self._waiting)
        first = self._waiting.pop(0)
        if first.parts is not None:
            return first.parts, first.number
        count = how_many(first.order, all_seconds, self._jobs)
        parts = Parts(first.order, count, self._listener)
        self._add(_Waiting(first.seconds / count, first.order, parts, number) for number in range(1, count))
        return parts, 0

    def _add(self, more: Iterable[_Waiting]) -> None:
        # Of what is as long as each other, the first that came: the sort is stable.
        self._waiting = sorted([*self._waiting, *more], key=lambda each: -each.seconds)


def _most_jobs() -> int:
    """For how many workers at once the limit of open files is enough."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return sys.maxsize
    opened = sum(1 for _ in Path("/dev/fd").iterdir())
    return max(1, (limit - opened - _SPARE_DESCRIPTORS) // _DESCRIPTORS_OF_WORKER)


def _abandon(pool: ThreadPoolExecutor, abandoned: Flag) -> None:
    """Begin no more, have the workers killed, and wait for their supervision to end."""
    abandoned.set()
    pool.shutdown(cancel_futures=True)
