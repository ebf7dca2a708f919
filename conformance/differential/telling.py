"""What a campaign came to, for people and for programs: the report step of the differential suite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import hypothesis
from attrs import frozen
from rich.console import Console

from conformance import __version__
from conformance.differential.campaign import Campaign
from conformance.differential.corpus import Saved
from conformance.differential.divergences import Divergence, Unneeded
from conformance.differential.findings import Difference, Findings, as_json
from conformance.differential.judging import Answers, by_control, compared_with, marked
from conformance.differential.side_by_side import Side, print_difference
from conformance.differential.tables import said_of, tell_census, tell_own, tell_saved
from conformance.differential.tally import SavedCourse, Tally
from conformance.errors import ExitStatus
from conformance.plan.differential import DifferentialPlan, selected_as
from conformance.records import Cell
from conformance.report.legible import heading, legible
from conformance.report.programs_records import FORMAT
from conformance.report.words import counted, some

_MOST_IN_FULL = 10
"""So many differences are shown in full, and the others in a line each."""
_MOST_CELLS = 4
SAVED = "saved program "
"""What the origin of a saved program begins with."""
ENOUGH = 2_000
"""So many drawn programs are to exercise all that is asked of them."""


@frozen
class Course:
    """A campaign that has come to its end."""

    seed: int
    plan: DifferentialPlan
    campaign: Campaign
    findings: Findings
    corpus: Sequence[Saved] = ()
    by_path: bool = False
    """Whether the user has named interpreters by their paths: another of the same version may be the usual one."""
    replaying: Sequence[str] = ()
    """Further options of the campaign that a replay needs too."""
    started: str = ""
    """Date and time with zone, as ISO 8601 has it."""
    arguments: Sequence[str] = ()
    """The command line behind the program's name."""
    divergences: Sequence[Divergence] = ()
    """What the campaign judged by."""


def tell(console: Console, course: Course, stale: Sequence[Unneeded]) -> None:
    """Print the report: the saved programs, what is the interpreters' own by kind, the census, and each difference in full."""
    tally, differences = course.campaign.tally, course.findings.differences
    tell_saved(console, course.corpus, tally)
    tell_own(console, tally)
    tell_census(console, tally.census, enough=ENOUGH)
    for number, difference in enumerate(differences):
        if number < _MOST_IN_FULL:
            _tell_difference(console, course, difference)
        else:
            _say(console, f"{_title(difference)}: {difference.path or difference.origin}")
    if tally.broken:
        heading(console, "Broken promises of asyncio's documentation")
    for (cell, _), broken in sorted(tally.broken.items()):
        times = counted(broken.programs, "time")
        _say(console, f"{cell}: {broken.says}, {times}, first in {broken.first}")
    if tally.declared:
        heading(console, "Declared divergences")
    for name, count in sorted(tally.declared.items()):
        _say(console, f"{name}: {counted(count, 'change')}")
    for one in stale:
        _say(console, str(one))
    console.print()
    _tell_what_was_not_asked(console, tally)
    judged = counted(len(course.campaign.judged), "cell")
    _say(
        console,
        f"{counted(tally.programs, 'program')} on {judged}, seed {course.seed}: "
        f"{counted(len(differences), 'difference')} beyond what is declared",
    )
    _say(console, f"The programs of a seed are the same as long as Hypothesis is {hypothesis.__version__}.")


def _tell_what_was_not_asked(console: Console, tally: Tally) -> None:
    if tally.natives:
        _say(
            console,
            f"Native's own by another name, and not judged: {some(tally.natives, _MOST_CELLS, 'cells')}",
        )
    for cell, lost in sorted(tally.lost.items()):
        times = counted(lost.programs, "program")
        _say(console, f"{cell} lost its worker to {times}: {lost.how}, first in {lost.first}")
    for cell, why in tally.given_up.items():
        _say(console, f"{cell} was not asked all programs: {why}")


def never_exercised(course: Course) -> list[str]:
    """What the drawn programs were to exercise and have not, where there were enough of them: an error of the drawing.

    So is what Hypothesis counts otherwise, be there ever so few.
    """
    census = course.campaign.tally.census
    missing = [*census.never_drawn(), *census.never_ran()] if census.programs >= ENOUGH else []
    return missing + census.told_otherwise()


def replay_arguments(course: Course, difference: Difference) -> list[str]:
    """The arguments of the command that runs a difference's program again, on the cell that shows it and no other."""
    cell = course.plan.plan.cell(difference.cell)
    program = difference.path or difference.origin.removeprefix(SAVED).removeprefix("program ")
    python = str(cell.interpreter.executable) if course.by_path else cell.interpreter.version
    where = ["--python", python, "--loop", cell.loop.name, "--implementation", selected_as(cell)]
    return ["replay", str(program), *where, *course.replaying]


def side_beside(plan: DifferentialPlan, cell: Cell, answers: Answers) -> Side:
    """What a judged cell's answer is shown beside: native's, or the control's where that is what it is judged by."""
    name = plan.controls[cell.name].name if by_control(answers) else str(cell.baseline)
    return Side(name, compared_with(answers).trace())


def lost_oracles(course: Course) -> list[str]:
    """The oracles that were lost to programs: what those should do is not known, and who is lost to them too is equal."""
    oracles = {cell.baseline for cell in course.plan.judged}
    return [cell for cell in course.campaign.tally.lost if cell in oracles]


def as_document(course: Course, status: ExitStatus, stale: Sequence[Unneeded]) -> dict[str, Any]:
    """The same, and each difference in full, for a program."""
    tally = course.campaign.tally
    return {
        "format": FORMAT,
        "version": __version__,
        "started": course.started,
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "arguments": list(course.arguments),
        "seed": course.seed,
        # A seed's programs are the same within one version of it.
        "hypothesis": hypothesis.__version__,
        "status": int(status),
        "complete": status not in (ExitStatus.INTERRUPTED, ExitStatus.NOT_COMPLETED),
        "programs": tally.programs,
        "judged": [cell.name for cell in course.campaign.judged],
        "native by another name": tally.natives,
        "given up": tally.given_up,
        "lost": {
            cell: {"programs": lost.programs, "first": lost.first, "how": lost.how}
            for cell, lost in sorted(tally.lost.items())
        },
        "differences": [_in_full(difference) for difference in course.findings.differences],
        "saved": {saved.name: _of_saved(saved, course) for saved in course.corpus},
        "census": {
            name: {"drawn": times, "programs": programs, "ran": ran}
            for name, times, programs, ran in tally.census.rows()
        },
        "asked for": [
            {"topic": topic, "mark": mark, "programs": programs, "ran": ran}
            for topic, mark, programs, ran in tally.census.asked()
        ],
        "by Hypothesis": {"programs": tally.census.told, "otherwise": tally.census.told_otherwise()},
        "never drawn": tally.census.never_drawn(),
        "never ran": tally.census.never_ran(),
        "own": {
            control: [{"kind": str(kind), "count": count, "first": first} for kind, count, first in kinds]
            for control, kinds in tally.own.items()
        },
        "broken": [
            {"cell": cell, "invariant": name, "times": each.programs, "first": each.first, "says": each.says}
            for (cell, name), each in sorted(tally.broken.items())
        ],
        "declared": dict(tally.declared),
        "no longer needed": [str(one) for one in stale],
        "workers": {cell: dict(hello) for cell, hello in course.campaign.hellos.items()},
        "divergences": [
            {
                "name": each.name,
                "reason": each.reason,
                "link": each.link,
                "witness": each.witness,
                "implementation": each.implementation,
                "loop": each.loop,
                "python": str(each.python),
            }
            for each in course.divergences
        ],
    }


def _of_saved(saved: Saved, course: Course) -> dict[str, Any]:
    """What a saved program has come to, with its traces where a declared divergence has taken something first."""
    found = course.campaign.tally.saved.get(saved.name)
    came = found or SavedCourse()
    return {
        "what": saved.what,
        "source": saved.source,
        "program": dict(saved.program),
        "as expected": found is not None and not came.differs,
        "said": said_of(found),
        "differs": dict(came.differs),
        "declared": {name: sorted(cells) for name, cells in sorted(came.declared.items())},
        "own": sorted(came.own),
        "traces": [
            {
                "divergence": name,
                "cell": cell,
                "baseline": course.plan.plan.cell(cell).baseline,
                "native": answers.native.trace(),
                "subject": answers.subject.trace(),
                "control": None if answers.control is None else answers.control.trace(),
            }
            for name, (cell, answers) in sorted(came.shown.items())
        ],
    }


def _in_full(difference: Difference) -> dict[str, Any]:
    counts = {"programs": difference.programs, "cells": dict(difference.cells)}
    return {**as_json(difference), **counts, "file": difference.path and difference.path.name}


def _tell_difference(console: Console, course: Course, difference: Difference) -> None:
    cell = course.plan.plan.cell(difference.cell)
    print_difference(
        console,
        difference.program,
        side_beside(course.plan, cell, difference.answers),
        Side(difference.cell, difference.answers.subject.trace()),
        marked(difference.answers, difference.left),
        title=_title(difference),
        replay=replay_arguments(course, difference),
    )
    if difference.steady is None:
        _say(console, "It was not asked about again, and was not shrunk.")
    elif not difference.steady:
        _say(console, "It did not differ again in fresh workers, and was not shrunk.")
    elif not difference.shrunk:
        _say(console, "It was not made as small as it can be.")
    where = [f"{cell} ({count:,})" for cell, count in sorted(difference.cells.items())]
    _say(
        console,
        f"{counted(difference.programs, 'program')} {'differs' if difference.programs == 1 else 'differ'} so: {', '.join(where)}",
    )


def _title(difference: Difference) -> str:
    return f"{difference.kind} – {difference.cell}, {difference.origin}"


def _say(console: Console, line: str) -> None:
    console.print(legible(console, line), soft_wrap=True)
