"""Call uv, which makes wheels and environments; its failures become sentences."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from uv import find_uv_bin

from conformance.errors import ProvisionError

_LAST_LINES = 12
_GOODBYE_SECONDS = 2.0


def call_uv(arguments: Sequence[str | Path], *, failing: str) -> None:
    """Run ``uv`` for one that waits for it, as `Uv.call` does."""
    Uv().call(arguments, failing=failing)


class Uv:
    """Runs uv for those who ask, from any thread, until it is told to stop."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self._stopped = False

    def call(self, arguments: Sequence[str | Path], *, failing: str) -> None:
        """Run ``uv`` with the arguments; ``failing`` says what could not be done when it fails.

        Raises ProvisionError with the last of what uv said.
        """
        process = self._start([find_uv_bin(), *map(str, arguments)], failing)
        try:
            _out, said = process.communicate()
        except BaseException:
            _end(process)
            raise
        finally:
            with self._lock:
                self._running.discard(process)
        if process.returncode != 0:
            last = "\n".join(said.strip().splitlines()[-_LAST_LINES:])
            raise ProvisionError(
                f"{failing}: uv failed.", "See what it says, mend that, and run again.", last
            )

    def stop(self) -> None:
        """End what is running, with all that it started, and let nothing begin any more."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for process in running:
            _end(process)

    def _start(self, command: list[str], failing: str) -> subprocess.Popen[str]:
        # An active environment, or settings of a project that happens to be around, are not ours.
        environ = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        with self._lock:
            if self._stopped:
                raise ProvisionError(f"{failing}: it was broken off.", "Run again.")
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                env=environ,
                # To end it is to end the build that it started, too.
                start_new_session=True,
            )
            self._running.add(process)
            return process


def _end(process: subprocess.Popen[str]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GOODBYE_SECONDS)
