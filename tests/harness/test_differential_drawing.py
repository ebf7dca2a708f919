"""What drawn programs are like: a person who looks for bugs would want each of these to come up often enough."""

from __future__ import annotations

from collections import Counter
from functools import cache
from statistics import mean
from typing import Any

from conformance.differential.census import Census
from conformance.differential.drawing_scope import wants
from conformance.differential.operations import FORMS
from conformance.differential.program import canonical, size, walk
from conformance.differential.stream import draw_block

BLOCKS = 40


@cache
def some() -> list[Any]:
    return [program for block in range(BLOCKS) for program in draw_block(7, block).programs]


def test_no_two_programs_are_the_same() -> None:
    assert len({canonical(program) for program in some()}) == len(some())


def test_programs_are_small_with_a_heavy_tail() -> None:
    sizes = sorted(map(size, some()))
    assert 9 <= mean(sizes) <= 16
    assert sizes[len(sizes) // 10] <= 6
    assert sizes[-len(sizes) // 50] >= 28
    assert sizes[-1] <= 150


def test_nearly_every_operation_is_drawn_within_a_few_hundred_programs() -> None:
    census = Census()
    for program in some():
        census.count(program)
    # Some are rare: see to the whole budget's in the census's own test.
    assert len([name for name in FORMS if census.operations[name]]) >= len(FORMS) - 4


def test_programs_leave_out_most_groups_another_ones_each_time() -> None:
    groups = Counter(
        frozenset(FORMS[operation["op"]].group for _, operation in walk(program)) for program in some()
    )
    assert mean(len(each) for each in groups.elements()) < len({form.group for form in FORMS.values()}) / 2
    assert len(groups) > len(some()) / 2


def test_what_is_gathered_is_mostly_several_different_things_and_sometimes_one_twice() -> None:
    gathered = [
        operation["of"] for each in some() for _, operation in walk(each) if operation["op"] == "gather"
    ]
    assert len(gathered) >= 10
    assert sum(len(set(of)) > 1 for of in gathered) / len(gathered) > 0.4
    programs = [program for block in range(BLOCKS, 4 * BLOCKS) for program in draw_block(7, block).programs]
    more = [
        operation["of"] for each in programs for _, operation in walk(each) if operation["op"] == "gather"
    ]
    assert any(len(set(of)) < len(of) for of in more)
    assert [] in more


def test_labels_mostly_name_what_the_program_makes_but_not_always() -> None:
    named, made = 0, 0
    for program in some():
        labels = {operation["label"] for _, operation in walk(program) if "label" in operation}
        for _, operation in walk(program):
            if type(operation.get("of")) is int:
                named += 1
                made += operation["of"] in labels
    assert 0.97 < made / named <= 1


def test_a_group_of_level_none_is_left_out_and_others_come_by_their_weights() -> None:
    table = {"a": ("left out", 5), "b": ("rare", 2), "c": ("often", 2), "d": ("often", 4)}
    found = Counter(wants({"left out": 0, "rare": 1, "often": 4}, table))
    assert found["a"] == 0
    assert found["b"] < found["c"] < found["d"]


def test_no_table_has_more_entries_than_a_die_has_sides() -> None:
    table = {str(number): ("group", number) for number in range(1, 91)}
    found = wants({"group": 4}, table)
    assert set(found) == set(table)
    assert len(found) <= 100
