"""Take up a run that did not come to its end: from its document to the options that it had."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import click

from conformance.errors import DocumentError, UsageError
from conformance.report import Document, read_document

_OF_THIS_TIME = frozenset({"resume", "jobs", "out", "source", "remote", "store"})
"""The options that say how to go on. What is run was said when the run began."""


def take_up(command: click.Command, path: Path, options: dict[str, Any], given: Collection[str]) -> Document:
    """Return the document at ``path``, and put the options that its run had into ``options``.

    ``given`` are the options that are not there by default. Raises UsageError for one that would change
    what is run, and DocumentError for a document that cannot be read, or was made by no such command.
    """
    if others := sorted(set(given) - _OF_THIS_TIME):
        name = next(option.opts[0] for option in command.params if option.name == others[0])
        raise UsageError(
            f"{name} does not go with --resume, which runs what the run of {path} was to run.",
            "Leave it out, or begin a new run.",
        )
    document = read_document(path)
    try:
        _name, *arguments = document.header.arguments
        had = command.make_context("run", arguments).params
    except (ValueError, click.UsageError) as error:
        raise DocumentError(
            f"{path} was left by 'conformance {' '.join(document.header.arguments)}', which this version cannot run.",
            "Begin a new run.",
        ) from error
    had["out"] = path
    options.update({name: value for name, value in had.items() if name not in given})
    return document
