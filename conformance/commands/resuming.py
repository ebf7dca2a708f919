"""Take up a run that did not come to its end: from its document to the options that it had."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from conformance.errors import DocumentError, UsageError
from conformance.report import Document, read_document
from conformance.sync import without_credentials

_OF_THIS_TIME = frozenset({"resume", "jobs", "source", "remote", "store"})
"""The options that say how to go on. What is run was said when the run began."""


def as_arguments(context: click.Context) -> tuple[str, ...]:
    """Return the command with the options that the user gave, in words that mean the same in any folder.

    A long option is one word with its value, so that none of them can be taken for another.
    """
    words = [str(context.info_name)]
    for option in _given(context):
        assert option.name is not None
        value = context.params[option.name]
        if isinstance(option, click.Option) and option.is_flag:
            words.append(option.opts[0])
            continue
        for one in value if option.multiple else (value,):
            name, text = option.opts[0], _anywhere(option.name, one)
            words += [f"{name}={text}"] if name.startswith("--") else [name, text]
    return tuple(words)


def value_of(arguments: Sequence[str], option: str) -> str | None:
    """Return the value that a long ``option`` has in what ``as_arguments`` returned; None where it was not given."""
    words = iter(arguments[1:])
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name == option:
            return value
        if not name.startswith("--"):
            next(words, None)  # a short option's value, whatever it looks like
    return None


def take_up(context: click.Context, path: Path, options: dict[str, Any]) -> Document:
    """Return the document at ``path``, and put the options that its run had into ``options``.

    Raises UsageError for an option that would change what is run, and DocumentError for a document that
    cannot be read, or was made by no such command.
    """
    given = {option.name: option for option in _given(context)}
    for name, option in given.items():
        if name not in _OF_THIS_TIME:
            raise UsageError(
                f"{option.opts[0]} does not go with --resume, which runs what the run of {path} was to run.",
                "Leave it out, or begin a new run.",
            )
    document = read_document(path)
    try:
        _name, *arguments = document.header.arguments
        had = context.command.make_context(_name, arguments).params
    except (ValueError, click.UsageError) as error:
        command = " ".join(document.header.arguments)
        raise DocumentError(
            f"{path} was left by 'conformance {command}', which this version cannot run.", "Begin a new run."
        ) from error
    had["out"] = path
    options.update({name: value for name, value in had.items() if name not in given})
    return document


def _given(context: click.Context) -> list[click.Parameter]:
    return [
        option
        for option in context.command.params
        if option.name is not None
        and context.get_parameter_source(option.name) is click.core.ParameterSource.COMMANDLINE
    ]


def _anywhere(name: str, value: object) -> str:
    """The value's text; a path's from the root on, also where a path is one of several things that it can be.

    Documents are handed on: who may read a remote is not said in them.
    """
    if name == "remote":
        value = without_credentials(str(value))
    may_be_path = name in {"pythons", "remote"} and os.sep in str(value) and Path(str(value)).exists()
    return str(Path(str(value)).absolute()) if may_be_path or isinstance(value, Path) else str(value)
