"""Run a program to its end, or end it with all that it started; for plan and provision.

Never the main thread starts it: a signal that raises there can come between the start of a process and the line that
takes note of it, and would leave it running.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from pathlib import Path
from threading import Lock, Thread

_GOODBYE_SECONDS = 2.0


class StoppedError(Exception):
    """The program was stopped before it came to its end."""


class Program:
    """A program that is run once, with these environment variables and in the folder ``cwd``."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], cwd: Path | None = None) -> None:
        self._command = command
        self._environ = environ
        self._cwd = cwd
        self._lock = Lock()
        self._process: subprocess.Popen[str] | None = None
        """While it runs: afterwards its number may be another's."""
        self._stopped = False
        self._ended: Future[subprocess.CompletedProcess[str]] = Future()

    def run(self) -> subprocess.CompletedProcess[str]:
        """Return how it ended and what it wrote; whatever is raised meanwhile in the calling thread ends it.

        Raises StoppedError once it is stopped, and OSError where it cannot be started.
        """
        # What has left its session may hold its output open: once it is stopped, nobody waits for that.
        thread = Thread(target=self._see_through, daemon=True)
        try:
            thread.start()
            return self._ended.result()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it with all that it started, or keep it from starting. Does no harm twice, nor afterwards."""
        with self._lock:
            self._stopped = True
            process = self._process
        if process is not None:
            for number in (signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, number)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_GOODBYE_SECONDS)
        self._fail(StoppedError())

    def _see_through(self) -> None:
        try:
            process = self._start()
            out, err = process.communicate()
            with self._lock:
                self._process = None
            done = subprocess.CompletedProcess(self._command, process.returncode, out, err)
            with contextlib.suppress(InvalidStateError):
                self._ended.set_result(done)
        except BaseException as error:  # noqa: BLE001  # raised where it is waited for
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        # Whoever was first has said how it ended.
        with contextlib.suppress(InvalidStateError):
            self._ended.set_exception(error)

    def _start(self) -> subprocess.Popen[str]:
        with self._lock:
            if self._stopped:
                raise StoppedError
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                env=self._environ,
                cwd=self._cwd,
                # To end it is to end what it started, too.
                start_new_session=True,
            )
            return self._process


class Programs:
    """Runs programs for those who ask, from any thread, until it is told to stop."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: set[Program] = set()
        self._stopped = False

    def run(self, command: Sequence[str], environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """Run one, as `Program.run` does; raises StoppedError also where it is to begin after all were stopped."""
        program = Program(command, environ)
        with self._lock:
            if self._stopped:
                raise StoppedError
            self._running.add(program)
        try:
            return program.run()
        finally:
            with self._lock:
                self._running.discard(program)

    def stop(self) -> None:
        """End what is running, with all that it started, and let nothing begin any more."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
        for program in running:
            program.stop()
