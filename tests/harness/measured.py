"""Environments that have the real coverage, and what it saved of a package in them; for the tests of `--coverage`.

Imported before pytest could rewrite it: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import coverage

from conformance.records import Implementation
from miniatures import DRIVER

OWN = Implementation("own", "own:Runner", run=None, task=None)


def install(python: Path) -> None:
    """Put the tests' own coverage into the environment of this Python, which is the driver's interpreter."""
    packages = python.parents[1] / "lib" / f"python{DRIVER.series}" / "site-packages"
    (packages / "coverage").symlink_to(Path(coverage.__file__).parent)


def lines(folder: Path) -> Mapping[str, set[int]]:
    """The lines of the package ``own`` that were saved, by their context."""
    found: dict[str, set[int]] = {}
    for file in folder.glob(".coverage.*"):
        data = coverage.CoverageData(str(file))
        data.read()
        for measured in data.measured_files():
            assert Path(measured).name == "own.py"
            for line, contexts in data.contexts_by_lineno(measured).items():
                for context in contexts:
                    found.setdefault(context, set()).add(line)
    return found
