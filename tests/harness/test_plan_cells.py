"""The plan: which cells there are, and what each is judged against, as design.md has it."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from conformance.configuration import Configuration
from conformance.errors import ExitStatus, PlanError, UsageError
from conformance.plan import Found, Selection, cells, make_plan
from conformance.records import Cell, Implementation, Interpreter, Loop, Missing, Mode, Plan, Suite
from results import ASYNCIO, UVLOOP, interpreter

TAGS = ("v3.8.18", "v3.9.18", "v3.10.13", "v3.11.7", "v3.12.1", "v3.13.0")
NATIVE = Implementation("native", "asyncio:Runner", run="asyncio:run", task="asyncio:Task")
OURS = Implementation("ours", "ours:Runner", run="ours:run", task="ours:Task")
OWN = Implementation("own", "ours._runner:Runner", python=">=3.11")
OLD = Implementation("old", "old:Runner", python=">=3.8,<3.11")
MISSING = Missing("3.11", "Install it.")


def configuration(*implementations: Implementation, default: tuple[str, ...] = ("ours",)) -> Configuration:
    loops = {loop.name: loop for loop in (ASYNCIO, UVLOOP)}
    return Configuration(loops, {entry.name: entry for entry in (NATIVE, *implementations)}, default)


def found(*versions: str) -> Found:
    return Found(tuple(interpreter(version) for version in versions), ())


def plan_of(
    *versions: str, suite: str = "*", loop: str = "asyncio", implementation: tuple[str, ...] = ()
) -> Plan:
    selection = Selection((loop,), implementation, (suite,))
    return make_plan(configuration(OURS, OWN, OLD), selection, found(*versions), TAGS)


def against(plan: Plan) -> dict[str, str]:
    """Each judged cell, and the baseline by which it is judged."""
    return {cell.name: cell.baseline for cell in plan.cells if cell.baseline is not None}


def test_runners_below_311_are_judged_against_native_311_on_the_same_loop() -> None:
    plan = plan_of("3.8.18", "3.10.13", "3.11.7", suite="runners", loop="*")
    judged = against(plan)
    for version in ("3.8.18", "3.10.13"):
        for loop in ("asyncio", "uvloop"):
            assert judged[f"runners/ours/{version}/{loop}"] == f"runners/native/3.11.7/{loop}"


@pytest.mark.parametrize("version", ["3.11.7", "3.12.1", "3.13.0", "3.14.0a1"])
def test_runners_from_311_on_are_judged_against_the_same_interpreter(version: str) -> None:
    judged = against(plan_of(version, "3.11.7", suite="runners"))
    assert judged[f"runners/ours/{version}/asyncio"] == f"runners/native/{version}/asyncio"


def test_tasks_are_judged_below_311_alone_in_both_modes_against_the_stock_task() -> None:
    judged = against(plan_of("3.8.18", "3.9.18", "3.10.13", "3.11.7", "3.13.0", suite="tasks"))
    assert judged == {
        f"tasks{mode}/ours/{version}/asyncio": f"tasks/native/{version}/asyncio"
        for version in ("3.8.18", "3.9.18", "3.10.13")
        for mode in ("", "+context")
    }


def test_tasks_are_not_judged_of_an_implementation_without_a_task() -> None:
    assert list(against(plan_of("3.8.18", "3.11.7", implementation=("old",)))) == [
        "runners/old/3.8.18/asyncio"
    ]


def test_async_case_below_311_is_judged_against_native_311_on_the_same_loop() -> None:
    judged = against(plan_of("3.9.18", "3.10.13", "3.11.7", suite="async_case", loop="*"))
    for version in ("3.9.18", "3.10.13"):
        for loop in ("asyncio", "uvloop"):
            assert judged[f"async_case/ours/{version}/{loop}"] == f"async_case/native/3.11.7/{loop}"


@pytest.mark.parametrize("version", ["3.11.7", "3.13.0", "3.14.0a1"])
def test_async_case_from_311_on_is_judged_against_the_same_interpreter(version: str) -> None:
    judged = against(plan_of(version, "3.11.7", suite="async_case", implementation=("ours", "own")))
    for name in ("ours", "own"):
        assert judged[f"async_case/{name}/{version}/asyncio"] == f"async_case/native/{version}/asyncio"


def test_async_case_is_judged_of_an_implementation_without_a_task() -> None:
    judged = against(plan_of("3.9.18", "3.11.7", suite="async_case", implementation=("old",)))
    assert list(judged) == ["async_case/old/3.9.18/asyncio"]


def test_async_case_is_not_planned_where_its_tests_cannot_pass() -> None:
    versions = ("3.8.20", "3.9.7", "3.9.8", "3.10.0rc2", "3.10.0", "3.10.1", "3.11.7")
    judged = against(plan_of(*versions, suite="async_case"))
    assert [name.split("/")[2] for name in judged] == ["3.9.8", "3.10.1", "3.11.7"]


@pytest.mark.parametrize(("suite", "implementation"), [("async_case", "ours"), ("tasks", "old")])
def test_a_suite_named_that_has_nothing_to_judge_is_refused(suite: str, implementation: str) -> None:
    selection = Selection(("asyncio",), (implementation,), ("runners", suite))
    with pytest.raises(UsageError, match=f"The suite {suite} has nothing to judge in what is selected"):
        # The interpreter whose native Runner is the baseline is found beside those that are asked for.
        make_plan(configuration(OURS, OLD), selection, found("3.8.18"), TAGS)


def test_each_suite_runs_the_file_of_its_tag() -> None:
    plan = plan_of("3.8.18", "3.10.13", "3.11.7", "3.13.0")
    tags = {(cell.suite, cell.interpreter.version): cell.tag for cell in plan.cells}
    assert tags[Suite.TASKS, "3.8.18"] == "v3.8.18"
    assert tags[Suite.TASKS, "3.10.13"] == "v3.10.13"
    assert {tag for (suite, _), tag in tags.items() if suite is not Suite.TASKS} == {"v3.11.7"}


def test_another_release_of_a_series_runs_the_pinned_one() -> None:
    plan = plan_of("3.10.4", "3.11.7", suite="tasks")
    assert {(cell.interpreter.version, cell.tag) for cell in plan.cells} == {("3.10.4", "v3.10.13")}


def test_baselines_come_first_once_each_and_are_judged_against_nothing() -> None:
    plan = plan_of("3.8.18", "3.9.18", "3.11.7", suite="runners")
    baselines = [cell for cell in plan.cells if cell.baseline is None]
    assert list(plan.cells[: len(baselines)]) == baselines
    assert [cell.name for cell in baselines] == ["runners/native/3.11.7/asyncio"]
    assert baselines[0].implementation == NATIVE
    assert baselines[0].mode is Mode.PLAIN


def test_a_loop_that_is_no_default_one_is_judged_where_it_is_asked_for() -> None:
    loops = {loop.name: loop for loop in (ASYNCIO, Loop("third", "third:new"), UVLOOP)}
    declared = evolve(configuration(OURS), loops=loops)

    def judged_on(*asked: str) -> set[str]:
        plan = make_plan(declared, Selection(asked, (), ("runners",)), found("3.11.7"), TAGS)
        return {cell.loop.name for cell in plan.cells}

    assert judged_on() == {"asyncio", "uvloop"}
    assert judged_on("third") == {"third"}
    assert judged_on("*") == {"asyncio", "uvloop", "third"}


def test_names_of_cells_are_unique_and_every_baseline_is_in_the_plan() -> None:
    plan = plan_of("3.8.18", "3.9.18", "3.11.7", "3.12.1", loop="*", implementation=("*",))
    names = [cell.name for cell in plan.cells]
    assert len(set(names)) == len(names)
    assert set(against(plan).values()) <= set(names)


def test_an_implementation_is_judged_where_it_is_declared_for() -> None:
    judged = against(plan_of("3.10.13", "3.11.7", suite="runners", implementation=("own", "old")))
    assert set(judged) == {"runners/old/3.10.13/asyncio", "runners/own/3.11.7/asyncio"}


def test_a_loop_is_used_where_it_is_declared_for() -> None:
    young = Loop("young", "young:new", python=">=3.11")
    loops = {"asyncio": ASYNCIO, "young": young}
    declared = evolve(configuration(OURS), loops=loops, default_loops=tuple(loops))
    plan = make_plan(declared, Selection(suites=("runners",)), found("3.8.18", "3.11.7"), TAGS)
    assert {name for name in against(plan) if name.endswith("young")} == {"runners/ours/3.11.7/young"}


@pytest.mark.parametrize("version", ["3.13.0+", "3.14.0rc1", "3.14.0a1+"])
def test_a_build_of_a_checkout_or_before_a_release_counts_as_its_version(version: str) -> None:
    assert f"runners/own/{version}/asyncio" in against(plan_of(version, implementation=("own",)))


def test_by_default_the_configured_implementations_are_judged() -> None:
    declared = configuration(OURS, OLD, default=("old",))
    plan = make_plan(declared, Selection(), found("3.8.18", "3.11.7"), TAGS)
    assert {cell.implementation.name for cell in plan.cells if cell.baseline} == {"old"}


def test_selections_are_globs_in_the_order_of_the_configuration() -> None:
    judged = against(plan_of("3.10.13", "3.11.7", suite="r*", loop="?vloop", implementation=("ol*", "ou*")))
    assert list(judged) == [
        "runners/ours/3.10.13/uvloop",
        "runners/old/3.10.13/uvloop",
        "runners/ours/3.11.7/uvloop",
    ]


@pytest.mark.parametrize(
    ("selection", "said"),
    [
        (Selection(loops=("trio",)), "No loop is called 'trio'. Known: asyncio, uvloop."),
        (Selection(implementations=("OURS",)), "No implementation is called 'OURS'. Known: native, ours."),
        (Selection(suites=("runners", "x*")), "No suite is called 'x*'. Known: runners, tasks, async_case."),
    ],
)
def test_an_unknown_name_is_answered_with_the_known_ones(selection: Selection, said: str) -> None:
    with pytest.raises(UsageError) as told:
        make_plan(configuration(OURS), selection, found("3.11.7"), TAGS)
    assert str(told.value) == said
    assert told.value.status is ExitStatus.WRONG_USAGE


@pytest.mark.parametrize("version", ["3.8.18", "3.12.1"])
def test_native_is_never_judged_against_itself(version: str) -> None:
    plan = plan_of(version, "3.11.7", implementation=("*",))
    assert {cell.implementation.name for cell in plan.cells if cell.baseline} >= {"ours"}
    assert [cell for cell in plan.cells if cell.baseline and cell.implementation == NATIVE] == []


def test_native_alone_is_refused() -> None:
    with pytest.raises(UsageError) as told:
        plan_of("3.11.7", implementation=("native",))
    assert str(told.value) == (
        "native is what the others are judged against, and is not judged itself. "
        "Name another implementation: ours, own, old."
    )


def test_two_executables_of_one_version_are_refused() -> None:
    one = interpreter("3.12.1")
    two = evolve(one, executable=Path("another/python"))
    with pytest.raises(UsageError) as told:
        make_plan(configuration(OURS), Selection(), Found((one, two), ()), TAGS)
    assert str(told.value) == (
        "bin/python3.12.1 and another/python are both Python 3.12.1. Name one of them."
    )


@pytest.mark.parametrize(("tags", "series"), [(("v3.8.18", "v3.11.7"), "3.9"), (("v3.9.18",), "3.11")])
def test_a_suite_whose_tag_is_not_pinned_is_not_left_out_in_silence(
    tags: tuple[str, ...], series: str
) -> None:
    with pytest.raises(PlanError, match=rf"pins no tag of {series}.*--update v{series}\.N"):
        make_plan(configuration(OURS), Selection(), found("3.9.18", "3.11.7"), tags)


def test_what_was_missing_stays_in_the_plan() -> None:
    some = evolve(found("3.11.7"), missing=(Missing("3.12", "Install it."),))
    assert make_plan(configuration(OURS), Selection(), some, TAGS).missing == some.missing


def test_a_311_that_was_not_wanted_is_found_for_the_baseline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "find_interpreters", lambda _wanted: found("3.11.7"))
    plan = plan_of("3.8.18", suite="runners")
    assert against(plan) == {"runners/ours/3.8.18/asyncio": "runners/native/3.11.7/asyncio"}


def test_without_a_311_there_is_no_judging_below_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "find_interpreters", lambda _wanted: Found((), (MISSING,)))
    with pytest.raises(
        PlanError, match=r"Python 3\.11, whose native Runner .* was not found\. Install it\."
    ) as told:
        plan_of("3.8.18", suite="runners")
    assert told.value.status is ExitStatus.NOT_COMPLETED


def test_without_a_311_tasks_are_judged_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "find_interpreters", lambda _wanted: Found((), (MISSING,)))
    assert len(against(plan_of("3.8.18", suite="tasks"))) == 2


def test_cells_of_equal_needs_share_an_environment() -> None:
    plan = plan_of("3.8.18", "3.11.7")
    by_name: dict[str, Cell] = {cell.name: cell for cell in plan.cells}
    assert (
        by_name["tasks/ours/3.8.18/asyncio"].environment
        == by_name["tasks+context/ours/3.8.18/asyncio"].environment
    )


def test_an_interpreter_is_known_by_its_numbers() -> None:
    assert Interpreter("3.13.0rc1", Path("python"), "").release == (3, 13)
    assert Interpreter("3.8.18", Path("python"), "").series == "3.8"


def test_an_implementation_of_a_task_alone_is_judged_by_the_tasks_suite_alone() -> None:
    alone = Implementation("alone", task="alone:Task")
    plan = make_plan(
        configuration(alone, default=("alone",)), Selection(), found("3.8.18", "3.10.13", "3.11.7"), TAGS
    )
    judged = [cell for cell in plan.cells if cell.baseline is not None]
    assert {cell.suite for cell in judged} == {Suite.TASKS}
    assert {cell.interpreter.series for cell in judged} == {"3.8", "3.10"}


def test_a_task_that_takes_no_context_is_judged_without_one_alone() -> None:
    alone = Implementation("alone", task="alone:Task", context=False)
    plan = make_plan(configuration(alone, default=("alone",)), Selection(), found("3.8.18"), TAGS)
    assert list(against(plan)) == ["tasks/alone/3.8.18/asyncio", "tasks/alone/3.8.18/uvloop"]
