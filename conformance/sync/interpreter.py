"""The interpreter source: the ``test`` package that an installed CPython of exactly the tag's version ships."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Collection, Sequence
from pathlib import Path

from attrs import frozen

from conformance.records import Interpreter
from conformance.sync.failures import SourceFailed

ANSWER_SECONDS = 20

_QUESTION = "import json, platform, sysconfig; print(json.dumps([platform.python_version(), sysconfig.get_path('stdlib')]))"


@frozen
class InterpreterTree:
    """The standard library of one interpreter, read as the ``Lib`` of its tag."""

    version: str
    library: Path

    @property
    def source(self) -> str:
        return "interpreter"

    @property
    def label(self) -> str:
        return f"interpreter {self.version}"

    def names(self) -> frozenset[str]:
        found: set[str] = set()
        for package in ("test", "unittest"):
            for parent, folders, files in os.walk(self.library / package):
                folders[:] = [name for name in folders if name != "__pycache__"]
                below = Path(parent).relative_to(self.library).as_posix()
                found.update(f"Lib/{below}/{name}" for name in files)
        return frozenset(found)

    def bring(self, paths: Collection[str], into: Path) -> None:
        for path in sorted(paths):
            target = into / path
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(self.library / path.removeprefix("Lib/"), target)
            except FileNotFoundError:
                raise _failed(
                    f"CPython {self.version} at {self.library} is installed without {path}", self.version
                ) from None


def open_interpreter(tag: str, interpreters: Sequence[Interpreter]) -> InterpreterTree:
    """The library of the first of ``interpreters`` that is exactly ``tag`` and ships its tests.

    SourceFailed says why none of them will do.
    """
    version = tag.removeprefix("v")
    reasons = []
    for interpreter in interpreters:
        if interpreter.version != version:
            continue
        found = _ask(interpreter.executable)
        if isinstance(found, str):
            reasons.append(found)
        elif found.version != version:
            reasons.append(f"{interpreter.executable} is CPython {found.version}, not {version}")
        elif not (found.library / "test" / "__init__.py").is_file():
            reasons.append(f"{interpreter.executable} is installed without its test package")
        else:
            return found
    if not reasons:
        known = ", ".join(sorted({one.version for one in interpreters})) or "no interpreter"
        reasons.append(f"only CPython {version} itself ships the files of {tag}, and there is {known}")
    raise _failed("; ".join(reasons), version)


def _ask(executable: Path) -> InterpreterTree | str:
    # Isolated and without site, so that neither the user's environment nor a .pth file has a say.
    command = [str(executable), "-I", "-S", "-c", _QUESTION]
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, timeout=ANSWER_SECONDS, stdin=subprocess.DEVNULL
        )
        version, library = json.loads(done.stdout)
        return InterpreterTree(version, Path(library))
    except OSError as error:
        reason = str(error)
    except subprocess.TimeoutExpired:
        reason = f"no answer within {ANSWER_SECONDS} s"
    except (TypeError, ValueError):
        reason = f"it ended with status {done.returncode} and no sensible answer"
    return f"{executable} did not say where its library is: {reason}"


def _failed(reason: str, version: str) -> SourceFailed:
    return SourceFailed(
        "interpreter",
        reason,
        f"Install CPython {version} with its test package (pyenv and source builds have it).",
    )
