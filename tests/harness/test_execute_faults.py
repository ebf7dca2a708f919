"""Whatever a test does: the right outcome for it, the others' untouched, and nothing left of it on the machine."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conformance.records import Interpreter
from faults import FAULTS
from miniatures import DRIVER, PATIENCE_SECONDS, interpreter_or_skip
from planting import Fault, plant

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked for in /proc")

_BY_NAME = {fault.name: fault for fault in FAULTS}


@pytest.mark.parametrize("fault", FAULTS, ids=_BY_NAME)
def test_a_fault_costs_its_own_test_alone(fault: Fault, tmp_path: Path) -> None:
    _hold(fault, tmp_path, DRIVER)


# Where the two interpreters have different ways to die.
@pytest.mark.parametrize(
    "name", ["memory exhausted", "recursion without end", "recursion without end in C", "endless loop in C"]
)
def test_a_fault_of_the_oldest_interpreter_costs_its_own_test_alone(name: str, tmp_path: Path) -> None:
    _hold(_BY_NAME[name], tmp_path, interpreter_or_skip("3.8"))


def _hold(fault: Fault, folder: Path, interpreter: Interpreter) -> None:
    seen = plant(fault, folder, interpreter)
    told = [(result.test, result.outcome.value, result.detail[-300:]) for result in seen.course.results]
    assert seen.blamed is not None, told
    assert seen.blamed.outcome is fault.outcome, told
    for word in fault.words:
        assert word in seen.blamed.detail + seen.blamed.output
    assert seen.lost == [], told
    assert seen.processes == []
    assert seen.files == []
    assert seen.recovery < PATIENCE_SECONDS / 4
