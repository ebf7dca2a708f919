"""Read a TOML file that holds nothing but tables of one name, as those of declarations do."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from conformance.errors import UsageError


def read_tables(path: Path, name: str, what: str) -> tuple[list[dict[str, Any]], bytes]:
    """Return the tables called ``name`` in their order, and the very bytes that they were read from.

    Raises UsageError for a file that cannot be read, as one of ``what``, and for one that holds anything else.
    """
    try:
        content = path.read_bytes()
        # Not as a text file: TOML does not know all ends of lines that Python does.
        data = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}.", f"Name a file of {what} that exists."
        ) from error
    except ValueError as error:
        raise UsageError(f"{path} is not valid TOML: {error}.", "Correct the file.") from error
    if unknown := sorted(data.keys() - {name}):
        raise UsageError(
            f"{path} has the unknown key {unknown[0]!r}.", f"It holds only tables named [[{name}]]."
        )
    entries: list[dict[str, Any]] = data.get(name, [])
    if not are_tables(entries):
        raise UsageError(f"{path}: '{name}' is not a list of tables.", f"Begin each with [[{name}]].")
    return entries, content


def are_tables(value: object) -> bool:
    """Whether a value is what TOML has as a list of tables."""
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)
