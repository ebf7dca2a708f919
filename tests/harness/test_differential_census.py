"""What the census counts of programs and of their traces."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.differential.census import Census
from conformance.differential.census_asked import ASKED
from conformance.differential.census_marks import marks
from conformance.differential.operations import FORMS
from conformance.differential.stream import draw_block

SLEEP = {"op": "sleep"}
INTERRUPT = {"op": "interrupt", "times": 1}
CLOSE = {"op": "close", "runner": 0}
RAISE = {"op": "raise", "error": "ValueError", "message": None}


def cancel(of: int | str, message: str | None = None) -> dict[str, Any]:
    return {"op": "cancel", "of": of, "message": message}


def wait(of: int) -> dict[str, Any]:
    return {"op": "await", "of": of}


def create(label: int, *body: Any) -> dict[str, Any]:
    fields = {"how": "create_task", "label": label, "name": None, "context": None}
    return {"op": "create", "body": list(body), **fields}


def gather(*of: int) -> dict[str, Any]:
    return {"op": "gather", "of": list(of), "return_exceptions": False, "label": 9}


def tried(
    body: list[Any],
    handler: list[Any],
    last: list[Any],
    then: str = "raise",
    catch: str | None = "CancelledError",
) -> dict[str, Any]:
    fields = {"catch": catch, "then": then, "finally": last}
    return {"op": "try", "body": body, "handler": handler, **fields}


def soon(*body: Any) -> dict[str, Any]:
    return {"op": "call_soon", "context": None, "body": list(body)}


def back(on: int, *body: Any) -> dict[str, Any]:
    return {"op": "callback", "on": on, "context": None, "body": list(body)}


def setting(token: int) -> dict[str, Any]:
    return {"op": "set", "var": 0, "value": 1, "token": token}


def run(*body: Any, label: int = 0, context: int | None = None) -> dict[str, Any]:
    return {"op": "run", "runner": 0, "label": label, "body": list(body), "context": context}


def program(*script: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(
        json.dumps({"runners": [{"debug": None, "factory": True}], "script": script})
    )
    return made


@pytest.mark.parametrize(
    ("script", "mark"),
    [
        ([run(tried([], [], [INTERRUPT]))], "interrupt in finally"),
        ([run(create(1, INTERRUPT))], "interrupt in a child"),
        ([run(soon(INTERRUPT))], "interrupt in call_soon"),
        ([run(create(1), back(1, INTERRUPT))], "interrupt in a callback"),
        ([run(), run(INTERRUPT)], "interrupt in a second run"),
        ([run(create(1, tried([SLEEP], [INTERRUPT], [])))], "interrupt during close"),
        ([run({"op": "interrupt", "times": 2})], "interrupt times=2"),
        ([run(create(1), wait(1), cancel(1))], "cancel of a done task"),
        ([run(create(1), cancel(1), cancel(1))], "cancel twice"),
        ([run(create(1), create(2, cancel(1)))], "cancel of a sibling"),
        ([run(create(1), create(2), gather(1, 2))], "gather of several different"),
        ([run(tried([SLEEP], [], [], "keep"))], "cancellation then=keep"),
        ([run(cancel("parent"))], "cancel of=parent"),
        ([run(cancel(0, "x"))], "cancel with message"),
        ([run(tried([], [{"op": "uncancel", "of": "self"}], []))], "uncancel in a handler"),
        ([run(create(1), create(2, wait(1)), wait(1))], "awaited by several"),
        ([run(create(1))], "leftover"),
        ([run(create(1, tried([SLEEP], [], [], "swallow")))], "leftover that resists"),
        ([run(RAISE), run()], "run after an error"),
        ([run(), CLOSE, run()], "run after close"),
        ([CLOSE, CLOSE], "close twice"),
        ([run(), run()], "several runs of one runner"),
        ([run(context=1), run(context=1)], "context of two runs"),
        ([run(setting(1)), run({"op": "reset", "token": 1})], "token of another run"),
        ([run(setting(1), soon({"op": "reset", "token": 1}))], "token of another context"),
        ([run({"op": "job", "label": 1, "body": [], "until": "release"})], "job left to close"),
        ([run({"op": "generator", "label": 1, "items": [], "finally": []})], "generator left open"),
        ([run({"op": "return", "value": 0})], "return value=0"),
        ([run({"op": "return", "value": ""})], 'return value=""'),
    ],
)
def test_a_mark_is_found_where_it_is_and_only_there(script: list[Any], mark: str) -> None:
    assert mark in marks(program(*script))
    assert mark not in marks(program(run(SLEEP)))


@pytest.mark.parametrize(
    ("script", "mark"),
    [
        ([run(tried([INTERRUPT], [], []))], "interrupt in finally"),
        ([run(INTERRUPT), run()], "interrupt in a second run"),
        ([run(create(1), cancel(1), wait(1))], "cancel of a done task"),
        ([run(create(1), wait(1), wait(1))], "awaited by several"),
        ([run(create(1, create(2)), create(3, cancel(2)))], "cancel of a sibling"),
        ([run(create(1, cancel(1)))], "cancel of a sibling"),
        ([run(create(1), create(2, soon(cancel(1))))], "cancel of a sibling"),
        ([run(create(1), gather(1, 1))], "gather of several different"),
        ([run(create(1), gather(1))], "leftover"),
        ([run(tried([SLEEP], [], [], "keep", None))], "cancellation then=keep"),
        ([run(create(1, {"op": "interrupt_when_idle"}))], "interrupt in a child"),
        ([run(create(1), wait(1))], "leftover"),
        ([run(create(1, tried([SLEEP], [], [])))], "leftover that resists"),
        ([run(), run(RAISE)], "run after an error"),
        ([run(), CLOSE], "run after close"),
        ([run(context=1), run()], "context of two runs"),
        ([run(setting(1), {"op": "reset", "token": 1})], "token of another run"),
        ([run({"op": "return", "value": False})], "return value=0"),
    ],
)
def test_a_mark_is_not_found_in_what_is_only_near_it(script: list[Any], mark: str) -> None:
    assert mark not in marks(program(*script))


def test_operations_are_counted_each_and_their_programs_once() -> None:
    census = Census()
    census.count(program(run(SLEEP, SLEEP)))
    census.count(program(run(SLEEP), CLOSE))
    rows = {name: counts for name, *counts in census.rows()}
    assert census.programs == 2
    assert rows["sleep"] == [3, 2, 0]
    assert rows["close"] == [1, 1, 0]
    assert rows["gather"] == [0, 0, 0]


def test_what_is_asked_for_and_was_never_drawn_is_named_with_its_mark() -> None:
    census = Census()
    assert len(census.never_drawn()) == sum(map(len, ASKED.values())) + len(FORMS)
    census.count(program(run(create(1), wait(1), cancel(1))))
    assert "cancel: cancel of a done task" not in census.never_drawn()
    assert "cancel: cancel twice" in census.never_drawn()
    assert "operations: collect" in census.never_drawn()


def test_what_was_drawn_and_never_came_to_pass_is_named_with_its_mark() -> None:
    census = Census()
    made = program(run(create(1), wait(1), cancel(1)))
    census.count(made)
    census.count_ran(made, [["t0", "begin"], ["t0:2", "cancelled", "task 1", True]])
    assert "cancel: cancel of a done task" in census.never_ran()
    census.count_ran(made, [["t0", "begin"], ["t0:2", "cancelled", "task 1", False]])
    assert "cancel: cancel of a done task" not in census.never_ran()
    assert "operations: cancel" not in census.never_ran()
    assert "operations: await" in census.never_ran()


def test_hypothesis_that_counts_otherwise_is_told_of() -> None:
    census = Census()
    census.count(program(CLOSE), ["close", "enter"])
    assert census.told_otherwise() == [
        "enter: 0, by Hypothesis 1",
        "runner debug=null: 1, by Hypothesis 0",
        "runner factory=true: 1, by Hypothesis 0",
    ]
    census.count(program())
    assert "programs: 2, by Hypothesis 1" in census.told_otherwise()


def test_hypothesis_that_has_told_of_nothing_does_not_count_otherwise() -> None:
    census = Census()
    census.count(program(CLOSE))
    assert census.told_otherwise() == []


def test_all_that_is_asked_for_is_drawn_within_the_usual_budget() -> None:
    census = Census()
    for number in range(250):
        for each in draw_block(1, number).programs:
            census.count(each)
        if not census.never_drawn():
            break
    assert census.never_drawn() == []
