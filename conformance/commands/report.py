"""``report``: a document, rendered."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.commands.console import open_console
from conformance.errors import ExitStatus
from conformance.report import read_document
from conformance.report.terminal import render


def show_report(path: Path) -> ExitStatus:
    """Print the report of the document at ``path`` and return the exit status that its run had."""
    document = read_document(path)
    footer = document.footer
    render(
        open_console(),
        document.header.plan,
        document.judgements,
        unmet=footer.unmet if footer else (),
        status=footer.exit_status if footer else None,
    )
    if not document.complete:
        click.echo(
            f"conformance: {path} is incomplete: its run did not come to its end. Run it again.", err=True
        )
    return footer.exit_status if footer else ExitStatus.NOT_COMPLETED
