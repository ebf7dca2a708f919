"""The long session of generated programs: what it measures, and that it fails for each bound that is not kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

import soak_programs
from fake_programs import COLLECT, LOOP, Fakes, program
from miniatures import interpreter_or_skip
from soak_programs import LEAST_A_SECOND, MOST_GROWTH, Course, Steady, main, steady, unkept

SAME = [Steady("differential/native/3.11.7/asyncio", 1_000, ())]
COURSE = Course(1_000, 12, 5.0, (), (), (1 << 26,) * 20)


def test_what_keeps_all_bounds_is_not_complained_of() -> None:
    assert unkept(SAME, COURSE, COURSE) == []


def test_a_program_with_two_traces_is_complained_of() -> None:
    [said] = unkept([*SAME, Steady("cell", 1_000, ("1.7", "1.9"))], COURSE, COURSE)
    assert said == "cell: the same program has more than one trace: 1.7, 1.9."


def test_a_difference_of_native_from_itself_is_complained_of() -> None:
    [said] = unkept(SAME, evolve(COURSE, differences=("get: got",)), COURSE)
    assert said == "Native against native differs: get: got."


def test_a_difference_of_ours_is_for_fuzz_to_complain_of() -> None:
    assert unkept(SAME, COURSE, evolve(COURSE, differences=("get: got",))) == []


@pytest.mark.parametrize("which", [0, 1])
def test_a_cell_that_gave_up_is_complained_of(which: int) -> None:
    courses = [COURSE, COURSE]
    courses[which] = evolve(COURSE, unasked=("cell",))
    assert unkept(SAME, *courses) == ["cell was not asked all programs."]


def test_too_few_programs_a_second_are_complained_of() -> None:
    slow = evolve(COURSE, seconds=COURSE.programs / (LEAST_A_SECOND - 1))
    [said] = unkept(SAME, COURSE, slow)
    assert "99 programs a second are fewer than 100" in said
    # Fewer cells are native's, which proves nothing.
    assert unkept(SAME, slow, COURSE) == []


def test_memory_that_grows_is_complained_of() -> None:
    growing = tuple((1 << 26) + MOST_GROWTH * step // 10 for step in range(20))
    [said] = unkept(SAME, evolve(COURSE, memory=growing), COURSE)
    assert "memory grows" in said


def test_memory_that_is_taken_at_first_is_no_growth() -> None:
    assert evolve(COURSE, memory=(1 << 20, 1 << 20, *COURSE.memory[2:])).growth == 0


def test_a_program_that_does_not_do_the_same_each_time_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def few(_seed: int) -> Iterator[tuple[str, dict[str, Any]]]:
        yield from [("1.0", program(LOOP)), ("1.1", program(COLLECT))]

    monkeypatch.setattr(soak_programs, "drawn", few)
    fakes = Fakes(tmp_path)
    plan = fakes.plan("Once", "Right")
    with fakes.cells(plan) as cells:
        found = {one.cell.split("/")[1]: one.differing for one in steady(plan, cells, 1, 50)}
    assert found == {"native": (), "once": ("1.1",), "right": ()}


def test_it_runs_again_and_again_in_fresh_workers_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soak_programs, "drawn", lambda _seed: iter([("1.0", program(LOOP))]))
    monkeypatch.setattr(soak_programs, "_BATCH", 1)
    fakes = Fakes(tmp_path)
    plan = fakes.plan("Wrong")
    with fakes.cells(plan) as cells:
        steady(plan, cells, 1, 30)
    assert fakes.started().count("Wrong") == 1 + 3


@pytest.mark.parametrize(("least", "status"), [(0.0, 0), (float("inf"), 1)])
def test_a_little_of_it_with_real_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: float, status: int
) -> None:
    interpreter_or_skip("3.11")
    monkeypatch.setattr(soak_programs, "LEAST_A_SECOND", least)
    out = tmp_path / "soak.json"
    narrow = ["--scale", "0.001", "--python", "3.11", "--loop", "asyncio"]
    assert main([*narrow, "--out", str(out)]) == status
    document = json.loads(out.read_text())
    assert [one["differing"] for one in document["same"]] == [[]] * len(document["same"])
    assert (document["native"]["programs"], document["native"]["differences"]) == (100, [])
    assert len(document["not kept"]) == status
