"""Call uv, which makes wheels and environments; its failures become sentences."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from uv import find_uv_bin

from conformance.errors import ProvisionError
from conformance.programs import Programs, StoppedError

_LAST_LINES = 12
_NONE: Mapping[str, str] = MappingProxyType({})


def call_uv(arguments: Sequence[str | Path], *, failing: str, variables: Mapping[str, str] = _NONE) -> None:
    """Run ``uv`` for one that waits for it, as `Uv.call` does, with environment ``variables`` beside ours."""
    Uv(variables).call(arguments, failing=failing)


class Uv:
    """Runs uv for those who ask, from any thread, until it is told to stop."""

    def __init__(self, variables: Mapping[str, str] = _NONE) -> None:
        self._variables = variables
        self._programs = Programs()

    def call(self, arguments: Sequence[str | Path], *, failing: str) -> None:
        """Run ``uv`` with the arguments; ``failing`` says what could not be done when it fails.

        Raises ProvisionError with the last of what uv said.
        """
        # An active environment, or settings of a project that happens to be around, are not ours.
        environ = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        try:
            done = self._programs.run([find_uv_bin(), *map(str, arguments)], {**environ, **self._variables})
        except StoppedError:
            raise ProvisionError(f"{failing}: it was broken off.", "Run again.") from None
        if done.returncode != 0:
            last = "\n".join(done.stderr.strip().splitlines()[-_LAST_LINES:])
            raise ProvisionError(
                f"{failing}: uv failed.", "See what it says, mend that, and run again.", last
            )

    def stop(self) -> None:
        """End what is running, with all that it started, and let nothing begin any more."""
        self._programs.stop()
