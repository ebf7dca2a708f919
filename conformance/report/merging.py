"""Several documents as one: shards of a plan, or runs side by side that share no more than baselines.

Behind the reader in the report step and before every renderer, which need not know how many documents there were.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain, pairwise

from attrs import evolve, frozen

from conformance.errors import ExitStatus
from conformance.judge import Unmet
from conformance.records import Cell, Judgement, Missing, Plan, Result, Shard
from conformance.report.counts import count_verdicts
from conformance.report.document import Document, Footer, Header
from conformance.report.lines import Key, key
from conformance.report.status import exit_status
from conformance.report.wholeness import (
    Source,
    incomplete,
    lacking_of,
    missing_shards,
    refuse_duplicates,
    refuse_other_run,
)


@frozen
class Merged:
    """What several documents amount to."""

    document: Document
    """All that they hold; without a footer where anything is lacking, and so not ``complete``."""
    status: ExitStatus | None
    """The exit status that one run of it all would have had; None where a single document lacks its footer."""
    lacking: tuple[str, ...]
    """What the whole lacks, each in a sentence that names the file or the shard."""
    missing: tuple[Shard, ...] = ()
    """The shards of the plan that no document is of."""


def merge(sources: Sequence[Source]) -> Merged:
    """Return what one run would have written in place of the documents' runs, in the order of the whole plan.

    Of the results of a shared baseline the first document's are kept. Raises DocumentError, naming the files,
    where they are no parts of one whole: different options or upstream files, other expectations, shards of
    different plans; and where two are the same part: one file, shard or judged cell twice.
    """
    (path, document), *others = sources
    if not others and document.header.shard is None:
        status = document.footer.exit_status if document.footer else None
        return Merged(document, status, () if document.complete else (str(incomplete(path)),))
    refuse_duplicates(sources)
    for one, other in pairwise(sources):
        refuse_other_run(one, other)
    plan, whole = _united_plan([document.header for _path, document in sources])
    judgements = _united_judgements([document for _path, document in sources], plan)
    results = _united_results(document for _path, document in sources)
    header = evolve(
        document.header,
        started=min(document.header.started for _path, document in sources),
        plan=plan,
        shard=None,
        whole=whole,
    )
    united = Document(
        header=header,
        hellos=tuple(hello for _path, document in sources for hello in document.hellos),
        results=results,
        judgements=judgements,
        footer=None,
        keys=_united_keys(document for _path, document in sources),
    )
    if lacking := lacking_of(sources):
        return Merged(united, ExitStatus.NOT_COMPLETED, lacking, missing_shards(sources))
    footers = [document.footer for _path, document in sources if document.footer is not None]
    met = {number for footer in footers for number in footer.met}
    unmet = _united_unmet(footers, met, plan)
    footer = Footer(
        ended=max(footer.ended for footer in footers),
        exit_status=exit_status(plan, judgements, unmet, filtered=header.filtered),
        interrupted=False,
        counts=count_verdicts(judgements),
        unmet=unmet,
        met=tuple(sorted(met)),
    )
    return Merged(evolve(united, footer=footer), footer.exit_status, ())


def _united_plan(headers: Sequence[Header]) -> tuple[Plan, tuple[str, ...]]:
    """Return the cells that there are, and the names of those that there should be, baselines first."""
    cells: dict[str, Cell] = {}
    for header in headers:
        for cell in header.plan.cells:
            cells.setdefault(cell.name, cell)
    wholes = dict.fromkeys(name for header in headers for name in header.whole)
    named = [cells[name] for name in wholes if name in cells]
    united = sorted(named, key=lambda cell: cell.baseline is not None)
    judged = {cell.interpreter for cell in united if cell.baseline is not None}
    found = {name for interpreter in judged for name in (interpreter.version, interpreter.series)}
    missing = dict.fromkeys(missing for header in headers for missing in header.plan.missing)
    # What one machine lacks another one has.
    lacked = tuple(entry for entry in missing if entry.python not in found)
    whole = tuple(wholes) if headers[0].shard else tuple(cell.name for cell in united)
    return Plan(tuple(united), _once_each(lacked)), whole


def _once_each(missing: Iterable[Missing]) -> tuple[Missing, ...]:
    """Each interpreter once, though machines may give other advice about it."""
    return tuple({entry.python: entry for entry in reversed(tuple(missing))}.values())[::-1]


def _united_results(documents: Iterable[Document]) -> tuple[Result, ...]:
    results: dict[Key, Result] = {}
    for document in documents:
        for result in document.results:
            results.setdefault(key(result), result)
    return tuple(results.values())


def _united_judgements(documents: Iterable[Document], plan: Plan) -> tuple[Judgement, ...]:
    judgements: dict[str, list[Judgement]] = {cell.name: [] for cell in plan.cells}
    for document in documents:
        for judgement in document.judgements:
            judgements[judgement.cell].append(judgement)
    return tuple(chain.from_iterable(judgements.values()))


def _united_keys(documents: Iterable[Document]) -> Mapping[str, str]:
    keys: dict[str, str] = {}
    for document in documents:
        for cell, own in document.keys.items():
            keys.setdefault(cell, own)
    return keys


def _united_unmet(footers: Iterable[Footer], met: Collection[int], plan: Plan) -> tuple[Unmet, ...]:
    """Return the expectations that some document lists as unmet and none as met, with the cells of them all."""
    found: dict[int, Unmet] = {}
    for footer in footers:
        for entry in footer.unmet:
            cells = {*entry.cells, *(found[entry.number].cells if entry.number in found else ())}
            ordered = tuple(cell.name for cell in plan.cells if cell.name in cells)
            found[entry.number] = evolve(entry, cells=ordered)
    return tuple(entry for number, entry in sorted(found.items()) if number not in met)
