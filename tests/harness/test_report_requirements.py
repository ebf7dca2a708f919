"""What the driver's modules import is what the harness declares that it stands on, and not what comes with that by chance."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import conformance

FOLDER = Path(conformance.__file__).parent
CALLED_OTHERWISE = {"attr": "attrs"}


def modules() -> Iterator[Path]:
    """The driver's; the worker has no more than the standard library, and what it measures with."""
    worker = FOLDER / "worker"
    yield from (path for path in FOLDER.rglob("*.py") if not path.is_relative_to(worker))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@pytest.fixture(scope="module")
def declared() -> set[str]:
    project = tomllib.loads((FOLDER / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {Requirement(each).name for each in project["dependencies"]}


def test_whatever_is_imported_is_declared(declared: set[str]) -> None:
    found = (
        {name for path in modules() for name in imported(path)} - sys.stdlib_module_names - {"conformance"}
    )
    assert {CALLED_OTHERWISE.get(name, name) for name in found} <= declared
    assert {"attrs", "click", "jinja2"} <= found
