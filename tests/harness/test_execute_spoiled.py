"""What a test left changed is told with it, and the rest of the cell goes on in as many fresh workers as it takes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from conformance.execute import restarts, worker
from talking import GREETING, Talk

pytest_plugins = ["miniatures", "talking"]


def test_leaks_are_kept_with_their_test_and_no_more_of_them_than_anybody_reads(talking: Talk) -> None:
    seen = talking(
        f"""{GREETING}tests = asked()
for test, leaks in zip(tests, (["a thread", "x" * 1000], [str(number) for number in range(1000)])):
    tell("started", test=test, output=0)
    finish(test, leaks=leaks)
tell("idle")
"""
    ).run()
    assert seen["a"].leaks == ("a thread", "x" * 500)
    assert seen["b"].leaks == (*map(str, range(49)), "and 951 more")


SPOILED = """
tests = asked()
tell("trouble", scope="T", where="tearDownModule", outcome="errored", detail="each time")
tell("started", test=tests[0], output=0)
finish(tests[0])
tell("spoiled")
signal.pause()
"""


def test_a_spoiled_worker_is_followed_by_another_as_often_as_it_takes(
    talking: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restarts, "_RESTARTS", 0)
    names = [f"T.{letter}" for letter in "abcd"]
    seen = talking(f"tell('hello', tests={names!r})\n{SPOILED}").run()
    assert seen.watch.started == names
    assert [result.outcome.value for result in seen.course.results[:4]] == ["failed"] * 4


def test_a_spoiled_worker_is_not_waited_for(talking: Talk) -> None:
    # It would take the time of a farewell otherwise, of which there are nine.
    names = [f"T.{letter}" for letter in "abcdefghi"]
    began = time.monotonic()
    seen = talking(f"tell('hello', tests={names!r})\n{SPOILED}").run()
    assert len(seen.watch.started) == 9
    assert time.monotonic() - began < 9 * worker._GOODBYE_SECONDS


def test_trouble_that_several_workers_tell_of_is_told_once(talking: Talk) -> None:
    seen = talking(f"{GREETING}{SPOILED}").run()
    assert [result.test for result in seen.course.results] == ["T.a", "T.b", "T (tear-down)"]
    assert seen.course.results[-1].detail == "tearDownModule\neach time"


def test_trouble_of_a_tear_down_keeps_no_test_from_being_run(talking: Talk) -> None:
    seen = talking(f"{GREETING}{SPOILED}").run()
    assert (seen.outcomes["a"], seen.outcomes["b"]) == ("failed", "failed")


def test_a_worker_that_is_spoiled_before_it_finished_a_test_is_lost(talking: Talk) -> None:
    seen = talking(f"{GREETING}asked(); tell('spoiled')").run()
    assert seen.outcomes == {"a": "crashed", "b": "crashed"}
    assert "the worker said {'event': 'spoiled'} out of turn" in seen["a"].detail


def test_fixtures_without_which_tests_cannot_run_may_spoil_any_number_of_workers(talking: Talk) -> None:
    # More than may be lost.
    seen = talking(
        """tell("hello", tests=[f"T{number}.{test}" for number in range(25) for test in "ab"])
scope = asked()[0].partition(".")[0]
tell("trouble", scope=scope, where=f"setUpClass ({scope})", outcome="errored", detail="why")
tell("spoiled")
signal.pause()
"""
    ).run()
    assert {result.outcome.value for result in seen.course.results} == {"errored"}
    told = {result.test: result.detail for result in seen.course.results}
    assert told == {
        f"T{number}.{test}": f"setUpClass (T{number})\nwhy" for number in range(25) for test in "ab"
    }


def test_a_worker_that_is_lost_before_its_first_test_is_replaced_once_without_blame(
    talking: Talk, tmp_path: Path
) -> None:
    first = tmp_path / "first"
    seen = talking(
        f"""{GREETING}import pathlib
tests, first = asked(), pathlib.Path({str(first)!r})
if not first.exists():
    first.touch()
    os._exit(1)
for test in tests:
    tell("started", test=test, output=0)
    finish(test)
tell("idle")
"""
    ).run()
    assert first.exists()
    assert seen.outcomes == {"a": "failed", "b": "failed"}
