"""The matrix is defined once: tox's environments are the plan's interpreters and loops, and nox runs them."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

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
    runpy.run_path(str(ROOT / "noxfile.py"))["cell"](session)
    assert session.notified == [
        ("tests-3.9", ["--loop", "uvloop"]),
        ("conformance", ["--python", "3.9", "--loop", "uvloop"]),
    ]
