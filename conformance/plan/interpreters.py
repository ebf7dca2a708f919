"""Find interpreters on this machine: the first step of a plan.

uv does the looking, along the PATH and in the places of the usual version managers. What it finds is
resolved once to the real executable: a version manager's shim does not work from every folder.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from attrs import frozen
from uv import find_uv_bin

from conformance.places import ROOT
from conformance.programs import Program
from conformance.records import Interpreter, Missing

SERIES_FILE = ".python-version"
_ASK = (
    "import json, platform, sys; print(json.dumps([platform.python_implementation(), "
    "platform.python_version(), sys.executable, sys.version]))"
)


@frozen
class Found:
    """What of the wanted is here."""

    interpreters: tuple[Interpreter, ...]
    missing: tuple[Missing, ...]


def wanted_series(folder: Path) -> list[str]:
    """The versions that ``folder``'s .python-version lists, one a line; empty without such a file."""
    file = folder / SERIES_FILE
    if not file.is_file():
        return []
    lines = (line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def find_interpreters(wanted: Iterable[str]) -> Found:
    """Look for each of ``wanted``: a series (3.8), a release (3.8.18) or a path to an executable."""
    interpreters: dict[Path, Interpreter] = {}
    missing = []
    for name in wanted:
        found = _find(name)
        if found is None:
            missing.append(Missing(python=name, advice=_advice(name)))
        else:
            interpreters.setdefault(found.executable, found)
    ordered = sorted(interpreters.values(), key=lambda interpreter: interpreter.release)
    return Found(interpreters=tuple(ordered), missing=tuple(missing))


def _find(name: str) -> Interpreter | None:
    # --system: an environment that happens to be active is not an interpreter to judge.
    if os.sep in name:
        # Looked for from another folder, below.
        name = str(Path(name).absolute())
    command = [find_uv_bin(), "python", "find", "--system", "--no-python-downloads", "--no-project", name]
    # pyenv's shims go by the folder, unless one of them started us and exported its own choice.
    environ = {key: value for key, value in os.environ.items() if key != "PYENV_VERSION"}
    found = Program(command, environ, ROOT).run()
    return _described(found.stdout.strip()) if found.returncode == 0 else None


def _described(executable: str) -> Interpreter | None:
    """Ask the executable what it is; None for one that does not run, or is no CPython."""
    try:
        answer = Program([executable, "-I", "-c", _ASK], os.environ).run()
        answer.check_returncode()
        implementation, version, path, build = json.loads(answer.stdout)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None
    if implementation != "CPython":
        return None
    return Interpreter(version=version, executable=Path(path), build=" ".join(build.split()))


def _advice(name: str) -> str:
    if "/" in name:
        return "There is no CPython at this path: name an executable."
    return (
        f"Install it ('uv python install {name}', or your version manager) and make it known: "
        f"with pyenv, list it in {SERIES_FILE}; otherwise put it on the PATH."
    )
