"""Put the peers beside our own in the README: ``python -m peers.comparison DOCUMENT OURS README``, behind the report step.

DOCUMENT is the run of the peers, OURS one of our own on the same interpreters and loops, each judged by its own expectations.
What stands between the README's two marks is written anew.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.errors import ConformanceError, ExitStatus, UsageError
from conformance.records import Cell, Verdict
from conformance.report.counts import count_verdicts
from conformance.report.document import Document
from conformance.report.groups import group_cells
from conformance.report.reading import read_document
from peers.page import refuse_partial

BEGIN, END = "<!-- nox -s peers writes what follows -->", "<!-- nox -s peers wrote until here -->"
_HOW = "Let 'nox -s peers' make both."
_FILES = 3
# What says something about an implementation beside what is conformant; the rest of a suite proves nothing.
_TOLD = (Verdict.DIVERGENT, Verdict.FLAKY)

Place = tuple[str, str, str]


def main(arguments: Sequence[str]) -> int:
    """Write the table; what is wrong with the files is said in one sentence, and the README left as it is."""
    if len(arguments) != _FILES:
        sys.stderr.write(
            f"peers.comparison takes DOCUMENT OURS README, and not {' '.join(arguments)!r}. {_HOW}\n"
        )
        return ExitStatus.WRONG_USAGE
    of_peers, ours, readme = map(Path, arguments)
    try:
        table = "\n".join(compared(read_document(of_peers), read_document(ours)))
        text = between_marks(readme.read_text(encoding="utf-8"), table)
    except ConformanceError as error:
        sys.stderr.write(f"{readme} is left as it is. {error}\n")
        return error.status
    readme.write_text(text, encoding="utf-8")
    return ExitStatus.AS_EXPECTED


def between_marks(text: str, table: str) -> str:
    """The README's text with the table between its marks. Raises UsageError where it lacks one."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise UsageError("The table has no place there.", f"Give it the lines '{BEGIN}' and '{END}'.")
    return f"{before}{begin}\n\n{table}\n\n{end}{after}"


def compared(of_peers: Document, ours: Document) -> Iterator[str]:
    """The table: a row for each suite and loop, a column for each implementation, ours first.

    It counts where a peer is judged, and there alone. Raises UsageError for a run that is not whole, not as expected or of
    other upstream files, and where ours was not judged.
    """
    for document in of_peers, ours:
        refuse_partial(document)
        if document.footer is None or document.footer.exit_status is not ExitStatus.AS_EXPECTED:
            raise UsageError("Not all that a run found is as expected.", _HOW)
    if any(ours.header.lock.get(tag, files) != files for tag, files in of_peers.header.lock.items()):
        raise UsageError("The two runs are of different upstream files.", _HOW)
    places = {_place(cell) for cell in _judged(of_peers)}
    if lacking := places - {_place(cell) for cell in _judged(ours)}:
        raise UsageError(f"Ours was not judged in {'/'.join(min(lacking))}.", _HOW)
    sums: dict[tuple[str, str], dict[str, Counter[Verdict]]] = {}
    for document in ours, of_peers:
        tallies = count_verdicts(document.judgements)
        for cell in _judged(document):
            if _place(cell) in places:
                row = sums.setdefault((_suite(cell), cell.loop.name), {})
                row.setdefault(cell.implementation.name, Counter()).update(tallies[cell.name])
    names = list(dict.fromkeys(name for row in sums.values() for name in row))
    yield _row(["suite", "loop", *names])
    yield _row(["---", "---", *["---:"] * len(names)])
    for (suite, loop), row in sums.items():
        yield _row([suite, loop, *(_told(row.get(name)) for name in names)])
    made_of = {cell.interpreter for cell in _judged(of_peers)}
    versions = [one.version for one in sorted(made_of, key=lambda one: one.release)]
    pinned = dict.fromkeys(
        one for cell in _judged(of_peers) for one in (*cell.implementation.requires, *cell.loop.requires)
    )
    yield ""
    yield f"Summed over {', '.join(versions)}; {', '.join(pinned)}."


def _told(tally: Counter[Verdict] | None) -> str:
    if tally is None:
        return "–"
    others = [f"{tally[verdict]:,} {verdict}" for verdict in _TOLD if tally[verdict]]
    return ", ".join([f"{tally[Verdict.CONFORMANT]:,} of {tally.total():,}", *others])


def _judged(document: Document) -> list[Cell]:
    return [cell for group in group_cells(document.header.plan) for cell in group.cells]


def _suite(cell: Cell) -> str:
    """The suite's name, with its mode where that is not the plain one."""
    return cell.name.partition("/")[0]


def _place(cell: Cell) -> Place:
    return _suite(cell), cell.interpreter.version, cell.loop.name


def _row(entries: Sequence[str]) -> str:
    return f"| {' | '.join(entries)} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
