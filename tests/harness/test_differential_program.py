"""What is a program, what is none, and how one finds one's way about in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.differential.drawing import programs
from conformance.differential.operations import FORMS, Place
from conformance.differential.program import (
    DEEPEST,
    at,
    canonical,
    full_path,
    place_of,
    refuse_malformed,
    size,
    walk,
)
from conformance.errors import UsageError

SLEEP = {"op": "sleep"}
GET = {"op": "get", "var": 0}
TRY = {
    "op": "try",
    "body": [SLEEP],
    "catch": "CancelledError",
    "handler": [{"op": "current_task"}],
    "then": "swallow",
    "finally": [SLEEP, GET],
}
CHILD = {
    "op": "create",
    "how": "create_task",
    "label": 5,
    "body": [SLEEP, TRY],
    "name": None,
    "context": None,
}
FOR = {
    "op": "async_for",
    "label": 7,
    "items": [[], [{"op": "all_tasks"}]],
    "body": [SLEEP],
    "finally": [GET],
    "leave": 1,
}


def run(*body: Any, **fields: Any) -> dict[str, Any]:
    return {"op": "run", "runner": 0, "label": 0, "body": list(body), "context": None, **fields}


def program(*script: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(
        json.dumps({"runners": [{"debug": None, "factory": True}], "script": script})
    )
    return made


@given(programs())
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_what_is_drawn_is_well_formed(drawn: dict[str, Any]) -> None:
    refuse_malformed(drawn)


@given(programs(), st.data())
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_without_any_one_operation_a_program_stays_well_formed(
    drawn: dict[str, Any], data: st.DataObject
) -> None:
    before = size(drawn)
    path, operation = data.draw(st.sampled_from(list(walk(drawn))))
    inside = size({"script": [operation]})
    body, index = place_of(drawn, path)
    del body[index]
    refuse_malformed(drawn)
    assert size(drawn) == before - inside


@given(programs())
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_the_canonical_text_says_all_of_a_program(drawn: dict[str, Any]) -> None:
    text = canonical(drawn)
    assert json.loads(text) == drawn
    assert canonical(json.loads(text)) == text
    assert "\n" not in text


def test_the_canonical_text_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical(program(dict(reversed(run().items())))) == canonical(program(run()))


@given(programs())
@settings(max_examples=60, deadline=None, derandomize=True, database=None)
def test_each_operation_is_found_by_its_path(drawn: dict[str, Any]) -> None:
    paths = [path for path, _ in walk(drawn)]
    assert len(set(paths)) == len(paths) == size(drawn)
    for path, operation in walk(drawn):
        assert at(drawn, path) is operation


def test_a_path_names_indices_and_bodies_in_turn() -> None:
    tried = program(GET, run(SLEEP, TRY))
    assert at(tried, "s1.0.1.0.0") == SLEEP
    assert at(tried, "s1.0.1.1.0") == {"op": "current_task"}
    assert at(tried, "s1.0.1.2.1") == GET


def test_the_bodies_of_a_generator_come_after_the_others() -> None:
    looped = program(run(FOR))
    assert at(looped, "s0.0.0.0.0") == SLEEP
    assert at(looped, "s0.0.0.1.0") == GET
    assert at(looped, "s0.0.0.3.0") == {"op": "all_tasks"}


def test_the_origin_of_an_event_is_found_in_the_body_of_its_task() -> None:
    made = program(run(SLEEP, CHILD))
    assert full_path(made, "t5:1.2.0") == "s0.0.1.0.1.2.0"
    assert at(made, "t5:1.2.1") == GET
    assert at(made, "t0:0") == SLEEP


def test_of_two_tasks_with_a_label_the_first_that_has_the_place_counts() -> None:
    longer = {**CHILD, "body": [SLEEP, GET]}
    twice = program(run({**CHILD, "body": [SLEEP]}, longer))
    assert full_path(twice, "t5:0") == "s0.0.0.0.0"
    assert full_path(twice, "t5:1") == "s0.0.1.0.1"


@pytest.mark.parametrize(
    "path", ["s9", "s0.0.9", "s0.7.0", "s0.0", "s", "", "end", "t9:0", "t5:9", "sx", "t5", "s-1"]
)
def test_a_path_that_leads_nowhere_is_a_key_error(path: str) -> None:
    with pytest.raises(KeyError):
        at(program(run(SLEEP, CHILD)), path)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ([], "an object with the keys runners and script"),
        ({"script": []}, "an object with the keys runners and script"),
        ({"runners": [], "script": []}, "a list of one or more"),
        (
            {"runners": [{"debug": None}], "script": []},
            "runner 0 is no object with the keys debug and factory",
        ),
        (
            {"runners": [{"debug": 1, "factory": True}], "script": []},
            "runner 0 has debug = 1. It takes one of null, false, true.",
        ),
        ({"runners": [{"debug": None, "factory": True}], "script": {}}, "The program's s is no list"),
        (program(1), "operation s0 has no known op: null"),
        (program({"op": ["run"]}), "operation s0 has no known op"),
        (program({"op": "jump"}), 'operation s0 has no known op: "jump"'),
        (program(SLEEP), "operation s0 is sleep, which does not stand in the script"),
        (program(run(run())), "operation s0.0.0 is run, which does not stand in a coroutine"),
        (program(run({**GET, "var": 3})), "s0.0.0 (get) has var = 3. It takes a variable, 0 to 2."),
        (program(run({**GET, "var": True})), "s0.0.0 (get) has var = true"),
        (program(run({"op": "get"})), "s0.0.0 (get) lacks var. Its fields are op, var."),
        (program(run({**SLEEP, "for": 1})), "s0.0.0 (sleep) has the unknown field for"),
        (
            program(run({**FOR, "items": 1})),
            "(async_for) has items = 1. It takes a list of lists of operations.",
        ),
        (program(run({**FOR, "items": [1]})), "The program's s0.0.0.2. is no list"),
        (program(run({**TRY, "catch": "KeyError"})), "It takes one of null, CancelledError"),
        (program(run({"op": "return", "value": 2})), "(return) has value = 2"),
        (program(run({**CHILD, "how": "ensure_future", "name": "n"})), "It takes none: name is null."),
        (program(run({**CHILD, "context": 0})), "Only loop_create_task takes one."),
        (
            program(run({"op": "call_soon", "context": None, "body": [SLEEP]})),
            "operation s0.0.0.0.0 is sleep, which does not stand in a callback",
        ),
    ],
)
def test_what_is_no_program_is_refused_by_a_sentence_that_names_the_place(wrong: object, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        refuse_malformed(wrong)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_program_of_any_depth_is_refused_or_read() -> None:
    body: list[Any] = []
    for _ in range(500):
        body = [{"op": "call", "body": body}]
    with pytest.raises(UsageError, match=f"At most {DEEPEST} operations nest"):
        refuse_malformed({"runners": [{"debug": None, "factory": True}], "script": [run(*body)]})


@pytest.mark.parametrize("value", [None, False, True, 0, 1, "", "x", [], -1])
def test_every_value_is_told_from_those_it_is_equal_to(value: object) -> None:
    refuse_malformed(program(run({"op": "return", "value": value})))


@pytest.mark.parametrize("value", [0.0, 1.0, {}, "y", [0]])
def test_what_is_only_equal_to_a_value_is_refused(value: object) -> None:
    with pytest.raises(UsageError):
        refuse_malformed(program(run({"op": "return", "value": value})))


def test_in_a_script_a_context_runs_steps() -> None:
    refuse_malformed(program({"op": "context_run", "context": 0, "body": [{"op": "close", "runner": 0}]}))
    with pytest.raises(UsageError, match="close, which does not stand in a callback"):
        refuse_malformed(
            program(run({"op": "context_run", "context": 0, "body": [{"op": "close", "runner": 0}]}))
        )


def test_the_worker_performs_what_the_table_names_wherever_that_may_stand() -> None:
    # Its tables are filled by this import.
    from conformance.worker.programs import operations  # noqa: F401
    from conformance.worker.programs.bodies import AWAITS, CALLS, STEPS

    def standing_in(*places: Place) -> set[str]:
        return {form.name for form in FORMS.values() if form.places & set(places)}

    assert set(CALLS) >= standing_in(Place.CALLBACK, Place.JOB)
    assert set(CALLS) | set(AWAITS) == standing_in(Place.CALLBACK, Place.JOB, Place.COROUTINE)
    assert set(STEPS) == standing_in(Place.SCRIPT)
