"""The file that a report document is written to: one run's alone, of whole lines, and in the old one's place at once.

Below the writer of the report step. A document begins in a file aside, in the same folder, under a lock on what
stands in its place; it takes that place with its own lock on. So whoever gets the lock of the file that stands there
is the only one to write, and whatever ends a run before, kill -9 included, leaves the old document as it was. What
is left aside then has always the same name, and the next run of that place replaces it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from io import FileIO
from itertools import count
from pathlib import Path

from conformance.errors import ConformanceError, DocumentError, UsageError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def take_place(path: Path, *, only_default: bool = False) -> Place:
    """Return the place ``path``, held; where another run holds an ``only_default`` one, one of the next free name.

    So ``results.jsonl`` is followed by ``results-2.jsonl``. Raises UsageError when the path cannot be written,
    or when another run is writing there, and DocumentError when the disk is full.
    """
    for candidate in _names(path) if only_default else (path,):
        try:
            return Place(candidate)
        except _TakenError:
            continue
        except OSError as error:
            raise _refusal(candidate, error) from error
    raise UsageError(
        f"Another run is writing the report document {path}.", "Wait for it, or name another with --out."
    )


class Place:
    """A file that grows by whole lines. It stands under its name only after ``settle``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._failure: DocumentError | None = None
        self._end = 0
        self._held = -1
        self._made = False
        self._aside: Path | None = None
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            # A pipe or a device: nothing stands there that could be lost.
            self._file = path.open("ab", buffering=0)
            return
        # Through a link, since it is the file behind it that is replaced.
        self._target = Path(os.path.realpath(path))
        self._held, self._made = _hold(self._target)
        try:
            aside = self._target.with_name(f".{self._target.name}.new")
            aside.unlink(missing_ok=True)
            number = os.open(aside, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o666)
            self._aside, self._file = aside, FileIO(number, "ab")
            _lock(number)
        except BaseException:
            self._let_go()
            raise

    def write(self, line: bytes, *, durable: bool = False) -> None:
        """Hand the line to the operating system, and ``durable`` says to the disk; all of it or nothing.

        Raises DocumentError when that cannot be, and from then on always: what comes behind would have a gap.
        """
        if self._failure is not None:
            raise self._failure
        rest = line
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
            if durable:
                self._sync()
        except OSError as error:
            self._cut()
            self._failure = self._lost(error)
            raise self._failure from error
        except BaseException:
            self._cut()
            raise
        self._end += len(line)

    def settle(self) -> None:
        """Take the place of what stood there before; raises DocumentError when that cannot be."""
        if self._aside is None:
            return
        try:
            self._sync()
            self._aside.replace(self._target)
        except OSError as error:
            self._failure = self._lost(error)
            raise self._failure from error
        self._aside = None
        self._made = False
        self._let_go()

    def close(self) -> None:
        """Close the file; one that has not taken its place goes, and what stood there stays."""
        self._file.close()
        self._let_go()

    def _let_go(self) -> None:
        with contextlib.suppress(OSError):
            if self._aside is not None:
                self._aside.unlink()
            if self._made:
                self._target.unlink()
        self._aside, self._made = None, False
        if self._held >= 0:
            os.close(self._held)
            self._held = -1

    def _sync(self) -> None:
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            # Neither for a pipe nor for a device.
            if error.errno not in {errno.EINVAL, errno.ENOTSUP, errno.EROFS}:
                raise

    def _cut(self) -> None:
        """Leave nothing of a line that did not fit; a pipe has it already."""
        with contextlib.suppress(OSError):
            self._file.truncate(self._end)

    def _lost(self, error: OSError) -> DocumentError:
        if self._aside is not None:
            return _unwritable(self.path, error)
        return DocumentError(
            f"The report document {self.path} could not be written to its end: {error.strerror}.",
            "What stands in it is good; make room and run again.",
        )


class _TakenError(Exception):
    """Another run holds the file."""


def _names(path: Path) -> Iterator[Path]:
    yield path
    for number in count(2):
        yield path.with_stem(f"{path.stem}-{number}")


def _hold(path: Path) -> tuple[int, bool]:
    """Return the file at ``path``, open and locked, and whether there was none; raises _TakenError, or OSError."""
    while True:
        made = False
        try:
            number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
            made = True
        except FileExistsError:
            try:
                number = os.open(path, os.O_RDWR)
            except FileNotFoundError:
                continue
        try:
            _lock(number)
            if _stands(number, path):
                return number, made
        except BaseException:
            os.close(number)
            raise
        # Whoever held it has put another in its place since it was opened: that one's lock counts.
        os.close(number)


def _lock(number: int) -> None:
    """Lock an open file, which goes with the process; raises _TakenError where another one has it."""
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _TakenError from None
    except OSError:
        # A file system without locks: no reason not to run.
        pass


def _stands(number: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(number), path.stat())
    except FileNotFoundError:
        return False


def _refusal(path: Path, error: OSError) -> ConformanceError:
    if error.errno in _FULL:
        return _unwritable(path, error)
    return UsageError(
        f"The report document {path} cannot be written: {error.strerror}.", "Name another place with --out."
    )


def _unwritable(path: Path, error: OSError) -> DocumentError:
    return DocumentError(
        f"The report document {path} could not be written: {error.strerror}.",
        "What stood there before is untouched; make room and run again.",
    )
