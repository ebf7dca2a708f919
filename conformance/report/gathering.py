"""All documents that a report is of, those of runs merged and those of programs beside them; before every renderer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from conformance.errors import DocumentError, ExitStatus
from conformance.places import COMMAND
from conformance.records import Plan
from conformance.report.document import Document, Header
from conformance.report.merging import Merged, merge
from conformance.report.programs_document import ProgramsDocument, is_programs, read_programs
from conformance.report.reading import read_document
from conformance.report.words import some

_GRAVEST = (
    ExitStatus.INTERRUPTED,
    ExitStatus.NOT_COMPLETED,
    ExitStatus.UNEXPECTED_VERDICT,
    ExitStatus.AS_EXPECTED,
)
"""What is lacking comes before what was found."""


@frozen
class Gathered:
    """What a report is of."""

    merged: Merged | None
    """The runs as one; None where there are documents of programs alone."""
    programs: tuple[ProgramsDocument, ...] = ()

    @property
    def status(self) -> ExitStatus:
        """The exit status that it all would have had at once."""
        found = {document.said.status for document in self.programs}
        if self.merged is not None:
            found.add(ExitStatus.NOT_COMPLETED if self.merged.status is None else self.merged.status)
        return next(status for status in _GRAVEST if status in found)

    @property
    def lacking(self) -> tuple[str, ...]:
        """What it lacks for a whole, each in a sentence that names the file or the shard."""
        of_runs = () if self.merged is None else self.merged.lacking
        return (*of_runs, *(lacking_of_programs(each) for each in self.programs if not each.complete))

    @property
    def runs(self) -> Merged:
        """The runs as one; one of nothing where there are documents of programs alone."""
        if self.merged is not None:
            return self.merged
        said = self.programs[0].said
        header = Header(said.version, said.started, said.arguments, Plan(()), {})
        return Merged(Document(header, (), (), (), None), self.status, ())


def gather(paths: Sequence[Path]) -> Gathered:
    """Read the documents at ``paths``, each told by its content to be of a run or of programs.

    Raises DocumentError, naming the files, for one that is damaged, for two that are the same part of the whole,
    and for those that are no parts of one.
    """
    runs: list[tuple[Path, Document]] = []
    programs: list[ProgramsDocument] = []
    for path in paths:
        if is_programs(path):
            programs.append(read_programs(path))
        else:
            runs.append((path, read_document(path)))
    _refuse_duplicates(programs)
    return Gathered(merge(runs) if runs else None, tuple(programs))


def lacking_of_programs(document: ProgramsDocument) -> str:
    """The sentence on a campaign that did not come to its end, or lacks something otherwise."""
    return (
        f"{document.path} is incomplete: {document.said.lacking}. Run '{COMMAND} fuzz' again "
        f"with --seed {document.said.seed}."
    )


def _refuse_duplicates(programs: Sequence[ProgramsDocument]) -> None:
    for place, document in enumerate(programs):
        for other in programs[:place]:
            if document.path.resolve() == other.path.resolve():
                raise DocumentError(f"{document.path} is named twice.", "Name each document once.")
            both = [cell for cell in document.said.judged if cell in other.said.judged]
            if both and document.said.seed == other.said.seed:
                raise DocumentError(
                    f"{other.path} and {document.path} both judge {some(both, 2, 'cells')} by the programs of "
                    f"seed {document.said.seed}.",
                    "Name the one that counts alone.",
                )
