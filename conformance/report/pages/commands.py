"""The command that runs one test of the report again, for a reader to copy from the page."""

from __future__ import annotations

import shlex

from conformance.places import COMMAND
from conformance.records import Cell
from conformance.report.accounts import kept_arguments


def before_test(arguments: tuple[str, ...]) -> str:
    """Return how the command begins, up to the test's id, for a run with these ``arguments``."""
    return " ".join([COMMAND, "run", "--no-cache", *map(shlex.quote, kept_arguments(arguments)), "-k"])


def behind_test(cell: Cell) -> str:
    """Return what stands behind the test's id, for one of this cell."""
    chosen = {
        "--python": cell.interpreter.version,
        "--loop": cell.loop.name,
        "--implementation": cell.implementation.name,
        "--suite": cell.suite,
    }
    return " ".join(f"{option} {shlex.quote(value)}" for option, value in chosen.items())
