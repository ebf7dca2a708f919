"""The store of results: one file that is the cache of all runs in a checkout, beside the pipeline's steps."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self, TypeVar

from conformance.records import Result
from conformance.store import rows
from conformance.store.failures import SQLITE_ERRORS, DamagedError, UnusableError, sorted_out
from conformance.store.opening import Opened, Say, begin_anew, open_store
from conformance.store.retention import mark_used
from conformance.store.rows import Listing, Row

_KEEP = "REPLACE INTO rows (key, test, attempt, value, checksum) VALUES (?, ?, ?, ?, ?)"
_COLUMNS = "SELECT key, test, attempt, value, checksum FROM rows"

Found = TypeVar("Found")


class Store:
    """Results by the key of their cell, in the SQLite file ``path``, which is made where it is missing.

    A context manager; its methods may be called from any thread, and other processes may use the same file.
    What a method has kept is there after this process is killed. Nothing that is wrong with the file raises:
    ``say`` is told in one sentence, and a damaged store is put aside by name and never believed, while without
    room or rights the run goes on without keeping more.
    """

    def __init__(self, path: Path, say: Say = lambda _sentence: None) -> None:
        self._path = path
        self._say = say
        self._lock = RLock()
        self._opened: Opened | None = None
        self._writable = True
        self._marked: set[str] = set()

    def __enter__(self) -> Self:
        with self._lock:
            self._renew(partial(open_store, self._path, self._say))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._lock:
            if self._opened is not None:
                self._opened.connection.close()
                self._opened = None

    def results(self, key: str, cell: str = "", attempt: int | None = None) -> dict[tuple[str, int], Result]:
        """Return what is kept under ``key``, by test and attempt, as results of ``cell`` marked as cached.

        Of one ``attempt``, or of all.
        """
        which, of_it = ("attempt > 0", ()) if attempt is None else ("attempt = ?", (attempt,))

        def read(connection: sqlite3.Connection) -> list[Result]:
            found = connection.execute(f"{_COLUMNS} WHERE key = ? AND {which}", (key, *of_it))
            return [rows.read_result(row, cell) for row in found]

        results: list[Result] = self._do(read, [])
        if results:
            self._mark(key)
        return {(result.test, result.attempt): result for result in results}

    def tests(self, key: str, attempt: int) -> frozenset[str]:
        """Return of which tests a result of the attempt is kept; what the results say is not looked at."""

        def read(connection: sqlite3.Connection) -> frozenset[str]:
            found = connection.execute("SELECT test FROM rows WHERE key = ? AND attempt = ?", (key, attempt))
            return frozenset(rows.read_name(test) for (test,) in found)

        return self._do(read, frozenset())

    def keep(self, key: str, result: Result) -> None:
        """Keep a result, in the place of one that the same test had in the same attempt."""
        self._keep(key, rows.result_row(key, result))

    def forget(self, key: str, tests: Iterable[str]) -> None:
        """Delete the results of the tests, of all attempts."""
        doomed = [(key, rows.test_name(test)) for test in tests]
        self._write(lambda it: it.executemany("DELETE FROM rows WHERE key = ? AND test = ?", doomed))

    def listing(self, key: str) -> Listing | None:
        """Return what the cell's worker said of its suite and of itself, where that is kept."""
        return self._one(key, rows.LISTING, rows.read_listing)

    def keep_listing(self, key: str, listing: Listing) -> None:
        """Keep it, in the place of one that is there."""
        self._keep(key, rows.listing_row(key, listing))

    def known(self, name: str) -> frozenset[str]:
        """Return the unexercised tests that were learnt under ``name``; none where nothing was."""
        return self._one(name, rows.FINDING, rows.read_finding) or frozenset()

    def learn(self, name: str, tests: Iterable[str]) -> None:
        """Keep these as the unexercised tests, and no others."""
        self._keep(name, rows.finding_row(name, tests))

    def _one(self, key: str, what: str, read: Callable[[Row], Found]) -> Found | None:
        def find(connection: sqlite3.Connection) -> Found | None:
            row = connection.execute(f"{_COLUMNS} WHERE key = ? AND test = ? AND attempt = 0", (key, what))
            return next((read(found) for found in row), None)

        found = self._do(find, None)
        if found is not None:
            self._mark(key)
        return found

    def _keep(self, key: str, row: Row) -> None:
        self._mark(key)
        self._write(lambda connection: connection.execute(_KEEP, row))

    def _mark(self, key: str) -> None:
        """Note that the key is in use, once a run."""
        with self._lock:
            if key not in self._marked:
                self._write(lambda connection: mark_used(connection, key))
                self._marked.add(key)

    def _write(self, work: Callable[[sqlite3.Connection], object]) -> None:
        with self._lock:
            if self._writable:
                self._do(work, None, writing=True)

    def _do(
        self, work: Callable[[sqlite3.Connection], Found], nothing: Found, *, writing: bool = False
    ) -> Found:
        """Do it with the store, or with a new one if this one is damaged, and return ``nothing`` without any."""
        with self._lock:
            for _ in range(2):
                if self._opened is not None and not self._opened.is_in_place():
                    self._follow(self._opened)
                opened = self._opened
                if opened is None:
                    break
                try:
                    return work(opened.connection)
                except SQLITE_ERRORS as error:
                    failure: DamagedError | UnusableError = sorted_out(error)
                except DamagedError as damage:
                    failure = damage
                if isinstance(failure, UnusableError):
                    self._give_up(opened, failure, writing=writing)
                    break
                self._renew(partial(begin_anew, opened, failure, self._say))
            return nothing

    def _give_up(self, opened: Opened, failure: UnusableError, *, writing: bool) -> None:
        if writing:
            # It can still be read, and what it held is as good as before.
            self._writable = False
            self._complain(failure, "it keeps nothing more of this run")
        else:
            opened.connection.close()
            self._opened = None
            self._complain(failure, "this run goes on without it")

    def _follow(self, moved: Opened) -> None:
        """Go to the file that has the name now: another process has put ours aside, or somebody deleted it."""
        moved.connection.close()
        self._say(f"The store of results {self._path} was taken away; another is used in its place.")
        self._renew(partial(open_store, self._path, self._say))

    def _renew(self, make: Callable[[], Opened]) -> None:
        self._opened = None
        self._marked.clear()
        try:
            self._opened = make()
        except UnusableError as failure:
            self._complain(failure, "this run goes on without it")

    def _complain(self, failure: Exception, consequence: str) -> None:
        self._say(f"The store of results {self._path} cannot be used: {failure}; {consequence}.")
