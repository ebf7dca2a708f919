"""Run programs in all cells at once, compare what they come to, and look closely at what differs; the differential suite's run.

Programs go through the cells in rounds. Some rounds are under way while the oldest is compared, no more: what has been
compared is let go of, so that a campaign takes no more memory the longer it is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from attrs import evolve, frozen

from conformance.differential.asking import Cells
from conformance.differential.finding import Deviation, Finding, Watching
from conformance.differential.findings import Findings
from conformance.differential.judging import Answers, Judge
from conformance.differential.looking import Looking
from conformance.differential.tally import Named, Tally
from conformance.errors import ExecuteError
from conformance.execute.programs import PROGRAM_SECONDS, Answer, BrokenError, written
from conformance.plan.differential import DifferentialPlan
from conformance.records import Cell

UNDER_WAY = 12
"""How many rounds at once: while one cell waits for a program that hangs, the others go on."""


class Listener(Watching, Protocol):
    """Who wants to know what happens while it happens; called in the campaign's own thread."""

    def compared(self, programs: Sequence[Named]) -> None:
        """Programs have been through all cells."""

    def given_up(self, cell: str, why: str) -> None:
        """A cell is asked nothing more."""


@frozen
class _Round:
    programs: Sequence[Named]
    asked: Mapping[str, Any]
    """By cell, the answers that are coming."""


class Campaign:
    """Sees programs through the cells of a plan. Raises ExecuteError where nothing can be judged."""

    def __init__(
        self,
        plan: DifferentialPlan,
        cells: Cells,
        findings: Findings,
        judge: Judge,
        listener: Listener,
        interrupted: Callable[[], bool] = lambda: False,
        seconds: float = PROGRAM_SECONDS,
    ) -> None:
        """``seconds`` is the time limit of a program that has none of its own."""
        self._seconds = seconds
        self.tally = Tally()
        self._plan = plan
        self._cells = cells
        self._judge = judge
        self._listener = listener
        self._looking = Looking(plan, cells, judge, interrupted, seconds)
        self._finding = Finding(plan, cells, findings, self._looking, listener, self._give_up)
        self._judged = list(plan.judged)
        self.hellos: dict[str, Mapping[str, Any]] = {}
        """By cell, what the worker that was started first has said of itself."""
        self._unloadable: set[str] = set()
        """The controls among what was given up."""

    @property
    def judged(self) -> tuple[Cell, ...]:
        """The cells that are judged: neither native's own by another name, nor given up."""
        return tuple(self._judged)

    def start(self) -> None:
        """Start all workers, and leave out the cells that are native's own by another name."""
        starting = {cell.name: self._cells.start(cell.name) for cell in self._plan.plan.cells}
        for cell in self._plan.plan.cells:
            try:
                hello = self._looking.wait(starting[cell.name])
            except (BrokenError, ExecuteError) as error:
                self._give_up(cell.name, str(error))
                continue
            self.hellos[cell.name] = hello
            if cell.baseline is not None and _is_native(hello):
                self.tally.natives.append(cell.name)
                self._judged.remove(cell)
        self._see_that_some_are_left()

    @property
    def _oracles(self) -> list[str]:
        return list(dict.fromkeys(cell.baseline for cell in self._plan.judged if cell.baseline))

    def run(self, rounds: Iterable[Sequence[Named]]) -> None:
        """See programs through, as many at once as each of ``rounds`` has, until no cell is left that could be asked."""
        under_way: deque[_Round] = deque()
        for programs in rounds:
            under_way.append(self._begin(programs))
            if len(under_way) == UNDER_WAY:
                self._complete(under_way.popleft())
            if not self._judged:
                return
        while under_way and self._judged:
            self._complete(under_way.popleft())

    def _begin(self, programs: Sequence[Named]) -> _Round:
        texts = [written(named.program) for named in programs]
        limits = [self._limit(named) for named in programs]
        names = dict.fromkeys(name for cell in self._judged for name in (cell.baseline, cell.name) if name)
        return _Round(programs, {name: self._cells.ask(name, texts, limits) for name in names})

    def _limit(self, named: Named) -> float:
        return self._seconds if named.seconds is None else named.seconds

    def _complete(self, one: _Round) -> None:
        told = {name: self._heard(name, future, one) for name, future in one.asked.items()}
        deviations = self._told_by_controls(list(self._deviations(one, told)), told)
        for deviation in deviations:
            self._looking.check()
            self._look_at(deviation)
        self.tally.take(one.programs, told, self._judge.reader, self._oracles)
        self._judge.forget()
        self._listener.compared(one.programs)

    def _heard(self, name: str, future: Any, one: _Round) -> list[Answer]:
        """A cell's answers; those that are missing are the end of it."""
        try:
            answers: list[Answer] = self._looking.wait(future)
        except (BrokenError, ExecuteError) as error:
            self._give_up(name, str(error))
            return []
        if len(answers) < len(one.programs):
            self._give_up(name, "too many programs have cost it its worker")
        return answers

    def _deviations(self, one: _Round, told: Mapping[str, list[Answer]]) -> Iterator[Deviation]:
        for number, named in enumerate(one.programs):
            for cell in self._plan.judged:
                answers, natives = told.get(cell.name, []), told.get(cell.baseline or "", [])
                if number >= min(len(answers), len(natives)):
                    continue
                native, subject = natives[number], answers[number]
                if self._judge.differs(native, subject):
                    yield Deviation(number, named, cell, Answers(native, subject), self._limit(named))

    def _told_by_controls(
        self, deviations: Sequence[Deviation], told: Mapping[str, list[Answer]]
    ) -> list[Deviation]:
        """The same with the controls' answers, which are asked now where they were not."""
        asking: dict[str, dict[int, Named]] = {}
        for each in deviations:
            control = self._plan.controls.get(each.cell.name)
            if control is None or control.name in self._unloadable:
                continue
            if each.number >= len(told.get(control.name, [])):
                asking.setdefault(control.name, {})[each.number] = each.named
        asked = {
            name: self._cells.look(
                name,
                [named.program for named in wanted.values()],
                seconds=[self._limit(named) for named in wanted.values()],
            )
            for name, wanted in asking.items()
        }
        controls = {name: dict(enumerate(answers)) for name, answers in told.items()}
        for name, future in asked.items():
            controls.setdefault(name, {}).update(
                zip(asking[name], self._control_heard(name, future), strict=False)
            )
        whole = []
        for each in deviations:
            control = self._plan.controls.get(each.cell.name)
            if control is None:
                whole.append(each)
            elif (answer := controls.get(control.name, {}).get(each.number)) is not None:
                whole.append(evolve(each, answers=evolve(each.answers, control=answer)))
        return whole

    def _control_heard(self, name: str, future: Any) -> list[Answer]:
        """A control's answers; without them nobody knows whose a deviation is, and its cells are asked no more."""
        try:
            answers: list[Answer] = self._looking.wait(future)
        except (BrokenError, ExecuteError) as error:
            self._unloadable.add(name)
            self._give_up(name, str(error))
            return []
        return answers

    def _look_at(self, deviation: Deviation) -> None:
        cell, named = deviation.cell, deviation.named
        judged = self._judge.judge(cell, named.program, deviation.answers)
        control = self._plan.controls.get(cell.name)
        self.tally.count(cell.name, None if control is None else control.name, named, judged)
        if named.saved is not None:
            self.tally.saved[named.saved].show(cell.name, judged, deviation.answers)
        self._finding.take(deviation, judged)

    def _give_up(self, name: str, why: str) -> None:
        if name not in self.tally.given_up:
            self.tally.given_up[name] = why
            self._judged = [cell for cell in self._judged if name not in self._needed(cell)]
            self._listener.given_up(name, why)

    def _needed(self, cell: Cell) -> tuple[str | None, ...]:
        control = self._plan.controls.get(cell.name)
        return cell.name, cell.baseline, None if control is None else control.name

    def _see_that_some_are_left(self) -> None:
        if self._judged:
            return
        if not self.tally.given_up:
            raise ExecuteError(
                "Nothing is left to judge: what is selected is native's own, by other names.",
                "Select another implementation or interpreter.",
            )
        name, why = next(iter(self.tally.given_up.items()))
        raise ExecuteError(
            f"No cell is left to judge: {name} came to its end first.",
            "See what it says; a smaller selection may help.",
            why,
        )


def _is_native(hello: Mapping[str, Any]) -> bool:
    """Whether a worker says that the Runner which it judges is native's own, by whatever name."""
    native = hello.get("native")
    return isinstance(native, dict) and native.get("Runner") is True
