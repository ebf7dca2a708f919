"""Put a renewed file of expectations in the old one's place, whole or not at all; the last of ``expectations update``."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from attrs import evolve

from conformance.errors import UsageError
from conformance.judge.expectations import Expectation
from conformance.judge.expectations_file import read_expectations


def replace_expectations(path: Path, old: bytes, new: bytes, meant: Sequence[Expectation]) -> None:
    """Write ``new`` to ``path``, which holds ``old``, once it has been read back as what is ``meant``.

    A link stays a link, and the file keeps its permissions. Raises UsageError when that is not allowed, or when
    the file is not what it was.
    """
    target = path.resolve()
    try:
        if not os.access(target, os.W_OK):
            raise PermissionError(0, "it is write-protected")
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        aside = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(new)
                file.flush()
                os.fsync(file.fileno())
            shutil.copymode(target, aside)
            _read_back(aside, meant)
            if target.read_bytes() != old:
                raise UsageError(f"{path} was changed in the meantime.", "Run the command again.")
            aside.replace(target)
        finally:
            aside.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written anew: {error.strerror}.",
            "It is as it was: mend its permissions or those of its folder, or make room, and run the command again.",
        ) from error


def _read_back(path: Path, meant: Sequence[Expectation]) -> None:
    numbered = tuple(evolve(entry, number=number) for number, entry in enumerate(meant, start=1))
    if read_expectations(path) != numbered:
        raise AssertionError("the renewed expectations do not read as they were meant")
