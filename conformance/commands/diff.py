"""``diff``: two documents, and what changed from the one to the other."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.commands.console import open_console
from conformance.errors import ExitStatus, UsageError
from conformance.report import read_document
from conformance.report.changes import Changes, find_changes
from conformance.report.changes_forms import changes_json, changes_markdown, print_changes
from conformance.report.changes_programs import find_changes_of_programs
from conformance.report.programs_document import is_programs, read_programs


def show_diff(old: Path, new: Path, form: str) -> ExitStatus:
    """Print what changed from ``old`` to ``new`` as ``table``, ``markdown`` or ``json``, and return the exit status."""
    changes = _changes(old, new)
    if form == "json":
        click.echo(changes_json(changes), nl=False)
    elif form == "markdown":
        click.echo(changes_markdown(changes), nl=False)
    else:
        print_changes(open_console(), changes)
    return changes.status


def _changes(old: Path, new: Path) -> Changes:
    kinds = {path: is_programs(path) for path in (old, new)}
    if kinds[old] != kinds[new]:
        (run,), (programs,) = ([path for path in kinds if kinds[path] is kind] for kind in (False, True))
        raise UsageError(
            f"{run} is a document of run, and {programs} is one of fuzz.", "Name two documents of one kind."
        )
    if kinds[old]:
        return find_changes_of_programs(read_programs(old), read_programs(new))
    return find_changes((old, read_document(old)), (new, read_document(new)))
