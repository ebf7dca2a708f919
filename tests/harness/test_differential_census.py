"""What the census counts of programs and of their traces."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.differential.census import Census, operations_ran
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


def tried(body: list[Any], handler: list[Any], last: list[Any], then: str = "raise") -> dict[str, Any]:
    fields = {"catch": "CancelledError", "then": then, "finally": last}
    return {"op": "try", "body": body, "handler": handler, **fields}


def soon(*body: Any) -> dict[str, Any]:
    return {"op": "call_soon", "context": None, "body": list(body)}


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
        ([run(soon(INTERRUPT))], "interrupt in a callback"),
        ([run(), run(INTERRUPT)], "interrupt in a second run"),
        ([run(create(1, tried([SLEEP], [INTERRUPT], [])))], "interrupt as a leftover ends"),
        ([run({"op": "interrupt", "times": 2})], "interrupt times=2"),
        ([run(create(1), wait(1), cancel(1))], "cancel of a done task"),
        ([run(create(1), cancel(1), cancel(1))], "cancel twice"),
        ([run(create(1), create(2, cancel(1)))], "cancel of a sibling"),
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
        ([run(setting(1), soon({"op": "reset", "token": 1}))], "token of another task or callback"),
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


def test_an_operation_that_only_did_nothing_did_not_run() -> None:
    made = program(run(wait(9), create(5, SLEEP)))
    trace: list[list[Any]] = [
        ["s0", "begin run"],
        ["t0:0", "nothing"],
        ["t0:1", "create", "task 5"],
        ["t5:0", "begin sleep"],
        ["loop", "handler", {}],
        ["end", "end"],
    ]
    assert operations_ran(made, trace) == {"run", "create", "sleep"}


def test_one_of_several_that_did_something_is_enough() -> None:
    made = program(run(wait(9), create(5), wait(5)))
    trace = [["t0:0", "nothing"], ["t0:2", "begin await", "task 5"]]
    census = Census()
    census.count_ran(made, trace)
    census.count_ran(made, trace[:1])
    assert census.ran == {"await": 1}
    assert "await" not in census.never_ran()
    assert "gather" in census.never_ran()


def test_what_is_asked_for_and_was_never_drawn_is_named_with_its_mark() -> None:
    census = Census()
    assert len(census.never_drawn()) == sum(map(len, ASKED.values()))
    census.count(program(run(create(1), wait(1), cancel(1))))
    assert "cancel: cancel of a done task" not in census.never_drawn()
    assert "cancel: cancel twice" in census.never_drawn()


def test_all_that_is_asked_for_is_drawn_within_the_usual_budget() -> None:
    census = Census()
    for number in range(250):
        for each in draw_block(1, number).programs:
            census.count(each)
        if not census.never_drawn() and not [name for name in FORMS if not census.marked[name]]:
            break
    assert census.never_drawn() == []
    assert [name for name in FORMS if not census.marked[name]] == []
