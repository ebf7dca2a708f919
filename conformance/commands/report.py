"""``report``: documents, merged and rendered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from conformance.commands.console import open_console
from conformance.commands.resuming import value_of
from conformance.errors import ExitStatus
from conformance.report import Header, merge, read_document
from conformance.report.terminal import render


def show_report(paths: Sequence[Path]) -> ExitStatus:
    """Print the report of the documents at ``paths`` as of one run, and return the exit status that it has."""
    merged = merge([(path, read_document(path)) for path in paths])
    document = merged.document
    footer = document.footer
    render(
        open_console(),
        document.header.plan,
        document.judgements,
        results=document.results,
        unmet=footer.unmet if footer else (),
        status=merged.status,
        shards=merged.missing,
        renewal=() if merged.lacking else renewal(document.header, paths),
    )
    for sentence in merged.lacking:
        click.echo(f"conformance: {sentence}", err=True)
    return ExitStatus.NOT_COMPLETED if merged.status is None else merged.status


def renewal(header: Header, paths: Sequence[Path]) -> tuple[str, ...]:
    """Return the arguments of ``expectations update`` for the documents at ``paths``, of runs with this ``header``.

    They are about the file of expectations and the configuration that the run had; none where not all tests ran.
    """
    if header.filtered:
        return ()
    options = [(name, value_of(header.arguments, name)) for name in ("--expectations", "--config")]
    return (
        *(str(path) for path in paths),
        *(word for name, value in options if value is not None for word in (name, value)),
    )
