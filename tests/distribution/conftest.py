"""What the tests of the distribution share: wheel and sdist, and each interpreter with an empty environment."""

from __future__ import annotations

import os
import shutil
import tarfile
import tomllib
from pathlib import Path
from typing import Any

import pytest

from archives import ROOT, Distribution, build, contents
from conformance.plan import find_interpreters, wanted_series
from conformance.provision.uv import call_uv

FOUND = {
    interpreter.series: interpreter for interpreter in find_interpreters(wanted_series(ROOT)).interpreters
}


@pytest.fixture(scope="session")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Distribution:
    """Wheel and sdist, each built from the tree."""
    wheel = build(ROOT, tmp_path_factory.mktemp("wheel"), "wheel")
    sdist = build(ROOT, tmp_path_factory.mktemp("sdist"), "sdist")
    return Distribution(wheel=wheel, sdist=sdist, files=contents(wheel))


@pytest.fixture(scope="session")
def unpacked(distribution: Distribution, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist, unpacked."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(distribution.sdist) as archive:
        archive.extractall(folder, filter="data")
    (project,) = folder.iterdir()
    return project


@pytest.fixture(scope="session")
def project() -> dict[str, Any]:
    """The project as pyproject.toml declares it."""
    declared: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return declared


@pytest.fixture(params=wanted_series(ROOT))
def interpreter(request: pytest.FixtureRequest) -> Path:
    """The executable of one interpreter."""
    if request.param not in FOUND:
        # As nox does with its sessions: where all is to be checked, what cannot be checked fails.
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse(f"CPython {request.param} is not installed here: install it, and run again")
    return FOUND[request.param].executable


@pytest.fixture
def environment(interpreter: Path, tmp_path: Path) -> Path:
    """A new, empty virtual environment's Python."""
    call_uv(
        ["venv", "--quiet", "--python", interpreter, tmp_path / "venv"],
        failing="No environment could be made",
    )
    executable = shutil.which("python", path=f"{tmp_path / 'venv' / 'bin'}:{tmp_path / 'venv' / 'Scripts'}")
    assert executable is not None
    return Path(executable)
