"""Look at what a user names as the store, before ``run`` begins: what stands there is put aside where it is no store."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from conformance.errors import UsageError

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


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)
