"""The shrinker: what it ends at still differs, and no single cut of that does."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conformance.differential.cuts import single_cuts, weight
from conformance.differential.drawing import programs
from conformance.differential.labels import renumbered
from conformance.differential.program import canonical, refuse_malformed, size, walk
from conformance.differential.shrinking import shrink

Program = dict[str, Any]
Predicate = Callable[[Program], bool]

RUNNER = {"debug": None, "factory": False}
FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def each(predicate: Predicate) -> Callable[[list[Program]], list[bool]]:
    return lambda asked: [predicate(one) for one in asked]


def names(program: Program) -> Counter[str]:
    return Counter(operation["op"] for _, operation in walk(program))


@st.composite
def differing(draw: st.DrawFn) -> tuple[Program, Predicate]:
    """A program and a property of it, of those that bugs have: some operations in it, or something odd about all of it."""
    program = draw(programs())
    if draw(st.booleans()):
        wanted = Counter(
            draw(st.lists(st.sampled_from(sorted(names(program))), min_size=1, max_size=3, unique=True))
        )
        return program, lambda one: names(one) >= wanted
    text, salt = canonical(program), draw(st.binary(max_size=2))
    return program, lambda one: canonical(one) == text or sha256(salt + canonical(one).encode()).digest()[
        0
    ] < 40


@given(differing())
@FEW
def test_what_it_ends_at_still_differs_and_no_single_cut_of_that_does(
    drawn: tuple[Program, Predicate],
) -> None:
    program, predicate = drawn
    before = copy.deepcopy(program)
    found = shrink(program, each(predicate), budget=100_000)
    assert predicate(found.program)
    refuse_malformed(found.program)
    assert found.minimal
    assert not any(map(predicate, single_cuts(found.program)))
    assert weight(found.program) <= weight(program)
    assert program == before


@given(programs())
@FEW
def test_every_cut_is_a_program_and_lighter(program: Program) -> None:
    for one in single_cuts(program):
        refuse_malformed(one)
        assert weight(one) < weight(program)


@given(differing(), st.integers(1, 40))
@FEW
def test_how_many_are_asked_about_at_a_time_changes_nothing(
    drawn: tuple[Program, Predicate], batch: int
) -> None:
    program, predicate = drawn
    assert shrink(program, each(predicate), batch=batch).program == shrink(program, each(predicate)).program


@given(differing())
@FEW
def test_no_program_is_asked_about_twice(drawn: tuple[Program, Predicate]) -> None:
    program, predicate = drawn
    asked: Counter[str] = Counter()

    def still_differs(batch: list[Program]) -> list[bool]:
        asked.update(map(canonical, batch))
        return [predicate(one) for one in batch]

    found = shrink(program, still_differs)
    assert found.asked == asked.total()
    assert set(asked.values()) <= {1}


def run(*body: Program, label: int = 0, runner: int = 0) -> Program:
    return {"op": "run", "runner": runner, "label": label, "body": list(body), "context": None}


def of(*script: Program, runners: int = 1) -> Program:
    program = {"runners": [RUNNER] * runners, "script": list(script)}
    refuse_malformed(program)
    return program


SLEEP: Program = {"op": "sleep"}


def cancel(label: int | str, message: str | None = None) -> Program:
    return {"op": "cancel", "of": label, "message": message}


def attempt(*body: Program, handler: tuple[Program, ...] = (), last: tuple[Program, ...] = ()) -> Program:
    catch = {"catch": "BaseException", "handler": list(handler), "then": "keep"}
    return {"op": "try", "body": list(body), **catch, "finally": list(last)}


def shrunk(program: Program, predicate: Predicate) -> Program:
    assert predicate(program)
    return shrink(program, each(predicate)).program


def has(name: str, **fields: Any) -> Predicate:
    return lambda program: any(
        one["op"] == name and fields.items() <= one.items() for _, one in walk(program)
    )


def test_what_an_operation_holds_takes_its_place() -> None:
    deep = of(run(SLEEP, attempt(attempt(SLEEP, handler=(attempt(last=(cancel("self"),)),)))))
    assert shrunk(deep, has("cancel", of="self")) == of(run(cancel("self")))


def test_runners_that_nothing_needs_are_dropped() -> None:
    several = of(run(runner=2), run(runner=1), run(SLEEP, runner=2), runners=3)
    assert shrunk(several, has("sleep")) == of(run(SLEEP))


def test_two_runs_of_two_runners_become_two_runs_of_one_where_that_differs_too() -> None:
    two = of(run(SLEEP, runner=0), run(SLEEP, runner=1), runners=2)
    assert shrunk(two, lambda one: names(one)["run"] == 2) == of(run(), run(label=1))


def test_values_and_messages_become_simple() -> None:
    program = of(run(cancel("parent", "gone"), {"op": "return", "value": -1}))
    wanted = lambda one: names(one) >= Counter(["cancel", "return"])  # noqa: E731  # what has both
    assert shrunk(program, wanted) == of(run(cancel("self"), {"op": "return", "value": None}))


def test_a_false_value_that_counts_is_kept() -> None:
    program = of(run({"op": "return", "value": 0}))
    assert shrunk(program, lambda one: '"value":0' in canonical(one)) == program


def future(label: int) -> Program:
    return {"op": "future", "label": label}


def wait(label: int) -> Program:
    return {"op": "await", "of": label}


def test_what_is_used_becomes_what_appears_first_where_that_still_differs() -> None:
    program = of(run(future(7), wait(9), label=4))
    kept = of(run(future(1), wait(0), label=0))
    assert shrunk(program, lambda one: names(one) >= Counter(["future", "await"])) == kept


def test_labels_of_different_things_stay_apart() -> None:
    program = of(run(future(2), future(1), wait(2), label=3))
    found = shrunk(program, lambda one: names(one) >= Counter(["future", "future"]))
    assert found == of(run(future(1), future(2), label=0))


def test_things_that_share_a_label_are_given_one_each_where_that_still_differs() -> None:
    def waits_for_a_future(one: Program) -> bool:
        last: dict[int, str] = {}
        for _, operation in walk(one):
            if operation["op"] == "await" and last.get(operation["of"]) == "future":
                return names(one)["future"] > 1
            if "label" in operation:
                last[operation["label"]] = operation["op"]
        return False

    program = of(run(future(0), future(0), wait(0), label=0))
    assert shrunk(program, waits_for_a_future) == of(run(future(1), future(2), wait(1), label=0))


def labels(program: Program) -> list[int]:
    return [operation["label"] for _, operation in walk(program) if "label" in operation]


def test_a_label_is_shared_where_the_difference_needs_it() -> None:
    program = of(run(future(5), label=5))
    assert shrunk(program, lambda one: len(labels(one)) == 2 > len(set(labels(one)))) == of(run(future(0)))


def test_labels_are_numbered_as_they_appear() -> None:
    create = {"op": "create", "how": "create_task", "name": None, "context": None}
    program = of(run({**create, "label": 3, "body": [future(2), wait(2)]}, wait(3), label=9))
    named = of(run({**create, "label": 1, "body": [future(2), wait(2)]}, wait(1), label=0))
    assert renumbered(program) == named
    assert labels(shrunk(program, lambda one: names(one) == names(program))) == [0, 1, 2]


@given(programs())
@FEW
def test_a_program_with_other_numbers_is_as_heavy(program: Program) -> None:
    one = renumbered(program)
    refuse_malformed(one)
    assert weight(one) == weight(program)
    assert renumbered(one) == one


def test_labels_that_have_to_differ_stay_apart_without_a_gap() -> None:
    program = of(run(future(7), wait(9), label=7))

    def differ(one: Program) -> bool:
        found = {operation["op"]: operation for _, operation in walk(one)}
        return {"future", "await"} <= found.keys() and found["future"]["label"] != found["await"]["of"]

    assert {found["op"]: found for _, found in walk(shrunk(program, differ))}["await"]["of"] <= 1


def test_a_way_of_making_a_task_takes_its_name_and_context_along() -> None:
    create = {"op": "create", "how": "loop_create_task", "label": 1, "body": [], "name": "x", "context": 2}
    simple = {**create, "how": "create_task", "name": None, "context": None}
    assert shrunk(of(run(create)), has("create")) == of(run(simple))


def test_where_the_budget_ends_what_was_reached_is_given_back_as_not_minimal() -> None:
    program = of(*[run(*[SLEEP] * 9, cancel("self")) for _ in range(4)])
    found = shrink(program, each(has("cancel")), budget=7)
    assert (found.asked, found.minimal) == (7, False)
    assert has("cancel")(found.program)
    assert size(found.program) <= size(program)


def test_several_programs_are_asked_about_at_once() -> None:
    sizes = []

    def still_differs(batch: list[Program]) -> list[bool]:
        sizes.append(len(batch))
        return [False] * len(batch)

    shrink(of(run(*map(cancel, range(20)))), still_differs, batch=8)
    assert max(sizes) == 8
    assert sum(sizes) / len(sizes) > 2
