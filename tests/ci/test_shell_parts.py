"""Each shell part of a workflow runs: with the variables that it is given, and only programs that are known."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.cli import commands
from sandbox import Sandbox
from test_workflows import SESSIONS
from workflow_files import Step, step, steps

PARTS = [one for one in steps() if one.script is not None]
# What fails by itself: the job that sums all others up.
FAILING = {"Fail where anything did"}
# What does something only with what a test gives it, here below and in the files beside this one.
ELSEWHERE = {
    ".github/workflows/ci.yml report Merge and render",
    ".github/workflows/weekly.yml upstream Look for new tags",
    ".github/workflows/weekly.yml upstream Update the lock",
    ".github/workflows/weekly.yml upstream Write the pull request's text",
    ".github/workflows/weekly.yml upstream Open the pull request",
    ".github/workflows/release.yml build Refuse a tag that is not the version of both",
    "action.yml  Judge",
}


@pytest.mark.parametrize("part", PARTS, ids=str)
def test_shellcheck_finds_nothing_in_it(part: Step) -> None:
    beside = Path(sys.executable).parent / "shellcheck"
    done = subprocess.run(
        [beside, "--shell=bash", "--severity=style", "-"],
        input=part.script,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
    assert done.returncode == 0


@pytest.mark.parametrize(
    "part", [one for one in PARTS if str(one) not in ELSEWHERE and one.name not in FAILING], ids=str
)
def test_it_runs(part: Step, sandbox: Sandbox) -> None:
    for name in ("python", "bin/python"):
        sandbox.stand_in(Path(name).name, "", sandbox.folder / "temp" / "conformance" / Path(name).parent)
    sandbox.stand_in("python", "", sandbox.checkout / ".nox" / "coverage" / "bin")
    sandbox.stand_in("python", "")
    done = sandbox.run(part)
    assert (done.returncode, done.stderr) == (0, "")
    assert sandbox.calls


def test_the_job_that_sums_up_fails(sandbox: Sandbox) -> None:
    assert sandbox.run(step(".github/workflows/ci.yml", "Fail where anything did")).returncode == 1


@pytest.mark.parametrize("part", [one for one in PARTS if "nox -s" in (one.script or "")], ids=str)
def test_the_session_that_it_runs_is_there(part: Step, sandbox: Sandbox) -> None:
    sandbox.stand_in("python", "")
    sandbox.run(part, SESSION="lint", PYTHON="3.8")
    (_python, _m, nox, _s, session, *_) = sandbox.calls[0]
    assert nox == "nox"
    assert session.removesuffix("-3.8") in SESSIONS


@pytest.mark.parametrize("job", ["cells", "macos"])
def test_a_job_judges_what_it_is_for(job: str, sandbox: Sandbox) -> None:
    sandbox.stand_in("python", "")
    sandbox.run(
        step(".github/workflows/ci.yml", "Judge", job), PYTHON="3.8", LOOP="uvloop", DOCUMENT="it.jsonl"
    )
    (*nox, _, pythons, python, loops, loop, out, document) = sandbox.calls[0]
    assert nox == ["python", "-m", "nox", "-s", "conformance"]
    assert (pythons, python, out, document) == ("--python", "3.8", "--out", "it.jsonl")
    assert (loops, loop) == ("--loop", "asyncio" if job == "macos" else "uvloop")


@pytest.mark.parametrize("file", ["ci.yml", "weekly.yml"])
def test_the_options_of_the_generated_programs_are_known(file: str, sandbox: Sandbox) -> None:
    sandbox.stand_in("python", "")
    sandbox.run(step(f".github/workflows/{file}", "Draw, run and compare"))
    (_python, _m, _nox, _s, session, _, *arguments) = sandbox.calls[0]
    assert session == "fuzz"
    assert commands.commands["fuzz"].make_context("fuzz", arguments).params["out"] == Path("programs.json")


def test_the_plan_becomes_the_outputs_of_its_step(sandbox: Sandbox) -> None:
    done = sandbox.run(step(".github/workflows/ci.yml", "Plan"))
    assert done.returncode == 0, done.stderr
    assert set(sandbox.outputs) == {"matrix", "pythons"}
    assert '"name": "3.8-uvloop"' in sandbox.outputs["matrix"]
    assert (
        '"name": "3.14-asyncio", "python": "3.14", "loop": "asyncio", "may_fail": true'
        in sandbox.outputs["matrix"]
    )
