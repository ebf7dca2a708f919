"""Each program runs for each subject, in processes that take turns, and what it gives is kept as pyperf keeps it."""

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any, Dict, List

import pytest

import paired
import runner_backport
from behaviours import PAID_FOR, missing
from measured import read, state_of
from rows import ROWS
from subjects import LOOPS, OURS, RUNNERS, STOCK, BareLoop, named

BENCH = Path(__file__).parents[2] / "benchmarks" / "bench.py"


def bench(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-W", "error", str(BENCH), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_brief_run_measures_all_that_applies_here(tmp_path: Path) -> None:
    file = tmp_path / "measured.json"
    done = bench("--brief", "--subject", STOCK, "--subject", OURS, str(file))
    assert (done.returncode, done.stderr) == (0, "")
    series, package, results = read(file)
    assert series == sys.version_info[:2]
    assert package == state_of(Path(runner_backport.__file__).parent)
    assert set(results) == {
        (row.program, loop, subject)
        for row in ROWS
        for loop in row.loops
        for subject in row.subjects()
        if subject in (STOCK, OURS)
    }
    assert all(value > 0 for measured in results.values() for value in measured.values)


@pytest.mark.parametrize(
    "arguments", [["--program", "sleep"], ["--loop", "trio"], []], ids=["program", "loop", "file"]
)
def test_a_wrong_argument_is_told_in_a_sentence(arguments: List[str], tmp_path: Path) -> None:
    done = bench(*arguments, *([str(tmp_path / "x.json")] if arguments else []))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "error: " in done.stderr


@pytest.mark.parametrize("loop", sorted(LOOPS))
def test_nothing_that_is_paid_for_is_missing_of_ours(loop: str) -> None:
    make_runner = partial(named(RUNNERS[OURS]), loop_factory=named(LOOPS[loop]))
    assert {program: missing(program, make_runner) for program in PAID_FOR} == {
        program: [] for program in PAID_FOR
    }


@pytest.mark.parametrize("loop", sorted(LOOPS))
@pytest.mark.skipif(sys.version_info >= (3, 11), reason="the loop's own tasks count from 3.11 on")
def test_what_a_loop_alone_lacks_is_found(loop: str) -> None:
    make_runner = partial(BareLoop, loop_factory=named(LOOPS[loop]))
    assert missing("child_life", make_runner) == ["children count", "children take contexts"]
    assert missing("main_step", make_runner) == ["context is kept", "main task counts"]


class Fake:
    """A worker whose operations take as long as it is told, and which notes when it is asked."""

    def __init__(self, name: str, asked: List[str], second_per_operation: float = 1.0) -> None:
        self._name, self._asked, self._each = name, asked, second_per_operation

    def take(self, count: int) -> float:
        self._asked.append(self._name)
        return count * self._each


def test_they_take_turns_and_another_begins_each_time() -> None:
    asked: List[str] = []
    workers: Dict[str, Any] = {name: Fake(name, asked, len(name)) for name in ("a", "bb", "ccc")}
    taken = paired.take_turns(workers, turns=2, count=10, first=1)
    # Once each to warm up, then in turns.
    assert asked == ["a", "bb", "ccc", "bb", "ccc", "a", "ccc", "a", "bb"]
    assert taken == {"a": [1, 1], "bb": [2, 2], "ccc": [3, 3]}


def test_so_many_operations_are_measured_as_take_long_enough() -> None:
    worker: Any = Fake("a", [], 0.001)
    assert paired.calibrated(worker, shortest=0.05) == 100
    assert paired.calibrated(worker, shortest=0.15) == 200
