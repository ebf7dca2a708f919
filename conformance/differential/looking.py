"""A program that differs, looked at closely: asked again in fresh workers, and made small; between the campaign and its findings."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from typing import TypeVar

from conformance.differential.asking import Cells
from conformance.differential.judging import Answers, Judge, Judged, Program
from conformance.differential.kinds import Kind
from conformance.differential.shrinking import BUDGET, shrink
from conformance.execute.programs import PROGRAM_SECONDS, Answer, written
from conformance.plan.differential import DifferentialPlan
from conformance.records import Cell

SHRINKING_SECONDS = 60.0
"""For one program; then what it has come to is good enough."""
_LOST_SECONDS = 1.0
"""The time limit of a program while one is shrunk that costs its worker: each that does so costs as much."""
_LOST_BUDGET = 200
_LOOK_UP_SECONDS = 0.1

T = TypeVar("T")


class Looking:
    """Asks a judged cell, its baseline and its control about programs, and waits for the answers."""

    def __init__(
        self,
        plan: DifferentialPlan,
        cells: Cells,
        judge: Judge,
        interrupted: Callable[[], bool],
        seconds: float = PROGRAM_SECONDS,
    ) -> None:
        """``seconds`` is the time limit of a program."""
        self._seconds = seconds
        self._plan = plan
        self._cells = cells
        self._judge = judge
        self._interrupted = interrupted

    def answers(
        self,
        cell: Cell,
        programs: Sequence[Program],
        *,
        seconds: float | None = None,
        fresh: bool = False,
    ) -> list[Answers]:
        """What the programs come to. Raises KeyboardInterrupt soon after there was an interruption."""
        assert cell.baseline is not None
        control = self._plan.controls.get(cell.name)
        names = dict.fromkeys([cell.baseline, cell.name, *([control.name] if control else [])])
        texts, limit = [written(each) for each in programs], self._seconds if seconds is None else seconds
        asked = {name: self._cells.look(name, texts, seconds=limit, fresh=fresh) for name in names}
        told = {name: self.wait(future) for name, future in asked.items()}
        controls: Sequence[Answer | None] = told[control.name] if control else tuple(None for _ in programs)
        return [Answers(*each) for each in zip(told[cell.baseline], told[cell.name], controls, strict=True)]

    def judged(self, cell: Cell, program: Program, seconds: float | None = None) -> tuple[Answers, Judged]:
        """What the program comes to in fresh workers; ``seconds`` is its limit where it has one of its own."""
        [answers] = self.answers(cell, [program], seconds=seconds, fresh=True)
        return answers, self._judge.judge(cell, program, answers)

    def shrunk(
        self, cell: Cell, program: Program, kind: Kind, *, lost: bool, on_asked: Callable[[int], None]
    ) -> tuple[Program, bool]:
        """The smallest program that still differs in this kind, and whether no single cut leaves that standing.

        ``lost`` says that it costs a worker; ``on_asked`` is told how many programs were asked about, again and again.
        """
        deadline = time.monotonic() + SHRINKING_SECONDS
        asked = 0

        def still_differs(programs: list[Program]) -> list[bool]:
            nonlocal asked
            self.check()
            if time.monotonic() > deadline:
                return [False] * len(programs)
            asked += len(programs)
            on_asked(asked)
            seconds = min(_LOST_SECONDS, self._seconds) if lost else self._seconds
            told = self.answers(cell, programs, seconds=seconds)
            kinds = [
                self._judge.judge(cell, one, answers).kinds(one)
                for one, answers in zip(programs, told, strict=True)
            ]
            self._judge.forget()
            return [kind in each for each in kinds]

        found = shrink(program, still_differs, budget=_LOST_BUDGET if lost else BUDGET)
        return found.program, found.minimal and time.monotonic() < deadline

    def wait(self, future: Future[T]) -> T:
        """The future's result; raises what it raises, and KeyboardInterrupt soon after there was an interruption."""
        # First, since it is there already where cells are quick.
        self.check()
        while not wait([future], _LOOK_UP_SECONDS).done:
            self.check()
        return future.result()

    def check(self) -> None:
        """Raise KeyboardInterrupt where there was an interruption."""
        if self._interrupted():
            raise KeyboardInterrupt
