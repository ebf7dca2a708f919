"""Ask cells what they make of programs, all of them at once; between execute and the campaign.

Each cell has a worker, and a thread that speaks with it: what one is asked waits behind what it was asked before.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event as Flag
from threading import Semaphore
from typing import Any, Self, TypeVar

from conformance.execute.failures import AbandonedError
from conformance.execute.programs import (
    PROGRAM_SECONDS,
    Answer,
    Program,
    ProgramsOrder,
    ProgramsWorker,
)

T = TypeVar("T")

RESTARTS = 20
"""How many drawn programs may cost a cell's worker its life; then the cell is asked no more of them."""


class Cells:
    """A context manager; what is still asked when it is left is abandoned, and all workers are ended."""

    def __init__(self, orders: Iterable[ProgramsOrder], jobs: int) -> None:
        """Take who may be asked, and how many workers run programs at a time."""
        self._abandoned = Flag()
        self._turns = Semaphore(jobs)
        self._cells = {order.cell.name: _Asked(order, self._abandoned, self._turns) for order in orders}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._abandoned.set()
        # All at once: each has its keeper to wait for.
        for ending in [asked.end() for asked in self._cells.values()]:
            ending()

    def start(self, cell: str) -> Future[Mapping[str, Any]]:
        """Have the cell's worker started; what it says of itself, or BrokenError or ExecuteError."""
        return self._submit(cell, _Asked.start)

    def ask(
        self, cell: str, programs: Sequence[Program], seconds: float | Sequence[float] = PROGRAM_SECONDS
    ) -> Future[list[Answer]]:
        """The cell's answers to drawn programs; fewer, from the first that it is not asked, once its restarts are used up.

        ``seconds`` is each program's limit, or theirs in a row.
        """
        return self._submit(cell, _Asked.ask, programs, seconds)

    def look(
        self,
        cell: str,
        programs: Sequence[Program],
        *,
        seconds: float | Sequence[float] = PROGRAM_SECONDS,
        fresh: bool = False,
    ) -> Future[list[Answer]]:
        """The cell's answers to programs that are looked at closely, however many workers they cost."""
        return self._submit(cell, _Asked.look, programs, seconds, fresh)

    def _submit(self, cell: str, function: Callable[..., T], *arguments: Any) -> Future[T]:
        asked = self._cells[cell]
        future = asked.thread.submit(function, asked, *arguments)
        # Only now there is surely a thread.
        asked.is_asked = True
        return future

    def hello(self, cell: str) -> Mapping[str, Any]:
        """What the cell's worker has said of itself; nothing before it was started."""
        return self._cells[cell].worker.hello


class _Asked:
    """A cell with its worker, and the thread that alone speaks with it."""

    def __init__(self, order: ProgramsOrder, abandoned: Flag, turns: Semaphore) -> None:
        self._abandoned = abandoned
        self._turns = turns
        self._has_turn = False
        self.is_asked = False
        self.worker = ProgramsWorker(order, abandoned, on_silence=self._end_turn)
        self.thread = ThreadPoolExecutor(1)
        self._left = RESTARTS

    def start(self) -> Mapping[str, Any]:
        with self._turn():
            self.worker.start()
        return self.worker.hello

    def ask(self, programs: Sequence[Program], seconds: float | Sequence[float]) -> list[Answer]:
        with self._turn():
            before = self.worker.lost
            answers = self.worker.run(programs, seconds, losses=self._left)
            self._left -= self.worker.lost - before
            return answers

    def look(
        self, programs: Sequence[Program], seconds: float | Sequence[float], fresh: bool
    ) -> list[Answer]:
        with self._turn():
            if fresh:
                self.worker.end()
            return self.worker.run(programs, seconds)

    def end(self) -> Callable[[], None]:
        """Begin to end the worker, behind what it was asked, none of which is begun any more; return what waits for that."""
        ended = self.thread.submit(self.worker.end) if self.is_asked else None

        def wait() -> None:
            self.thread.shutdown()
            if ended is not None:
                ended.result()

        return wait

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for a turn, and keep it until the end, or until the worker seems to hang."""
        self._turns.acquire()
        self._has_turn = True
        try:
            if self._abandoned.is_set():
                raise AbandonedError
            yield
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._turns.release()
