"""For the tests of the store: results to keep, and a process of its own that keeps some."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from conformance.records import Outcome, Result, Subtest
from conformance.store import Store

KEY = "a" * 64
OTHER_KEY = "b" * 64
FAILED = Result(
    cell="",
    test="test_runners.RunnerTests.test_run",
    outcome=Outcome.FAILED,
    detail="AssertionError: None != 'done'",
    seconds=0.25,
    exercised=True,
    subtests=(Subtest("(debug=True)", Outcome.FAILED, "no"),),
    output="some words\n",
    leaks=("handler of SIGUSR1",),
    cached=True,
)
PASSED = Result("", "test_runners.RunnerTests.test_close", Outcome.PASSED, cached=True)
_PROJECT = Path(__file__).parents[2]


def taken(path: Path, key: str = KEY) -> list[Result]:
    """Return what a store has kept under a key, as a run finds it that comes later."""
    with Store(path) as store:
        return list(store.results(key).values())


def aside(path: Path) -> list[str]:
    """Return how the names end under which stores were put aside, without SQLite's own files beside them."""
    ends = (place.name.removeprefix(f"{path.name}.") for place in path.parent.glob(f"{path.name}.*"))
    return sorted(end for end in ends if end != "lock" and not end.endswith(("-wal", "-shm")))


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Start Python on ``code``, which finds the harness and what is in here, and the arguments in ``sys.argv``."""
    places = os.pathsep.join([str(_PROJECT), str(Path(__file__).parent)])
    return subprocess.Popen(
        [sys.executable, "-c", f"import os, sys\nfrom pathlib import Path\n{code}", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": places},
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, list[str]]:
    """Let it go on and come to its end; return its status and the lines that it wrote."""
    said, _ = process.communicate(timeout=60)
    return process.returncode, said.splitlines()
