"""Which tests are new in an upstream file that changed between two runs; behind the judge step, for ``expectations update``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TypeAlias

from attrs import frozen

from conformance.judge.renewal import Judged, Undeclared
from conformance.records import Cell, Suite
from conformance.suites import DEFINITIONS

Pins: TypeAlias = Mapping[str, Mapping[str, str]]
"""For each upstream tag, the git blob id of each file by its path."""


@frozen
class Newcomer:
    """An unexpected verdict of a new test, in those of its cells where it is new."""

    what: Undeclared
    file: str
    """The name of the upstream file, such as ``test_tasks.py``."""
    tag: str


def find_newcomers(
    found: tuple[Undeclared, ...], pins: Pins, before: Judged, pins_before: Pins
) -> tuple[Newcomer, ...]:
    """Return what of ``found`` is of tests that their cells' suite and series did not have ``before``.

    A test is new only where its file is another than before; nothing can be said of a series that was not run then.
    """
    tests: defaultdict[tuple[Suite, str], set[str]] = defaultdict(set)
    blobs: defaultdict[tuple[Suite, str], set[str | None]] = defaultdict(set)
    for cell, judgements in before.items():
        tests[_place(cell)] |= {judgement.test for judgement in judgements}
        blobs[_place(cell)].add(_blob(cell, pins_before))

    def is_new(cell: Cell, test: str) -> bool:
        place = _place(cell)
        return place in blobs and _blob(cell, pins) not in blobs[place] and test not in tests[place]

    newcomers = []
    for what in found:
        by_source: dict[tuple[str, str], list[Cell]] = {}
        for cell in what.cells:
            if is_new(cell, what.test):
                by_source.setdefault((PurePosixPath(_path(cell)).name, cell.tag), []).append(cell)
        newcomers += [
            Newcomer(Undeclared(what.test, what.verdict, tuple(cells)), file, tag)
            for (file, tag), cells in by_source.items()
        ]
    return tuple(newcomers)


def _place(cell: Cell) -> tuple[Suite, str]:
    return cell.suite, cell.interpreter.series


def _blob(cell: Cell, pins: Pins) -> str | None:
    return pins.get(cell.tag, {}).get(_path(cell))


def _path(cell: Cell) -> str:
    """The file that the suite's tests are in."""
    return next(path for path in DEFINITIONS[cell.suite].files if path.endswith(f"/test_{cell.suite}.py"))
