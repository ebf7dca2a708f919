"""What is kept is what is found again: by later runs, by runs beside this one, and after one was killed."""

from __future__ import annotations

import signal
import sqlite3
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.records import Outcome, Result, Subtest
from conformance.store import Listing, Store, retention
from stores import FAILED, KEY, OTHER_KEY, PASSED, ended, start, taken

LISTING = Listing(
    (FAILED.test, PASSED.test), {"python": "3.8.18", "packages": {"uvloop": "0.23.0"}, "native": []}
)
TEXTS = st.text(st.characters())  # every code point there is, halves of surrogate pairs among them
RESULTS = st.builds(
    Result,
    cell=TEXTS,
    test=TEXTS,
    outcome=st.sampled_from(Outcome),
    detail=TEXTS,
    seconds=st.floats(min_value=0, allow_infinity=False),
    exercised=st.sampled_from([True, False, None]),
    subtests=st.lists(st.builds(Subtest, TEXTS, st.sampled_from(Outcome), TEXTS), max_size=2).map(tuple),
    output=TEXTS,
    attempt=st.integers(1, 3),
    leaks=st.lists(TEXTS, max_size=2).map(tuple),
    cached=st.booleans(),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "store.sqlite"


@settings(derandomize=True, database=None, deadline=None, max_examples=40)
@given(st.lists(RESULTS, unique_by=lambda result: (result.test, result.attempt), max_size=4))
def test_results_come_back_as_they_were_and_marked_as_cached(results: list[Result]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "store.sqlite")
        with Store(path) as store:
            for result in results:
                store.keep(KEY, result)
        with Store(path) as store:
            found = store.results(KEY, "runners/native/3.8.18/asyncio")
    assert found == {
        (result.test, result.attempt): evolve(result, cell="runners/native/3.8.18/asyncio", cached=True)
        for result in results
    }


def test_under_another_key_nothing_is_found(path: Path) -> None:
    with Store(path) as store:
        store.keep(KEY, FAILED)
        assert store.results(OTHER_KEY) == {}
        assert store.listing(OTHER_KEY) is None


def test_a_later_result_takes_the_place_of_an_earlier_one(path: Path) -> None:
    with Store(path) as store:
        store.keep(KEY, FAILED)
        store.keep(KEY, evolve(FAILED, outcome=Outcome.PASSED))
        store.keep(KEY, evolve(FAILED, attempt=2))
        outcomes = {attempt: result.outcome for (_test, attempt), result in store.results(KEY).items()}
    assert outcomes == {1: Outcome.PASSED, 2: Outcome.FAILED}


def test_what_is_forgotten_is_gone_in_all_attempts_and_nothing_else(path: Path) -> None:
    with Store(path) as store:
        for attempt in (1, 2):
            store.keep(KEY, evolve(FAILED, attempt=attempt))
        store.keep(KEY, PASSED)
        store.keep(OTHER_KEY, FAILED)
        store.forget(KEY, [FAILED.test, "no such test"])
    assert taken(path) == [PASSED]
    assert taken(path, OTHER_KEY) == [FAILED]


def test_a_listing_comes_back_as_it_was_last_kept(path: Path) -> None:
    with Store(path) as store:
        store.keep_listing(KEY, Listing(("old",), {}))
        store.keep_listing(KEY, LISTING)
    with Store(path) as store:
        assert store.listing(KEY) == LISTING


def test_listings_and_findings_are_not_taken_for_results(path: Path) -> None:
    with Store(path) as store:
        store.keep_listing(KEY, LISTING)
        store.learn(KEY, ["a"])
        assert store.results(KEY) == {}


def test_a_test_may_be_called_like_what_is_no_result(path: Path) -> None:
    with Store(path) as store:
        for name in ("listing", "unexercised"):
            store.keep(KEY, evolve(PASSED, test=name))
            store.forget(KEY, [name])
        store.keep_listing(KEY, LISTING)
        store.forget(KEY, ["listing"])
        assert store.results(KEY) == {}
        assert store.listing(KEY) == LISTING


def test_findings_are_those_learnt_last(path: Path) -> None:
    with Store(path) as store:
        assert store.known("name") == frozenset()
        store.learn("name", ["a", "b"])
        store.learn("name", ["b", "\ud800"])
    with Store(path) as store:
        assert store.known("name") == {"b", "\ud800"}


def test_all_that_several_threads_keep_is_there(path: Path) -> None:
    results = [evolve(PASSED, test=f"test_{number}") for number in range(200)]
    with Store(path) as store, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda result: store.keep(KEY, result), results))
    assert {result.test for result in taken(path)} == {result.test for result in results}


KEEPS = """
from attrs import evolve
from conformance.store import Store
from stores import KEY, PASSED, FAILED
with Store(Path(sys.argv[1]), print) as store:
    print("open", flush=True)
    sys.stdin.readline()
    for number in range(100):
        store.keep(KEY, evolve(PASSED, test=f"{sys.argv[2]}{number}"))
"""


def test_processes_that_keep_at_once_lose_nothing_of_each_other(path: Path) -> None:
    processes = [start(KEEPS, path, name) for name in "abc"]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [ended(process) for process in processes] == [(0, [])] * 3
    assert {result.test for result in taken(path)} == {f"{name}{n}" for name in "abc" for n in range(100)}


def test_what_a_killed_process_has_kept_is_there(path: Path) -> None:
    killed = start(f"{KEEPS}    os.kill(os.getpid(), 9)", path, "a")
    status, said = ended(killed)
    assert (status, said) == (-signal.SIGKILL, ["open"])
    assert path.with_name("store.sqlite-wal").stat().st_size > 0
    assert len(taken(path)) == 100


def test_what_is_kept_after_the_end_is_no_error(path: Path) -> None:
    # By a thread of a run that is being given up.
    with Store(path) as store:
        pass
    store.keep(KEY, FAILED)
    assert store.results(KEY) == {}
    assert taken(path) == []


def days_ago(path: Path, days: int, key: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE used SET day = day - ? WHERE key = ?", (days, key))
    connection.close()


def test_what_was_not_used_for_a_month_is_deleted_when_a_store_is_opened(path: Path) -> None:
    with Store(path) as store:
        store.keep(KEY, FAILED)
        store.keep_listing(KEY, LISTING)
        store.keep(OTHER_KEY, FAILED)
    days_ago(path, 31, KEY)
    days_ago(path, 30, OTHER_KEY)
    with Store(path) as store:
        assert (store.results(KEY), store.listing(KEY)) == ({}, None)
        assert list(store.results(OTHER_KEY).values()) == [FAILED]


@pytest.mark.parametrize("use", [Store.results, Store.listing, Store.known])
def test_what_is_read_is_used(path: Path, use: Callable[[Store, str], object]) -> None:
    with Store(path) as store:
        store.keep(KEY, FAILED)
        store.keep_listing(KEY, LISTING)
        store.learn(KEY, ["a"])
    days_ago(path, 20, KEY)
    with Store(path) as store:
        use(store, KEY)
    days_ago(path, 20, KEY)
    assert taken(path) == [FAILED]


def test_a_store_that_has_grown_too_large_loses_what_was_not_used_for_longest(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store(path) as store:
        for key in ("first", "second", "third", "fourth"):
            store.keep(key, evolve(FAILED, output="x" * 10_000))
    with Store(path) as store:
        store.results("first")
    monkeypatch.setattr(retention, "_BYTES", 45_000)
    with Store(path) as store:
        assert [key for key in ("first", "second", "third", "fourth") if store.results(key)] == [
            "first",
            "fourth",
        ]
    with Store(path) as store:
        assert list(store.results("first").values()) != []
