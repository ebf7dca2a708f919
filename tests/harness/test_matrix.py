"""The matrix is defined once: tox's environments and a workflow's jobs are the plan's interpreters and loops."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.errors import ExitStatus
from sessions import sessions

ROOT = Path(__file__).parents[2]


def run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def tox_environments() -> list[str]:
    return run(sys.executable, "-m", "tox", "list", "--no-desc", "-q").split()


@pytest.fixture(scope="module")
def nox_sessions() -> set[str]:
    return {
        session["session"] for session in json.loads(run(sys.executable, "-m", "nox", "--list", "--json"))
    }


def test_tox_has_an_environment_for_each_interpreter_and_loop_of_the_plan(
    tox_environments: list[str],
) -> None:
    plan = json.loads(run(sys.executable, "-m", "conformance", "plan", "--format", "json"))
    judged = {(cell["series"], cell["loop"]) for cell in plan["cells"] if cell["baseline"]}
    missing = {(missing["python"], loop) for missing in plan["missing"] for loop in ("asyncio", "uvloop")}
    assert {tuple(name.split("-", 1)) for name in tox_environments} == judged | missing


def test_each_environment_runs_the_tests_and_the_cells_of_nox(
    tox_environments: list[str], nox_sessions: set[str]
) -> None:
    config = run(sys.executable, "-m", "tox", "config", "-k", "commands", "-q")
    for name in tox_environments:
        assert f"nox -s cell -- {name}" in config
        assert f"tests-{name.split('-')[0]}" in nox_sessions
    assert "conformance" in nox_sessions


class AskedSession:
    """Stands in for nox's, and keeps what it is asked to run next."""

    def __init__(self, *posargs: str) -> None:
        self.posargs = posargs
        self.notified: list[tuple[str, list[str]]] = []

    def notify(self, name: str, posargs: list[str]) -> None:
        self.notified.append((name, posargs))


def test_a_cell_is_the_tests_and_the_conformance_of_that_interpreter_and_loop() -> None:
    session = AskedSession("3.9-uvloop")
    sessions()["cell"](session)
    assert session.notified == [
        ("tests-3.9", ["--loop", "uvloop"]),
        ("conformance", ["--python", "3.9", "--loop", "uvloop"]),
    ]


def github(*arguments: str) -> dict[str, Any]:
    """The outputs that a step sets with what is printed for GitHub."""
    printed = run(sys.executable, "-m", "conformance", "plan", "--format", "github", *arguments)
    return {
        name: json.loads(value) for name, _, value in (line.partition("=") for line in printed.splitlines())
    }


def refusal(*arguments: str) -> str:
    """What is said to a user whose options go wrong."""
    command = [sys.executable, "-m", "conformance", "plan", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (ExitStatus.WRONG_USAGE, "")
    return done.stderr


def test_a_workflow_has_a_job_for_each_environment_of_tox(tox_environments: list[str]) -> None:
    jobs = github()["matrix"]["include"]
    assert {(job["name"], job["python"], job["loop"]) for job in jobs} == {
        (name, *name.split("-", 1)) for name in tox_environments
    }
    assert not any(job["may_fail"] for job in jobs)


def test_an_interpreter_that_may_fail_is_in_the_matrix_beside_the_others_and_marked() -> None:
    outputs = github("--python", "3.8", "--loop", "asyncio", "--may-fail", "3.14")
    assert outputs["matrix"]["include"] == [
        {"name": "3.8-asyncio", "python": "3.8", "loop": "asyncio", "may_fail": False},
        {"name": "3.14-asyncio", "python": "3.14", "loop": "asyncio", "may_fail": True},
    ]
    assert outputs["pythons"] == ["3.8"]


def test_a_listed_interpreter_may_fail_as_well() -> None:
    outputs = github("--python", "3.8", "--python", "3.12", "--may-fail", "3.12")
    assert {job["python"]: job["may_fail"] for job in outputs["matrix"]["include"]} == {
        "3.8": False,
        "3.12": True,
    }
    assert outputs["pythons"] == ["3.8"]


def test_the_matrix_has_what_is_not_installed_here() -> None:
    assert github("--python", "3.12.99")["pythons"] == ["3.12.99"]


def test_the_matrix_leaves_out_where_nothing_is_judged() -> None:
    assert github("--suite", "tasks")["pythons"] == ["3.8", "3.9", "3.10"]


def test_a_path_is_refused_for_a_workflow() -> None:
    assert "'/opt/python3.8' is no version" in refusal("--format", "github", "--python", "/opt/python3.8")


def test_what_may_fail_is_refused_where_there_is_no_matrix() -> None:
    assert "--may-fail is about the matrix of a GitHub workflow" in refusal("--may-fail", "3.14")
