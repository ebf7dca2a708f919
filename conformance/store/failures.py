"""The ways in which the store fails; all end inside its package, since no run is lost for want of a store."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator

_OF_THE_PLACE = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_AUTH,
    }
)

SQLITE_ERRORS = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What a call of sqlite3 raises; the second where SQLite quotes from a damaged file."""


class DamagedError(Exception):
    """What is in the store's place is not to be trusted; the text says why, with the file as "it"."""

    def endings(self) -> Iterator[str]:
        """What its name may end in when it is put aside, the best first."""
        return (f"damaged-{number}" for number in itertools.count(1))


class OtherVersionError(DamagedError):
    """It is a store, and of another version than ours."""

    def __init__(self, version: int) -> None:
        super().__init__(f"it has version {version} of a store")
        self._version = version

    def endings(self) -> Iterator[str]:
        yield f"version-{self._version}"
        yield from (f"version-{self._version}-{number}" for number in itertools.count(2))


class UnusableError(Exception):
    """No store can be kept in this place now; the text says why, and an undamaged one stays as it is."""


def sorted_out(error: Exception) -> DamagedError | UnusableError:
    """Return what one of `SQLITE_ERRORS` means for us; a misuse of sqlite3 is raised again.

    Our few statements are right for the tables that were looked at when it was opened: whatever is not the
    fault of disk, rights or neighbours is the file's.
    """
    if isinstance(error, sqlite3.ProgrammingError):
        raise error
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        # Its message would quote the whole of it.
        return DamagedError("a text in it is no UTF-8")
    return (
        UnusableError(str(error)) if code & 0xFF in _OF_THE_PLACE else DamagedError(f"SQLite says: {error}")
    )


def is_read_only(error: Exception) -> bool:
    """Whether one of `SQLITE_ERRORS` says that the file must not be written to, whatever its place allows."""
    return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_READONLY
