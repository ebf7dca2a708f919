"""Refuse what a user gives ``run`` that cannot be meant, before anything stands that is lost by it."""

from __future__ import annotations

import math
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from conformance.errors import UsageError
from conformance.execute.variables import is_withheld

_DOCUMENT_BEGINS = b'{"type": "header"'
_MAGIC = b"SQLite format 3\0"
_ADVICE = "Name another file, or one that is not there yet."


def refuse_shared(store: Path, documents: Mapping[str, Path]) -> None:
    """Raise UsageError where one of the ``documents``, which are told by their options, is to be written there too."""
    for option, document in documents.items():
        if _is_same(store, document):
            raise UsageError(f"--store and {option} both name {store}.", "Name another file for one of them.")


def refuse_foreign(store: Path) -> None:
    """Raise UsageError where something stands that is neither a store nor empty."""
    try:
        if not store.exists():
            return
        if not store.is_file():
            raise UsageError(f"--store {store} is no file.", _ADVICE)
        with store.open("rb") as file:
            begins = file.read(len(_MAGIC))
    except OSError as error:
        raise UsageError(f"--store {store} cannot be read: {error.strerror}.", _ADVICE) from error
    if begins not in {b"", _MAGIC}:
        raise UsageError(f"--store {store} holds something else than a store of results.", _ADVICE)


def refuse_what_is_no_document(path: Path) -> None:
    """Raise UsageError for a file that the document would take the place of, and that no run has written."""
    if path.is_file():
        with path.open("rb") as file:
            begins = file.read(len(_DOCUMENT_BEGINS))
        if begins not in {b"", _DOCUMENT_BEGINS}:
            raise UsageError(
                f"{path} holds something else than a report document.", "Name another file with --out."
            )


def refuse_endless(seconds: float) -> None:
    """Raise UsageError for a time limit that is none."""
    if not math.isfinite(seconds):
        raise UsageError(f"--timeout is {seconds}.", "Give a number of seconds.")


def refuse_withheld(names: Iterable[str]) -> None:
    """Raise UsageError for environment variables that are not handed on, whoever names them."""
    for name in names:
        if not name:
            raise UsageError("--pass-env names nothing.", "Name a variable or a glob.")
        if is_withheld(name):
            raise UsageError(
                f"--pass-env {name}: TMPDIR and Python's own variables are not handed on.", "Leave it out."
            )


def make_folder(folder: Path) -> None:
    """Make the folder for coverage's data; raise UsageError where nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(
            f"--coverage {folder} cannot be written to: {error.strerror}.", "Name another folder."
        ) from error


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)
