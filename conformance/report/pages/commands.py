"""The command that runs one test of the report again, for a reader to copy from the page."""

from __future__ import annotations

import shlex

from conformance.places import COMMAND
from conformance.records import Cell

_KEPT = ("--config", "--expectations")
"""What a run was given that its tests cannot be run again without, or would be judged otherwise."""


def before_test(arguments: tuple[str, ...]) -> str:
    """Return how the command begins, up to the test's id, for a run with these ``arguments``."""
    kept = [word for word in arguments[1:] if word.partition("=")[0] in _KEPT]
    return " ".join([COMMAND, "run", *map(shlex.quote, kept), "-k"])


def behind_test(cell: Cell) -> str:
    """Return what stands behind the test's id, for one of this cell."""
    chosen = {
        "--python": cell.interpreter.version,
        "--loop": cell.loop.name,
        "--implementation": cell.implementation.name,
        "--suite": cell.suite,
    }
    return " ".join(f"{option} {shlex.quote(value)}" for option, value in chosen.items())
