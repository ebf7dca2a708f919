"""The control's Runner does what the native one does: the same assertions on 3.11, where it is that, and below."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from pathlib import Path

import pytest

import control_ending
import control_interrupting
import control_running
from control_behaviour import BEHAVIOURS
from miniatures import interpreter_or_skip

HERE = Path(__file__).parent
MODULES = (control_running, control_interrupting, control_ending)
SCRIPT = f"""
import json, sys
import {", ".join(module.__name__ for module in MODULES)}
from control_behaviour import try_all

json.dump(try_all(), sys.stdout)
"""


@functools.cache
def found(series: str) -> dict[str, str]:
    """What came of each behaviour, on an interpreter of that series."""
    executable = str(interpreter_or_skip(series).executable)
    path = os.pathsep.join(map(str, (HERE, HERE.parents[1])))
    ended = subprocess.run(
        [executable, "-X", "dev", "-W", "ignore::DeprecationWarning", "-c", SCRIPT],
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    # What was never awaited, never retrieved, or never closed is told there.
    assert ended.stderr == ""
    of_each: dict[str, str] = json.loads(ended.stdout)
    return of_each


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
@pytest.mark.parametrize("series", ["3.8", "3.9", "3.10", "3.11"])
def test_the_control_is_right(series: str, behaviour: str) -> None:
    assert found(series)[behaviour] == ""
