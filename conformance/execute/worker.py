"""One worker process as the driver sees it: started, spoken to, ended, with all that it started."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import selectors
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from threading import Event as Flag
from typing import Any

from conformance.errors import ExecuteError
from conformance.records import NATIVE, Cell

SCRIPT = Path(__file__).parents[1] / "worker" / "__main__.py"
_LONGEST_LINE = 1 << 24
_KEPT_OUTPUT = 1 << 14
_LAST_WORDS_SECONDS = 2.0
_GOODBYE_SECONDS = 5.0
_LOOK_UP_SECONDS = 0.5


class WorkerGoneError(Exception):
    """The worker ended, or wrote what no worker writes; the text says which."""


class TimeLimitError(Exception):
    """The worker said nothing until the deadline."""


class AbandonedError(Exception):
    """The run was interrupted while we waited for the worker."""


class Worker:
    """A process that runs tests of ``cell``; ``python`` is its environment's, ``tree`` holds upstream's test."""

    def __init__(self, cell: Cell, python: Path, tree: Path, coverage: Path | None, abandoned: Flag) -> None:
        self._abandoned = abandoned
        self._buffer = b""
        # A file and not a pipe: a test may print as much as it likes, and nobody has to read along.
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the worker
        commands_read, commands_write = os.pipe()
        events_read, events_write = os.pipe()
        # A worker that does not read must not stop us: its deadline holds for that too.
        os.set_blocking(commands_write, False)
        self._commands = commands_write
        self._events = events_read
        try:
            self._process = subprocess.Popen(
                [
                    *(python, SCRIPT, "--commands", str(commands_read), "--events", str(events_write)),
                    *_arguments(cell, tree, coverage),
                ],
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=subprocess.STDOUT,
                env=_surroundings(),
                pass_fds=(commands_read, events_write),
                # A process group of its own: it can be ended with all that its tests started, and a
                # Ctrl-C at the terminal does not reach tests that are about Ctrl-C.
                start_new_session=True,
            )
        except OSError as error:
            self._close()
            raise ExecuteError(
                f"The worker of {cell.name} could not be started: {error}.", "See whether its Python runs."
            ) from error
        finally:
            os.close(commands_read)
            os.close(events_write)
        self._readable = selectors.DefaultSelector()
        self._readable.register(self._events, selectors.EVENT_READ)
        self._writable = selectors.DefaultSelector()
        self._writable.register(self._commands, selectors.EVENT_WRITE)

    def send(self, seconds: float, command: str, **fields: Any) -> None:
        """Send one command. A worker that is gone shows when it is listened to.

        Raises TimeLimitError when the worker does not take it within ``seconds``, or AbandonedError.
        """
        deadline = time.monotonic() + seconds
        line = json.dumps({"command": command, **fields}).encode() + b"\n"
        with contextlib.suppress(BrokenPipeError):
            while line:
                self._wait(self._writable, deadline)
                line = line[os.write(self._commands, line) :]

    def receive(self, seconds: float) -> dict[str, Any]:
        """The next event. Raises TimeLimitError after ``seconds``, WorkerGoneError, or AbandonedError."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._buffer:
            self._wait(self._readable, deadline)
            chunk = os.read(self._events, 1 << 16)
            if not chunk:
                raise WorkerGoneError(self._farewell())
            self._buffer += chunk
            if len(self._buffer) > _LONGEST_LINE:
                raise WorkerGoneError("the worker wrote a line without end instead of an event")
        line, self._buffer = self._buffer.split(b"\n", 1)
        try:
            event = json.loads(line, parse_float=_finite, parse_constant=_finite)
        except (ValueError, RecursionError):
            event = None
        if not isinstance(event, dict) or not isinstance(event.get("event"), str):
            raise WorkerGoneError(f"the worker wrote {line[:200]!r} instead of an event")
        return event

    def output(self, start: int, end: int | None = None) -> str:
        """What was written to stdout and stderr between two offsets, in bytes; the last part of it if much."""
        size = os.fstat(self._output.fileno()).st_size
        end = size if end is None else min(end, size)
        start = min(max(start, 0), size)
        first = max(start, end - _KEPT_OUTPUT)
        text = os.pread(self._output.fileno(), max(0, end - first), first).decode(errors="replace")
        return text if first == start else f"[{first - start} bytes are left out here]\n{text}"

    def abort(self) -> None:
        """Stop a worker that hangs, by the signal on which faulthandler writes where it was."""
        self._signal(signal.SIGABRT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_LAST_WORDS_SECONDS)

    def stop(self) -> None:
        """Let a worker that is idle end by itself, and see to it that it does."""
        self.send(_GOODBYE_SECONDS, "stop")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_GOODBYE_SECONDS)
        self.end()

    def end(self) -> None:
        """Kill the worker and all that it started, and let go of what is ours. Does no harm twice."""
        if self._output.closed:
            return
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._readable.close()
        self._writable.close()
        self._close()

    def _wait(self, ready: selectors.BaseSelector, deadline: float) -> None:
        """Wait until there is something to read, or room to write."""
        while True:
            if self._abandoned.is_set():
                raise AbandonedError
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeLimitError
            # Asked first: what it wrote before it ended is still heard.
            ended = self._process.poll() is not None
            if ready.select(0 if ended else min(left, _LOOK_UP_SECONDS)):
                return
            if ended:
                # A copy of it that lives on keeps the pipe open, which would close otherwise.
                raise WorkerGoneError(self._farewell())

    def _farewell(self) -> str:
        """How the process ended, whose end of the pipe is closed."""
        try:
            status = self._process.wait(_LAST_WORDS_SECONDS)
        except subprocess.TimeoutExpired:
            return "the worker closed its connection"
        if status < 0:
            return f"the worker was ended by {_signal_name(-status)}"
        return f"the worker ended with status {status}"

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _close(self) -> None:
        os.close(self._commands)
        os.close(self._events)
        self._output.close()


def _surroundings() -> dict[str, str]:
    """The environment variables of a worker: all but Python's own, which change what is judged."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal has none
        return f"signal {number}"


def _finite(text: str) -> float:
    """A number that a document can hold; ``NaN`` and the like are not in JSON. Raises ValueError."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _arguments(cell: Cell, tree: Path, coverage: Path | None) -> list[str]:
    """What the worker is told on its command line; nothing of the implementation when that is native."""
    arguments = ["--tree", str(tree), "--suite", cell.suite.value, "--mode", cell.mode.value]
    arguments += ["--loop", cell.loop.factory]
    implementation = cell.implementation
    if implementation.name != NATIVE:
        for option in ("runner", "run", "task"):
            name = getattr(implementation, option)
            if name is not None:
                arguments += [f"--{option}", name]
        if coverage is not None:
            package = re.split("[.:]", implementation.runner)[0]
            arguments += ["--coverage", str(coverage), "--coverage-source", package]
    return arguments
