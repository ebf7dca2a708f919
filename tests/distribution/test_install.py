"""Wheel and sdist install on each interpreter and work there; the wheel without a network."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from archives import ROOT, Distribution
from conformance.provision.uv import call_uv

PROGRAM = ROOT / "tests" / "types" / "programs" / "accepted.py"
USE = """
import importlib.metadata, pathlib, sys
import runner_backport

async def main():
    return await runner_backport.create_task(answer())

async def answer():
    return 42

print(importlib.metadata.version("runner_backport"))
print(runner_backport.run(main()))
with runner_backport.Runner() as runner:
    print(runner.run(main()))
print(pathlib.Path(runner_backport.__file__).is_relative_to(sys.prefix) if sys.version_info >= (3, 9) else True)
"""


def output(*command: object, folder: Path) -> list[str]:
    """What a command prints, which warns of nothing."""
    done = subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.fixture(params=["wheel", "sdist"])
def installed(request: pytest.FixtureRequest, distribution: Distribution, environment: Path) -> Path:
    """An environment's Python that has nothing but the package."""
    offline = ["--offline", "--no-index"] if request.param == "wheel" else []
    archive = getattr(distribution, request.param)
    call_uv(
        ["pip", "install", "--quiet", "--python", environment, *offline, archive],
        failing=f"The {request.param} could not be installed",
    )
    return environment


def test_it_runs_a_coroutine(installed: Path, tmp_path: Path, project: dict[str, Any]) -> None:
    printed = output(installed, "-W", "error", "-c", USE, folder=tmp_path)
    assert printed == [project["version"], "42", "42", "True"]


def test_the_program_whose_types_are_checked_runs(installed: Path, tmp_path: Path) -> None:
    assert output(installed, "-W", "error", PROGRAM, folder=tmp_path) == ["42 42 (True, 0, 0) 0 [42]"]


def test_nothing_else_is_installed_and_nothing_is_missing(installed: Path, tmp_path: Path) -> None:
    call_uv(["pip", "check", "--python", installed], failing="Something is missing")
    code = "import importlib.metadata as m; print(*[d.metadata['Name'] for d in m.distributions()])"
    assert output(installed, "-I", "-c", code, folder=tmp_path) == ["runner_backport"]


def test_the_pip_that_the_interpreter_brings_installs_it(
    interpreter: Path, distribution: Distribution, tmp_path: Path
) -> None:
    if subprocess.run([interpreter, "-c", "import ensurepip"], capture_output=True, check=False).returncode:
        pytest.skip("this interpreter brings no pip")
    output(interpreter, "-m", "venv", tmp_path / "own", folder=tmp_path)
    pip = [tmp_path / "own" / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    output(*pip, "install", "--quiet", "--no-index", distribution.wheel, folder=tmp_path)
    assert output(*pip, "check", folder=tmp_path) == ["No broken requirements found."]
