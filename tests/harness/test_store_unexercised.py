"""Which tests say nothing about what is judged: learnt once, kept, and never believed of anything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from conformance.records import Cell, Mode, Outcome, Result, Suite
from conformance.store import Store, Unexercised
from results import UVLOOP, subject_cell

CELL = subject_cell("3.8.18", suite=Suite.TASKS)
BLOB = "c402f8f0"

Change = Callable[[Cell], Cell]


@pytest.fixture
def findings(tmp_path: Path) -> Iterator[Unexercised]:
    with Store(tmp_path / "store.sqlite") as store:
        yield Unexercised(store)


def result(test: str, exercised: bool | None, outcome: Outcome = Outcome.PASSED) -> Result:
    return Result(CELL.name, test, outcome, exercised=exercised)


def test_nothing_is_known_at_first(findings: Unexercised) -> None:
    assert not findings.known(CELL, BLOB)


def test_what_passed_without_the_implementation_is_learnt_and_kept(
    findings: Unexercised, tmp_path: Path
) -> None:
    findings.learn(CELL, BLOB, [result("a", False), result("b", True), result("c", None)], ())
    with Store(tmp_path / "store.sqlite") as later:
        assert set(Unexercised(later).known(CELL, BLOB)) == {"a"}


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.PASSED])
def test_a_test_that_did_not_pass_is_not_learnt(findings: Unexercised, outcome: Outcome) -> None:
    findings.learn(CELL, BLOB, [result("a", False, outcome)], ())
    assert not findings.known(CELL, BLOB)


def test_what_was_left_out_stays_known(findings: Unexercised) -> None:
    findings.learn(CELL, BLOB, [result("a", False)], ())
    findings.learn(CELL, BLOB, [result("b", True)], findings.known(CELL, BLOB))
    assert set(findings.known(CELL, BLOB)) == {"a"}


def _other_interpreter(**changes: Any) -> Change:
    return lambda cell: evolve(cell, interpreter=evolve(cell.interpreter, **changes))


def _other_implementation(**changes: Any) -> Change:
    return lambda cell: evolve(cell, implementation=evolve(cell.implementation, **changes))


@pytest.mark.parametrize(
    "change",
    [
        lambda cell: evolve(cell, loop=UVLOOP),
        lambda cell: evolve(cell, loop=evolve(cell.loop, requires=("another==1",))),
        lambda cell: evolve(cell, suite=Suite.RUNNERS),
        lambda cell: evolve(cell, mode=Mode.CONTEXT),
        _other_interpreter(version="3.8.17"),
        _other_interpreter(build="another build"),
        # One whose class nobody could see being made has learnt nothing for the others.
        _other_implementation(name="another"),
        _other_implementation(task="another:Task"),
        _other_implementation(requires=("another==1",)),
        _other_implementation(path=Path("another")),
    ],
)
def test_what_is_learnt_of_one_cell_is_not_known_of_another(findings: Unexercised, change: Change) -> None:
    findings.learn(CELL, BLOB, [result("a", False)], ())
    assert not findings.known(change(CELL), BLOB)


def test_what_is_learnt_of_one_upstream_file_is_not_known_of_another(findings: Unexercised) -> None:
    findings.learn(CELL, BLOB, [result("a", False)], ())
    assert not findings.known(CELL, "f311876a")


def test_the_tag_and_the_place_of_the_interpreter_do_not_matter(findings: Unexercised) -> None:
    findings.learn(CELL, BLOB, [result("a", False)], ())
    moved = evolve(CELL.interpreter, executable=Path("elsewhere"))
    assert set(findings.known(evolve(CELL, interpreter=moved, tag="v3.8.19"), BLOB)) == {"a"}
