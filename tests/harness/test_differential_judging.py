"""Whose each change is: the interpreter's, declared, or left; also where native was lost and the control was not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.differential.divergences import Divergence, EventPattern, HunkPattern
from conformance.differential.events import Trace
from conformance.differential.judging import Answers, Judge, Judged, by_control, compared_with, marked
from conformance.execute.programs import Answer
from results import subject_cell
from traces import error

PROGRAM: dict[str, Any] = {
    "runners": [{"debug": None, "factory": False}],
    "script": [{"op": "get_loop", "runner": 0}],
}
LOST: Trace = [["", "timed out"]]
CRASHED: Trace = [["", "crashed", "exit status 3"]]
REFUSED: Trace = [["s0", "begin run"], ["s0", "raised", "RuntimeError"]]
OTHER: Trace = [["s0", "begin run"], ["s0", "returned", 1]]
HANGS = Divergence(
    "hangs",
    "a reason",
    "a link",
    "a-witness",
    (HunkPattern("*", EventPattern("timed out"), EventPattern("ended")),),
    control=True,
)
RETURNS = HunkPattern("*", EventPattern("raised"), EventPattern("returned"))


def answers(native: Trace, subject: Trace, control: Trace | None) -> Answers:
    return Answers(
        *(
            None if trace is None else Answer(json.dumps(trace).encode())
            for trace in (native, subject, control)
        )  # type: ignore[arg-type]  # native and subject are there
    )


def judged(native: Trace, subject: Trace, control: Trace | None, *declared: Divergence) -> Judged:
    return Judge(declared).judge(subject_cell(), PROGRAM, answers(native, subject, control))


def test_where_native_is_lost_the_subject_may_do_what_the_control_does() -> None:
    found = judged(LOST, REFUSED, REFUSED)
    assert (len(found.own), found.left) == (1, ())


def test_where_native_is_lost_the_subject_may_not_do_anything_else() -> None:
    found = judged(LOST, OTHER, REFUSED)
    assert [(hunk.native_event, hunk.subject_event) for hunk in found.left] == [(REFUSED[1], OTHER[1])]


@pytest.mark.parametrize("control", [LOST, None])
def test_where_the_control_is_lost_too_an_answer_differs(control: Trace | None) -> None:
    assert len(judged(LOST, REFUSED, control).left) == 1


def test_a_subject_that_is_lost_otherwise_than_native_differs_from_the_control() -> None:
    [hunk] = judged(LOST, CRASHED, REFUSED).left
    assert (hunk.native_event, hunk.subject_event) == (["", "ended"], ["", "crashed exit status 3"])


def test_what_the_control_shows_too_is_declared_where_that_says_so() -> None:
    found = judged(LOST, REFUSED, REFUSED, HANGS)
    assert (found.own, list(found.declared), found.left) == ((), ["hangs"], ())


def test_what_is_declared_of_the_control_takes_nothing_that_the_control_does_not_show() -> None:
    declared = Divergence("it", "a reason", "a link", "a-witness", (RETURNS,), control=True)
    assert len(judged(REFUSED, OTHER, REFUSED, declared).left) == 1
    assert list(judged(REFUSED, OTHER, OTHER, declared).declared) == ["it"]


def test_what_is_declared_of_the_subject_takes_nothing_that_the_control_shows() -> None:
    declared = Divergence("it", "a reason", "a link", "a-witness", (RETURNS,))
    assert len(judged(REFUSED, OTHER, OTHER, declared).own) == 1
    assert list(judged(REFUSED, OTHER, REFUSED, declared).declared) == ["it"]


def test_the_subject_is_shown_beside_what_it_was_compared_with() -> None:
    asked = answers(LOST, OTHER, REFUSED)
    assert (by_control(asked), compared_with(asked)) == (True, asked.control)
    asked = answers(REFUSED, OTHER, REFUSED)
    assert (by_control(asked), compared_with(asked)) == (False, asked.native)


def test_where_the_control_stands_for_native_the_changes_that_are_left_are_marked_alone() -> None:
    left = judged(LOST, OTHER, REFUSED).left
    assert marked(answers(LOST, OTHER, REFUSED), left) == left
    assert marked(answers(LOST, REFUSED, REFUSED), ()) == ()


def test_where_none_was_lost_what_is_left_is_marked_and_not_what_is_the_interpreter_s() -> None:
    native: Trace = [["s0", "returned", 1], ["s0", "state", {"threads": 0}]]
    control: Trace = [native[0], ["s0", "state", {"threads": 1}]]
    subject: Trace = [["s0", "returned", 2], control[1]]
    left = judged(native, subject, control).left
    assert [hunk.subject_event for hunk in marked(answers(native, subject, control), left)] == [subject[0]]


def test_where_a_worker_was_lost_and_that_counts_all_is_marked() -> None:
    left = judged(OTHER, LOST, OTHER).left
    assert len(marked(answers(OTHER, LOST, OTHER), left)) == 3


NO_TASK: Trace = [
    ["s0", "begin exit"],
    [
        "s0",
        "raised",
        {**error("builtins.TypeError"), "args": ["legacy() got an unexpected keyword argument 'context'"]},
    ],
    ["s0", "warned", "RuntimeWarning", "never awaited"],
    ["s0", "state", {"executors": [False]}],
]
TASKS: Trace = [["s0", "begin exit"], ["s0", "task factory", True], ["s0", "task factory", True]]
STOPPED = ["s0", "raised", error("builtins.RuntimeError")]
OVER = ["s0", "state", {"executors": [False, True]}]
MADE: Trace = [*TASKS, STOPPED, OVER]
LOUD: Trace = [*TASKS, STOPPED, ["s0", "thread raised", "RuntimeError"], OVER]
SILENT = Divergence(
    "silent", "a reason", "a link", "a-witness", (HunkPattern("*", EventPattern("thread raised"), None),)
)


def test_where_native_makes_no_task_the_subject_may_do_as_the_control_but_for_what_is_declared() -> None:
    found = judged(NO_TASK, MADE, LOUD, SILENT)
    assert (found.left, list(found.declared)) == ((), ["silent"])


def test_where_native_makes_no_task_the_subject_may_not_do_anything_else() -> None:
    assert judged(NO_TASK, [*TASKS, ["s0", "returned", 2], OVER], LOUD, SILENT).left
    assert judged(NO_TASK, MADE, LOUD).left
