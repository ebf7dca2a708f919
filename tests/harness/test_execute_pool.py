"""Many cells at once: the long ones first, and an end at once, with nothing left behind, when it is wanted."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event as Flag

import pytest
from attrs import evolve

from conformance.execute import Course, Order, execute
from conformance.execute.failures import AbandonedError
from conformance.execute.supervise import see_through
from conformance.records import Outcome, Suite
from miniatures import PATIENCE_SECONDS, Lifeline, Making, Watch

pytest_plugins = ["miniatures"]

QUICK = """
    import unittest

    class Tests(unittest.TestCase):
        def test_a(self):
            pass

        def test_b(self):
            self.fail()
"""
HANGING = """
    import os, signal, unittest

    class Tests(unittest.TestCase):
        def test_a(self):
            pass

        def test_b(self):
            os.write(os.open({path!r}, os.O_WRONLY), b"here")
            signal.pause()
"""


def test_abandoning_ends_a_hanging_worker_at_once(making: Making, lifeline: Lifeline) -> None:
    abandoned, watch = Flag(), Watch()
    order = making.runners(HANGING.format(path=str(lifeline.path))).order(seconds=600)
    with ThreadPoolExecutor(1) as pool:
        course = pool.submit(see_through, order, watch, abandoned)
        try:
            assert lifeline.said() == "here"
            # The worker has told of the test before by then; whether the driver has heard of it is another thing.
            assert watch.any_finished.wait(PATIENCE_SECONDS)
        finally:
            abandoned.set()
        with pytest.raises(AbandonedError):
            course.result(PATIENCE_SECONDS)
    assert lifeline.is_cut()
    assert watch.finished == ["test_runners.Tests.test_a"]


WAITING = """
    import os, signal, time, unittest

    class Tests(unittest.TestCase):
        def test_a(self):
            while not os.path.exists({go!r}):
                time.sleep(0.001)

        def test_b(self):
            os.write(os.open({path!r}, os.O_WRONLY), b"here")
            {deed}
"""


class Abandoning(Watch):
    """Abandons the run in the first test's start, when the worker has told, unheard, of all that comes behind it."""

    def __init__(self, go: Path, lifeline: Lifeline, abandoned: Flag) -> None:
        super().__init__()
        self._go = go
        self._lifeline = lifeline
        self._abandoned = abandoned

    def test_started(self, cell: str, test: str) -> None:
        super().test_started(cell, test)
        if not self._abandoned.is_set():
            self._go.touch()
            assert self._lifeline.said() == "here"
            self._abandoned.set()


def test_what_was_written_before_the_run_was_abandoned_is_still_heard(
    making: Making, lifeline: Lifeline, tmp_path: Path
) -> None:
    abandoned, go = Flag(), tmp_path / "go"
    watch = Abandoning(go, lifeline, abandoned)
    suite = WAITING.format(go=str(go), path=str(lifeline.path), deed="signal.pause()")
    with pytest.raises(AbandonedError):
        see_through(making.runners(suite).order(seconds=600), watch, abandoned)
    assert watch.finished == ["test_runners.Tests.test_a"]
    assert lifeline.is_cut()


def test_a_run_that_is_abandoned_before_it_begins_starts_no_worker(making: Making) -> None:
    abandoned, watch = Flag(), Watch()
    abandoned.set()
    with pytest.raises(AbandonedError):
        see_through(making.runners(QUICK).order(), watch, abandoned)
    assert watch.totals == []


def test_an_interruption_from_outside_ends_the_workers_and_keeps_what_is_done(
    tmp_path: Path, lifeline: Lifeline
) -> None:
    go = tmp_path / "go"
    hanging = Making(tmp_path / "b").runners(HANGING.format(path=str(lifeline.path)))
    ending = Making(tmp_path / "a").runners(WAITING.format(go=str(go), path=os.devnull, deed="pass"))
    orders = [_named(ending.order(), "a"), _named(hanging.order(seconds=600), "b")]
    watch = Watch()
    done: list[str] = []

    def interrupted() -> bool:
        # From here on nothing is waited for: what ends now has not been told by on_course.
        go.touch()
        assert lifeline.said() == "here"
        assert watch.cell_ended.wait(PATIENCE_SECONDS)
        return True

    with pytest.raises(KeyboardInterrupt):
        execute(orders, 2, watch, lambda order, _course: done.append(order.cell.name), interrupted)
    assert done == [orders[0].cell.name]
    assert lifeline.is_cut()


def test_every_cell_has_its_course_and_the_listener_hears_of_each(tmp_path: Path) -> None:
    orders = [_named(Making(tmp_path / name).runners(QUICK).order(), name) for name in "abc"]
    watch = Watch()
    courses = _execute(orders, 2, watch)
    assert sorted(courses) == sorted(order.cell.name for order in orders)
    assert all(len(course.results) == 2 for course in courses.values())
    assert sorted(watch.totals) == [2, 2, 2]
    assert watch.counts == [{Outcome.PASSED: 1, Outcome.FAILED: 1}] * 3


def test_long_cells_run_first(tmp_path: Path) -> None:
    orders = [
        _named(Making(tmp_path / "runners").runners(QUICK).order(), "runners"),
        _named(Making(tmp_path / "tasks").tasks(QUICK).order(), "tasks"),
    ]
    suites = [order.cell.suite for order in orders]
    assert suites == [Suite.RUNNERS, Suite.TASKS]
    assert list(_execute(orders, 1, Watch())) == [orders[1].cell.name, orders[0].cell.name]


def test_what_took_long_before_runs_first(tmp_path: Path) -> None:
    orders = [
        _named(Making(tmp_path / name).runners(QUICK).order(durations={name: seconds}), name)
        for name, seconds in {"a": 0.1, "b": 0.3, "c": 0.2}.items()
    ]
    done = [name.split("/")[1] for name in _execute(orders, 1, Watch())]
    assert done == ["b", "c", "a"]


def test_what_a_course_calls_for_is_run_too(tmp_path: Path) -> None:
    first, second = (_named(Making(tmp_path / name).runners(QUICK).order(), name) for name in "ab")
    done: list[Order] = []

    def note(order: Order, _course: Course) -> list[Order]:
        done.append(order)
        return [second] if order is first else []

    execute([first], 1, Watch(), note)
    assert done == [first, second]


def test_an_interruption_ends_all_workers_and_starts_no_more(tmp_path: Path, lifeline: Lifeline) -> None:
    hanging = Making(tmp_path / "b").runners(HANGING.format(path=str(lifeline.path))).order(seconds=600)
    orders = [
        _named(Making(tmp_path / "a").runners(QUICK).order(), "a"),
        _named(hanging, "b"),
        _named(Making(tmp_path / "c").runners(QUICK).order(), "c"),
    ]

    def interrupt(order: Order, course: Course) -> None:
        if order is orders[0]:
            assert lifeline.said() == "here"
            raise KeyboardInterrupt

    watch = Watch()
    # In the order given, one at a time beside the hanging one: the third may start, but is never waited for.
    with pytest.raises(KeyboardInterrupt):
        execute(orders, 2, watch, interrupt)
    assert lifeline.is_cut()
    assert len(watch.counts) < 3


def _execute(orders: list[Order], jobs: int, watch: Watch) -> dict[str, Course]:
    courses: dict[str, Course] = {}

    def note(order: Order, course: Course) -> None:
        courses[order.cell.name] = course

    execute(orders, jobs, watch, note)
    return courses


def _named(order: Order, name: str) -> Order:
    """The order with a cell of its own: the miniatures of one test would else have one name."""
    return evolve(order, cell=evolve(order.cell, implementation=evolve(order.cell.implementation, name=name)))


class _OfOneThread(ThreadPoolExecutor):
    def __init__(self, _threads: int) -> None:
        super().__init__(1)


def test_an_interruption_passes_over_what_was_not_begun(
    tmp_path: Path, lifeline: Lifeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.execute.pool.ThreadPoolExecutor", _OfOneThread)
    hanging = Making(tmp_path / "a").runners(HANGING.format(path=str(lifeline.path)))
    behind = Making(tmp_path / "b").runners(QUICK)
    orders = [
        _named(hanging.order(seconds=600, durations={"a": 9.0}), "a"),
        _named(behind.order(durations={"b": 1.0}), "b"),
    ]
    watch = Watch()
    with pytest.raises(KeyboardInterrupt):
        execute(orders, 2, watch, lambda _order, _course: None, lambda: bool(lifeline.said()))
    assert watch.totals == [2]
    assert watch.finished == ["test_runners.Tests.test_a"]
