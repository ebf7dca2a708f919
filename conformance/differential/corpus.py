"""The saved programs, which run first and always: one for each real bug that is known, one for each declared divergence.

Each is a file of the folder ``corpus`` with what it was, in a line, where that is told, and the program.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from conformance.differential.program import refuse_malformed
from conformance.errors import UsageError

CORPUS = Path(__file__).parent / "corpus"

_KEYS = ("what", "source", "program")
_SECONDS = "seconds"
_MOST_SECONDS = 10
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")
_ADVICE = "Write {" + ", ".join(f'"{key}": …' for key in _KEYS) + "}."


@frozen
class Saved:
    """A saved program."""

    name: str
    what: str
    """What it was, in one line."""
    source: str
    """Where that is told: an issue's address, or a place in the project's own documents."""
    program: Mapping[str, Any]
    seconds: float | None = None
    """Its time limit on every cell; None: that of all programs."""


def read_corpus(folder: Path = CORPUS) -> tuple[Saved, ...]:
    """Return the saved programs of a folder, by name; raises UsageError, naming the file, for what is none."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix == ".json")
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be read: {error.strerror}.", "Name a folder of saved programs."
        ) from error
    return tuple(read_saved(path) for path in files)


def file_of(name: str, folder: Path = CORPUS) -> Path | None:
    """Return the file of the saved program of that name; None where there is none."""
    path = folder / f"{name}.json"
    return path if _NAME.fullmatch(name) and path.is_file() else None


def read_saved(path: Path) -> Saved:
    """Return the saved program of a file; raises UsageError, naming the file and what is wrong with it."""
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", "Name a saved program.") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not valid JSON: {error}.", "Correct the file.") from error
    if not _NAME.fullmatch(path.stem):
        raise UsageError(
            f"{path} has a name that is not usable.", "Use small letters, digits, . and - alone."
        )
    if not isinstance(data, dict) or data.keys() - {_SECONDS} != set(_KEYS):
        raise UsageError(f"{path} is no saved program.", _ADVICE)
    for key in _KEYS[:2]:
        text = data[key]
        if not isinstance(text, str) or not text.strip() or "\n" in text:
            raise UsageError(f"{path} has {key} = {text!r:.60}.", "Give one line of text.")
    try:
        refuse_malformed(data["program"])
    except UsageError as error:
        raise UsageError(f"{path}: {error.what}", error.advice) from error
    seconds = data.get(_SECONDS)
    if _SECONDS in data and not _is_time_limit(seconds):
        raise UsageError(
            f"{path} has seconds = {seconds!r:.60}.", f"Give a number above 0, and {_MOST_SECONDS} at most."
        )
    return Saved(path.stem, data["what"], data["source"], data["program"], seconds)


def save(saved: Saved, folder: Path) -> Path:
    """Write a program into a folder, one operation a line, and return its file."""
    path = folder / f"{saved.name}.json"
    data: dict[str, Any] = {"what": saved.what, "source": saved.source}
    if saved.seconds is not None:
        data[_SECONDS] = saved.seconds
    data["program"] = saved.program
    path.write_text(_text(data) + "\n", encoding="utf-8")
    return path


def _is_time_limit(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _MOST_SECONDS


def _text(value: Any, indent: str = "") -> str:
    """JSON that people can read: what holds no operations stands on one line."""
    inner = indent + "  "
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not _holds_operations(value):
        return flat
    if isinstance(value, list):
        return "[\n" + ",\n".join(inner + _text(each, inner) for each in value) + f"\n{indent}]"
    fields = [f"{json.dumps(key)}: {_text(each, inner)}" for key, each in value.items()]
    if "op" in value:
        return (
            "{" + ", ".join(f"{json.dumps(key)}: {_text(each, indent)}" for key, each in value.items()) + "}"
        )
    return "{\n" + ",\n".join(inner + each for each in fields) + f"\n{indent}}}"


def _holds_operations(value: Any) -> bool:
    if isinstance(value, dict):
        return (
            any(
                ("op" in value and isinstance(each, list) and each) or _holds_operations(each)
                for each in value.values()
            )
            or "script" in value
            or "program" in value
        )
    return isinstance(value, list) and any(isinstance(each, dict | list) and each for each in value)
