"""What the store does not keep for ever: what was not used for long, so that its file does not grow without end."""

from __future__ import annotations

import datetime
import sqlite3

_DAYS = 30
_BYTES = 256 << 20


def mark_used(connection: sqlite3.Connection, key: str) -> None:
    """Note that what is kept under ``key`` was used today."""
    # A new row each time: rows are in the order of their last use, within a day too.
    connection.execute("REPLACE INTO used (key, day) VALUES (?, ?)", (key, _today()))


def forget_unused(connection: sqlite3.Connection) -> None:
    """Delete what was not used for 30 days; of a store beyond 256 MiB also the half not used for longest."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        forgotten = connection.execute("DELETE FROM used WHERE day < ?", (_today() - _DAYS,)).rowcount
        if _size(connection) > _BYTES:
            forgotten += connection.execute(
                "DELETE FROM used WHERE key IN"
                " (SELECT key FROM used ORDER BY day, rowid LIMIT (SELECT count(*) + 1 FROM used) / 2)"
            ).rowcount
        if forgotten:
            connection.execute("DELETE FROM rows WHERE key NOT IN (SELECT key FROM used)")


def _size(connection: sqlite3.Connection) -> int:
    """What the rows take, in bytes; the file is as large as it ever was, and is filled again first."""
    numbers = []
    for pragma in ("page_count", "freelist_count", "page_size"):
        [[number]] = connection.execute(f"PRAGMA {pragma}")
        numbers.append(int(number))
    pages, free, size = numbers
    return (pages - free) * size


def _today() -> int:
    return datetime.datetime.now(datetime.UTC).date().toordinal()
