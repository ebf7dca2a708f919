"""Open the store's file, or put aside what is in its place and begin a new one.

What is there is looked at before it is used. Only one process at a time does any of this, under a lock on a
file beside the store: two that find the same damage would else put aside each other's new one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import frozen

from conformance.store.failures import (
    SQLITE_ERRORS,
    DamagedError,
    OtherVersionError,
    UnusableError,
    is_read_only,
    sorted_out,
)
from conformance.store.retention import forget_unused

VERSION = 1
"""Of the tables, and of what their values say: another for any change of the records that are kept."""
_APPLICATION = 0x52554E52
"""SQLite's own mark of whose file it is."""
_PATIENCE_SECONDS = 30.0
_LOOK_UP_SECONDS = 0.02
_TABLES = (
    "CREATE TABLE rows (key TEXT, test TEXT, attempt INTEGER, value TEXT, checksum TEXT,"
    " PRIMARY KEY (key, test, attempt)) WITHOUT ROWID",
    "CREATE TABLE used (key TEXT PRIMARY KEY, day INTEGER)",
)
_BESIDE = ("-wal", "-shm")
"""What SQLite keeps in files of their own while a store is in use."""

Say = Callable[[str], None]
_Identity = tuple[int, int]


@frozen
class Opened:
    """A connection, and which file it goes to: the name may come to be another file's."""

    connection: sqlite3.Connection
    path: Path
    identity: _Identity

    def is_in_place(self) -> bool:
        """Whether the file still has its name."""
        return _identity(self.path) == self.identity


def open_store(path: Path, say: Say) -> Opened:
    """Open the store at ``path`` or begin one; raises UnusableError when neither can be done."""
    with _alone(path):
        try:
            return _open(path)
        except DamagedError as damage:
            _put_aside(path, damage, say)
        try:
            return _open(path)
        except DamagedError as damage:
            raise UnusableError(f"a new one is damaged too: {damage}") from damage


def begin_anew(damaged: Opened, damage: DamagedError, say: Say) -> Opened:
    """Put a store aside that turned out to be damaged, and open another; raises UnusableError.

    A process that has it open besides us goes on with it under its new name, or with ours: as it finds out.
    """
    damaged.connection.close()
    with _alone(damaged.path):
        # Unless another process has found the same, and was quicker.
        if damaged.is_in_place():
            _put_aside(damaged.path, damage, say)
    return open_store(damaged.path, say)


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.with_name(f"{path.name}.lock").open("ab")
    except OSError as error:
        raise UnusableError(error.strerror or str(error)) from error
    with lock:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise UnusableError("another run does not let go of its lock") from None
                time.sleep(_LOOK_UP_SECONDS)
            except OSError:
                # A file system without locks: then runs had better not meet, but each alone is safe.
                break
        yield


def _open(path: Path) -> Opened:
    if _identity(path) is None:
        # Of a file that somebody has removed: not the new one's, and perhaps in use by another process.
        for suffix in _BESIDE:
            with contextlib.suppress(OSError):
                _beside(path, suffix).unlink()
    if path.is_dir():
        raise DamagedError("it is a folder")
    try:
        connection = sqlite3.connect(
            path, timeout=_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
        )
    except SQLITE_ERRORS as error:
        raise sorted_out(error) from error
    try:
        _make_ready(connection)
        identity = _identity(path)
        if identity is None:
            raise UnusableError("it was removed while it was opened")
        return Opened(connection, path, identity)
    except SQLITE_ERRORS as error:
        connection.close()
        if is_read_only(error) and all(os.access(place, os.W_OK) for place in (path, path.parent)):
            raise DamagedError("it says of itself that it is not to be written to") from error
        raise sorted_out(error) from error
    except BaseException:
        connection.close()
        raise


def _make_ready(connection: sqlite3.Connection) -> None:
    """Look at what is there, and make the tables where nothing is."""
    connection.execute("PRAGMA trusted_schema = OFF")
    # Reads the file for the first time: what is no database says so here.
    tables = [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")]
    application, version = _number(connection, "application_id"), _number(connection, "user_version")
    if not tables and not application and not version:
        _make_tables(connection)
    elif application != _APPLICATION:
        raise DamagedError("it is no store of results")
    elif version != VERSION:
        raise OtherVersionError(version)
    elif set(tables) != set(_TABLES):
        raise DamagedError("its tables are not those of a store")
    else:
        # Not quick_check, which takes as long and finds no row that is out of order, and so never found.
        [[found]] = connection.execute("PRAGMA integrity_check(1)")
        if found != "ok":
            raise DamagedError(f"SQLite says: {' '.join(str(found).split())}")
    # In this mode a result is kept by one write without waiting for the disk, and readers wait for nobody.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    forget_unused(connection)


def _make_tables(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    for statement in (
        *_TABLES,
        f"PRAGMA application_id = {_APPLICATION}",
        f"PRAGMA user_version = {VERSION}",
        "COMMIT",
    ):
        connection.execute(statement)


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    [[number]] = connection.execute(f"PRAGMA {pragma}")
    return int(number)


def _put_aside(path: Path, damage: DamagedError, say: Say) -> None:
    """Give what is in the store's place, and what SQLite has beside it, another name that is free."""
    places = (path.with_name(f"{path.name}.{ending}") for ending in damage.endings())
    aside = next(place for place in places if not os.path.lexists(place))
    try:
        path.rename(aside)
        for suffix in _BESIDE:
            with contextlib.suppress(FileNotFoundError):
                _beside(path, suffix).rename(_beside(aside, suffix))
    except OSError as error:
        raise UnusableError(f"{damage}, and it cannot be put aside: {error.strerror}") from error
    say(f"The store of results {path} was put aside as {aside.name}, because {damage}; a new one is begun.")


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _identity(path: Path) -> _Identity | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
