"""Take away environments and wheels that nothing has used for long, and what killed runs left; provision does it."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_DAY_SECONDS = 86_400
KEPT_SECONDS = 30 * _DAY_SECONDS
"""For how long an environment or a wheel stays that nothing uses."""
BEING_MADE = ".making-"
"""How the names of folders begin that are made, or taken away, aside."""


def note_use(folders: Iterable[Path]) -> None:
    """Set the time of the folders, which says when each was used last."""
    for folder in folders:
        with suppress(OSError):
            os.utime(folder)


def prune(folder: Path) -> None:
    """Remove from ``folder`` what was used last longer ago than `KEPT_SECONDS`, and what was a day in the making.

    What cannot be removed stays: it is in nobody's way but the disk's.
    """
    now = time.time()
    for path in _children(folder):
        unfinished = path.name.startswith(BEING_MADE)
        with suppress(OSError):
            if now - path.stat().st_mtime > (_DAY_SECONDS if unfinished else KEPT_SECONDS):
                _remove(path, folder)


def _children(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]
    except OSError:
        return []


def _remove(path: Path, folder: Path) -> None:
    """Under another name, so that half of an environment is never taken for a whole one."""
    aside = Path(tempfile.mkdtemp(prefix=BEING_MADE, dir=folder))
    try:
        path.rename(aside / "old")
    finally:
        shutil.rmtree(aside, ignore_errors=True)
