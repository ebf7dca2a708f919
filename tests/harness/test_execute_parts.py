"""A cell in parts: whole classes, as long as each other, and to all who look on one cell."""

from __future__ import annotations

from pathlib import Path
from threading import Event as Flag

import pytest
from attrs import evolve

from conformance.execute import Course, Order, execute, restarts
from conformance.execute.parts import Parts, divide, expected_seconds, how_many
from conformance.records import Outcome, Result, Suite
from miniatures import Making, Watch

pytest_plugins = ["miniatures"]

CLASSES = """
    import unittest

    class A(unittest.TestCase):
        def test_a(self):
            pass

        def test_b(self):
            self.fail()

    class B(unittest.TestCase):
        def test_a(self):
            pass

        def test_b(self):
            pass

    class C(unittest.TestCase):
        def test_a(self):
            pass
"""
TESTS = tuple(f"test_runners.{name}" for name in ("A.test_a", "A.test_b", "B.test_a", "B.test_b", "C.test_a"))


def in_parts(order: Order, count: int, watch: Watch) -> Course:
    """The course of an order whose parts run one after another, the last one first."""
    parts = Parts(order, count, watch)
    for number in reversed(range(count)):
        assert parts.collect() is None
        parts.see_through(number, Flag())
    course = parts.collect()
    assert course is not None
    assert parts.collect() is None
    return course


def plainly(results: list[Result]) -> list[Result]:
    """The results without what differs from run to run."""
    return [evolve(result, seconds=0.0) for result in results]


def test_a_cell_in_parts_is_the_cell_at_once(making: Making) -> None:
    order = making.runners(CLASSES).order()
    whole, parted = in_parts(order, 1, Watch()), in_parts(order, 2, Watch())
    assert plainly(parted.results) == plainly(whole.results)
    assert (parted.hello, parted.tests, parted.left_out) == (whole.hello, whole.tests, whole.left_out)


def test_who_listens_hears_of_one_cell(making: Making) -> None:
    order, watch = making.runners(CLASSES).order(), Watch()
    in_parts(order, 3, watch)
    assert watch.listed == {order.cell.name: TESTS}
    assert watch.totals == [len(TESTS)]
    assert sorted(watch.finished) == sorted(watch.started) == list(TESTS)
    assert watch.counts == [{Outcome.PASSED: 4, Outcome.FAILED: 1}]


def test_each_part_runs_its_own_tests_of_those_that_are_wanted(making: Making) -> None:
    order = making.runners(CLASSES).order(only=lambda test: "A.test_b" not in test, leave_out=[TESTS[3]])
    watch = Watch()
    course = in_parts(order, 2, watch)
    assert [result.test for result in course.results] == [TESTS[0], TESTS[2], TESTS[4]]
    assert course.left_out == (TESTS[3],)
    assert watch.totals == [3]


def test_more_parts_than_classes_do_no_harm(making: Making) -> None:
    course = in_parts(making.runners(CLASSES).order(), 4, Watch())
    assert [result.test for result in course.results] == list(TESTS)


def test_what_ends_the_worker_of_one_part_takes_nothing_from_another(making: Making) -> None:
    suite = CLASSES.replace("self.fail()", "__import__('os')._exit(3)")
    watch = Watch()
    course = in_parts(making.runners(suite).order(), 3, watch)
    outcomes = {result.test: result.outcome for result in course.results}
    assert outcomes == {**dict.fromkeys(TESTS, Outcome.PASSED), TESTS[1]: Outcome.CRASHED}


MODULE = """
    def tearDownModule():
        raise ValueError("of the module")
"""


def test_the_trouble_of_a_module_is_told_once(making: Making) -> None:
    watch = Watch()
    course = in_parts(making.runners(CLASSES + MODULE).order(), 3, watch)
    told = [result for result in course.results if result.test.endswith("(tear-down)")]
    assert [result.outcome for result in told] == [Outcome.ERRORED]
    assert len(watch.finished) == len(course.results) == len(TESTS) + 1
    assert course.results[-1] is told[0]


def test_a_suite_that_loads_in_no_part_is_broken(making: Making) -> None:
    course = in_parts(making.runners("raise ValueError('no suite')").order(), 2, Watch())
    assert "ValueError: no suite" in course.broken
    assert course.results == []


@pytest.mark.parametrize("fails", ["", "not "], ids=["at first", "later"])
def test_a_suite_that_loads_in_one_part_only_is_broken_and_keeps_what_that_found(
    making: Making, tmp_path: Path, fails: str
) -> None:
    once = f"""
    import pathlib
    mark = pathlib.Path({str(tmp_path / "mark")!r})
    known = mark.exists()
    mark.touch()
    if not {fails}known:
        raise ValueError("no suite")
    """
    course = in_parts(making.runners(once + CLASSES).order(), 2, Watch())
    assert "ValueError: no suite" in course.broken
    assert course.tests == TESTS
    assert 0 < len(course.results) < len(TESTS)


def test_classes_are_not_split_and_keep_their_order() -> None:
    shares = divide(TESTS, 3, {})
    assert shares == [list(TESTS[:2]), list(TESTS[2:4]), list(TESTS[4:])]


def test_parts_are_as_long_as_each_other_by_what_is_recorded() -> None:
    shares = divide(TESTS, 2, {TESTS[4]: 9.0, TESTS[0]: 4.0, TESTS[1]: 1.0, TESTS[2]: 2.0, TESTS[3]: 1.0})
    assert shares == [[TESTS[4]], list(TESTS[:4])]


def test_what_is_not_recorded_counts_as_the_others_do() -> None:
    # What A's two take is not known: as 3 seconds each, as the others take, they are the longest class.
    assert divide(TESTS, 2, {TESTS[4]: 5.0, TESTS[2]: 1.0}) == [list(TESTS[:2]), list(TESTS[2:])]


def test_an_order_takes_as_long_as_is_recorded_and_else_as_its_suite_does(making: Making) -> None:
    miniature = making.tasks(CLASSES)
    assert expected_seconds(miniature.order(durations={"a": 1.0, "b": 0.5})) == 1.5
    short = evolve(miniature.order(), cell=evolve(miniature.cell, suite=Suite.RUNNERS))
    assert expected_seconds(miniature.order()) > expected_seconds(short) > 0


@pytest.mark.parametrize(
    ("seconds", "waiting", "jobs", "count"),
    [
        (20, 400, 8, 1),  # there is enough for all: nobody waits for it
        (20, 20, 8, 8),
        (20, 20, 1, 1),
        (20, 80, 8, 2),
        (5, 5, 8, 2),  # shorter parts would mostly be the starts of their workers
        (1, 1, 8, 1),
    ],
)
def test_a_cell_is_cut_where_workers_would_wait_for_it(
    making: Making, seconds: float, waiting: float, jobs: int, count: int
) -> None:
    durations = {f"test_runners.Class{number}.test": seconds / 8 for number in range(8)}
    order = making.runners(CLASSES).order(durations=durations)
    assert how_many(order, waiting, jobs) == count


def test_there_are_no_more_parts_than_classes_with_anything_to_do(making: Making) -> None:
    durations = {f"test_runners.{name}.test_{number}": 5.0 for name in "AB" for number in range(4)}
    assert how_many(making.runners(CLASSES).order(durations=durations), 40.0, 8) == 2


def test_a_shuffled_cell_is_one_part(making: Making) -> None:
    order = making.runners(CLASSES).order(durations={"a": 20.0}, shuffle=1)
    assert how_many(order, 20.0, 8) == 1


MEETING = """
    import os, time, unittest

    def meet(mine, other):
        open(os.path.join({folder!r}, mine), "w").close()
        deadline = time.monotonic() + 10
        while not os.path.exists(os.path.join({folder!r}, other)) and time.monotonic() < deadline:
            time.sleep(0.001)

    class A(unittest.TestCase):
        def test_a(self):
            meet("a", "b")

        def test_b(self):
            self.assertTrue(os.path.exists(os.path.join({folder!r}, "b")))

    class B(unittest.TestCase):
        def test_a(self):
            meet("b", "a")
"""


def test_the_parts_of_a_long_cell_run_at_once(making: Making, tmp_path: Path) -> None:
    suite = MEETING.format(folder=str(tmp_path))
    courses: list[Course] = []
    order = making.runners(suite).order(
        durations={"test_runners.A.test_a": 9.0, "test_runners.B.test_a": 9.0}
    )
    execute([order], 2, Watch(), lambda _order, course: courses.append(course))
    [course] = courses
    assert {result.outcome for result in course.results} == {Outcome.PASSED}


def test_the_parts_of_a_cell_have_one_budget_of_restarts(
    making: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restarts, "_RESTARTS", 2)
    suite = """
        import os, unittest

        for name in "ABC":
            tests = {f"test_{number}": lambda self: os._exit(1) for number in range(3)}
            globals()[name] = type(name, (unittest.TestCase,), tests)
    """
    watch = Watch()
    course = in_parts(making.runners(suite).order(), 3, watch)
    assert {result.outcome for result in course.results} == {Outcome.CRASHED}
    assert len(course.results) == 9
    # Each part learns from a worker of its own which tests are its, and that one may as well run them.
    assert len(watch.started) == 5
    assert sum("workers of this cell were lost before it" in result.detail for result in course.results) == 4
