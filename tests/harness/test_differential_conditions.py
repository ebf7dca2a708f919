"""When a declared divergence takes what it takes, and when it does not: what must have happened in the run before."""

from __future__ import annotations

import json
from typing import Any

import pytest
from attrs import evolve

from conformance.differential.conditions import Traces
from conformance.differential.corpus import read_corpus
from conformance.differential.divergences import Divergence, EventPattern, HunkPattern, explain
from conformance.differential.divergences_file import DIVERGENCES, read_divergences
from conformance.differential.events import Trace
from conformance.differential.hunks import hunks
from results import subject_cell
from traces import error

CANCELLED = "asyncio.exceptions.CancelledError"
INTERRUPT = "builtins.KeyboardInterrupt"
RAISES_INTERRUPT = EventPattern("raised", (INTERRUPT,))
TAKES = HunkPattern("run", EventPattern("raised", (CANCELLED,)), RAISES_INTERRUPT)
DECLARED = Divergence("it", "a reason", "a link", "a-witness", (TAKES,), when="released")
CELL = subject_cell()
SLEEP = {"op": "sleep"}


def caught_and_interrupted(then: str, *, interrupt: str = "t1:1") -> tuple[dict[str, Any], Trace, Trace]:
    """A program whose main task catches a cancellation, and what comes of it where a Ctrl-C ends the run then."""
    catch = {"catch": "CancelledError", "handler": [SLEEP], "then": then, "finally": []}
    body = [{"op": "try", "body": [SLEEP], **catch}, {"op": "interrupt", "times": 1}, SLEEP]
    later = {"op": "callback", "on": 1, "context": None, "body": [{"op": "interrupt", "times": 1}]}
    script = [
        {"op": "run", "runner": 0, "label": 1, "context": None, "body": [*body, later]},
        {"op": "run", "runner": 0, "label": 1, "context": None, "body": [SLEEP]},
    ]
    before: Trace = [
        ["s0", "begin run"],
        ["t1:0.0.0", "begin sleep"],
        ["t2:0", "cancelled", "task 1", True],
        ["t1:0.0.0", "raised", error(CANCELLED)],
        ["t1:0", "caught", error(CANCELLED)],
        ["t1:0.1.0", "begin sleep"],
        *(
            [["t1:0.1.0", "slept"], [interrupt, "interrupt"]]
            if interrupt == "t1:1"
            else [[interrupt, "interrupt"]]
        ),
    ]
    program = {"runners": [{"debug": None, "factory": False}], "script": script}
    return (
        program,
        [*before, ["s0", "raised", error(CANCELLED)]],
        [*before, ["s0", "raised", error(INTERRUPT)]],
    )


def is_released(program: dict[str, Any], native: Trace, subject: Trace) -> bool:
    [hunk] = hunks(native, subject)
    return explain([hunk], program, CELL, [DECLARED], Traces(native, subject)).left == ()


@pytest.mark.parametrize(
    ("then", "released"),
    [("swallow", True), ("keep", True), ("uncancel", True), ("raise", False), ("replace", False)],
)
def test_a_cancellation_is_released_where_the_main_task_has_swallowed_it(then: str, released: bool) -> None:
    assert is_released(*caught_and_interrupted(then)) is released


def test_a_cancellation_that_is_being_handled_is_not_released() -> None:
    assert not is_released(*caught_and_interrupted("swallow", interrupt="t1:0.1.0"))


def test_what_the_main_task_has_others_call_does_not_release_what_it_handles() -> None:
    assert not is_released(*caught_and_interrupted("swallow", interrupt="t1:3.0.0"))


def test_a_cancellation_that_came_after_the_released_one_counts() -> None:
    program, native, subject = caught_and_interrupted("swallow")
    again = ["t2:1", "cancelled", "task 1", True]
    assert not is_released(program, [*native[:-1], again, native[-1]], [*subject[:-1], again, subject[-1]])


def test_a_cancellation_that_another_task_has_swallowed_is_not_released() -> None:
    program, *traces = caught_and_interrupted("swallow")
    native, subject = (json.loads(json.dumps(each).replace('"t1:', '"t5:')) for each in traces)
    [run, _] = program["script"]
    other = {"op": "create", "how": "create_task", "label": 5, "name": None, "context": None}
    within = {**program, "script": [{**run, "body": [{**other, "body": run["body"]}]}]}
    assert not is_released(within, native, subject)


def test_a_cancellation_that_an_earlier_run_has_swallowed_is_not_released() -> None:
    program, native, _ = caught_and_interrupted("swallow")
    begun: Trace = [*native, ["s1", "begin run"], ["t1:2", "interrupt"]]
    assert not is_released(
        program, [*begun, ["s1", "raised", error(CANCELLED)]], [*begun, ["s1", "raised", error(INTERRUPT)]]
    )


def test_without_an_interrupt_nothing_is_released() -> None:
    program, native, subject = caught_and_interrupted("swallow")
    native, subject = ([each for each in trace if each[1] != "interrupt"] for trace in (native, subject))
    assert not is_released(program, native, subject)


def test_where_native_has_made_no_task_the_subject_tells_what_was_released() -> None:
    program, _, subject = caught_and_interrupted("swallow")
    native: Trace = [["s0", "begin run"], ["s0", "warned", "RuntimeWarning", "never awaited"]]
    end = next(hunk for hunk in hunks(native, subject) if hunk.subject and INTERRUPT in hunk.subject)
    takes = HunkPattern("run", None if end.native is None else EventPattern("warned"), RAISES_INTERRUPT)
    declared = evolve(DECLARED, takes=(takes,))
    assert explain([end], program, CELL, [declared], Traces(native, subject)).left == ()
    assert explain([end], program, CELL, [declared], Traces(native, subject[:-3] + subject[-1:])).left == (
        end,
    )


def test_without_traces_nothing_is_known_to_be_released() -> None:
    program, native, subject = caught_and_interrupted("swallow")
    found = hunks(native, subject)
    assert explain(found, program, CELL, [DECLARED]).left == found


def task(label: int, *body: dict[str, Any]) -> dict[str, Any]:
    made = {"op": "create", "how": "create_task", "label": label, "name": None, "context": None}
    return {**made, "body": list(body)}


def cancelled(
    origin: str, what: str, *before: Any, args: tuple[str, ...] = (), number: int = 0, **chain: Any
) -> Any:
    return [origin, what, *before, {**error(CANCELLED, *args, number=number), **chain}]


def link(cls: str) -> dict[str, Any]:
    return {"class": cls, "given": [], "object": 9, "next": None}


def left_by_our_own(program: dict[str, Any], *traces: Trace) -> int:
    """How many changes the project's declarations leave of two traces, and the control's."""
    declared = read_divergences(DIVERGENCES, {saved.name for saved in read_corpus()})
    found = hunks(*traces[:2])
    assert found
    cell = subject_cell("3.9.18")
    return len(explain(found, program, cell, declared, Traces(*traces)).left)


@pytest.mark.parametrize(("is_awaited", "left"), [(True, 0), (False, 2)])
def test_a_task_keeps_its_error_only_where_it_was_awaited_late(is_awaited: bool, left: int) -> None:
    own = {"op": "raise", "error": "CancelledError", "message": "x"}
    awaits, looks = ({"op": op, "of": 1} for op in ("await", "state"))
    body = [task(1, own), SLEEP, *([awaits] if is_awaited else [looks]), looks]
    program = {
        "runners": [{"debug": None, "factory": False}],
        "script": [{"op": "run", "runner": 0, "label": 0, "context": None, "body": body}],
    }
    first: Trace = (
        [["t0:2", "begin await", "task 1"], cancelled("t0:2", "raised", args=("x",))]
        if is_awaited
        else [cancelled("t0:2", "state", "task 1", "cancelled", args=("x",))]
    )
    before: Trace = [["s0", "begin run"], cancelled("t1", "raised", args=("x",)), *first]
    native = cancelled("t0:3", "state", "task 1", "cancelled", number=1)
    subject = cancelled("t0:3", "state", "task 1", "cancelled", args=("x",))
    # Another number of arguments is one change, another object the other.
    assert left_by_our_own(program, [*before, native], [*before, subject]) == left


@pytest.mark.parametrize(
    ("place", "is_closing", "given", "left"),
    [
        ("t2:0", True, "builtins.ValueError", 0),
        ("t2:0", True, "builtins.LookupError", 1),
        ("t2:0", False, "builtins.ValueError", 1),
        ("s0", True, "builtins.ValueError", 1),
    ],
)
def test_a_context_comes_from_outside_only_in_tasks_while_a_failed_run_is_closed(
    place: str, is_closing: bool, given: str, left: int
) -> None:
    body = [
        task(1, SLEEP),
        task(2, {"op": "await", "of": 1}),
        {"op": "raise", "error": "ValueError", "message": None},
    ]
    program = {
        "runners": [],
        "script": [{"op": "run_function", "label": 0, "debug": None, "factory": False, "body": body}],
    }
    failed: Trace = [["t0", "raised", error("builtins.ValueError", number=5)]] if is_closing else []
    before: Trace = [["s0", "begin run"], *failed]
    native, subject = (
        [*before, [place, "raised", {**error("builtins.LookupError", "x"), "context": link(cls)}]]
        for cls in (CANCELLED, given)
    )
    assert left_by_our_own(program, native, subject) == left


@pytest.mark.parametrize(("of_control", "left"), [(CANCELLED, 0), ("builtins.ValueError", 1), (None, 1)])
def test_under_a_legacy_factory_a_cancellation_is_another_one_only_where_the_control_has_one(
    of_control: str | None, left: int
) -> None:
    factory = {"op": "task_factory", "runner": 0, "kind": "legacy"}
    program = {
        "runners": [{"debug": None, "factory": False}],
        "script": [factory, {"op": "run", "runner": 0, "label": 0, "context": None, "body": [SLEEP]}],
    }
    native: Trace = [["s1", "begin run"]]
    end: Any = (
        ["t0:0", "slept"] if of_control is None else ["t0:0", "raised", error(of_control, "x", number=3)]
    )
    assert left_by_our_own(program, native, [*native, cancelled("t0:0", "raised")], [*native, end]) == left
