"""Keep what is being brought in apart from what is whole, and one sync at a time; the ground sync works on.

Everything that a run writes before it is verified lies in a folder ``.incoming-…`` beside the trees. A run
holds a lock on upstream_tests itself while it has one (the system releases it with the process, however
that ends), so whoever gets the lock knows that every ``.incoming-…`` there is of a dead run.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = ".incoming-"


@contextmanager
def workspace(folder: Path, say: Callable[[str], None]) -> Iterator[Path]:
    """A new folder inside ``folder`` (upstream_tests), for this run alone, gone when the block ends.

    Waits for another run that has one, and says so.
    """
    with _opened(folder) as handle:
        if not _locked(handle):
            say("another sync is at work here: waiting for it to end")
            fcntl.flock(handle, fcntl.LOCK_EX)
        _sweep(folder)
        with tempfile.TemporaryDirectory(prefix=PREFIX, dir=folder, ignore_cleanup_errors=True) as name:
            yield Path(name)


def sweep_if_idle(folder: Path) -> None:
    """Remove what dead runs left in ``folder``, unless a run is at work there right now."""
    if not any(folder.glob(f"{PREFIX}*")):
        return
    with _opened(folder) as handle:
        if _locked(handle):
            _sweep(folder)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sweep(folder: Path) -> None:
    for leftover in folder.glob(f"{PREFIX}*"):
        # Best effort: what cannot be removed is in nobody's way.
        shutil.rmtree(leftover, ignore_errors=True)
