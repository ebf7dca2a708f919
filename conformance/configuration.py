"""Read which loops and implementations there are: the harness's own, then those of a user's file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from attrs import NOTHING, fields, frozen
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from conformance.errors import UsageError
from conformance.records import NATIVE, Implementation, Loop

DEFAULTS = Path(__file__).with_name("defaults.toml")
DEFAULT_IMPLEMENTATIONS = ("runner_backport", "runner_backport-own")
"""What is judged where the user neither selects nor declares anything."""
_NAMES = r"\w+(?:\.\w+)*"
_OBJECT = re.compile(f"{_NAMES}:{_NAMES}")
Entry = TypeVar("Entry", Loop, Implementation)


@frozen
class Configuration:
    """The declared loops and implementations, by name."""

    loops: Mapping[str, Loop]
    implementations: Mapping[str, Implementation]
    default: tuple[str, ...]
    """The names of the implementations that are judged where none is selected."""


def read_configuration(user_file: Path | None = None) -> Configuration:
    """The harness's own declarations, with those of ``user_file`` added to or put over them by name.

    Implementations that ``user_file`` declares are judged by default, instead of the harness's own default.
    Raises UsageError, with the file, the entry, the key and the accepted values, for what is wrong.
    """
    ours = _declared(DEFAULTS)
    if user_file is None:
        return ours
    theirs = _declared(user_file)
    if NATIVE in theirs.implementations:
        raise UsageError(
            f"{user_file}, implementation '{NATIVE}': {NATIVE} is what the others are judged against.",
            "Give it another name.",
        )
    return Configuration(
        loops={**ours.loops, **theirs.loops},
        implementations={**ours.implementations, **theirs.implementations},
        default=tuple(theirs.implementations) or ours.default,
    )


def _declared(file: Path) -> Configuration:
    """What one file declares."""
    tables = _read(file)
    loops = [Loop(**_checked(Loop, entry, file)) for entry in tables.get("loop", [])]
    implementations = [
        Implementation(**_checked(Implementation, entry, file)) for entry in tables.get("implementation", [])
    ]
    return Configuration(
        loops=_by_name(loops, file),
        implementations=_by_name(implementations, file),
        default=DEFAULT_IMPLEMENTATIONS,
    )


def _by_name(entries: Sequence[Entry], file: Path) -> dict[str, Entry]:
    named: dict[str, Entry] = {}
    for entry in entries:
        if entry.name in named:
            kind = type(entry).__name__.lower()
            raise UsageError(
                f"{file}, {kind} '{entry.name}': the name is there twice.",
                f"Give each {kind} a name of its own.",
            )
        named[entry.name] = entry
    return named


def _read(file: Path) -> dict[str, Any]:
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}.",
            "Name a file of [[loop]] and [[implementation]] tables.",
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            f"{file} is not valid TOML: {error}.", "Mend the file that --config names."
        ) from error
    for name, value in tables.items():
        if name not in ("loop", "implementation"):
            raise UsageError(
                f"{file} has '{name}', which is not known.",
                "A configuration holds [[loop]] and [[implementation]] tables alone.",
            )
        if not isinstance(value, list):
            raise UsageError(f"{file}: '{name}' is no list of tables.", f"Write it under [[{name}]].")
    return tables


def _checked(record: type[Any], entry: Any, file: Path) -> dict[str, Any]:
    """The entry's values as the record takes them."""
    kind = record.__name__.lower()
    if not isinstance(entry, dict):
        raise UsageError(f"{file}: a {kind} is not a table.", f"Write it under [[{kind}]].")
    where = f"{file}, {kind} '{entry.get('name', '?')}'"
    known = {field.name: field for field in fields(record)}
    for key in entry:
        if key not in known:
            raise UsageError(f"{where}: the key '{key}' is not known.", f"Known keys: {', '.join(known)}.")
    needed = [name for name, field in known.items() if field.default is NOTHING]
    for key in needed:
        if key not in entry:
            raise UsageError(f"{where}: the key '{key}' is missing.", f"Needed keys: {', '.join(needed)}.")
    return {key: _value(key, value, where, file) for key, value in entry.items()}


def _value(key: str, value: Any, where: str, file: Path) -> Any:
    if key == "requires":
        if not isinstance(value, list) or not all(_is_requirement(item) for item in value):
            raise UsageError(
                f"{where}: requires is {value!r}.", 'Give a list of requirements, such as ["a==1"].'
            )
        return tuple(value)
    if not isinstance(value, str) or not value:
        raise UsageError(f"{where}: {key} is {value!r}.", "Give a string that is not empty.")
    if key in ("runner", "run", "task", "factory") and not _OBJECT.fullmatch(value):
        raise UsageError(
            f"{where}: {key} is '{value}'.", "Give 'module:attribute', such as 'taskgroup:Runner'."
        )
    if key == "name" and not re.fullmatch(r"[\w.+-]+", value):
        raise UsageError(f"{where}: the name is not usable.", "Use letters, digits and . _ + - alone.")
    if key == "python":
        try:
            SpecifierSet(value)
        except InvalidSpecifier as error:
            raise UsageError(
                f"{where}: python is '{value}'.", "Give a range, such as '>=3.8,<3.11'."
            ) from error
    if key == "path":
        path = (file.parent / value).resolve()
        if not (path / "pyproject.toml").is_file():
            raise UsageError(
                f"{where}: there is no pyproject.toml in {path}.", "Name a folder that can be built."
            )
        return path
    return value


def _is_requirement(item: Any) -> bool:
    try:
        Requirement(item)
    except (InvalidRequirement, TypeError):
        return False
    return True
