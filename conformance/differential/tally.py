"""What a campaign counts, programs and all that they came to; between the campaign and its report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import define, field, frozen

from conformance.differential.census import Census
from conformance.differential.facts import Outline
from conformance.differential.invariants import Violation, violations
from conformance.differential.judging import Answers, Judged, Program
from conformance.differential.kinds import Kinds
from conformance.differential.reading import Reader
from conformance.execute.programs import Answer


@frozen
class Named:
    """A program, and where it is from."""

    origin: str
    """Such as ``seed 1, number 17``."""
    program: Program
    saved: str | None = None
    """The name of a saved program."""
    seconds: float | None = None
    """Its time limit, where it has one of its own: it is known to hang."""
    events: Sequence[str] | None = None
    """Of one that was drawn, what Hypothesis was told as it drew the program."""


@define
class Broken:
    """A promise that a cell has broken."""

    first: str
    """The first program that shows it."""
    says: str
    programs: int = 1


@define
class Lost:
    """What programs have cost a cell its worker."""

    first: str
    """The first of them."""
    how: str
    """How the worker was lost to it."""
    programs: int = 1


@define
class SavedCourse:
    """What a saved program has come to."""

    differs: dict[str, str] = field(factory=dict)
    """By cell, the kind of the first difference."""
    declared: dict[str, set[str]] = field(factory=dict)
    """By declared divergence, the cells where it has taken a change."""
    own: set[str] = field(factory=set)
    """The cells where the interpreter's own was taken away."""
    shown: dict[str, tuple[str, Answers]] = field(factory=dict)
    """By declared divergence, the first cell where it has taken a change, and the answers there."""

    def show(self, cell: str, judged: Judged, answers: Answers) -> None:
        """Keep the answers of a cell for those divergences that no other cell has shown yet."""
        for name in judged.declared:
            self.shown.setdefault(name, (cell, answers))


@define
class Tally:
    """What a campaign has counted."""

    programs: int = 0
    census: Census = field(factory=Census)
    """Of the programs that were drawn."""
    own: dict[str, Kinds] = field(factory=dict)
    """By control cell, the kinds of what is the interpreter's own."""
    declared: Counter[str] = field(factory=Counter)
    """By declared divergence, how many changes it has taken."""
    saved: dict[str, SavedCourse] = field(factory=dict)
    """By name, the saved programs that have been through all cells."""
    broken: dict[tuple[str, str], Broken] = field(factory=dict)
    """By cell and invariant, what of asyncio's documentation does not come true there."""
    lost: dict[str, Lost] = field(factory=dict)
    """By cell, the programs that have cost it its worker, without those that are known to."""
    given_up: dict[str, str] = field(factory=dict)
    """By cell that was not asked all programs, why."""
    natives: list[str] = field(factory=list)
    """The cells that are not judged, since their Runner is native's own."""

    def take(
        self,
        programs: Sequence[Named],
        told: Mapping[str, Sequence[Answer]],
        reader: Reader,
        oracles: Sequence[str],
    ) -> None:
        """Count programs that have been through all cells; ``told`` are the answers, by cell.

        What ran is told by the first of the ``oracles`` that has an answer.
        """
        self.programs += len(programs)
        for number, named in enumerate(programs):
            if named.saved is not None:
                self.saved.setdefault(named.saved, SavedCourse())
            else:
                self.census.count(named.program, named.events)
                self._count_ran(number, named, [told[name] for name in oracles if name in told], reader)
            self._note_lost(number, named, told)
            self._see_promises_kept(number, named, told, reader)

    def count(self, cell: str, control: str | None, named: Named, judged: Judged) -> None:
        """Count what of a program on a cell is the interpreter's own, or declared."""
        if judged.own and control is not None:
            self.own.setdefault(control, Kinds()).add(judged.own, named.program, named.origin)
        for name, taken in judged.declared.items():
            self.declared[name] += len(taken)
        if named.saved is not None:
            self._note_saved(self.saved.setdefault(named.saved, SavedCourse()), cell, named, judged)

    @property
    def shown(self) -> set[tuple[str, str, str]]:
        """Saved program, cell and declared divergence, for each that has taken a change there."""
        return {
            (program, cell, name)
            for program, course in self.saved.items()
            for name, cells in course.declared.items()
            for cell in cells
        }

    def _count_ran(self, number: int, named: Named, told: Sequence[Sequence[Answer]], reader: Reader) -> None:
        for answers in told:
            if number < len(answers):
                self.census.count_ran(named.program, reader.trace(answers[number]))
                return

    def _note_lost(self, number: int, named: Named, told: Mapping[str, Sequence[Answer]]) -> None:
        if named.seconds is not None:
            return
        for name, answers in told.items():
            if number >= len(answers) or not answers[number].is_lost:
                continue
            if name in self.lost:
                self.lost[name].programs += 1
            else:
                [[_, *how]] = answers[number].trace()
                self.lost[name] = Lost(named.origin, " ".join(map(str, how)))

    def _note_saved(self, course: SavedCourse, cell: str, named: Named, judged: Judged) -> None:
        for kind in judged.kinds(named.program)[:1]:
            course.differs[cell] = str(kind)
        for name in judged.declared:
            course.declared.setdefault(name, set()).add(cell)
        if judged.own:
            course.own.add(cell)

    def _see_promises_kept(
        self, number: int, named: Named, told: Mapping[str, Sequence[Answer]], reader: Reader
    ) -> None:
        """Check the invariants on every trace, native's too; on equal ones once."""
        alike: dict[bytes, list[str]] = {}
        for name, answers in told.items():
            if number < len(answers) and not answers[number].is_lost:
                alike.setdefault(answers[number].text, []).append(name)
        outline = Outline(named.program)
        for names in alike.values():
            for violation in violations(outline, reader.trace(told[names[0]][number])):
                self._note_broken(names, named, violation)

    def _note_broken(self, names: Sequence[str], named: Named, violation: Violation) -> None:
        for name in names:
            known = self.broken.get((name, violation.invariant.name))
            if known is None:
                self.broken[name, violation.invariant.name] = Broken(named.origin, str(violation))
            else:
                known.programs += 1
