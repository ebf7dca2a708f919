"""The command line does not depend on what its process has inherited."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.errors import ExitStatus
from miniatures import interpreter_or_skip

pytest_plugins = ["miniatures"]

PROJECT = Path(__file__).parents[2]
_START = "import os, signal, sys; {deed}; os.execv(sys.executable, [sys.executable, '-m', 'conformance', *sys.argv[1:]])"


def conformance(deed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process to which the deed was done before."""
    command = [sys.executable, "-c", _START.format(deed=deed), *arguments]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_interpreters_are_found_where_the_death_of_children_is_ignored() -> None:
    interpreter_or_skip("3.11")
    ended = conformance("signal.signal(signal.SIGCHLD, signal.SIG_IGN)", "plan", "--python", "3.11")
    assert (ended.returncode, ended.stderr) == (ExitStatus.AS_EXPECTED, "")


@pytest.mark.parametrize("closed", ["0", "1", "2", "0, 1, 2"])
def test_closed_streams_change_no_verdict(closed: str, tmp_path: Path) -> None:
    if interpreter_or_skip("3.11").version != "3.11.7":
        pytest.skip("CPython 3.11.7 is not installed")
    places = ("--out", str(tmp_path / "results.jsonl"), "--store", str(tmp_path / "store.sqlite"))
    narrow = ("--python", "3.11", "--loop", "asyncio", "--suite", "runners", "--source", "interpreter")
    deed = f"[os.close(number) for number in ({closed},)]"
    chosen = ("--implementation", "runner_backport-own", "-k", "test_run")
    ended = conformance(deed, "run", *narrow, *chosen, *places)
    assert (ended.returncode, ended.stderr) == (ExitStatus.AS_EXPECTED, "")
