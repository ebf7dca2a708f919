"""What one [[loop]] or [[implementation]] table may hold; configuration reads the file, and has each checked here."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any, TypeVar

from attrs import NOTHING, fields
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from conformance.errors import UsageError
from conformance.records import Implementation, Loop

_NAMES = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_OBJECT = re.compile(f"{_NAMES}:{_NAMES}")
_OBJECTS = ("runner", "run", "task", "factory")
_ACCEPTED = {
    "name": "a name",
    "python": "a range, such as '>=3.8,<3.11'",
    "path": "a folder with a pyproject.toml, or the file of one module, such as mine.py",
}
_A = {"loop": "a loop", "implementation": "an implementation"}
Entry = TypeVar("Entry", Loop, Implementation)


def declared(record: type[Entry], entry: Any, file: Path) -> Entry:
    """Return the ``record`` that the table ``entry`` of ``file`` declares.

    Raises UsageError with the file, the entry, the key and the accepted values for what is wrong.
    """
    kind = record.__name__.lower()
    if not isinstance(entry, dict):
        raise UsageError(f"{file}: {_A[kind]} is not a table.", f"Write it under [[{kind}]].")
    # As it would be written: a name may hold anything.
    where = f"{file}, {kind} {entry.get('name', '?')!r}"
    known = {field.name: field for field in fields(record)}
    for key in entry:
        if key not in known:
            raise UsageError(f"{where}: the key '{key}' is not known.", f"Known keys: {', '.join(known)}.")
    needed = [name for name, field in known.items() if field.default is NOTHING]
    for key in needed:
        if key not in entry:
            raise UsageError(f"{where}: the key '{key}' is missing.", f"Needed keys: {', '.join(needed)}.")
    made = record(**{key: _value(key, value, where, file, known) for key, value in entry.items()})
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
    if made.path is None and not made.requires and (top := _of_nowhere(made)):
        raise UsageError(
            f"{where}: nothing says where '{top}' comes from.",
            "Give path, a folder with a pyproject.toml or one module's file, or requires, what to install.",
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


def _of_nowhere(made: Implementation) -> str | None:
    """The first module of the entry's objects that Python itself does not bring."""
    names = (getattr(made, key, None) for key in _OBJECTS)
    tops = (re.split("[.:]", name)[0] for name in names if name is not None)
    return next((top for top in tops if top not in sys.stdlib_module_names), None)


def _value(key: str, value: Any, where: str, file: Path, known: Collection[str]) -> Any:
    if key == "requires":
        local = "Give it as path." if "path" in known else "Name a release, such as 'own-loop==1.0'."
        return _requirements(value, where, local)
    if key == "context":
        if not isinstance(value, bool):
            raise UsageError(
                f"{where}: context is {value!r}.", "Give false for a task that takes no context, or true."
            )
        return value
    if key in _OBJECTS:
        if not isinstance(value, str) or not _OBJECT.fullmatch(value):
            raise UsageError(
                f"{where}: {key} is {value!r}.", "Give 'module:attribute', such as 'taskgroup:Runner'."
            )
        return value
    if not isinstance(value, str) or not value:
        raise UsageError(f"{where}: {key} is {value!r}.", f"Give {_ACCEPTED[key]}, as a string.")
    if key == "path":
        return _source(value, where, file)
    if key == "name" and not re.fullmatch(r"[\w.+-]+", value):
        raise UsageError(f"{where}: the name is not usable.", "Use letters, digits and . _ + - alone.")
    if key == "python" and not _is_range(value):
        raise UsageError(f"{where}: python is '{value}'.", "Give a range, such as '>=3.8,<3.11'.")
    return value


def _requirements(value: Any, where: str, local: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(map(_is_requirement, value)):
        raise UsageError(f"{where}: requires is {value!r}.", 'Give a list of requirements, such as ["a==1"].')
    for item in value:
        # What is there now is not what is there tomorrow, and would go by the same name.
        if (Requirement(item).url or "").startswith("file:"):
            raise UsageError(f"{where}: requires has '{item}', which is local.", local)
    return tuple(value)


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
    if is_file and path.stem in sys.stdlib_module_names | {"test"}:
        raise UsageError(
            f"{where}: {path.name} has the name of one of Python's own modules, which would be loaded instead.",
            "Give it another name.",
        )
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


def _is_range(value: str) -> bool:
    try:
        SpecifierSet(value)
    except InvalidSpecifier:
        return False
    return True
