"""Read the document that ``fuzz --out`` writes, for every renderer of the report step, and refuse a damaged one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from conformance.errors import DocumentError
from conformance.plain import Plain, from_plain
from conformance.report.programs_records import FORMAT, KEYS, Difference, Programs, ShownDivergence

_ADVICE = "Take an undamaged copy of the document, or run again."
_FIELDS = {key: field for field, key in KEYS.items()}
_EVENT = 2
"""So many texts an event begins with: where it is from, and what happened."""


@frozen
class ProgramsDocument:
    """A document of generated programs."""

    path: Path
    data: Mapping[str, Any]
    """The document as it is written, with all that it should have."""
    said: Programs
    """The same as a record."""

    @property
    def complete(self) -> bool:
        """Whether the campaign lacks nothing."""
        return self.said.complete


def is_programs(path: Path) -> bool:
    """Whether the file at ``path`` is rather a document of programs than a run's, whole or damaged.

    Raises DocumentError for a file that cannot be read.
    """
    try:
        with path.open("rb") as lines:
            first = lines.readline()
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        data = json.loads(first)
    except (ValueError, RecursionError):
        # The first line of many, unless a run's header was cut off.
        text = first.strip()
        return text == b"{" or (text.startswith(b"{") and b'"type"' not in text)
    return isinstance(data, dict) and "type" not in data


def read_programs(path: Path) -> ProgramsDocument:
    """Return the document of programs at ``path``; raises DocumentError, naming the key, for what ``fuzz`` does not write."""
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise _unreadable(path, error) from error
    except (ValueError, RecursionError):
        raise DocumentError(f"{path} is not JSON, or was cut off.", _ADVICE) from None
    if not isinstance(data, dict) or "seed" not in data:
        raise DocumentError(
            f"{path} is no document of a run, and none of programs.", "Name what 'fuzz --out' has written."
        )
    if data.get("format") != FORMAT:
        raise DocumentError(
            f"{path} has format {data.get('format')}, and this version of conformance reads {FORMAT}.",
            f"Read it with the version that wrote it ({data.get('version')}).",
        )
    try:
        said = from_plain(Programs, _as_fields(data))
        for difference in said.differences:
            _see_that_they_are_traces(difference)
        for saved in said.saved.values():
            for shown in saved.traces:
                _see_that_they_are_traces(shown)
    except ValueError as error:
        raise DocumentError(f"{path}: {error}.", _ADVICE) from None
    return ProgramsDocument(path, data, said)


def _as_fields(data: Mapping[str, Plain]) -> dict[str, Plain]:
    """Return the data with the keys that the records' fields have."""
    fields: dict[str, Plain] = _renamed(data)
    if isinstance(saved := fields.get("saved"), dict):
        fields["saved"] = {name: _renamed(each) for name, each in saved.items()}
    if isinstance(differences := fields.get("differences"), list):
        fields["differences"] = [
            {"seconds": None, **_renamed(each)} if isinstance(each, dict) else each for each in differences
        ]
    return fields


def _renamed(data: Plain) -> Plain:
    return {_FIELDS.get(key, key): value for key, value in data.items()} if isinstance(data, dict) else data


def _see_that_they_are_traces(shown: Difference | ShownDivergence) -> None:
    for name in ("native", "subject", "control"):
        for event in getattr(shown, name) or ():
            begins = event[:_EVENT] if isinstance(event, list) else []
            if len(begins) < _EVENT or not all(isinstance(part, str) for part in begins):
                raise ValueError(f"{name} has the event {event!r:.40}")


def _unreadable(path: Path, error: OSError) -> DocumentError:
    return DocumentError(
        f"The document {path} cannot be read: {error.strerror}.", "Name one that run or fuzz has written."
    )
