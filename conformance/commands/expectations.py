"""``expectations update``: the file of expectations, written anew from the document of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from attrs import evolve

from conformance.configuration import Configuration, read_configuration
from conformance.errors import DocumentError, ExitStatus, UsageError
from conformance.judge import read_expectations
from conformance.judge.conditions import conditions
from conformance.judge.expectations import Expectation
from conformance.judge.expectations_replacing import replace_expectations
from conformance.judge.expectations_text import NotTablesError, block, edit
from conformance.judge.newcomers import find_newcomers
from conformance.judge.possible import refuse_impossible
from conformance.judge.renewal import Change, Judged, Undeclared, declare, renew, renewed, undeclared
from conformance.judge.spots import Universe, known_spots
from conformance.places import CHECKOUT, EXPECTATIONS, LOCK
from conformance.plan import wanted_series
from conformance.records import Judgement
from conformance.report import Document, merge, read_document
from conformance.report.status import unjudged
from conformance.report.wholeness import incomplete
from conformance.sync import Lock, read_lock


def update_expectations(
    documents: Sequence[Path],
    since: Path | None,
    expectations: Path | None,
    config: Path | None,
    dry_run: bool,
) -> ExitStatus:
    """Renew the file of expectations by the documents, say what changed and what is still to be looked at.

    Raises DocumentError for a document that says too little, and UsageError for a file that is refused.
    """
    if expectations is None and CHECKOUT is None:
        raise UsageError(
            f"{EXPECTATIONS} belongs to the installed harness.",
            "Name a file of your own with --expectations.",
        )
    path = expectations or EXPECTATIONS
    lock = read_lock(LOCK.parent)
    sources = [(document, _read_whole(document)) for document in documents]
    for document, said in sources:
        _refuse_other_files(document, said, lock)
    run = merge(sources).document
    older = None if since is None else _read_whole(since)
    configuration = read_configuration(config)
    entries = read_expectations(path)
    refuse_impossible(path, entries, configuration)
    judged = _judged(run)
    universe = _universe(configuration, judged, run)

    changes = renew(entries, judged, universe)
    left = renewed(entries, changes)
    found = undeclared(left, judged)
    added: list[Expectation] = []
    if older is not None:
        before = _by_cell(older)
        for new in find_newcomers(found, run.header.lock, before, older.header.lock):
            reason = f"new in {new.file} of {new.tag}; nobody has looked at it yet"
            added += declare(new.what, reason, universe)
    after = renewed(entries, changes, added)

    _refuse_renewed(path, after, configuration)
    if changes or added:
        _write(path, {change.entry.number: change.becomes for change in changes}, added, after, dry_run)

    for change in changes:
        _say_change(change)
    for entry in added:
        click.echo(f"added ({entry.test}): {entry.verdict}{_where(entry)}: {entry.reason}")
    unknown = undeclared(after, judged)
    _say_undeclared(unknown, universe)
    click.echo(_sum(path, changes, added, unknown, dry_run))
    pending = dry_run and (changes or added)
    return ExitStatus.UNEXPECTED_VERDICT if unknown or pending else ExitStatus.AS_EXPECTED


def _read_whole(path: Path) -> Document:
    """The document at ``path``; a DocumentError for one that does not hold all tests of its cells."""
    document = read_document(path)
    if not document.complete:
        raise incomplete(path)
    if document.header.filtered:
        raise DocumentError(
            f"{path} holds only tests that match '{document.header.pattern}', and says nothing of the others.",
            "Run again without -k.",
        )
    return document


def _refuse_other_files(path: Path, document: Document, lock: Lock) -> None:
    """Raise DocumentError when a suite's files are not those that are pinned now."""
    pinned = {entry.tag: entry.files for entry in lock.entries}
    for tag in sorted({cell.tag for cell in document.header.plan.cells}):
        for file, blob in document.header.lock.get(tag, {}).items():
            if pinned.get(tag, {}).get(file) != blob:
                raise DocumentError(
                    f"{path} was run with another {file} of {tag} than upstream.lock pins now.", "Run again."
                )


def _by_cell(document: Document) -> Judged:
    cells = {cell.name: cell for cell in document.header.plan.cells}
    judged: dict[str, list[Judgement]] = {}
    for judgement in document.judgements:
        judged.setdefault(judgement.cell, []).append(judgement)
    return {cells[name]: judgements for name, judgements in judged.items()}


def _judged(document: Document) -> Judged:
    """The cells in which something was proved, with their judgements; nothing is concluded from the others."""
    by_cell = _by_cell(document)
    idle = set(unjudged(document.header.plan, document.judgements, filtered=False))
    for cell in by_cell:
        if cell.name in idle:
            click.echo(f"left alone: {cell.name}, in which nothing was proved")
    judged = {cell: judgements for cell, judgements in by_cell.items() if cell.name not in idle}
    if not judged:
        raise DocumentError("Nothing was proved in any cell.", "See the report for why, and run again.")
    versions: dict[str, str] = {}
    for cell in judged:
        version = cell.interpreter.version
        other = versions.setdefault(cell.interpreter.series, version)
        if other != version:
            raise DocumentError(
                f"Both Python {other} and {version} were run, and entries are narrowed by series.",
                "Name documents with one release of each series.",
            )
    return judged


def _universe(configuration: Configuration, judged: Judged, run: Document) -> Universe:
    """All cells that are declared: in the configuration, and in the one that the run had."""
    ran = run.header.plan.cells
    known = evolve(
        configuration,
        loops={**{cell.loop.name: cell.loop for cell in ran}, **configuration.loops},
        implementations={
            **{cell.implementation.name: cell.implementation for cell in ran},
            **configuration.implementations,
        },
    )
    return known_spots(known, wanted_series(CHECKOUT), judged)


def _refuse_renewed(path: Path, after: Sequence[Expectation], configuration: Configuration) -> None:
    """Raise UsageError where every later command would refuse the renewed file."""
    try:
        refuse_impossible(path, after, configuration)
    except UsageError as error:
        raise UsageError(
            f"{path} is left as it is, since renewed it would be refused: {error.what}",
            f"Give the --config that the run had. {error.advice}",
        ) from error


def _write(
    path: Path,
    changes: dict[int, tuple[Expectation, ...]],
    added: Sequence[Expectation],
    meant: Sequence[Expectation],
    dry_run: bool,
) -> None:
    old = path.read_bytes()
    try:
        new = edit(old.decode(), changes, added).encode()
    except NotTablesError:
        raise UsageError(
            f"{path} cannot be written anew: its entries cannot be told apart.",
            "Write each as an [[expectation]] table, with no line of a text that begins so.",
        ) from None
    if not dry_run:
        replace_expectations(path, old, new, meant)


def _say_change(change: Change) -> None:
    entry = change.entry
    click.echo(
        f"{'narrowed' if change.becomes else 'removed'} entry {entry.number} ({entry.test}): {change.why}"
    )
    for after in change.becomes:
        test = "" if after.test == entry.test else f" {after.test}"
        click.echo(f"    now{test}{_where(after)}")


def _say_undeclared(unknown: Sequence[Undeclared], universe: Universe) -> None:
    if not unknown:
        return
    click.echo("Unexpected, and not declared by itself. An entry for each would be, with a reason:")
    for what in unknown:
        click.echo(f"\n# {what.verdict} in {', '.join(cell.name for cell in what.cells)}")
        click.echo("\n".join(block(entry) for entry in declare(what, "", universe)), nl=False)
    click.echo()


def _where(entry: Expectation) -> str:
    texts = [f"{key} = {text}" for key, text in conditions(entry).items()]
    return f" where {', '.join(texts)}" if texts else " everywhere"


def _sum(
    path: Path,
    changes: Sequence[Change],
    added: Sequence[Expectation],
    unknown: Sequence[Undeclared],
    dry_run: bool,
) -> str:
    removed = sum(not change.becomes for change in changes)
    said = f"{removed} removed, {len(changes) - removed} narrowed, {len(added)} added; {len(unknown)} unexpected and not declared"
    if not changes and not added:
        return f"{path} is left as it is: {said}"
    return f"{path} {'would be' if dry_run else 'is'} written anew: {said}"
