"""What a campaign came to, for people and for programs: the report step of the differential suite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import hypothesis
from attrs import frozen
from rich.console import Console

from conformance import __version__
from conformance.differential.campaign import Campaign
from conformance.differential.corpus import Saved
from conformance.differential.divergences import Unneeded
from conformance.differential.findings import Difference, Findings, as_json
from conformance.differential.judging import marked
from conformance.differential.side_by_side import Side, print_difference
from conformance.differential.tables import said_of, tell_census, tell_own, tell_saved
from conformance.errors import ExitStatus
from conformance.plan.differential import DifferentialPlan
from conformance.report.legible import heading, legible
from conformance.report.words import counted, some

_MOST_IN_FULL = 10
"""So many differences are shown in full, and the others in a line each."""
_MOST_CELLS = 4
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


def tell(console: Console, course: Course, stale: Sequence[Unneeded]) -> None:
    """Print the report: the saved programs, what is the interpreters' own by kind, the census, and each difference in full."""
    tally, differences = course.campaign.tally, course.findings.differences
    tell_saved(console, course.corpus, tally)
    tell_own(console, tally)
    tell_census(console, tally.census, enough=ENOUGH)
    for number, difference in enumerate(differences):
        if number < _MOST_IN_FULL:
            _tell_difference(console, difference)
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
    if tally.natives:
        _say(
            console,
            f"Native's own by another name, and not judged: {some(tally.natives, _MOST_CELLS, 'cells')}",
        )
    for cell, why in tally.given_up.items():
        _say(console, f"{cell} was not asked all programs: {why}")
    judged = counted(len(course.campaign.judged), "cell")
    _say(
        console,
        f"{counted(tally.programs, 'program')} on {judged}, seed {course.seed}: "
        f"{counted(len(differences), 'difference')} beyond what is declared",
    )
    _say(console, f"The programs of a seed are the same as long as Hypothesis is {hypothesis.__version__}.")


def never_exercised(course: Course) -> list[str]:
    """What the drawn programs were to exercise and have not, where there were enough of them: an error of the drawing."""
    census = course.campaign.tally.census
    return [*census.never_drawn(), *census.never_ran()] if census.programs >= ENOUGH else []


def as_document(course: Course, status: ExitStatus, stale: Sequence[Unneeded]) -> dict[str, Any]:
    """The same, and each difference in full, for a program."""
    tally = course.campaign.tally
    return {
        "version": __version__,
        "seed": course.seed,
        # A seed's programs are the same within one version of it.
        "hypothesis": hypothesis.__version__,
        "status": int(status),
        "complete": status is not ExitStatus.INTERRUPTED,
        "programs": tally.programs,
        "judged": [cell.name for cell in course.campaign.judged],
        "native by another name": tally.natives,
        "given up": tally.given_up,
        "differences": [_in_full(difference) for difference in course.findings.differences],
        "saved": {
            saved.name: {
                "what": saved.what,
                "as expected": saved.name in tally.saved and not tally.saved[saved.name].differs,
                "said": said_of(tally.saved.get(saved.name)),
                "differs": tally.saved[saved.name].differs if saved.name in tally.saved else {},
            }
            for saved in course.corpus
        },
        "census": {
            name: {"drawn": times, "programs": programs, "ran": ran}
            for name, times, programs, ran in tally.census.rows()
        },
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
    }


def _in_full(difference: Difference) -> dict[str, Any]:
    counts = {"programs": difference.programs, "cells": dict(difference.cells)}
    return {**as_json(difference), **counts, "file": difference.path and difference.path.name}


def _tell_difference(console: Console, difference: Difference) -> None:
    baseline = next(iter(difference.hellos))
    print_difference(
        console,
        difference.program,
        Side(baseline, difference.answers.native.trace()),
        Side(difference.cell, difference.answers.subject.trace()),
        marked(difference.answers, difference.left),
        title=_title(difference),
        replay=["replay", str(difference.path or difference.origin.removeprefix("program "))],
    )
    if not difference.steady:
        _say(console, "It did not differ again in fresh workers, and was not shrunk.")
    elif not difference.shrunk:
        _say(console, "It was not made as small as it can be.")
    where = [f"{cell} ({count:,})" for cell, count in sorted(difference.cells.items())]
    _say(console, f"{counted(difference.programs, 'program')} began to differ so: {', '.join(where)}")


def _title(difference: Difference) -> str:
    return f"{difference.kind} – {difference.cell}, {difference.origin}"


def _say(console: Console, line: str) -> None:
    console.print(legible(console, line), soft_wrap=True)
