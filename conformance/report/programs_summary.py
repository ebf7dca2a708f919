"""What a document of programs comes to, in one line and in sentences; words only, for every form of the report."""

from __future__ import annotations

from conformance.errors import ExitStatus
from conformance.report.programs_records import Programs
from conformance.report.words import counted


def summarize_programs(said: Programs) -> str:
    """Return how a campaign ended and what it counted."""
    ending = {
        ExitStatus.AS_EXPECTED: "All as expected",
        ExitStatus.UNEXPECTED_VERDICT: "Not as expected",
        ExitStatus.INTERRUPTED: "Interrupted",
    }.get(said.status, "Not completed")
    parts = [
        f"{counted(said.programs, 'program')} of seed {said.seed} on {counted(len(said.judged), 'cell')}",
        counted(len(said.differences), "difference"),
    ]
    if saved := sum(bool(each.differs) for each in said.saved.values()):
        parts.append(f"{counted(saved, 'saved program')} not as expected")
    if said.broken:
        parts.append(counted(len(said.broken), "broken promise"))
    return f"{ending}: {', '.join(parts)}."


def sentences_of(said: Programs) -> list[str]:
    """Return what of a campaign lacks, or is out of date, beside its differences, each in a sentence."""
    sentences = [f"{cell} was not asked all programs: {why}" for cell, why in said.given_up.items()]
    sentences += [
        f"{cell} lost its worker to {counted(lost.programs, 'program')}: {lost.how}, first in {lost.first}."
        for cell, lost in said.lost.items()
    ]
    sentences += said.no_longer_needed
    if said.status is ExitStatus.NOT_COMPLETED and not said.given_up and not said.lost:
        # They count only where enough was drawn, as the status tells.
        sentences += [f"{what} was never drawn." for what in said.never_drawn]
        sentences += [f"{what} never ran." for what in said.never_ran]
    return sentences
