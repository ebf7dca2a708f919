"""What generated programs came to, for the page: found differences, declared ones with their witnesses, census and promises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from conformance.report.accounts import command_of_difference
from conformance.report.pages.provenance import Worker, shown_command, workers_of
from conformance.report.pages.traces import Beside, beside, program_text
from conformance.report.programs_document import ProgramsDocument
from conformance.report.programs_records import (
    Declared,
    Difference,
    Programs,
    SavedProgram,
    ShownDivergence,
)


@frozen
class ShownDifference:
    """A found difference in full."""

    said: Difference
    program: str
    """In pseudo-code."""
    traces: Beside
    replay: str
    """The command that runs it again."""


@frozen
class ShownDeclared:
    """A declared divergence, with the smallest program that shows it."""

    said: Declared
    changes: int
    """How many changes it took in the campaign."""
    cells: tuple[str, ...]
    """Where its witness has shown it."""
    witness: SavedProgram | None
    program: str
    traces: Beside | None
    """Its witness's traces where it showed first; None where it did not."""


@frozen
class ShownSaved:
    """A saved program."""

    name: str
    said: SavedProgram
    program: str
    traces: tuple[Beside, ...]

    @property
    def state(self) -> str:
        """``bad`` where it differs, ``good`` where it did what is expected, and ``nothing`` where it was not run."""
        if self.said.differs:
            return "bad"
        return "good" if self.said.as_expected else "nothing"


@frozen
class Campaign:
    """One document of programs."""

    said: Programs
    command: str
    differences: tuple[ShownDifference, ...]
    declared: tuple[ShownDeclared, ...]
    saved: tuple[ShownSaved, ...]
    workers: tuple[Worker, ...]

    @property
    def state(self) -> str:
        """How its verdict is to look: ``good``, ``bad`` or ``incomplete``."""
        if not self.said.complete or self.said.given_up:
            return "incomplete"
        return "bad" if self.said.status else "good"


def show_campaign(document: ProgramsDocument) -> Campaign:
    """Return what the page shows of a document of programs."""
    said = document.said
    return Campaign(
        said,
        shown_command(said.arguments),
        tuple(_difference(each, said.arguments) for each in said.differences),
        tuple(_declared(said, one) for one in said.divergences),
        tuple(_saved(name, one) for name, one in said.saved.items()),
        workers_of(said.workers.items()),
    )


def _difference(said: Difference, arguments: tuple[str, ...]) -> ShownDifference:
    # Native's cell is named first.
    baseline = next(iter(said.workers), "native")
    traces = beside(
        list(said.native),
        list(said.subject),
        None if said.control is None else list(said.control),
        names=(baseline, said.cell),
    )
    return ShownDifference(said, program_text(said.program), traces, command_of_difference(said, arguments))


def _declared(said: Programs, one: Declared) -> ShownDeclared:
    witness = said.saved.get(one.witness)
    found = [shown for shown in witness.traces if shown.divergence == one.name] if witness else []
    return ShownDeclared(
        one,
        said.declared.get(one.name, 0),
        tuple(witness.declared.get(one.name, ())) if witness else (),
        witness,
        program_text(witness.program) if witness else "",
        _beside(found[0]) if found else None,
    )


def _saved(name: str, said: SavedProgram) -> ShownSaved:
    return ShownSaved(name, said, program_text(said.program), tuple(_once_each(said.traces)))


def _once_each(traces: tuple[ShownDivergence, ...]) -> Iterator[Beside]:
    """The traces, one of several that show the same."""
    known: Mapping[tuple[str, ...], None] = {}
    for shown_one in traces:
        found = _beside(shown_one)
        key = tuple(f"{line.sign}{line.native}{line.subject}" for line in found.lines)
        if key not in known:
            known = {**known, key: None}
            yield found


def _beside(said: ShownDivergence) -> Beside:
    return beside(
        list(said.native),
        list(said.subject),
        None if said.control is None else list(said.control),
        names=(said.baseline, said.cell),
    )
