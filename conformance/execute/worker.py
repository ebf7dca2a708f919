"""The life of one worker: started, asked, listened to within its time limit, made to end; the middle of execute."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import selectors
import signal
import time
from threading import Event as Flag
from typing import Any

from conformance.errors import ExecuteError
from conformance.execute.events import Events
from conformance.execute.failures import AbandonedError, TimeLimitError, WorkerGoneError
from conformance.execute.kept import Kept
from conformance.execute.output import Output
from conformance.execute.starting import Start

_SEE_PYTHON = "See whether its Python runs."
_ADVICE = {
    errno.EMFILE: "Use fewer --jobs, or raise the limit of open files (ulimit -n).",
    errno.ENFILE: "Use fewer --jobs, or have the system allow more open files.",
    errno.EAGAIN: "Use fewer --jobs, or raise the limit of processes (ulimit -u).",
}
_LAST_WORDS_SECONDS = 2.0
_GOODBYE_SECONDS = 2.0
_LOOK_UP_SECONDS = 0.1
_STILL_HEARD_SECONDS = 0.3
_DUMP_SECONDS = 0.25
_DUMP_PAUSE_SECONDS = 0.02
_DUMP_WORDS = "(most recent call first)"
_LONGEST_DUMP = 1 << 13
_GRACES = {signal.SIGINT: 0.25, signal.SIGTERM: 0.1}
"""By signal, how long a worker that is past its time limit may take to end by it, before it gets the next."""


class Worker:
    """A process that runs tests, or programs, of a cell. Raises ExecuteError where it cannot be started."""

    def __init__(self, start: Start, abandoned: Flag) -> None:
        self._name = start.cell
        self._abandoned = abandoned
        self._heard_until: float | None = None
        self._dump = ""
        with contextlib.ExitStack() as opened:
            try:
                self._open(start, opened)
            except OSError as error:
                raise self._refused(error) from error
            self._opened = opened.pop_all()

    def _open(self, start: Start, opened: contextlib.ExitStack) -> None:
        """Start the worker, and have ``opened`` close again whatever comes to be open here."""
        self._output = Output()
        opened.callback(self._output.close)
        with contextlib.ExitStack() as workers:
            commands_read, self._commands = os.pipe()
            workers.callback(os.close, commands_read)
            opened.callback(os.close, self._commands)
            self._events_read, events_write = os.pipe()
            workers.callback(os.close, events_write)
            opened.callback(os.close, self._events_read)
            # A worker that does not read must not stop us: its deadline holds for that too.
            os.set_blocking(self._commands, False)
            descriptors = commands_read, events_write
            self._kept = Kept(
                start.command(*descriptors), descriptors, start.memory, self._output, start.variables
            )
            opened.callback(self._kept.end)
        self._events = Events(self._events_read)
        self._readable = opened.enter_context(selectors.DefaultSelector())
        self._readable.register(self._events_read, selectors.EVENT_READ)
        self._writable = opened.enter_context(selectors.DefaultSelector())
        self._writable.register(self._commands, selectors.EVENT_WRITE)
        for ready in (self._readable, self._writable):
            ready.register(self._kept.news, selectors.EVENT_READ)

    def send(self, seconds: float, command: str, **fields: Any) -> None:
        """Send one command. A worker that is gone shows when it is listened to.

        Raises TimeLimitError when the worker does not take it within ``seconds``, or AbandonedError.
        """
        self.send_line(seconds, json.dumps({"command": command, **fields}).encode() + b"\n")

    def send_line(self, seconds: float, line: bytes) -> None:
        """Send a command that was written before, with its end of line. Raises what `send` raises."""
        deadline = time.monotonic() + seconds
        with contextlib.suppress(BrokenPipeError):
            while line:
                self._wait(self._writable, deadline)
                line = line[os.write(self._commands, line) :]

    def receive(self, seconds: float) -> dict[str, Any]:
        """The next event. Raises TimeLimitError after ``seconds``, WorkerGoneError, or AbandonedError.

        What the worker has written when the run is abandoned is still heard, and nothing that it writes later.
        """
        deadline = time.monotonic() + seconds
        while (event := self._events.next()) is None:
            self._read(deadline)
        return event

    def receive_line(self, seconds: float) -> bytes:
        """The next event as it is written, unread. Raises what `receive` raises."""
        deadline = time.monotonic() + seconds
        while (line := self._events.next_line()) is None:
            self._read(deadline)
        return line

    @property
    def status(self) -> int | None:
        """How the worker ended, as far as it is heard; negative for a signal, None before it has ended."""
        return self._kept.status

    def begin(self) -> None:
        """A test or a program begins or has ended: what one test may have a worker write is counted anew."""
        self._events.begin()

    def output(self, start: int, end: int | None = None) -> str:
        """What was written to stdout and stderr between two offsets, in bytes; the last part of it if much."""
        return self._output.text(start, end)

    def last_output(self, start: int) -> str:
        """All that was written from an offset on, and in any case where the worker was when its time was over."""
        text = self._output.text(start)
        return text if self._dump in text else f"{text}\n{self._dump}"

    def escalate(self) -> str:
        """End a worker that is past its time limit, by ever stronger signals; returns what is to be said of it.

        First it writes where it is, by a signal that its faulthandler is registered for.
        """
        self._kept.hear()
        remark = ""
        if self._kept.stopped is not None:
            remark = f", stopped by {signal.Signals(self._kept.stopped).name}"
        self._have_dumped()
        for number, grace in _GRACES.items():
            # Nobody waits for grace when the whole run is to end.
            if self._abandoned.is_set() or self._kept.over:
                break
            self._kept.signal(number)
            self._kept.wait_over(grace)
        return remark

    def stop(self) -> None:
        """Let a worker that is idle end by itself, and see to it that it does."""
        self.send(_GOODBYE_SECONDS, "stop")
        self._kept.wait_over(_GOODBYE_SECONDS)

    def end(self) -> None:
        """Kill the worker and all that it started, and let go of what is ours. Does no harm twice."""
        self._opened.close()

    def _read(self, deadline: float) -> None:
        """Take in more of what the worker writes."""
        self._wait(self._readable, deadline)
        if not self._events.read():
            self._kept.wait_over(_LAST_WORDS_SECONDS)
            raise self._gone()

    def _wait(self, ready: selectors.BaseSelector, deadline: float) -> None:
        """Wait until there is something to read, or room to write."""
        while True:
            if self._abandoned.is_set():
                left = self._left_to_be_heard()
            else:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeLimitError
            # Asked first: what it wrote before it ended is still heard.
            over = self._kept.over
            keys = [key.fd for key, _ in ready.select(0 if over else min(left, _LOOK_UP_SECONDS))]
            if self._kept.news in keys:
                self._kept.hear()
                if self._kept.over:
                    self._readable.unregister(self._kept.news)
                    self._writable.unregister(self._kept.news)
                keys.remove(self._kept.news)
            if keys:
                return
            if over:
                # A copy of it that lives on keeps the pipe open, which would close otherwise.
                raise self._gone()

    def _left_to_be_heard(self) -> float:
        """For how many seconds an abandoned worker is heard; it is killed first, so that there is an end to it."""
        if self._heard_until is None:
            self._kept.kill()
            self._heard_until = time.monotonic() + _STILL_HEARD_SECONDS
        left = self._heard_until - time.monotonic()
        if left <= 0:
            raise AbandonedError
        return left

    def _gone(self) -> Exception:
        """What to raise for a worker of which nothing more comes."""
        if self._kept.failure:
            return self._not_started(self._kept.failure, _SEE_PYTHON)
        if self._abandoned.is_set():
            return AbandonedError()
        return WorkerGoneError(self._kept.fate())

    def _refused(self, error: OSError) -> ExecuteError:
        """What to raise for what the system refused."""
        why = error.strerror or str(error)
        if error.errno in _ADVICE:
            return self._not_started(why, _ADVICE[error.errno])
        return self._not_started(f"{why}: '{error.filename}'" if error.filename else why, _SEE_PYTHON)

    def _not_started(self, why: str, advice: str) -> ExecuteError:
        return ExecuteError(f"The worker of {self._name} could not be started: {why}.", advice)

    def _have_dumped(self) -> None:
        """Have the worker write the stacks of its threads, and wait until that is written, if it is at all."""
        # Stopped, the test writes nothing in between, and goes on when the dump that is waiting then is written.
        self._kept.signal(signal.SIGSTOP)
        self._kept.wait_stopped(_DUMP_SECONDS)
        before = size = self._output.size
        self._kept.signal(signal.SIGUSR2, group=False)
        self._kept.signal(signal.SIGCONT)
        deadline = time.monotonic() + _DUMP_SECONDS
        while time.monotonic() < deadline and not self._kept.wait_over(_DUMP_PAUSE_SECONDS):
            last, size = size, self._output.size
            if before < size == last:
                break
        written = self._output.text(before, before + _LONGEST_DUMP)
        self._dump = written if _DUMP_WORDS in written else ""
