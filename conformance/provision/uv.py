"""Call uv, which makes wheels and environments; its failures become sentences."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from uv import find_uv_bin

from conformance.errors import ProvisionError

_LAST_LINES = 12


def call_uv(arguments: Sequence[str | Path], *, failing: str) -> None:
    """Run ``uv`` with the arguments; ``failing`` says what could not be done when it fails.

    Raises ProvisionError with the last of what uv said.
    """
    # An active environment, or settings of a project that happens to be around, are not ours.
    environ = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    command = [find_uv_bin(), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, env=environ)
    if done.returncode != 0:
        said = "\n".join(done.stderr.strip().splitlines()[-_LAST_LINES:])
        raise ProvisionError(f"{failing}: uv failed.", "See what it says, mend that, and run again.", said)
