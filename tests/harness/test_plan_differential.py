"""The cells of the differential suite: who is judged, against what, and by which control."""

from __future__ import annotations

import pytest
from attrs import evolve

from conformance.configuration import Configuration
from conformance.errors import UsageError
from conformance.plan import Found, Selection
from conformance.plan.differential import DifferentialPlan, differential_cells, is_control
from conformance.records import Implementation
from miniatures import ASYNCIO, NATIVE
from results import UVLOOP, interpreter

VERSIONS = ("3.8.18", "3.11.7", "3.12.1")
MINE = Implementation("mine", "mine:Runner", path=None)
TASK = Implementation("task", task="mine:Task")
ORACLE = "differential/native/3.11.7/asyncio"


def plan(
    *implementations: str, loops: tuple[str, ...] = ("asyncio",), mine: Implementation = MINE
) -> DifferentialPlan:
    configuration = Configuration(
        loops={loop.name: loop for loop in (ASYNCIO, UVLOOP)},
        implementations={each.name: each for each in (mine, TASK, NATIVE)},
        default=("mine",),
    )
    found = Found(tuple(interpreter(version) for version in VERSIONS), ())
    return differential_cells(configuration, Selection(loops, implementations), found)


def names(made: DifferentialPlan) -> list[str]:
    return [cell.name for cell in made.judged]


def test_by_default_the_default_ones_are_judged_and_native_where_it_is_newer() -> None:
    assert names(plan()) == [
        "differential/mine/3.8.18/asyncio",
        "differential/mine/3.11.7/asyncio",
        "differential/mine/3.12.1/asyncio",
        "differential/native/3.12.1/asyncio",
    ]


def test_all_are_judged_against_native_311_on_the_same_loop() -> None:
    made = plan(loops=())
    assert {(cell.loop.name, cell.baseline) for cell in made.judged} == {
        ("asyncio", ORACLE),
        ("uvloop", "differential/native/3.11.7/uvloop"),
    }
    assert made.plan.cell(ORACLE).baseline is None


def test_below_311_the_control_is_the_harness_s_own() -> None:
    control = plan().controls["differential/mine/3.8.18/asyncio"]
    assert control.name == "differential/control/3.8.18/asyncio"
    assert is_control(control)


def test_from_311_on_it_is_native_and_on_the_oracle_s_interpreter_there_is_none() -> None:
    controls = plan("mine").controls
    control = controls["differential/mine/3.12.1/asyncio"]
    assert control.name == "differential/native/3.12.1/asyncio"
    assert not is_control(control)
    assert "differential/mine/3.11.7/asyncio" not in controls


def test_native_by_name_is_judged_against_itself_too() -> None:
    assert names(plan("native")) == [
        "differential/native-again/3.11.7/asyncio",
        "differential/native/3.12.1/asyncio",
    ]


def test_an_implementation_is_judged_where_it_is_for() -> None:
    made = plan("mine", mine=evolve(MINE, python="<3.11"))
    assert names(made) == ["differential/mine/3.8.18/asyncio"]


def test_an_implementation_without_a_runner_leaves_nothing_to_judge() -> None:
    with pytest.raises(UsageError, match="Nothing is left to judge"):
        plan("task")


def test_each_cell_is_provided_for_once() -> None:
    all_names = [cell.name for cell in plan().all]
    assert sorted(all_names) == sorted([*names(plan()), ORACLE, "differential/control/3.8.18/asyncio"])
