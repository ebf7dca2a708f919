"""A cell's worker that is sent programs, batch after batch: a trace of each, whatever it does to the worker; in execute.

A program that hangs or kills its worker costs that program alone: it has a trace of one event, `timed_out` or
`crashed`, which is compared like any other, and a fresh worker goes on with the rest.
"""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event as Flag
from typing import Any

from attrs import define, field, frozen

from conformance.execute.failures import AbandonedError, TimeLimitError, WorkerGoneError
from conformance.execute.starting import START_SECONDS, Start, judged, measured
from conformance.execute.worker import Worker
from conformance.plan.differential import is_control
from conformance.records import Cell

PROGRAM_SECONDS = 10.0
TIMED_OUT = [["", "timed out"]]
_LOST = (b'[["", "timed out"', b'[["", "crashed"')
_SILENCE_SECONDS = 0.25
_PACE_SECONDS = 0.0005
"""So long a program takes at least, for who waits for the traces of several: to wake up for each costs much of what it takes."""
_GATHERING_SECONDS = 0.01
"""The longest that a trace lies there until more of them are read with it."""
_STARTS = 3
"""How many workers in a row may fail to greet."""
_FINISHED = re.compile(rb'\{"event": "finished", "program": (\d+), "trace": (\[.*\])\}')

Program = Mapping[str, Any] | bytes
"""As plain data, or as the line of JSON that `written` makes of it: once, where several workers run it."""
Trace = list[Any]


class BrokenError(Exception):
    """The cell's worker cannot load what it is to run programs with; the text says why."""


@frozen
class ProgramsOrder:
    """Whose programs to run, and how."""

    cell: Cell
    python: Path
    memory: int = 4 << 30
    """How much address space a worker may take, in bytes; 0 for no limit."""
    variables: Mapping[str, str] = field(factory=dict)
    """The environment variables that a worker gets beside its own HOME, PATH and TMPDIR."""
    coverage: Path | None = None
    """The folder for coverage's data files; None where nothing is measured."""


@frozen
class Answer:
    """The trace of one program as the worker wrote it: equal texts are equal traces, and most need no more."""

    text: bytes

    @property
    def is_lost(self) -> bool:
        """Whether the program has cost its worker."""
        return self.text.startswith(_LOST)

    def trace(self) -> Trace:
        """The trace itself, read from the text."""
        try:
            trace = json.loads(self.text)
        except (ValueError, RecursionError):
            return crashed("the worker wrote what is no trace")
        if isinstance(trace, list) and all(isinstance(event, list) and len(event) > 1 for event in trace):
            return trace
        return crashed("the worker wrote what is no trace")


@define
class ProgramsWorker:
    """Runs programs of one cell; its process is started when it is first needed, and again whenever it is lost."""

    order: ProgramsOrder
    abandoned: Flag
    """Set from another thread, it has the worker killed, and `run` raise AbandonedError."""
    hello: Mapping[str, Any] = field(factory=dict)
    """What the first worker said of itself; empty before one has."""
    lost: int = 0
    """How many programs it has cost the worker's life."""
    on_silence: Callable[[], None] = lambda: None
    """Called where a program takes so long that it is likely to hang: others need not wait for it."""
    _worker: _Worker | None = None

    def start(self) -> None:
        """Have a worker that is ready for programs. Raises BrokenError, ExecuteError or AbandonedError."""
        if self._worker is not None:
            return
        why = ""
        for _ in range(_STARTS):
            if self.abandoned.is_set():
                raise AbandonedError
            worker = _Worker(_start_of(self.order), self.abandoned)
            try:
                self._greet(worker)
            except (WorkerGoneError, TimeLimitError) as error:
                why = str(error) or "the worker said nothing in time"
                why = f"{why}\n{worker.last_output(0)}".rstrip()
                worker.end()
            except BaseException:
                worker.end()
                raise
            else:
                self._worker = worker
                return
        raise BrokenError(why)

    def run(
        self,
        programs: Sequence[Program],
        seconds: float | Sequence[float] = PROGRAM_SECONDS,
        losses: int | None = None,
    ) -> list[Answer]:
        """The answers to the programs, in their order; each program has ``seconds`` until its end, or its own of them.

        There are fewer where ``losses`` of them, of any number if None, have cost the worker's life: none is run behind
        the last of those. Raises what `start` raises; whatever a program does to the worker is its answer.
        """
        limits = [seconds] * len(programs) if isinstance(seconds, int | float) else list(seconds)
        answers: list[Answer] = []
        most = None if losses is None else self.lost + losses
        while len(answers) < len(programs) and (most is None or self.lost < most):
            self.start()
            assert self._worker is not None
            try:
                self._have_run(self._worker, programs, answers, limits)
            except WorkerGoneError as gone:
                self._lose(answers, programs, crashed(_fate(self._worker, gone)))
            except TimeLimitError:
                self._lose(answers, programs, TIMED_OUT)
            except BaseException:
                self.end()
                raise
        return answers

    def end(self) -> None:
        """End the worker, if there is one; the next program has a fresh one. Does no harm twice."""
        if self._worker is not None:
            self._worker.end()
            self._worker = None

    def _greet(self, worker: Worker) -> None:
        event = worker.receive(START_SECONDS)
        match event:
            case {"event": "broken", "detail": str(detail)}:
                raise BrokenError(detail)
            case {"event": "hello", "tests": [], **rest}:
                self.hello = self.hello or {key: value for key, value in rest.items() if key != "event"}
            case _:
                raise WorkerGoneError(f"the worker began with {str(event)[:200]}")

    def _have_run(
        self,
        worker: _Worker,
        programs: Sequence[Program],
        answers: list[Answer],
        limits: Sequence[float],
    ) -> None:
        """Have the worker run what has no answer yet, and add the answers as they come."""
        first = len(answers)
        worker.begin()
        numbered = b", ".join(
            b"[%d, %b]" % (number, written(programs[number])) for number in range(first, len(programs))
        )
        worker.send_line(PROGRAM_SECONDS, b'{"command": "programs", "programs": [%b]}\n' % numbered)
        for number in range(first, len(programs)):
            line = self._line(worker, limits[number], len(programs) - number)
            told = _FINISHED.fullmatch(line)
            if told is None or int(told[1]) != number:
                raise WorkerGoneError(f"the worker said {line[:200]!r} out of turn")
            answers.append(Answer(told[2]))
            worker.begin()
        line = self._line(worker, PROGRAM_SECONDS, 0)
        if line != b'{"event": "idle"}':
            raise WorkerGoneError(f"the worker said {line[:200]!r} out of turn")

    def _line(self, worker: _Worker, seconds: float, following: int) -> bytes:
        """The worker's next line, which so many others will follow."""
        try:
            return worker.receive_gathered(min(seconds, _SILENCE_SECONDS), following)
        except TimeLimitError:
            self.on_silence()
            return worker.receive_gathered(max(seconds - _SILENCE_SECONDS, 0.0), following)

    def _lose(self, answers: list[Answer], programs: Sequence[Program], trace: Trace) -> None:
        """Let a worker go that is lost, on account of the program that it was at."""
        self.end()
        # Behind the last one it is lost to none of them: what they did is told.
        if len(answers) < len(programs):
            self.lost += 1
            answers.append(Answer(json.dumps(trace).encode()))


class _Worker(Worker):
    def receive_gathered(self, seconds: float, following: int) -> bytes:
        """The next event as `receive_line` has it; where there is none yet, those that follow it soon are read with it."""
        deadline = time.monotonic() + seconds
        while (line := self._events.next_line()) is None:
            self._wait(self._readable, deadline)
            if following > 1:
                time.sleep(min(following * _PACE_SECONDS, _GATHERING_SECONDS))
            self._read(deadline)
        return line


def written(program: Program) -> bytes:
    """The program as a worker is sent it."""
    return program if isinstance(program, bytes) else json.dumps(program).encode()


def crashed(how: str) -> Trace:
    """The trace of a program that its worker did not survive; ``how`` is such as SIGSEGV or exit 3."""
    return [["", "crashed", how]]


def _fate(worker: Worker, gone: WorkerGoneError) -> str:
    status = worker.status
    if status is None:
        return str(gone)
    if status >= 0:
        return f"exit {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:  # a real-time signal has none
        return f"signal {-status}"


def _start_of(order: ProgramsOrder) -> Start:
    cell = order.cell
    arguments = ["--suite", cell.suite.value, "--loop", cell.loop.factory, *judged(cell.implementation)]
    if is_control(cell):
        arguments.append("--control")
    arguments += measured(cell, order.coverage)
    return Start(cell.name, order.python, tuple(arguments), order.memory, order.variables)
