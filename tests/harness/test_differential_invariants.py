"""The invariants: each finds the trace that breaks it, and none finds fault with native's."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from conformance.differential.corpus import read_corpus
from conformance.differential.events import Event, Trace
from conformance.differential.invariants import INVARIANTS, violations
from conformance.differential.program import refuse_malformed
from conformance.differential.stream import drawn
from traces import error

Program = dict[str, Any]
RUNTIME_ERROR = "builtins.RuntimeError"
CANCELLED = "asyncio.exceptions.CancelledError"
GET: Program = {"op": "get", "var": 0}
SLEEP: Program = {"op": "sleep"}
CLOSE: Program = {"op": "close", "runner": 0}


def set_to(value: object, token: int = 0) -> Program:
    return {"op": "set", "var": 0, "value": value, "token": token}


def reset(token: int = 0) -> Program:
    return {"op": "reset", "token": token}


def run(*body: Program, label: int = 0, runner: int = 0) -> Program:
    return {"op": "run", "runner": runner, "label": label, "body": list(body), "context": None}


def create(label: int, *body: Program, name: str | None = None) -> Program:
    how = {"how": "create_task", "name": name, "context": None}
    return {"op": "create", "label": label, "body": list(body), **how}


def call_soon(*body: Program) -> Program:
    return {"op": "call_soon", "context": None, "body": list(body)}


def generator(label: int) -> Program:
    return {"op": "generator", "label": label, "items": [[]], "finally": []}


def cancel(of: int) -> Program:
    return {"op": "cancel", "of": of, "message": None}


def state(origin: str = "s0", **changes: Any) -> Event:
    found = {"sigint": "default", "tasks": {}, "runners": ["open"], "variables": ["unset"] * 3}
    return [origin, "state", {**found, **changes}]


def found(name: str, script: list[Program], trace: Trace, *, debug: bool | None = None) -> list[str]:
    """What the invariant says of a trace of the script; the others say nothing of it."""
    program = {"runners": [{"debug": debug, "factory": False}], "script": script}
    refuse_malformed(program)
    broken = violations(program, trace)
    assert {each.invariant.name for each in broken} <= {name}
    return [each.says for each in broken]


GATHER: Program = {"op": "gather", "of": [1, 2], "return_exceptions": False, "label": 3}
GATHERED: list[Program] = [run(create(1), create(2), GATHER, {"op": "await", "of": 3})]
IN_ORDER: Trace = [
    ["t0:2", "gather", "task 3", ["task 1", "task 2"]],
    ["t0:3", "begin await", "task 3"],
    ["t1", "returned", 1],
    ["t2", "returned", True],
    ["t0:3", "got", [1, True]],
]
SHIELDED: list[Program] = [
    run(create(1, SLEEP), {"op": "shield", "of": 1, "label": 2}, cancel(2), SLEEP),
]
SHIELD: Trace = [["t0:1", "shield", "task 2"], ["t0:2", "cancelled", "task 2", True]]
CALLBACK: Program = {"op": "callback", "on": 1, "context": None, "body": []}
CALLED: list[Program] = [run(create(1, SLEEP), CALLBACK, SLEEP)]
RAN: Trace = [
    ["s0", "begin run"],
    ["t0", "begin"],
    ["t0", "returned", None],
    ["s0", "returned", None],
    state(),
]

BROKEN: dict[str, tuple[list[Program], Trace, Trace]] = {
    "a token is used once": (
        [run(set_to(1), reset(), reset())],
        [["t0:0", "set", 1], ["t0:1", "reset", "unset"], ["t0:2", "raised", "RuntimeError"]],
        [["t0:0", "set", 1], ["t0:1", "reset", "unset"], ["t0:2", "reset", "unset"]],
    ),
    "runs of one Runner share a context": (
        [run(set_to(1)), run(GET, label=1)],
        [["t0:0", "set", 1], ["t1:0", "get", 1]],
        [["t0:0", "set", 1], ["t1:0", "get", True]],
    ),
    "a run sets no variable of its caller's": (
        [set_to(0), run(set_to(1, token=1))],
        [["s0", "set", 0], ["t0:0", "set", 1], state("s1", variables=[0, "unset", "unset"])],
        [["s0", "set", 0], ["t0:0", "set", 1], state("s1", variables=[1, "unset", "unset"])],
    ),
    "the SIGINT handler is what it was before": (
        [{"op": "handler", "kind": "own"}, run()],
        [["s0", "handler", "own"], state("s1", sigint="own")],
        [["s0", "handler", "own"], state("s1", sigint="default")],
    ),
    "a closed Runner's loop is closed": (
        [run(), CLOSE],
        [state(), ["s1", "close", None], state("s1", runners=["closed"])],
        [state(), ["s1", "close", None], state("s1", runners=["open"])],
    ),
    "a closed Runner runs nothing": (
        [run(), CLOSE, run(label=1)],
        [*RAN[:2], ["s1", "close", None], ["s2", "begin run"], ["s2", "raised", error(RUNTIME_ERROR)]],
        [*RAN[:2], ["s1", "close", None], ["s2", "begin run"], ["t1", "begin"]],
    ),
    "close finalizes asynchronous generators": (
        [run(generator(1), {"op": "next", "of": 1}), CLOSE],
        [
            ["t0:0", "generator", "task 1"],
            ["t0:1", "begin next", "task 1"],
            ["s1", "begin close"],
            ["t0:0", "generator ends"],
            ["s1", "close", None],
        ],
        [
            ["t0:0", "generator", "task 1"],
            ["t0:1", "begin next", "task 1"],
            ["s1", "begin close"],
            ["s1", "close", None],
        ],
    ),
    "no run within a run": (
        [run({"op": "nested_run", "runner": 0, "body": []})],
        [["t0:0", "begin nested_run"], ["t0:0", "raised", error(RUNTIME_ERROR)]],
        [["t0:0", "begin nested_run"], ["t0:0", "returned", None]],
    ),
    "only coroutines are run": (
        [{"op": "run_wrong", "runner": 0, "what": "function"}],
        [["s0", "raised", error("builtins.ValueError")]],
        [["s0", "returned", None]],
    ),
    "run gives what the coroutine gave": (
        [run()],
        [["t0", "returned", 0], ["s0", "returned", 0]],
        [["t0", "returned", 0], ["s0", "returned", None]],
    ),
    "debug is what was asked for": (
        [{"op": "get_loop", "runner": 0}],
        [["s0", "loop", "Loop", False, False, True]],
        [["s0", "loop", "Loop", False, False, False]],
    ),
    "cancelling is never negative": (
        [run(create(1), SLEEP)],
        [state(tasks={"1": ["done", 0]})],
        [state(tasks={"1": ["done", -1]})],
    ),
    "cancelling counts cancel less uncancel": (
        [run(create(1, SLEEP), {"op": "cancelling", "of": 1}, cancel(1), {"op": "uncancel", "of": 1})],
        [
            ["t0:1", "cancelling", "task 1", 1],
            ["t0:2", "cancelled", "task 1", True],
            ["t0:3", "uncancel", "task 1", 1],
        ],
        [
            ["t0:1", "cancelling", "task 1", 1],
            ["t0:2", "cancelled", "task 1", True],
            ["t0:3", "uncancel", "task 1", 2],
        ],
    ),
    "what is done cannot be cancelled": (
        [run(create(1), SLEEP, cancel(1))],
        [["t1", "begin"], ["t1", "returned", None], ["t0:2", "cancelled", "task 1", False]],
        [["t1", "begin"], ["t1", "returned", None], ["t0:2", "cancelled", "task 1", True]],
    ),
    "what is done stays as it is": (
        [run(create(1), {"op": "state", "of": 1}), run(label=2)],
        [["t0:1", "state", "task 1", "pending"], state(tasks={"1": ["done", 0]})],
        [["t0:1", "state", "task 1", "result", 1], state(tasks={"1": ["cancelled", 0]})],
    ),
    "a callback is called once, when the task is done": (
        CALLED,
        [["t1", "begin"], ["t0:1", "callback"], ["t1", "returned", None], ["t0:1", "called back", "task 1"]],
        [["t1", "begin"], ["t0:1", "callback"], ["t0:1", "called back", "task 1"], ["t1", "returned", None]],
    ),
    "current_task is the task that runs": (
        [run({"op": "current_task"}, call_soon({"op": "current_task"}))],
        [["t0:0", "current_task", "task 0"], ["t0:1.0.0", "current_task", None]],
        [["t0:0", "current_task", "another task"], ["t0:1.0.0", "current_task", None]],
    ),
    "all_tasks has those that are not finished": (
        [run(create(1), SLEEP, {"op": "all_tasks"})],
        [["t1", "returned", None], ["t0:2", "all_tasks", ["task 0"]]],
        [["t1", "returned", None], ["t0:2", "all_tasks", ["task 0", "task 1"]]],
    ),
    "gather keeps the order": (GATHERED, IN_ORDER, [*IN_ORDER[:-1], ["t0:3", "got", [1, 1]]]),
    "shield protects": (
        SHIELDED,
        [*SHIELD, ["t1:0", "slept"]],
        [*SHIELD, ["t1:0", "raised", error(CANCELLED)]],
    ),
    "a created task is a Task, with its name": (
        [run(create(1, name="x"))],
        [["t0:0", "created", "task 1", True, "x"]],
        [["t0:0", "created", "task 1", True, "Task-N"]],
    ),
}


def test_each_invariant_has_traces_that_keep_and_break_it() -> None:
    assert [invariant.name for invariant in INVARIANTS] == list(BROKEN)


@pytest.mark.parametrize("name", BROKEN)
def test_a_trace_that_keeps_it_passes(name: str) -> None:
    script, keeps, _ = BROKEN[name]
    assert found(name, script, keeps, debug="debug" in name or None) == []


def test_a_shield_in_another_task_of_the_same_label_is_no_matter() -> None:
    script = [run(create(1, {"op": "future", "label": 2}), create(1, {"op": "shield", "of": 0, "label": 2}))]
    assert found("shield protects", script, [["t1:0", "shield", "task 2"]]) == []


def test_a_child_that_is_cancelled_as_it_returns_has_no_result_to_be_kept() -> None:
    *before, got = IN_ORDER
    trace = [*before, [*got[:2], [error(CANCELLED), *got[2][1:]]]]
    assert found("gather keeps the order", GATHERED, trace) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_trace_that_breaks_it_is_found(name: str) -> None:
    script, _, breaks = BROKEN[name]
    assert len(found(name, script, breaks, debug="debug" in name or None)) == 1


def test_a_callback_that_is_called_twice_is_found() -> None:
    ended: Trace = [["t1", "begin"], ["t0:1", "callback"], ["t1", "returned", None]]
    called: Event = ["t0:1", "called back", "task 1"]
    assert found("a callback is called once, when the task is done", CALLED, [*ended, called, called]) == [
        "it was called once more than it was added"
    ]


def test_a_current_task_in_a_callback_is_found() -> None:
    script, _, _ = BROKEN["current_task is the task that runs"]
    trace: Trace = [["t0:1.0.0", "current_task", "task 0"]]
    assert found("current_task is the task that runs", script, trace) == ["it is task 0 in a callback"]


@pytest.mark.parametrize(("is_closed", "open_ones"), [(True, []), (False, ["that of t0:2 is open"])])
def test_a_generator_that_was_closed_before_it_began_is_not_left_open(
    is_closed: bool, open_ones: list[str]
) -> None:
    closing = {"op": "aclose", "of": 1}
    ended: Trace = [["t0:1", "begin aclose", "task 1"], ["t0:1", "closed"]] if is_closed else []
    trace: Trace = [["t0:0", "generator", "task 1"], *ended, ["t0:2", "begin next", "task 1"]]
    script = [run(generator(1), closing, {"op": "next", "of": 1}), CLOSE]
    trace += [["s1", "begin close"], ["s1", "close", None]]
    assert found("close finalizes asynchronous generators", script, trace) == open_ones


def test_a_violation_says_what_is_promised_and_where() -> None:
    script, _, breaks = BROKEN["a token is used once"]
    program = {"runners": [{"debug": None, "factory": False}], "script": script}
    [broken] = violations(program, breaks)
    assert broken.place == 2
    assert "token 0 was reset a second time (contextvars, ContextVar.reset: “Reset the" in str(broken)


def test_of_a_program_whose_budget_is_used_up_only_what_came_before_counts() -> None:
    script, _, breaks = BROKEN["a token is used once"]
    assert found("a token is used once", script, [*breaks[:2], ["s0", "budget"], breaks[2]]) == []


def test_a_worker_that_was_lost_breaks_no_promise() -> None:
    assert found("", [run()], [["", "timed out"]]) == []


NATIVE = """
import json, sys
from conformance.worker.policies import Policies
from conformance.worker.programs.implementation import Implementation
from conformance.worker.programs.session import Session
native = Implementation(loop="asyncio:new_event_loop", runner=None, run=None, control=False)
session = Session(native, Policies())
json.dump([session.perform(program) for program in json.load(sys.stdin)], sys.stdout)
"""
NEVER_ENDS = "divergence-context-entered"


def test_native_keeps_all_promises() -> None:
    programs = [dict(saved.program) for saved in read_corpus() if saved.name != NEVER_ENDS]
    # Those that natively never end are known to be among these that enter contexts.
    programs += [
        dict(program) for _, program in islice(drawn(1), 60) if '"context_run"' not in json.dumps(program)
    ]
    told = subprocess.run(
        [sys.executable, "-c", NATIVE],
        input=json.dumps(programs),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=Path(__file__).parents[2],
    )
    traces = json.loads(told.stdout)
    assert len(traces) == len(programs)
    broken = [
        each for program, trace in zip(programs, traces, strict=True) for each in violations(program, trace)
    ]
    assert list(map(str, broken)) == []
