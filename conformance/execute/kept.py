"""A keeper with its worker, as the driver has them: started, signalled, heard of, ended; in execute.

What a worker is told and tells goes past the keeper, on pipes of their own; see keeper.py.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from conformance.execute.output import Output
from conformance.execute.variables import surroundings

_SCRIPT = Path(__file__).resolve().with_name("keeper.py")
_ENDING_SECONDS = 7.0
"""Longer than a keeper tries to kill what cannot be killed."""
_SWEEP_SECONDS = 2.0


class Kept:
    """A program that runs under a keeper with these descriptors and environment variables. Raises OSError where there is no keeper."""

    def __init__(
        self,
        program: Sequence[str],
        descriptors: tuple[int, int],
        memory: int,
        output: Output,
        variables: Mapping[str, str],
    ) -> None:
        self.status: int | None = None
        """How the worker ended, if it did; negative for a signal."""
        self.stopped: int | None = None
        """The signal that has stopped the worker, while it is stopped."""
        self.failure = ""
        """Why the worker could not be started."""
        self.over = False
        """Whether the worker has ended, or its keeper, which comes to the same."""
        self._heard = b""
        # Short: sockets have their names in it, of which Linux takes 107 bytes.
        self._folder = os.path.join(tempfile.gettempdir(), f"cf-{secrets.token_hex(6)}")  # noqa: PTH118  # no Path needed
        self._keeper = subprocess.Popen(
            [
                *(sys.executable, "-I", "-S", str(_SCRIPT)),
                *(self._folder, str(memory), *map(str, descriptors), *program),
            ],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output.fileno(),
            env=surroundings(variables, Path(program[0]), self._folder),
            pass_fds=descriptors,
            # A Ctrl-C at the terminal does not reach it, nor the tests that are about Ctrl-C.
            start_new_session=True,
        )
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._orders = self._keeper.stdin.fileno()
        self.news = self._keeper.stdout.fileno()
        """A descriptor that can be read when there is something to `hear`."""
        for descriptor in (self._orders, self.news):
            os.set_blocking(descriptor, False)

    def hear(self) -> None:
        """Take in what the keeper has told."""
        if self._keeper.stdout is None or self._keeper.stdout.closed:
            return
        try:
            chunk = os.read(self.news, 1 << 12)
        except BlockingIOError:
            return
        self.over |= not chunk
        *lines, self._heard = (self._heard + chunk).split(b"\n")
        for line in lines:
            match line.decode(errors="replace").split(" ", 1):
                case ["failed", reason]:
                    self.failure = reason
                case ["stopped", number]:
                    self.stopped = int(number)
                case ["continued"]:
                    self.stopped = None
                case ["ended", status]:
                    self.status = int(status)
                    self.over = True

    def wait_over(self, seconds: float) -> bool:
        """Wait for the worker's end; returns whether it came in time."""
        self._wait(seconds, lambda: self.over)
        return self.over

    def wait_stopped(self, seconds: float) -> None:
        """Wait until the worker is stopped, or has ended."""
        self._wait(seconds, lambda: self.over or self.stopped is not None)

    def _wait(self, seconds: float, until: Callable[[], bool]) -> None:
        deadline = time.monotonic() + seconds
        waiting = select.poll()
        waiting.register(self.news, select.POLLIN)
        while not until() and (left := deadline - time.monotonic()) > 0:
            if waiting.poll(left * 1000):
                self.hear()

    def signal(self, number: signal.Signals, *, group: bool = True) -> None:
        """Send a signal to the worker's process group, or to the worker alone."""
        self._waken()
        # A keeper that is gone has taken the worker along.
        with contextlib.suppress(OSError):
            os.write(self._orders, f"{'group' if group else 'worker'} {int(number)}\n".encode())

    def kill(self) -> None:
        """Have the worker killed, with all that it started, and do not wait."""
        if self._keeper.stdin is not None and not self._keeper.stdin.closed:
            self._keeper.stdin.close()
            self._waken()

    def end(self) -> None:
        """Kill the worker and all that it started; nothing of it is left afterwards. Does no harm twice."""
        self.kill()
        assert self._keeper.stdout is not None
        if self._keeper.stdout.closed:
            return
        try:
            self._keeper.wait(_ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()
        if self._keeper.returncode != 0:
            self._sweep()
        self._keeper.stdout.close()

    def fate(self) -> str:
        """How the worker ended, in words."""
        if self.status is not None:
            return (
                f"the worker was ended by {_name(-self.status)}"
                if self.status < 0
                else (f"the worker ended with status {self.status}")
            )
        if not self.over:
            return "the worker closed its connection"
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._keeper.wait(1.0)
        code = self._keeper.returncode or 0
        how = f"was ended by {_name(-code)}" if code < 0 else f"ended with status {code}"
        return f"the worker's keeper {how}, and the worker with it"

    def _waken(self) -> None:
        """Have the keeper go on where a test has stopped it."""
        self._keeper.send_signal(signal.SIGCONT)

    def _sweep(self) -> None:
        """Do what a keeper could not that was killed itself: its orphans are known by their TMPDIR."""
        mark = f"TMPDIR={self._folder}\0".encode()
        deadline = time.monotonic() + _SWEEP_SECONDS
        while (marked := _with_environment(mark)) and time.monotonic() < deadline:
            for pid in marked:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self._folder, ignore_errors=True)


def _with_environment(mark: bytes) -> list[int]:
    """The processes of this machine that began with this variable; none but on Linux."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        # It may be gone by now, or not ours.
        with contextlib.suppress(OSError):
            if mark in environment.read_bytes() + b"\0":
                found.append(int(environment.parent.name))
    return found


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal has none
        return f"signal {number}"
