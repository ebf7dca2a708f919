"""Call uv, which makes wheels and environments; its failures become sentences."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from conformance.errors import ProvisionError
from conformance.programs import Programs, StoppedError
from conformance.uv_command import last_words, uv_command

_NONE: Mapping[str, str] = MappingProxyType({})


def call_uv(arguments: Sequence[str | Path], *, failing: str, variables: Mapping[str, str] = _NONE) -> None:
    """Run ``uv`` for one that waits for it, as `Uv.call` does, with environment ``variables`` beside ours."""
    Uv(variables).call(arguments, failing=failing)


def _advice(_said: str) -> str:
    return "See what it says, mend that, and run again."


class Uv:
    """Runs uv for those who ask, from any thread, until it is told to stop."""

    def __init__(self, variables: Mapping[str, str] = _NONE) -> None:
        self._variables = variables
        self._programs = Programs()

    def call(
        self,
        arguments: Sequence[str | Path],
        *,
        failing: str,
        advise: Callable[[str], str] = _advice,
    ) -> None:
        """Run ``uv`` with the arguments; ``failing`` says what could not be done when it fails.

        Raises ProvisionError with the last of what uv said, and what ``advise`` makes of all that it said.
        """
        try:
            done = self._programs.run(uv_command(*arguments), {**os.environ, **self._variables})
        except StoppedError:
            raise ProvisionError(f"{failing}: it was broken off.", "Run again.") from None
        if done.returncode != 0:
            raise ProvisionError(f"{failing}: uv failed.", advise(done.stderr), last_words(done.stderr))

    def stop(self) -> None:
        """End what is running, with all that it started, and let nothing begin any more."""
        self._programs.stop()
