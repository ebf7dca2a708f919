"""Interpreters as other machines will have them: what a plan is made for whose cells run elsewhere; in the plan step."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from conformance.errors import UsageError
from conformance.records import Interpreter

_VERSION = re.compile(r"([0-9]+\.[0-9]+)(\.[0-9]+)?", re.ASCII)


def presume_interpreters(names: Iterable[str], tags: Iterable[str]) -> dict[str, Interpreter]:
    """By its name, each of ``names``, a series (3.8) or a release (3.8.18), as an interpreter that nobody has looked for.

    A series is presumed to be of the release that ``tags`` pin, such as ``v3.8.18``. Raises UsageError for a path.
    """
    pinned = {release.rpartition(".")[0]: release for release in (tag.removeprefix("v") for tag in tags)}
    interpreters = {}
    for name in names:
        form = _VERSION.fullmatch(name)
        if form is None:
            raise UsageError(
                f"'{name}' is no version, and not what another machine could have.",
                "Name a series, such as 3.8, a release or a glob.",
            )
        version = name if form[2] else pinned.get(name, f"{name}.0")
        interpreters[name] = Interpreter(version=version, executable=Path(f"python{form[1]}"), build="")
    return interpreters
