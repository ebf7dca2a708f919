"""The environment variables of a worker: few, since what a test finds in them can change what it does; in execute.

A worker has a home, a PATH and a place for temporary files of its own. Of the driver's variables it gets those that
an interpreter needs to start and to speak the user's language, and those that the user names.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

_ALWAYS = ("LANG", "LANGUAGE", "LC_*", "TZ", "LD_LIBRARY_PATH", "DYLD_*", "USER", "LOGNAME")
_NEVER = ("PYTHON*", "TMPDIR")
"""Python's own change what is judged, and a worker's TMPDIR is what it is known by."""


def handed_on(named: Iterable[str] = ()) -> dict[str, str]:
    """Return the variables of this process that a worker gets; ``named`` are names and globs of more."""
    wanted = (*_ALWAYS, *named)
    return {
        name: value
        for name, value in sorted(os.environ.items())
        if _matches(name, wanted) and not _matches(name, _NEVER)
    }


def is_withheld(name: str) -> bool:
    """Whether no worker gets a variable of this name from the driver, even where it is asked for."""
    return _matches(name, _NEVER)


def missing(named: Iterable[str]) -> list[str]:
    """Return those of ``named`` that are no globs, and no variables of this process either."""
    return [name for name in named if not set(name) & set("*?[") and name not in os.environ]


def surroundings(variables: Mapping[str, str], python: Path, folder: str) -> dict[str, str]:
    """Return all variables of a worker that runs ``python``, with the ``variables``, in ``folder``."""
    path = os.pathsep.join((str(python.absolute().parent), os.defpath))
    return {"PATH": path, "HOME": folder, **variables, "TMPDIR": folder}


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
