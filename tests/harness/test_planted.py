"""What is planted is wrong, as its witness shows, and what it is planted in is right: so that each can be found."""

from __future__ import annotations

import ast
import functools
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from conformance.differential.program import refuse_malformed, size, walk
from conformance.execute.programs import Answer
from conformance.records import Cell, Loop
from miniatures import interpreter_or_skip
from planted.catalogue import PLANTED, RIGHT
from planted_judging import PlantedJudge, References, Shown
from results import subject_cell

HERE = Path(__file__).parent
ORACLE = "3.11"
MOST_OPERATIONS = 6
MOST_LINES = 16
"""Of a change."""
WITNESSES: dict[str, Any] = json.loads((HERE / "planted" / "witnesses.json").read_text(encoding="utf-8"))
Traces = dict[str, dict[str, Any]]
"""By implementation and witness."""


def to_try(series: str) -> list[tuple[str, list[Any], list[tuple[str, Any]]]]:
    """Whom to try with what: each planted one with its witness, the right one, native and the control with all of them."""
    everything = list(WITNESSES.items())
    planted = [
        (name, [one.runner, one.run, False], [(name, WITNESSES[name])]) for name, one in PLANTED.items()
    ]
    right = ("right", [RIGHT, f"{RIGHT}.run_function", False], everything)
    control = ("control", [None, None, True], everything)
    native = [("native", [None, None, False], everything)] if series == ORACLE else []
    return [*planted, right, control, *native]


@functools.cache
def tried(series: str) -> subprocess.CompletedProcess[str]:
    told = {
        "loop": "asyncio:new_event_loop",
        "implementations": [
            [*names, [program for _, program in programs]] for _, names, programs in to_try(series)
        ],
    }
    path = os.pathsep.join(map(str, (HERE, HERE.parents[1])))
    return subprocess.run(
        [str(interpreter_or_skip(series).executable), "-m", "planted.trying"],
        input=json.dumps(told),
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@functools.cache
def traces(series: str) -> Traces:
    ended = tried(series)
    assert ended.returncode == 0, ended.stderr
    found: Traces = {}
    for (name, _, programs), seen in zip(to_try(series), json.loads(ended.stdout), strict=True):
        found[name] = {witness: trace for (witness, _), trace in zip(programs, seen, strict=True)}
    return found


@functools.cache
def judge() -> PlantedJudge:
    return PlantedJudge()


def references(series: str, witness: str) -> References:
    return References(
        *(
            Answer(json.dumps(traces(of)[name][witness]).encode())
            for of, name in ((ORACLE, "native"), (series, "right"), (series, "control"))
        )
    )


def cell_of(series: str, loop: str = "asyncio") -> Cell:
    cell = subject_cell()
    return evolve(cell, interpreter=evolve(cell.interpreter, version=f"{series}.0"), loop=Loop(loop, ""))


def shown(series: str, name: str, loop: str = "asyncio") -> Shown:
    """What a planted one's witness shows of it, by the declarations for a loop; it is tried on asyncio in any case."""
    answer = Answer(json.dumps(traces(series)[name][name]).encode())
    return judge().shown(cell_of(series, loop), WITNESSES[name], answer, references(series, name))


each = pytest.mark.parametrize("name", PLANTED)
on_each = pytest.mark.parametrize("series", ["3.8", "3.9", ORACLE])


@each
@on_each
def test_a_planted_one_is_wrong(series: str, name: str) -> None:
    is_wrong = tuple(map(int, series.split("."))) >= PLANTED[name].python
    assert bool(shown(series, name).left) is is_wrong


@each
@on_each
def test_the_right_one_is_not(series: str, name: str) -> None:
    judged = judge().right(cell_of(series), WITNESSES[name], references(series, name))
    assert judged.left == ()


@each
@on_each
@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_no_declared_divergence_takes_anything_of_it(series: str, name: str, loop: str) -> None:
    assert shown(series, name, loop).declared == {}


@each
def test_its_witness_is_a_small_program(name: str) -> None:
    refuse_malformed(WITNESSES[name])
    assert size(WITNESSES[name]) <= MOST_OPERATIONS


@each
def test_the_operation_that_shows_it_is_in_its_witness(name: str) -> None:
    assert PLANTED[name].shown_by in [operation["op"] for _, operation in walk(WITNESSES[name])]


@each
def test_it_says_what_is_wrong(name: str) -> None:
    assert PLANTED[name].wrong.endswith(".")


def test_each_has_a_witness() -> None:
    assert set(WITNESSES) == set(PLANTED)


def test_each_is_a_small_change() -> None:
    for module in {planted.runner.partition(":")[0].rpartition(".")[2] for planted in PLANTED.values()}:
        source = HERE / "planted" / f"{module}.py"
        for node in ast.parse(source.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                # Behind the docstring and what shows it.
                changed = [part for part in node.body if isinstance(part, ast.FunctionDef | ast.ClassDef)]
                lines = sum((part.end_lineno or 0) - part.lineno + 1 for part in changed)
                assert lines <= MOST_LINES, node.name
