"""What a row of the store says, checked: between the records of the pipeline and the tables of its store.

Each row has a checksum over all of it, since a byte that is changed on the disk would otherwise change a
result: SQLite itself only looks at how its pages hang together.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from attrs import frozen

from conformance.plain import Plain, from_plain, to_plain
from conformance.records import Result
from conformance.store.failures import DamagedError

Row = tuple[str, str, int, str, str]
"""Key, test, attempt, value and checksum; test and value are JSON, and in ASCII, as a test may be named by
half of a surrogate pair. What is no result has another word in the place of the test, and attempt 0."""
Record = TypeVar("Record")

LISTING = "listing"
FINDING = "unexercised"


@frozen
class Listing:
    """What a cell's first worker said: which tests its suite has, in order, and the rest of its hello."""

    tests: tuple[str, ...]
    hello: Mapping[str, Any]


def test_name(test: str) -> str:
    """Return what the row of a test's result has in the place of the test."""
    return json.dumps(test)


def result_row(key: str, result: Result) -> Row:
    """Return the row of a result."""
    return _signed(key, test_name(result.test), result.attempt, json.dumps(to_plain(result)))


def listing_row(key: str, listing: Listing) -> Row:
    """Return the row of a listing."""
    return _signed(key, LISTING, 0, json.dumps(to_plain(listing)))


def finding_row(name: str, tests: Iterable[str]) -> Row:
    """Return the row of the unexercised tests that are known under a name."""
    return _signed(name, FINDING, 0, json.dumps(sorted(tests)))


def read_result(row: Row, cell: str) -> Result:
    """Return the row's result as one of ``cell``, marked as cached; raises DamagedError.

    It may have been another cell's, under the same key.
    """
    try:
        value = _value(row)
        if isinstance(value, dict):
            # A test has results in many cells, and they are many: one text of its id is enough for them all.
            value |= {"cell": cell, "test": sys.intern(value["test"]), "cached": True}
        return from_plain(Result, value)
    except (ValueError, LookupError, TypeError) as error:
        raise _damaged(error) from error


def read_name(test: str) -> str:
    """Return the test that a row of a result has in that place; raises DamagedError."""
    try:
        name = json.loads(test)
    except (ValueError, TypeError) as error:
        raise _damaged(error) from error
    if not isinstance(name, str):
        raise DamagedError(f"in one of its rows, test is {name!r:.40}")
    return name


def read_listing(row: Row) -> Listing:
    """Return the row's listing; raises DamagedError."""
    return _record(Listing, row)


def read_finding(row: Row) -> frozenset[str]:
    """Return the row's tests; raises DamagedError."""
    return frozenset(_value(row))


def _record(kind: type[Record], row: Row) -> Record:
    try:
        return from_plain(kind, _value(row))
    except ValueError as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> DamagedError:
    return DamagedError(f"in one of its rows, {error}")


def _value(row: Row) -> Plain:
    *content, checksum = row
    # Of whatever type a damaged file gives for them.
    if _checksum(*content) != checksum:
        raise DamagedError("one of its rows is not what was written")
    return json.loads(row[3])


def _signed(key: str, test: str, attempt: int, value: str) -> Row:
    return key, test, attempt, value, _checksum(key, test, attempt, value)


def _checksum(*content: object) -> str:
    return hashlib.blake2b(repr(content).encode(), digest_size=16).hexdigest()
