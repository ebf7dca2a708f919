"""Run many cells at once; the fourth step of the pipeline."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event as Flag
from typing import Protocol

from conformance.execute import order as orders_and_courses
from conformance.execute.order import Course, Order
from conformance.execute.supervise import see_through
from conformance.records import Outcome, Suite


class Listener(orders_and_courses.Listener, Protocol):
    """Who wants to know what happens while it happens; called from several threads."""

    def cell_finished(self, cell: str, counts: Mapping[Outcome, int], seconds: float) -> None:
        """All tests of a cell have ended."""


DEFAULT_JOBS = 4 * (os.cpu_count() or 1)
"""Workers at once: more than there are cores, since the suites mostly sleep."""
_LOOK_UP_SECONDS = 0.1
_DESCRIPTORS_OF_WORKER = 16
"""Half of them it has open all the time, the others while it is started."""
_SPARE_DESCRIPTORS = 16
"""What the driver itself may yet open beside its workers."""


def execute(
    orders: Sequence[Order],
    jobs: int,
    listener: Listener,
    on_course: Callable[[Order, Course], None],
    interrupted: Callable[[], bool] = lambda: False,
) -> None:
    """Run the orders, ``jobs`` at a time or as many as can be, and the long ones first; ``on_course`` is called, in this thread, as each is done.

    Raises ExecuteError when no worker starts, and KeyboardInterrupt soon after ``interrupted``, which is asked
    all the time, says so. Whatever it raises, all workers are killed first, and their last reports heard.
    """
    abandoned = Flag()
    waiting = sorted(orders, key=_expected_length, reverse=True)
    with ThreadPoolExecutor(min(jobs, _most_jobs())) as pool:
        running: dict[Future[Course], Order] = {}
        try:
            for order in waiting:
                running[pool.submit(_timed, order, listener, abandoned)] = order
            while running:
                done, _ = wait(running, timeout=_LOOK_UP_SECONDS, return_when=FIRST_COMPLETED)
                for future in done:
                    on_course(running.pop(future), future.result())
                if running and interrupted():
                    _abandon(pool, abandoned)
                    for future, order in running.items():
                        if not future.cancelled() and future.exception() is None:
                            on_course(order, future.result())
                    raise KeyboardInterrupt
        except BaseException:
            _abandon(pool, abandoned)
            raise


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


def _timed(order: Order, listener: Listener, abandoned: Flag) -> Course:
    began = time.monotonic()
    course = see_through(order, listener, abandoned)
    counts = Counter(result.outcome for result in course.results)
    listener.cell_finished(order.cell.name, counts, time.monotonic() - began)
    return course


def _expected_length(order: Order) -> tuple[bool, bool]:
    """test_tasks takes 15 to 30 seconds and test_runners one; foreign loops take longer than asyncio's."""
    return order.cell.suite is Suite.TASKS, order.cell.loop.requires != ()
