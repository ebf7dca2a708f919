"""Whatever a worker writes where its events belong, or does not write, becomes an outcome and no exception."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from conformance.errors import ExecuteError
from conformance.execute import events, supervise, worker
from miniatures import Making
from talking import GREETING, Talk

pytest_plugins = ["miniatures", "talking"]


@pytest.mark.parametrize(
    ("talk", "word"),
    [
        ("", "the worker ended with status 0"),
        ("sys.exit('its last words')", "its last words"),
        ("say(b'\\n')", "instead of an event"),
        ("say(b'Hello!\\n')", "b'Hello!' instead of an event"),
        ("say(b'\\xff\\n')", "instead of an event"),
        ("say(b'[' * 100_000 + b'\\n')", "instead of an event"),
        ("say(b'[1]\\n')", "instead of an event"),
        ("say(b'{\"event\": 1}\\n')", "instead of an event"),
        ('say(b\'{"event": "hello", "tests": [], "x": NaN}\\n\')', "instead of an event"),
        ('say(b\'{"event": "hello", "tests": [], "x": 1e999}\\n\')', "instead of an event"),
        ("tell('idle')", "the worker began with {'event': 'idle'}"),
        ("tell('hello')", "the worker began with"),
        ("tell('hello', tests='T.a')", "the worker began with"),
        ("tell('hello', tests=[1])", "the worker began with"),
        ("tell('hello', tests=['T.a', 'T.a'])", "the worker began with"),
        ("tell('broken')", "the worker began with"),
        ("tell('broken', detail='because')", "because"),
        ("os.close(events); signal.pause()", "the worker closed its connection"),
        ("while True: say(b'x' * 4096)", "a line without end"),
    ],
)
def test_a_worker_that_does_not_greet_makes_its_cell_broken(
    talking: Talk, talk: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_LAST_WORDS_SECONDS", 0.5)
    monkeypatch.setattr(events, "_LONGEST_LINE", 1 << 20)
    seen = talking(talk).run()
    assert word in seen.course.broken
    assert seen.course.results == []


def test_a_worker_that_never_greets_makes_its_cell_broken(
    talking: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "START_SECONDS", 0.5)
    seen = talking("signal.pause()").run()
    assert seen.course.broken == "the worker said nothing more in time"
    assert seen.course.results == []


@pytest.mark.parametrize(
    "talk",
    [
        "say(b'nonsense\\n')",
        "tell('splendid')",
        "tell('idle')",
        "tell('hello', tests=['T.a', 'T.b'])",
        "tell('started', test=test, output=0)",
        "tell('subtest', outcome='splendid')",
        "tell('trouble', scope='T', outcome='splendid')",
        "tell('trouble')",
        "tell('finished', test=test)",
        "tell('finished')",
        "finish('T.z')",
        "finish(test, outcome='splendid')",
        "finish(test, outcome=['failed'])",
        "finish(test, seconds='many')",
        "finish(test, seconds=float('nan'))",
        "finish(test, output=0)",
        "finish(test, output=[0])",
        "finish(test, detail=None)",
        "finish(test, exercised='perhaps')",
        "finish(test, leaks='thread')",
        "finish(test, leaks=[1])",
        "finish(test, leaks=None)",
    ],
)
def test_nonsense_in_a_test_is_blamed_on_the_test(talking: Talk, talk: str) -> None:
    seen = talking(f"{GREETING}test = asked()[0]\ntell('started', test=test, output=0)\n{talk}").run()
    assert seen.outcomes == {"a": "crashed", "b": "crashed"}
    assert seen.watch.started == ["T.a", "T.b"]
    assert all("the worker" in result.detail for result in seen.course.results)


@pytest.mark.parametrize(
    "talk",
    [
        "tell('started', test='T.z', output=0)",
        "tell('started')",
        "finish('T.a')",
        "tell('subtest')",
        "say(b'\\n')",
    ],
)
def test_nonsense_before_a_test_is_blamed_on_the_test_that_was_to_come(talking: Talk, talk: str) -> None:
    seen = talking(f"{GREETING}asked()\n{talk}").run()
    assert seen.outcomes == {"a": "crashed", "b": "crashed"}
    assert seen.watch.started == []
    assert all(result.detail.endswith("before the test could start") for result in seen.course.results)


def test_a_test_that_is_told_twice_counts_once(talking: Talk) -> None:
    once = "tell('started', test='T.a', output=0); finish('T.a')"
    seen = talking(f"{GREETING}asked()\n{once}\n{once}").run()
    assert seen.outcomes == {"a": "failed", "a (after it)": "crashed", "b": "crashed"}


def test_tests_that_a_worker_leaves_out_are_errored(talking: Talk) -> None:
    seen = talking(f"{GREETING}asked(); tell('idle')").run()
    assert seen.outcomes == {"a": "errored", "b": "errored"}
    assert seen["a"].detail == "the worker left it out"


@pytest.mark.parametrize("output", [[-5, 3], [7, 2], [0, 10**30], [10**30, 10**31]])
def test_output_is_only_looked_for_where_it_can_be(talking: Talk, output: list[int]) -> None:
    seen = talking(
        f"{GREETING}test = asked()[0]\ntell('started', test=test, output=0)\nfinish(test, output={output})"
    ).run()
    assert (seen.outcomes["a"], seen.outcomes["b"]) == ("failed", "failed")
    assert seen["a"].output == ""


def test_a_worker_that_says_nothing_more_is_timed_out(talking: Talk) -> None:
    seen = talking(f"{GREETING}signal.pause()").run(seconds=0.5)
    assert seen.outcomes == {"a": "timed-out", "b": "timed-out"}
    assert seen["a"].detail == "the worker said nothing more in time, before the test could start"


def test_a_worker_that_does_not_take_its_commands_is_timed_out(talking: Talk) -> None:
    # Longer than a pipe holds.
    greeting = 'tell("hello", tests=["T." + letter + "x" * 50_000 for letter in "abc"])\n'
    seen = talking(f"{greeting}signal.pause()").run(seconds=0.5)
    assert [result.outcome.value for result in seen.course.results] == ["timed-out"] * 3


def test_a_worker_that_talks_without_end_ends_by_the_time_limit(talking: Talk) -> None:
    endless = "while True: tell('subtest', parameters='', outcome='passed', detail='')"
    seen = talking(f"{GREETING}test = asked()[0]\ntell('started', test=test, output=0)\n{endless}").run(
        seconds=0.5
    )
    assert seen.outcomes == {"a": "timed-out", "b": "timed-out"}


def test_a_worker_that_does_not_take_its_leave_is_ended(
    talking: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_GOODBYE_SECONDS", 0.1)
    rest = "for test in asked():\n    tell('started', test=test, output=0)\n    finish(test)\n"
    seen = talking(f"{GREETING}{rest}tell('idle')\nsignal.pause()").run(seconds=600)
    assert seen.outcomes == {"a": "failed", "b": "failed"}


def test_the_subtests_of_one_test_are_bounded(talking: Talk) -> None:
    many = "for _ in range(1000): tell('subtest', parameters='x' * 100_000, outcome='passed')"
    seen = talking(f"{GREETING}test = asked()[0]\ntell('started', test=test, output=0)\n{many}").run()
    assert seen.outcomes == {"a": "crashed", "b": "crashed"}
    assert seen["a"].detail == "the worker wrote more than 32 MiB of events in one test"
    assert sum(len(one.parameters) for one in seen["a"].subtests) < 32 << 20


def test_the_events_of_many_tests_are_not_bounded_together(
    talking: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_MOST_OF_ONE_TEST", 20_000)
    rest = "for test in asked():\n    tell('started', test=test, output=0)\n    finish(test, detail='x' * 15_000)\n"
    seen = talking(f"{GREETING}{rest}tell('idle')").run()
    assert seen.outcomes == {"a": "failed", "b": "failed"}


def test_a_python_that_is_not_there_is_a_sentence(making: Making, tmp_path: Path) -> None:
    miniature = evolve(making.runners(""), python=tmp_path / "no python")
    with pytest.raises(
        ExecuteError, match=r"could not be started: .*no python.*See whether its Python runs"
    ) as told:
        miniature.run()
    assert miniature.cell.name in str(told.value)


def test_a_python_that_is_none_makes_the_cell_broken(making: Making) -> None:
    seen = evolve(making.runners(""), python=Path("/bin/false")).run()
    assert seen.course.broken == "the worker ended with status 1"
