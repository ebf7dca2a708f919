"""Take a program that differs: each kind of what is left is found once, kept first and made small then; behind the campaign.

Behind a first difference much differs that comes of it alone, and must not be found as often as it has consequences. So
what the smallest program of a difference shows beside it is not looked for where it is seen with it; and what comes behind
a known one is a difference of its own where its smallest program shows none that is known before it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from attrs import frozen

from conformance.differential.asking import Cells
from conformance.differential.findings import Difference, Findings
from conformance.differential.judging import Answers, Judged, Program
from conformance.differential.kinds import Kind
from conformance.differential.looking import Looking
from conformance.differential.tally import Named
from conformance.errors import ExecuteError
from conformance.execute.programs import BrokenError
from conformance.plan.differential import DifferentialPlan
from conformance.records import Cell

_MOST_AGAIN = 3
"""How many other programs a difference that did not show again is looked for in."""
_MOST_BEHIND = 10
"""Of how many kinds that came behind known ones it is found out what they are, for each implementation."""


class Watching(Protocol):
    """Who wants to know of differences while they are found."""

    def shrinking(self, difference: Difference, asked: int) -> None:
        """A difference is being shrunk; so many programs were asked about for it."""

    def found(self, difference: Difference) -> None:
        """There is a new difference, as small as it gets; or an old one was looked for in another program."""


@frozen
class Deviation:
    """A program that differs in a cell, as far as answers alone tell."""

    number: int
    """Which program of the round."""
    named: Named
    cell: Cell
    answers: Answers
    seconds: float
    """The program's time limit."""


class Finding:
    """Finds differences; ``give_up`` is called with a cell that can be asked nothing more, and why."""

    def __init__(
        self,
        plan: DifferentialPlan,
        cells: Cells,
        findings: Findings,
        looking: Looking,
        watching: Watching,
        give_up: Callable[[str, str], None],
    ) -> None:
        self._plan = plan
        self._cells = cells
        self._findings = findings
        self._looking = looking
        self._watching = watching
        self._give_up = give_up
        self._beside: dict[tuple[str, Kind], set[Kind]] = defaultdict(set)
        """By implementation and kind, what comes of it."""
        self._leading: dict[tuple[str, Kind], Sequence[Kind]] = {}
        """By implementation and kind, what its smallest program shows before it."""
        self._behind: Counter[str] = Counter()
        self._again: Counter[tuple[str, Kind]] = Counter()

    def take(self, seen: Deviation, judged: Judged) -> None:
        """Count the kinds that are left of a program, and look closely at those that are new."""
        name = seen.cell.implementation.name
        before: list[Kind] = []
        for kind in dict.fromkeys(judged.kinds(seen.named.program)):
            if any(kind in self._beside[name, one] for one in before):
                continue
            known = self._findings.known(name, kind)
            if known is not None:
                known.programs += 1
                known.cells[seen.cell.name] += 1
                self._see_whether_steady(known, seen)
            elif not before:
                self._find(seen, kind, judged)
            elif not self._find_behind(seen, kind, judged):
                continue
            before.append(kind)

    def _find(self, seen: Deviation, kind: Kind, judged: Judged) -> None:
        """Take a difference of a new kind: it is kept first, and made small then."""
        name = seen.cell.implementation.name
        difference = self._difference(seen, kind, judged)
        may_shrink = self._findings.may_shrink(name)
        self._findings.add(name, difference)
        if may_shrink:
            self._look_at(difference, seen)
            self._findings.keep(difference)
        self._watching.found(difference)

    def _find_behind(self, seen: Deviation, kind: Kind, judged: Judged) -> bool:
        """Take a new kind that came behind known ones, unless it comes of one of them; return whether it was taken."""
        name = seen.cell.implementation.name
        if self._behind[name] == _MOST_BEHIND or not self._findings.may_shrink(name):
            return False
        self._behind[name] += 1
        difference = self._difference(seen, kind, judged)
        self._look_at(difference, seen)
        for one in self._leading.get((name, kind), ()):
            if self._findings.known(name, one) is not None:
                self._beside[name, one].add(kind)
                return False
        self._findings.add(name, difference)
        self._watching.found(difference)
        return True

    def _difference(self, seen: Deviation, kind: Kind, judged: Judged) -> Difference:
        return Difference(
            kind=kind,
            cell=seen.cell.name,
            origin=seen.named.origin,
            program=seen.named.program,
            answers=seen.answers,
            left=judged.left,
            hellos=self._hellos(seen.cell),
            cells=Counter([seen.cell.name]),
            seconds=seen.named.seconds,
        )

    def _see_whether_steady(self, known: Difference, seen: Deviation) -> None:
        """Look for a difference that did not show again in another program, which may show it always."""
        key = seen.cell.implementation.name, known.kind
        if known.steady is not False or self._again[key] == _MOST_AGAIN:
            return
        self._again[key] += 1
        if self._look_at(known, seen):
            known.cell, known.origin, known.seconds = seen.cell.name, seen.named.origin, seen.named.seconds
            known.hellos = self._hellos(seen.cell)
            self._findings.keep(known)
        self._watching.found(known)

    def _look_at(self, difference: Difference, seen: Deviation) -> bool:
        """Make the difference small, beginning with this program of it; return whether it showed there again."""
        self._watching.shrinking(difference, 0)
        try:
            difference.steady = self._shrink(seen.cell, difference, seen.named.program, seen.seconds)
        except (BrokenError, ExecuteError) as error:
            difference.steady = None
            self._give_up(seen.cell.name, str(error))
        return bool(difference.steady)

    def _shrink(self, cell: Cell, difference: Difference, program: Program, seconds: float) -> bool:
        answers, judged = self._looking.judged(cell, program, seconds)
        if difference.kind not in judged.kinds(program):
            return False
        difference.program, difference.answers, difference.left = program, answers, judged.left
        small, minimal = self._looking.shrunk(
            cell,
            program,
            difference.kind,
            lost=answers.subject.is_lost or answers.native.is_lost,
            on_asked=lambda asked: self._watching.shrinking(difference, asked),
        )
        answers, judged = self._looking.judged(cell, small, seconds)
        kinds = judged.kinds(small)
        # A time limit that is short for the shrinking's sake may have been too short.
        if difference.kind in kinds:
            difference.program, difference.answers, difference.left = small, answers, judged.left
            difference.shrunk = minimal
            key = cell.implementation.name, difference.kind
            place = kinds.index(difference.kind)
            self._leading[key] = kinds[:place]
            self._beside[key].update(kinds[place + 1 :])
        return True

    def _hellos(self, cell: Cell) -> dict[str, Mapping[str, Any]]:
        assert cell.baseline is not None
        control = self._plan.controls.get(cell.name)
        names = (cell.baseline, cell.name, *([control.name] if control else []))
        return {name: self._cells.hello(name) for name in names}
