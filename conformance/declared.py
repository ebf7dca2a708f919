"""What one [[loop]] or [[implementation]] table may hold; configuration reads the file, and has each checked here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

from attrs import NOTHING, fields
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from conformance.errors import UsageError
from conformance.records import Implementation, Loop

_NAMES = r"\w+(?:\.\w+)*"
_OBJECT = re.compile(f"{_NAMES}:{_NAMES}")
_OBJECTS = ("runner", "run", "task", "factory")
Entry = TypeVar("Entry", Loop, Implementation)


def declared(record: type[Entry], entry: Any, file: Path) -> Entry:
    """Return the ``record`` that the table ``entry`` of ``file`` declares.

    Raises UsageError with the file, the entry, the key and the accepted values for what is wrong.
    """
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
    made = record(**{key: _value(key, value, where, file) for key, value in entry.items()})
    if isinstance(made, Implementation):
        _refuse_unjudgeable(made, where)
    return made


def _refuse_unjudgeable(made: Implementation, where: str) -> None:
    """Refuse what no suite could judge, and objects that the module of ``path`` cannot have."""
    if made.runner is None and made.task is None:
        raise UsageError(
            f"{where}: there is neither a runner nor a task to judge.",
            "Give runner = 'module:attribute', or task, or both.",
        )
    if made.run is not None and made.runner is None:
        raise UsageError(
            f"{where}: run is '{made.run}', and there is no runner that it runs.",
            "Give runner = 'module:attribute' beside it.",
        )
    if not made.context and made.task is None:
        raise UsageError(
            f"{where}: context is false, and there is no task that it is about.",
            "Give task = 'module:attribute' beside it, or leave context out.",
        )
    if made.path is None or made.path.suffix != ".py" or made.requires:
        return
    for key in _OBJECTS:
        name = getattr(made, key, None)
        if name is not None and name.partition(":")[0] != made.path.stem:
            raise UsageError(
                f"{where}: {key} is '{name}', which is not in {made.path.name}.",
                f"Give '{made.path.stem}:attribute', or say under requires what has it.",
            )


def _value(key: str, value: Any, where: str, file: Path) -> Any:
    if key == "requires":
        if not isinstance(value, list) or not all(_is_requirement(item) for item in value):
            raise UsageError(
                f"{where}: requires is {value!r}.", 'Give a list of requirements, such as ["a==1"].'
            )
        return tuple(value)
    if key == "context":
        if not isinstance(value, bool):
            raise UsageError(
                f"{where}: context is {value!r}.", "Give false for a task that takes no context, or true."
            )
        return value
    if not isinstance(value, str) or not value:
        raise UsageError(f"{where}: {key} is {value!r}.", "Give a string that is not empty.")
    if key in _OBJECTS and not _OBJECT.fullmatch(value):
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
    return _source(value, where, file) if key == "path" else value


def _source(value: str, where: str, file: Path) -> Path:
    """The folder or the module's file that ``path`` names, from the folder of ``file`` on."""
    advice = "Name a folder with a pyproject.toml, or the file of one module, such as mine.py."
    try:
        path = (file.parent / value).resolve()
        is_file, is_folder = path.is_file(), path.is_dir()
        if is_file:
            # A module goes by the name that it has here, also where that is a link.
            path = (file.parent / value).parent.resolve() / Path(value).name
        is_project = (path / "pyproject.toml").is_file()
    except (OSError, ValueError) as error:
        raise UsageError(f"{where}: path is {value!r}: {error}.", advice) from error
    if is_project or (is_file and path.suffix == ".py" and path.stem.isidentifier()):
        return path
    if is_folder:
        raise UsageError(f"{where}: there is no pyproject.toml in {path}.", advice)
    if is_file:
        raise UsageError(f"{where}: {path} is no file of a module that can be imported.", advice)
    raise UsageError(f"{where}: there is no {path}.", advice)


def _is_requirement(item: Any) -> bool:
    try:
        Requirement(item)
    except (InvalidRequirement, TypeError):
        return False
    return True
