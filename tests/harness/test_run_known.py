"""What is believed without being run again: what cannot be otherwise, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from conformance.commands.known import Known
from conformance.commands.looking_up import Look, look_up
from conformance.commands.prepared import How, Prepared
from conformance.execute import Course, Order
from conformance.judge import NO_RESULT
from conformance.records import Cell, Outcome, Result
from conformance.report import Document, Header
from conformance.store import Listing, Store, Unexercised
from conformance.sync import Lock, TagLock
from results import BASELINE, CELL, PLAN

KEYS = {BASELINE.name: "b" * 64, CELL.name: "c" * 64}
TESTS = ("test_runners.A.test_one", "test_runners.A.test_two", "test_runners.B.test_three")
FILE = "Lib/test/test_asyncio/test_runners.py"
LOST = [Outcome.CRASHED, Outcome.TIMED_OUT]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "store.sqlite", pytest.fail) as opened:
        for key in KEYS.values():
            opened.keep_listing(key, Listing(TESTS, {"interpreter": "3.8.18"}))
        yield opened


def known(store: Store, resumed: Document | None = None) -> Known:
    return Known(store, KEYS, reuse=True, resumed=resumed)


def result(cell: Cell, test: str, outcome: Outcome = Outcome.PASSED, **more: Any) -> Result:
    return Result(cell.name, test, outcome, **more)


def keep(store: Store, *results: Result) -> None:
    for one in results:
        store.keep(KEYS[one.cell], one)


def left_by_a_run(*results: Result, keys: dict[str, str] = KEYS) -> Document:
    return Document(Header("1", "now", (), PLAN, {}), (), results, (), None, keys)


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome not in LOST])
def test_what_an_implementation_did_is_believed(store: Store, outcome: Outcome) -> None:
    keep(store, result(CELL, TESTS[0], outcome))
    (taken,) = known(store).results(CELL, 1).values()
    assert (taken.outcome, taken.cell, taken.cached) == (outcome, CELL.name, True)


@pytest.mark.parametrize("outcome", LOST)
def test_what_a_busy_machine_can_cause_is_not(store: Store, outcome: Outcome) -> None:
    keep(store, result(CELL, TESTS[0], outcome), result(CELL, TESTS[1]))
    assert set(known(store).results(CELL, 1)) == {TESTS[1]}


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_baseline_that_fails_is_asked_again(store: Store, outcome: Outcome) -> None:
    keep(store, result(BASELINE, TESTS[0], outcome))
    sound = outcome in {Outcome.PASSED, Outcome.SKIPPED}
    assert bool(known(store).results(BASELINE, 1)) is sound


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("again", list(Outcome))
def test_a_baseline_that_failed_is_believed_once_it_has_failed_so_again(
    store: Store, outcome: Outcome, again: Outcome
) -> None:
    keep(store, result(BASELINE, TESTS[0], outcome), result(BASELINE, TESTS[0], again, attempt=2))
    sound = outcome in {Outcome.PASSED, Outcome.SKIPPED}
    settled = outcome not in LOST and outcome is again
    assert bool(known(store).results(BASELINE, 1)) is (sound or settled)


def test_what_a_baseline_did_again_says_nothing_of_another_test(store: Store) -> None:
    keep(
        store,
        result(BASELINE, TESTS[0], Outcome.FAILED),
        result(BASELINE, TESTS[1], Outcome.FAILED, attempt=2),
    )
    assert known(store).results(BASELINE, 1) == {}


def test_another_attempt_is_another_result(store: Store) -> None:
    keep(store, result(CELL, TESTS[0]), result(CELL, TESTS[1], Outcome.FAILED, attempt=2))
    assert set(known(store).results(CELL, 1)) == {TESTS[0]}
    assert set(known(store).results(CELL, 2)) == {TESTS[1]}


def test_what_was_flaky_is_forgotten(store: Store) -> None:
    keep(
        store,
        result(CELL, TESTS[0], Outcome.FAILED),
        result(CELL, TESTS[0], attempt=2),
        result(CELL, TESTS[1]),
    )
    known(store).forget(CELL.name, [TESTS[0]])
    assert set(known(store).results(CELL, 1)) == {TESTS[1]}
    assert known(store).results(CELL, 2) == {}


def test_without_reuse_the_store_says_nothing(store: Store) -> None:
    keep(store, result(CELL, TESTS[0]))
    assert Known(store, KEYS, reuse=False).results(CELL, 1) == {}


@pytest.mark.parametrize("outcome", list(Outcome))
def test_what_a_resumed_document_has_is_done_whatever_it_is(store: Store, outcome: Outcome) -> None:
    document = left_by_a_run(result(CELL, TESTS[0], outcome), result(BASELINE, TESTS[0], outcome))
    for cell in (CELL, BASELINE):
        (taken,) = known(store, document).results(cell, 1).values()
        assert (taken.outcome, taken.cached) == (outcome, True)


def test_what_was_found_under_another_key_is_not_done(store: Store) -> None:
    document = left_by_a_run(result(CELL, TESTS[0]), keys={**KEYS, CELL.name: "d" * 64})
    assert known(store, document).results(CELL, 1) == {}
    assert known(store, evolve(document, keys={})).results(CELL, 1) == {}


def test_what_the_judge_made_up_is_not_done(store: Store) -> None:
    document = left_by_a_run(result(CELL, TESTS[0], Outcome.CRASHED, detail=NO_RESULT))
    assert known(store, document).results(CELL, 1) == {}


def looked_up(
    store: Store, tmp_path: Path, pattern: str | None = None, resumed: Document | None = None, **options: Any
) -> tuple[Course, Order | None]:
    lock = Lock((TagLock(CELL.tag, {FILE: "abcd"}),))
    prepared = Prepared(
        plan=PLAN,
        lock=lock,
        trees={CELL.tag: tmp_path},
        pythons={cell.environment: tmp_path / "python" for cell in PLAN.cells},
        declared=(),
        known=known(store, resumed),
        unexercised=Unexercised(store),
    )
    plain: dict[str, Any] = {
        "jobs": 1,
        "seconds": 60.0,
        "memory": 0,
        "shuffle": None,
        "repeat": 1,
        "variables": {},
    }
    how = How(pattern=pattern, shard=False, coverage=None, **{**plain, **options})
    return look_up(prepared, how, Look(CELL, 1, how.wants))


def results_of(course: Course) -> set[str]:
    return {one.test for one in course.results}


def wanted(order: Order | None) -> set[str]:
    return set() if order is None else {test for test in TESTS if order.only(test)}


def test_where_all_is_known_nothing_is_left(store: Store, tmp_path: Path) -> None:
    keep(store, *(result(CELL, test) for test in TESTS))
    course, order = looked_up(store, tmp_path)
    assert (results_of(course), order) == (set(TESTS), None)
    assert course.hello == {"interpreter": "3.8.18"}


def test_where_some_is_known_the_rest_is_left(store: Store, tmp_path: Path) -> None:
    keep(store, result(CELL, TESTS[0]))
    course, order = looked_up(store, tmp_path)
    assert results_of(course) == {TESTS[0]}
    assert wanted(order) == set(TESTS[1:])


TEAR_DOWN = "test_runners.A (tear-down)"


def test_the_trouble_of_a_fixture_is_known_with_the_tests_that_it_was_there_for(
    store: Store, tmp_path: Path
) -> None:
    keep(store, *(result(CELL, test) for test in TESTS), result(CELL, TEAR_DOWN, Outcome.ERRORED))
    for pattern, fixture in (None, True), ("test_two", True), ("test_three", False):
        course, order = looked_up(store, tmp_path, pattern)
        assert order is None
        assert (TEAR_DOWN in results_of(course)) is fixture


def test_where_a_fixture_had_trouble_all_runs_again_or_nothing(store: Store, tmp_path: Path) -> None:
    keep(store, *(result(CELL, test) for test in TESTS[:2]), result(CELL, TEAR_DOWN, Outcome.ERRORED))
    course, order = looked_up(store, tmp_path)
    assert results_of(course) == set()
    assert wanted(order) == set(TESTS)


@pytest.mark.parametrize("outcome", LOST)
def test_a_worker_that_was_lost_in_a_fixture_is_not_forgotten(
    store: Store, tmp_path: Path, outcome: Outcome
) -> None:
    lost = result(CELL, f"{TESTS[1]} (after it)", outcome)
    keep(store, *(result(CELL, test) for test in TESTS), lost)
    course, order = looked_up(store, tmp_path)
    assert results_of(course) == set()
    assert wanted(order) == set(TESTS)


@pytest.mark.parametrize("fixture", [TEAR_DOWN, f"{TESTS[1]} (after it)"])
@pytest.mark.parametrize(
    ("ran", "left_out", "forgotten"),
    [
        (TESTS[:2], (), True),
        (TESTS, (), True),
        (TESTS[1:], (), False),
        (TESTS[1:], TESTS[:1], True),
    ],
)
def test_the_trouble_of_a_fixture_that_had_none_the_next_time_is_forgotten(
    store: Store, fixture: str, ran: tuple[str, ...], left_out: tuple[str, ...], forgotten: bool
) -> None:
    keep(store, *(result(CELL, test) for test in TESTS), result(CELL, fixture, Outcome.ERRORED))
    again = Course(results=[result(CELL, test) for test in ran], tests=TESTS, left_out=left_out)
    known(store).forget_fixtures(CELL.name, again, 1)
    assert (fixture in known(store).results(CELL, 1)) is not forgotten
    assert set(TESTS) <= set(known(store).results(CELL, 1))


def test_the_trouble_of_a_fixture_that_had_it_again_or_of_another_attempt_is_not_forgotten(
    store: Store,
) -> None:
    before = [*(result(CELL, test) for test in TESTS), result(CELL, TEAR_DOWN, Outcome.ERRORED)]
    keep(store, *before)
    known(store).forget_fixtures(CELL.name, Course(results=before, tests=TESTS), 1)
    known(store).forget_fixtures(CELL.name, Course(results=before[:-1], tests=TESTS), 2)
    assert TEAR_DOWN in known(store).results(CELL, 1)


def test_a_shuffled_cell_is_known_as_a_whole_or_not(store: Store, tmp_path: Path) -> None:
    keep(store, *(result(CELL, test) for test in TESTS[:2]))
    course, order = looked_up(store, tmp_path, shuffle=7)
    assert (results_of(course), wanted(order)) == (set(), set(TESTS))
    keep(store, result(CELL, TESTS[2]))
    course, order = looked_up(store, tmp_path, shuffle=7)
    assert (results_of(course), order) == (set(TESTS), None)


def test_what_is_done_of_a_shuffled_cell_is_not_done_again(store: Store, tmp_path: Path) -> None:
    document = left_by_a_run(result(CELL, TESTS[1]))
    course, order = looked_up(store, tmp_path, resumed=document, shuffle=7)
    assert (results_of(course), wanted(order)) == ({TESTS[1]}, {TESTS[0], TESTS[2]})


def test_an_order_has_what_its_tests_took_or_else_what_the_baselines_did(
    store: Store, tmp_path: Path
) -> None:
    keep(store, *(result(BASELINE, test, seconds=2.0) for test in TESTS))
    keep(
        store,
        result(CELL, TESTS[0], seconds=1.0),
        result(CELL, TESTS[2], Outcome.TIMED_OUT, seconds=5.0),
    )
    _course, order = looked_up(store, tmp_path)
    assert order is not None
    assert order.durations == {TESTS[1]: 2.0, TESTS[2]: 5.0}
