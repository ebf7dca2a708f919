"""Find interpreters on this machine: the first step of a plan.

uv does the looking, along the PATH and in the places of the usual version managers. What it finds is
resolved once to the real executable: a version manager's shim does not work from every folder.
"""

from __future__ import annotations

import ast
import os
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from attrs import frozen

from conformance.errors import PlanError
from conformance.programs import Programs
from conformance.records import Interpreter, Missing
from conformance.uv_command import last_words, uv_command

SERIES_FILE = ".python-version"
SERIES = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
"""What is looked for where no file lists any: what the lock pins tests for."""
# Without json and site, which take longer to import than Python to start.
_ASK = "import sys; print(ascii((sys.implementation.name, sys.executable, sys.version)))"
_NOT_HERE = ("No interpreter found", "Failed to inspect Python interpreter")
"""How uv says that there is none, or none that runs; whatever else it fails with says nothing about interpreters."""


@frozen
class Found:
    """What of the wanted is here."""

    interpreters: tuple[Interpreter, ...]
    missing: tuple[Missing, ...]


def no_python(found: Found) -> PlanError:
    """Return what to raise where nothing of the wanted is here."""
    pythons = ", ".join(missing.python for missing in found.missing)
    advice = found.missing[0].advice if found.missing else ""
    return PlanError(f"No Python to judge on was found; looked for: {pythons}.", advice)


def wanted_series(folder: Path | None) -> list[str]:
    """The versions that ``folder``'s .python-version lists, one a line; `SERIES` where it lists none.

    Without a checkout there is no such folder: what lies where a user happens to be is about other things.
    """
    file = folder / SERIES_FILE if folder else None
    if file is None or not file.is_file():
        return list(SERIES)
    lines = (line.split("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line] or list(SERIES)


def find_interpreters(wanted: Iterable[str]) -> Found:
    """Look for each of ``wanted``, for all at once: a series (3.8), a release (3.8.18) or a path to an executable.

    Raises PlanError where uv cannot look.
    """
    names = list(dict.fromkeys(wanted))
    search = _Search()
    with ThreadPoolExecutor(max(len(names), 1)) as pool:
        try:
            answers = list(pool.map(search.find, names))
        except BaseException:
            search.stop()
            raise
    interpreters: dict[Path, Interpreter] = {}
    missing = []
    for name, found in zip(names, answers, strict=True):
        if found is None:
            missing.append(Missing(python=name, advice=_advice(name)))
        else:
            interpreters.setdefault(found.executable, found)
    ordered = sorted(interpreters.values(), key=lambda interpreter: interpreter.release)
    return Found(interpreters=tuple(ordered), missing=tuple(missing))


class _Search:
    """Looks for interpreters, from several threads, until it is told to stop."""

    def __init__(self) -> None:
        # --system: an environment that happens to be active is not an interpreter to judge.
        # Here, in one thread: the first call of sysconfig, which this makes, is not safe in several.
        self._command = uv_command("python", "find", "--system", "--no-python-downloads", "--")
        self._programs = Programs()

    def find(self, name: str) -> Interpreter | None:
        """Find the interpreter of this name; raises StoppedError once it is stopped, and PlanError."""
        # pyenv's shims go by the folder, or by the choice of the one that started us: here, by what is wanted.
        found = self._programs.run([*self._command, name], {**os.environ, "PYENV_VERSION": name})
        if found.returncode == 0:
            return self._described(found.stdout.strip())
        if any(words in found.stderr for words in _NOT_HERE):
            return None
        raise PlanError(
            f"Python {name} could not be looked for: uv failed.",
            "See what it says, mend that, and run again.",
            last_words(found.stderr),
        )

    def stop(self) -> None:
        """End what is running, and let nothing begin any more."""
        self._programs.stop()

    def _described(self, executable: str) -> Interpreter | None:
        """Ask the executable what it is; None for one that does not run, or is no CPython."""
        try:
            answer = self._programs.run([executable, "-I", "-S", "-c", _ASK], os.environ)
            answer.check_returncode()
            implementation, path, build = map(str, ast.literal_eval(answer.stdout))
        except (OSError, subprocess.CalledProcessError, ValueError, TypeError, SyntaxError):
            return None
        if implementation != "cpython":
            return None
        version, *_ = build.split()
        return Interpreter(version=version, executable=Path(path), build=" ".join(build.split()))


def _advice(name: str) -> str:
    if "/" in name:
        return "There is no CPython at this path: name an executable."
    return (
        f"Install it ('uv python install {name}', or your version manager), and see that it is on the PATH."
    )
