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

from conformance.differential.comparing import compare
from conformance.differential.corpus import read_corpus
from conformance.differential.divergences import explain
from conformance.differential.divergences_file import DIVERGENCES, read_divergences
from conformance.differential.hunks import Hunk
from conformance.differential.program import refuse_malformed, size, walk
from conformance.records import Implementation, Loop
from miniatures import interpreter_or_skip
from planted.catalogue import PLANTED, RIGHT
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


def differences(series: str, name: str, witness: str) -> tuple[Hunk, ...]:
    """What is left between native and an implementation when the interpreter's own is taken away."""
    here = traces(series)
    return compare(traces(ORACLE)["native"][witness], here[name][witness], here["control"][witness]).left


def declared(series: str, name: str) -> dict[str, tuple[Hunk, ...]]:
    """What the declared divergences of runner_backport would take of what a planted one's witness shows."""
    names = {saved.name for saved in read_corpus()}
    found: dict[str, tuple[Hunk, ...]] = {}
    for loop in ("asyncio", "uvloop"):
        # They are tried on asyncio: what is declared for another loop is not to be too wide either.
        cell = evolve(
            subject_cell(),
            implementation=Implementation("runner_backport"),
            interpreter=evolve(subject_cell().interpreter, version=f"{series}.0"),
            loop=Loop(loop, ""),
        )
        left = differences(series, name, name)
        explained = explain(left, WITNESSES[name], cell, read_divergences(DIVERGENCES, names))
        found.update(explained.declared)
    return found


each = pytest.mark.parametrize("name", PLANTED)
on_each = pytest.mark.parametrize("series", ["3.8", "3.9", ORACLE])


@each
@on_each
def test_a_planted_one_is_wrong(series: str, name: str) -> None:
    if tuple(map(int, series.split("."))) < PLANTED[name].python:
        assert differences(series, name, name) == differences(series, "right", name)
    else:
        assert differences(series, name, name) != differences(series, "right", name)


@each
@on_each
def test_the_right_one_is_not(series: str, name: str) -> None:
    assert differences(series, "right", name) == ()


@each
@on_each
def test_no_declared_divergence_takes_anything_of_it(series: str, name: str) -> None:
    assert declared(series, name) == {}


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
