"""Comparing traces: what differs is told event by event and field by field, and whose it is."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.differential.comparing import compare
from conformance.differential.events import Trace, canonical
from conformance.differential.hunks import Hunk, applied, hunks, same
from conformance.differential.kinds import Kind, Kinds, kind
from traces import TRACES, UNCHAINED, distinct, edited, edits, error

CANCELLED = "asyncio.exceptions.CancelledError"


@settings(deadline=None)
@given(TRACES, TRACES)
def test_the_hunks_applied_to_native_give_the_subject(native: Trace, subject: Trace) -> None:
    assert applied(native, hunks(native, subject)) == canonical(subject)


@settings(deadline=None)
@given(TRACES, TRACES)
def test_there_are_hunks_where_the_traces_are_not_the_same(native: Trace, subject: Trace) -> None:
    assert bool(hunks(native, subject)) is not same(native, subject)


@settings(deadline=None)
@given(UNCHAINED, UNCHAINED, UNCHAINED)
def test_the_control_takes_hunks_of_its_own_and_no_more_of_them_than_it_has(
    native: Trace, subject: Trace, control: Trace
) -> None:
    found = compare(native, subject, control)
    every = Counter(hunks(native, subject))
    of_control = hunks(native, control)
    told = Counter(found.own) + Counter(found.left)
    assert told >= every
    # Beyond those there is what the subject leaves out of what it does as the control.
    new = Counter(hunk.subject for hunk in of_control if hunk.native is None)
    assert Counter(hunk.native for hunk in (told - every).elements()) <= new
    assert len(found.own) <= len(of_control)
    changes = {(hunk.native, hunk.subject, hunk.path) for hunk in of_control}
    assert all((hunk.native, hunk.subject, hunk.path) in changes for hunk in found.own)


@settings(deadline=None)
@given(TRACES, TRACES)
def test_what_the_control_shows_alike_is_the_interpreter_s_own(native: Trace, subject: Trace) -> None:
    found = compare(native, subject, subject)
    assert (found.own, found.left) == (hunks(native, subject), ())


@settings(deadline=None)
@given(st.data())
def test_the_control_s_change_takes_just_its_own_hunks_from_among_others(data: st.DataObject) -> None:
    native = data.draw(distinct())
    places = data.draw(st.lists(st.sampled_from(range(len(native))), unique=True))
    split = data.draw(st.integers(0, len(places)))
    of_control = data.draw(edits(native, places[:split], "the interpreter's"))
    of_subject = data.draw(edits(native, places[split:], "the implementation's"))
    control, alone = edited(native, of_control), edited(native, of_subject)
    found = compare(native, edited(native, of_control | of_subject), control)
    assert _changes(found.own) == _changes(hunks(native, control))
    assert _changes(found.left) == _changes(hunks(native, alone))


def _changes(found: Iterable[Hunk]) -> Counter[tuple[str | None, str | None]]:
    # Not the places: what is new beside an event that is gone may stand before it or after it.
    return Counter((hunk.native, hunk.subject) for hunk in found)


def test_a_change_that_the_subject_shows_twice_and_the_control_once_remains_once() -> None:
    native, warned = [["t0:1", "got", 1]], ["s0", "warned", "x"]
    found = compare(native, [*native, warned, warned], [*native, warned])
    assert (len(found.own), len(found.left)) == (1, 1)


def test_true_is_not_one() -> None:
    assert len(hunks([["t0:1", "got", True]], [["t0:1", "got", 1]])) == 1


def test_an_event_that_is_missing_leaves_those_of_the_same_place_beside_each_other() -> None:
    begin, warned, got = ["t0:1", "begin await"], ["t0:1", "warned", "x"], ["t0:1", "got", 1]
    [hunk] = hunks([begin, warned, got], [begin, got])
    assert (hunk.place, hunk.native_event, hunk.subject_event) == (1, warned, None)


def test_another_end_of_one_place_is_one_hunk() -> None:
    [hunk] = hunks([["s0", "returned", 1]], [["s0", "raised", error(CANCELLED)]])
    assert (hunk.native_event, hunk.path) == (["s0", "returned", 1], ())


def test_each_field_of_a_state_is_a_hunk_of_its_own() -> None:
    native = [["s0", "state", {"tasks": {"1": {"cancelling": 0}}, "handler": "default"}]]
    control = [["s0", "state", {"tasks": {"1": {"cancelling": 1}}, "handler": "default"}]]
    subject = [["s0", "state", {"tasks": {"1": {"cancelling": 1}}, "handler": "own"}]]
    found = compare(native, subject, control)
    assert [hunk.path for hunk in found.own] == [(2, "tasks", "1", "cancelling")]
    assert [hunk.path for hunk in found.left] == [(2, "handler")]


def test_an_exception_of_another_class_is_one_hunk() -> None:
    [hunk] = hunks(
        [["s0", "raised", error(CANCELLED, "x")]], [["s0", "raised", error("builtins.KeyboardInterrupt")]]
    )
    assert hunk.path == (2,)


def test_one_exception_more_does_not_change_those_that_come_after_it() -> None:
    later = [["t0:1", "raised", error(CANCELLED, number=0)], ["s0", "raised", error(CANCELLED, number=0)]]
    moved = [["t0:1", "raised", error(CANCELLED, number=1)], ["s0", "raised", error(CANCELLED, number=1)]]
    [hunk] = hunks(later, [["t0:0", "raised", error(CANCELLED, number=0)], *moved])
    assert hunk.native is None


def test_another_object_on_the_way_differs_there_and_not_where_it_is_handed_on() -> None:
    places = ["t1:0", "t1", "t0:1", "t0", "s0"]
    native = [[place, "raised", error(CANCELLED, number=0)] for place in places]
    subject = [[place, "raised", error(CANCELLED, number=int(place[:2] != "t1"))] for place in places]
    [hunk] = hunks(native, subject)
    assert (hunk.event[0], hunk.path) == ("t0:1", (2, "object"))


def test_an_exception_that_is_another_object_differs_in_just_that() -> None:
    native = [["t0:1", "raised", error(CANCELLED, number=0)], ["s0", "raised", error(CANCELLED, number=0)]]
    subject = [["t0:1", "raised", error(CANCELLED, number=0)], ["s0", "raised", error(CANCELLED, number=1)]]
    [hunk] = hunks(native, subject)
    assert hunk.path == (2, "object")


def test_equal_traces_are_compared_thousands_a_second() -> None:
    native: Trace = [[f"t1:{place}", "raised", error(CANCELLED, number=place)] for place in range(100)]
    copy: Trace = [[*event[:2], dict(event[2])] for event in native]
    seconds = min(_seconds(native, copy) for _ in range(5))
    assert seconds < 1 / 2_000


def test_long_traces_with_nothing_in_common_are_compared_in_seconds() -> None:
    random.seed(1)
    native, subject = (
        [[f"t1:{random.randrange(50)}", "got", random.randrange(3)] for _ in range(900)] for _ in range(2)
    )
    assert _seconds(native, subject) < 10
    assert applied(native, hunks(native, subject)) == canonical(subject)


def _seconds(native: Trace, subject: Trace) -> float:
    started = time.perf_counter()
    hunks(native, subject)
    return time.perf_counter() - started


PROGRAM = {
    "runners": [{"debug": None, "factory": False}],
    "script": [{"op": "run", "runner": 0, "label": 1, "context": None, "body": [{"op": "await", "of": 2}]}],
}
NATIVE: Trace = [["t1:0", "raised", error(CANCELLED, "x")], ["s0", "state", {"handler": "default"}]]
SUBJECT: Trace = [["t1:0", "raised", error(CANCELLED)], ["s0", "state", {"handler": "own"}]]


def test_a_kind_names_the_operation_what_happened_the_classes_and_the_field() -> None:
    first, second = hunks(NATIVE, SUBJECT)
    assert kind(first, PROGRAM) == Kind("await", "raised", "raised", (CANCELLED,), ("args",))
    assert str(kind(first, PROGRAM)) == "await: raised, CancelledError, differs in args"
    assert kind(second, PROGRAM) == Kind("run", "state", "state", (), ("handler",), ("default", "own"))
    assert str(kind(second, PROGRAM)) == "run: state, differs in handler: default → own"


def test_a_kind_does_not_say_which_task_it_was() -> None:
    one, other = (
        hunks([["s0", "state", {label: {"cancelling": 0}}]], [["s0", "state", {label: {"cancelling": 1}}]])[0]
        for label in "12"
    )
    assert kind(one, PROGRAM) == kind(other, PROGRAM)


def test_the_interpreter_s_own_are_counted_by_kind_with_the_first_program_of_each() -> None:
    counted = Kinds()
    counted.add(hunks(NATIVE, SUBJECT), PROGRAM, "1")
    counted.add(hunks(NATIVE, SUBJECT)[:1], PROGRAM, "2")
    assert [(str(of), count, first) for of, count, first in counted] == [
        ("await: raised, CancelledError, differs in args", 2, "1"),
        ("run: state, differs in handler: default → own", 1, "1"),
    ]


def state_kind(first: object, second: object, field: str) -> Kind:
    [hunk] = hunks([["s0", "state", {field: first}]], [["s0", "state", {field: second}]])
    return kind(hunk, PROGRAM)


def test_two_values_of_one_field_of_a_state_are_two_kinds() -> None:
    assert state_kind("none", "open", "loop") != state_kind("none", "closed", "loop")


def test_numbers_of_a_state_are_told_by_whether_there_are_more_or_less() -> None:
    assert state_kind(0, 1, "threads") == state_kind(2, 3, "threads") != state_kind(1, 0, "threads")


def test_what_a_program_has_put_into_a_variable_makes_no_kind() -> None:
    assert state_kind(["x"], [""], "variables") == state_kind(["unset"], [1], "variables")


def test_values_that_have_one_word_are_not_told() -> None:
    assert str(state_kind([["a"]], [["a"], ["b"]], "executors")) == "run: state, differs in executors"


def test_what_a_task_came_to_is_part_of_its_kind() -> None:
    done, *others = (
        hunks([["t1:0", "state", "task 2", "pending"]], [["t1:0", "state", "task 2", *ending]])[0]
        for ending in (["result", 1], ["exception", error(CANCELLED)], ["result", 2])
    )
    assert kind(done, PROGRAM) != kind(others[0], PROGRAM)
    assert kind(done, PROGRAM) == kind(others[1], PROGRAM)


BEGIN, CALLED, ENDED = ["t0", "begin"], ["t0:0.0.0", "called back", "task 0"], ["t0", "returned", 1]
RAISED = ["s1", "raised", error("builtins.TypeError")]


def test_who_does_as_the_control_and_leaves_out_an_event_differs_in_that() -> None:
    control: Trace = [BEGIN, CALLED, ENDED]
    found = compare([RAISED], [BEGIN, ENDED], control)
    assert [(hunk.native_event, hunk.subject_event) for hunk in found.left] == [(CALLED, None)]


def test_who_does_as_native_where_the_control_does_more_does_not_differ() -> None:
    warned, state = ["s1", "warned", "x"], ["s1", "state", {"threads": 0}]
    more = ["s1", "state", {"threads": 1}]
    found = compare([RAISED, state], [RAISED, more], [RAISED, warned, more])
    assert found.left == ()


def test_what_the_control_does_too_in_another_form_is_told_once() -> None:
    other = ["t0:0.0.0", "called back", "task 1"]
    found = compare([RAISED], [BEGIN, other, ENDED], [BEGIN, CALLED, ENDED])
    assert [(hunk.native_event, hunk.subject_event) for hunk in found.left] == [(None, other)]
