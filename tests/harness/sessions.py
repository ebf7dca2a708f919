"""The project's noxfile, run once for all tests: nox takes each session's name but once in a process."""

from __future__ import annotations

import runpy
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@cache
def sessions() -> dict[str, Any]:
    """Return what the noxfile defines, by name."""
    return runpy.run_path(str(ROOT / "noxfile.py"))
