"""What the census counts as having come to pass, by what native does."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.differential.census_ran import marks_ran
from conformance.differential.operations import FORMS
from performing import Performer, op, program, run

pytest_plugins = ["performing"]

SLEEP = op("sleep")
CLOSE = op("close")
INTERRUPT = op("interrupt", times=1)
FOREVER = (op("future", label=90), op("await", of=90))
Steps = list[dict[str, Any]]


def task(label: int, *body: Any, **fields: Any) -> dict[str, Any]:
    return op("create", how=fields.pop("how", "create_task"), label=label, body=list(body), **fields)


def caught(then: str, *handler: Any, body: tuple[Any, ...] = (SLEEP,), last: tuple[Any, ...] = ()) -> Any:
    return op(
        "try", body=list(body), catch="CancelledError", handler=list(handler), then=then, finally_=list(last)
    )


def ran(native: Performer, steps: Steps, runners: Steps | None = None) -> set[str]:
    made = program(*steps, runners=runners or ())
    [seen] = native.perform(made)
    return marks_ran(made, seen.trace)


def wait(of: int) -> Any:
    return op("await", of=of)


def cancel(of: int | str) -> Any:
    return op("cancel", of=of)


def soon(*body: Any) -> Any:
    return op("call_soon", body=list(body))


def factory(kind: str) -> Any:
    return op("task_factory", kind=kind)


SETS, RESETS = op("set", token=1), op("reset", token=1)
COPIES = op("copy_context", context=1)
GENERATOR = op("generator", label=1, items=[[], []])
NEXT = op("next", of=1)


def gather(*of: int) -> Any:
    return op("gather", of=list(of), label=9)


@pytest.mark.parametrize(
    ("mark", "does", "near"),
    [
        ("gather of several different", [run(task(1), task(2), gather(1, 2))], [run(task(1), gather(1, 2))]),
        (
            "wait_for runs out",
            [run(task(1, *FOREVER), op("wait_for", of=1, timeout=0, label=2))],
            [run(task(1), wait(1), op("wait_for", of=1, timeout=0, label=2))],
        ),
        (
            "awaited by several",
            [run(task(1), task(2, wait(1)), wait(1), wait(2))],
            [run(task(1), task(2, wait(1)), cancel(2), wait(1))],
        ),
        ("cancel of a done task", [run(task(1), wait(1), cancel(1))], [run(task(1), cancel(1))]),
        ("cancel twice", [run(task(1), cancel(1), cancel(1))], [run(task(1), wait(1), cancel(1), cancel(1))]),
        (
            "cancel of a sibling",
            [run(task(1), task(2, cancel(1)), SLEEP)],
            [run(task(1, task(3)), SLEEP, task(2, cancel(3)), SLEEP)],
        ),
        ("cancel of=parent", [run(task(1, cancel("parent")), SLEEP)], [run(cancel("parent"))]),
        (
            "callback called with context",
            [run(COPIES, task(1), op("callback", on=1, context=1), SLEEP, SLEEP)],
            [run(COPIES, *FOREVER[:1], op("callback", on=90, context=1), SLEEP, SLEEP)],
        ),
        (
            "callback called without context",
            [run(task(1), op("callback", on=1), SLEEP, SLEEP)],
            [run(COPIES, task(1), op("callback", on=1, context=1), SLEEP, SLEEP)],
        ),
        (
            "raise in a callback",
            [run(task(1), op("callback", on=1, body=[op("raise")]), SLEEP, SLEEP)],
            [run(*FOREVER[:1], op("callback", on=90, body=[op("raise")]), SLEEP)],
        ),
        ("leftover", [run(task(1, *FOREVER), SLEEP), CLOSE], [run(task(1), SLEEP), CLOSE]),
        (
            "leftover that resists",
            [run(task(1, caught("swallow", body=FOREVER)), SLEEP), CLOSE],
            [run(task(1, caught("raise", body=FOREVER)), SLEEP), CLOSE],
        ),
        (
            "cancellation then=keep",
            [run(cancel("self"), caught("keep"))],
            [run(caught("keep", body=(op("raise"),)))],
        ),
        (
            "await in finally",
            [run(task(1), caught("raise", last=(wait(1),)))],
            [run(caught("raise", last=(wait(1),)))],
        ),
        ("generator left open", [run(GENERATOR, NEXT), CLOSE], [run(GENERATOR, NEXT, NEXT, NEXT), CLOSE]),
        ("token of another run", [run(SETS), run(RESETS, label=1)], [run(SETS, RESETS)]),
        ("token of another context", [run(SETS, soon(RESETS), SLEEP)], [run(SETS, RESETS, RESETS)]),
        ("get in a job", [run(op("job", label=1, body=[op("get")]))], [run(op("get"))]),
        ("context of two runs", [COPIES, *(run(label=n, context=1) for n in (1, 2))], [run(), run(label=1)]),
        ("several runs of one runner", [run(), run(label=1)], [run(), CLOSE, run(label=1)]),
        ("run after close", [run(), CLOSE, run(label=1)], [run(op("raise")), run(label=1), CLOSE]),
        ("run after an error", [run(op("raise")), run(label=1)], [run(), run(label=1)]),
        ("close twice", [run(), CLOSE, op("exit")], [run(), CLOSE]),
        ("task factory called, keywords", [factory("keywords"), run()], [factory("none"), run()]),
        (
            "task factory called, legacy",
            [factory("legacy"), run(), CLOSE],
            [factory("keywords"), run(), CLOSE],
        ),
        (
            "exception handler called",
            [op("exception_handler"), run(op("report"))],
            [op("exception_handler"), run(op("handler", kind="own"))],
        ),
        (
            "interrupt while waiting",
            [run(op("interrupt_when_idle"), *FOREVER)],
            [run(op("interrupt_when_idle"))],
        ),
        (
            "interrupt during close",
            [run(task(1, caught("raise", INTERRUPT, body=FOREVER)), SLEEP), CLOSE],
            [run(task(1, caught("raise", INTERRUPT, body=FOREVER)), SLEEP, cancel(1), SLEEP), CLOSE],
        ),
        ("interrupt in a second run", [run(), run(INTERRUPT, label=1)], [run(INTERRUPT), run(label=1)]),
        (
            "own handler called",
            [op("handler", kind="own"), run(INTERRUPT)],
            [op("handler", kind="own"), run()],
        ),
        (
            "job left to close",
            [run(op("job", label=1, until="close")), CLOSE],
            [run(op("job", label=1, until="release"), op("release", of=1)), CLOSE],
        ),
        ("state", [run(op("state", of=0))], [run(op("state", of=5))]),
    ],
)
def test_a_mark_ran_where_it_came_to_pass_and_not_where_it_only_could(
    native: Performer, mark: str, does: Steps, near: Steps
) -> None:
    assert mark in ran(native, does)
    assert mark not in ran(native, near)


def test_a_runner_s_marks_ran_where_it_has_run_something(native: Performer) -> None:
    two: Steps = [{"debug": True, "factory": True}, {"debug": None, "factory": False}]
    assert "several runners" not in (first := ran(native, [run()], two))
    assert {"runner debug=true", "runner factory=true"} <= first
    assert not {"runner debug=null", "runner factory=false"} & first
    assert {"several runners", "runner factory=false"} <= ran(native, [run(), run(label=1, runner=1)], two)


def test_an_operation_that_only_did_nothing_did_not_run() -> None:
    made = program(run(wait(9), task(5, SLEEP)))
    trace: list[list[Any]] = [
        ["s0", "begin run"],
        ["t0", "begin"],
        ["t0:0", "nothing"],
        ["t0:1", "created", "task 5", True, None],
        ["t5:0", "begin sleep"],
        ["loop", "handler", {}],
        ["end", "state", {}],
    ]
    assert marks_ran(made, trace) & FORMS.keys() == {"run", "create", "sleep"}


def test_one_of_several_that_did_something_is_enough() -> None:
    made = program(run(wait(9), task(5), wait(5)))
    trace = [["t0:0", "nothing"], ["t0:2", "begin await", "task 5"]]
    assert "await" in marks_ran(made, trace)
    assert "await" not in marks_ran(made, trace[:1])


def test_once_the_budget_is_used_up_nobody_is_taken_for_a_leftover() -> None:
    made = program(run(task(1)), CLOSE)
    trace: list[list[Any]] = [["t0", "begin"], ["t1", "begin"], ["s0", "budget"], ["s1", "begin close"]]
    assert "leftover" not in marks_ran(made, trace)
    assert "leftover" in marks_ran(made, [event for event in trace if event[1] != "budget"])


def test_a_program_that_was_lost_came_to_nothing() -> None:
    assert marks_ran(program(run()), [["", "timed out"]]) == set()
