"""Say whose environment could not be made, and what to do about it; provision does, in the place of a traceback."""

from __future__ import annotations

import re
from collections.abc import Sequence

from conformance.records import NATIVE, Cell

_UNMET = re.compile(r"does not satisfy\s+Python((?:[<>=!~]+[\w.*+]+,?)+)")
"""How uv says which Python is wanted by what is to be installed; the first is that of the oldest that would do."""


def what_fails(cells: Sequence[Cell]) -> str:
    """Return what could not be made: the environment that ``cells`` share, by whom it is for."""
    users = dict.fromkeys(f"{cell.implementation.name} on {cell.loop.name}" for cell in cells)
    return (
        f"The environment of {', '.join(users)} with Python {cells[0].interpreter.version} could not be made"
    )


def what_to_do(cells: Sequence[Cell], said: str) -> str:
    """Return what to do where uv cannot install what ``cells`` need, after what it ``said``."""
    tables = " or ".join(f"'{name}'" for name in _declaring(cells))
    unmet = _UNMET.search(said)
    if not tables:
        return "See what it says, mend that, and run again."
    if unmet:
        wanted = unmet[1].rstrip(",")
        return f'It wants another Python: give python = "{wanted}" in the table of {tables}, and run again.'
    series = cells[0].interpreter.series
    return (
        f"See what it says, and mend that; or leave Python {series} out, with "
        f'python = "!={series}.*" in the table of {tables}. Then run again.'
    )


def _declaring(cells: Sequence[Cell]) -> list[str]:
    """The implementations and loops that bring what is installed, by the names of their tables."""
    subjects = [cell.implementation for cell in cells if cell.implementation.name != NATIVE]
    bringing = [subject.name for subject in subjects if subject.requires or subject.path]
    return list(dict.fromkeys([*bringing, *(cell.loop.name for cell in cells if cell.loop.requires)]))
