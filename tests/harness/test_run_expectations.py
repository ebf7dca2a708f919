"""A run by a file of expectations of one's own: what its document keeps of it, and how it is said to be renewed."""

from __future__ import annotations

import shlex
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from conformance.errors import ExitStatus
from conformance.report import read_document
from drivers import PROJECT, Driver
from miniatures import interpreter_or_skip
from wrong_runners import bring

pytest_plugins = ["miniatures"]


def test_the_command_that_renews_takes_out_of_the_run_s_own_file_what_the_run_found_stale(
    tmp_path: Path,
) -> None:
    if interpreter_or_skip("3.11").version != "3.11.7":
        pytest.skip("CPython 3.11.7 is not installed")
    stale = '[[expectation]]\nimplementation = "wrapper"\nloop = "asyncio"\ntest = "test_runners.Gone.*"\nverdict = "flaky"\nreason = "was so"\n'
    own = tmp_path / "my own.toml"
    own.write_text(f"# My own.\n\n{stale}", "utf-8")
    selected = ("--python", "3.11", "--suite", "runners", "--loop", "asyncio", "--implementation", "wrapper")
    driver = Driver(tmp_path, (*selected, "--config", str(bring(tmp_path, "wrapper"))))
    ended = driver.run(
        *driver.arguments, "--source", "interpreter", "--out", driver.document, "--expectations", own
    )
    digest = read_document(driver.document).header.expectations
    assert digest == sha256(own.read_bytes()).hexdigest()

    (line,) = (line for line in ended.out.splitlines() if "expectations update" in line)
    assert driver.report(driver.document).out.count(f"{line}\n") == 1
    words = shlex.split(line.partition("python -m conformance ")[2])
    done = subprocess.run(
        [sys.executable, "-m", "conformance", *words], cwd=PROJECT, capture_output=True, check=False
    )
    assert done.returncode == ExitStatus.AS_EXPECTED, done.stderr
    assert own.read_text("utf-8") == "# My own.\n"
