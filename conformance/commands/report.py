"""``report``: documents, merged and rendered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from conformance.commands.console import open_console
from conformance.errors import ExitStatus
from conformance.report import merge, read_document
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
        unmet=footer.unmet if footer else (),
        status=merged.status,
    )
    for sentence in merged.lacking:
        click.echo(f"conformance: {sentence}", err=True)
    return ExitStatus.NOT_COMPLETED if merged.status is None else merged.status
