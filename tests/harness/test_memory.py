"""The driver's memory: what a result costs, in a run and when its document is read again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("many_results.py")
_FEW, _MANY = 5_000, 35_000
_MOST_OF_A_RUN = 0.75
_MOST_OF_KNOWN = 0.6
_MOST_READ_BACK = 0.5
"""In KiB for each result: more than it is, and less than it would be without the savings."""
_READING = """
import sys
from pathlib import Path
from conformance.report import read_document
from many_results import most_memory
document = read_document(Path(sys.argv[1]))
print(most_memory())
"""


def _memory(*arguments: object) -> int:
    places = os.pathsep.join([str(PROJECT), str(PROGRAM.parent)])
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": places},
    )
    return int(done.stdout)


def _each(memory: Callable[[int, Path], int], folders: dict[int, Path]) -> float:
    """How much memory a result more costs, in KiB."""
    few, many = (memory(count, folders[count]) for count in (_FEW, _MANY))
    return (many - few) / (_MANY - _FEW)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    return {count: tmp_path_factory.mktemp(str(count)) for count in (_FEW, _MANY)}


@pytest.fixture(scope="module")
def of_a_run(folders: dict[int, Path]) -> float:
    return _each(lambda count, folder: _memory(PROGRAM, count, folder), folders)


def test_a_result_costs_a_run_little_more_than_itself(of_a_run: float) -> None:
    assert of_a_run < _MOST_OF_A_RUN


def test_one_that_is_known_costs_less_since_tests_have_the_same_names(
    of_a_run: float, folders: dict[int, Path]
) -> None:
    assert _each(lambda count, folder: _memory(PROGRAM, count, folder), folders) < _MOST_OF_KNOWN


def test_one_that_is_read_back_costs_least(of_a_run: float, folders: dict[int, Path]) -> None:
    reading = _each(lambda _count, folder: _memory("-c", _READING, folder / "results.jsonl"), folders)
    assert reading < _MOST_READ_BACK
