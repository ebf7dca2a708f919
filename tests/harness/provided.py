"""Environments that are provided for the tests of provision, and what is in them.

The fixtures are asked for with ``pytest_plugins = ["provided"]``; the module is imported before pytest could rewrite it:
PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

from conformance.provision import provide
from conformance.provision.wheels import build_wheel
from conformance.records import Cell, Implementation, Mode, Suite
from miniatures import ASYNCIO, DRIVER, write
from projects import make_project

MODULES = {"small": "VALUE = 'as it was'\n"}


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "environments"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_project(tmp_path / "source", "small", MODULES)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A requirement that can be had without a registry."""
    folder = tmp_path_factory.mktemp("small")
    made = build_wheel(make_project(folder / "source", "small", MODULES), folder / "wheels")
    return f"small @ {made.path.as_uri()}"


def make_wheel(folder: Path, metadata: str = "") -> Path:
    """Write a wheel of the module that brings a program, too; ``metadata`` is more to say about it."""
    info = "small-1.0.dist-info"
    files = {
        "small.py": f"{MODULES['small']}def main():\n    print(VALUE)\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: small\nVersion: 1.0\n{metadata}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: us\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\nsmall = small:main\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    file = folder / "small-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return file


def cell(*requires: str, path: Path | None = None, suite: Suite = Suite.RUNNERS) -> Cell:
    implementation = Implementation("small", "small:Runner", requires=requires, path=path)
    return Cell(DRIVER, ASYNCIO, implementation, suite, Mode.PLAIN, "v3.11.7")


def provided(folder: Path, *cells: Cell, extra: tuple[str, ...] = ()) -> list[Path]:
    """The Python of each cell's environment."""
    pythons = provide(cells, folder, extra=extra)
    return [pythons[cell.environment] for cell in cells]


def value(python: Path) -> str:
    """What the environment's module says."""
    command = [str(python), "-c", "import small; print(small.VALUE)"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def content(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "wheels") if folder.is_dir() else []


def fake_uv(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a shell's script called in the place of uv."""
    file = folder / "fake" / "uv"
    write(file, f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    monkeypatch.setattr("conformance.uv_command.find_uv_bin", lambda: str(file))


def set_for_uv(folder: Path, setting: str, *, name: str = "pyproject.toml") -> Path:
    """Make the folder a project that sets this for uv."""
    project = '[project]\nname = "around"\nversion = "1.0"\n[tool.uv]\n' if name == "pyproject.toml" else ""
    write(folder / name, f"{project}{setting}\n")
    return folder
