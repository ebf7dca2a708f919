"""One line of the report document from a record, and the record from a line; both ends of the report step use it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from conformance.plain import Plain, from_plain, to_plain
from conformance.records import Judgement, Rate, Result, Verdict
from conformance.report.document import FORMAT, Footer, Header, Hello

# ASCII alone: half of a surrogate pair, as tests write them, has no UTF-8, and a reader needs no encoding.
_ENCODER = json.JSONEncoder(allow_nan=False)

Key = tuple[str, str, int]
"""What a result is known by: cell, test, attempt."""


@frozen
class Reference:
    """A result, named instead of repeated."""

    cell: str
    test: str
    attempt: int

    @property
    def key(self) -> Key:
        return self.cell, self.test, self.attempt


@frozen
class VerdictLine:
    """A judgement, with its results named."""

    cell: str
    test: str
    verdict: Verdict
    expected: bool
    reason: str
    baseline: Reference
    subject: Reference | None
    retried: Reference | None
    rate: Rate | None


@frozen
class KeysLine:
    """The keys of some cells' results in the store, by the cells' names."""

    keys: Mapping[str, str]


def key(result: Result) -> Key:
    """Return what a verdict's line names the result by."""
    return result.cell, result.test, result.attempt


def header_line(header: Header) -> bytes:
    """Return the first line. Each cell of its plan carries the name that the later lines use for it."""
    data = to_plain(header)
    names = (cell.name for cell in header.plan.cells)
    data["plan"]["cells"] = [
        {"name": name, **cell} for name, cell in zip(names, data["plan"]["cells"], strict=True)
    ]
    return _line("header", {"format": FORMAT, **data})


def hello_line(hello: Hello) -> bytes:
    """Return the line of what a worker said about itself."""
    return _line("cell", to_plain(hello))


def keys_line(keys: Mapping[str, str]) -> bytes:
    """Return the line of the keys that cells' results have in the store."""
    return _line("keys", to_plain(KeysLine(keys)))


def result_line(result: Result) -> bytes:
    """Return the line of a result, in full."""
    return _line("result", to_plain(result))


def verdict_line(judgement: Judgement) -> bytes:
    """Return the line of a judgement, whose results must have lines of their own before it."""
    # What a VerdictLine is as plain data, without the records in between: there are as many as results.
    return _line(
        "verdict",
        {
            "cell": judgement.cell,
            "test": judgement.test,
            "verdict": judgement.verdict.value,
            "expected": judgement.expected,
            "reason": judgement.reason,
            "baseline": _named(judgement.baseline),
            "subject": _named(judgement.subject),
            "retried": _named(judgement.retried),
            "rate": to_plain(judgement.rate),
        },
    )


def _named(result: Result | None) -> Plain:
    return None if result is None else {"cell": result.cell, "test": result.test, "attempt": result.attempt}


def footer_line(footer: Footer) -> bytes:
    """Return the last line."""
    return _line("footer", to_plain(footer))


def parse(line: bytes) -> tuple[str, dict[str, Plain]]:
    """Return a line's type and the rest of it; raises ValueError when it is not a line of any document."""
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    if not isinstance(data, dict) or not isinstance(data.get("type"), str):
        raise ValueError("it has no type")
    return data.pop("type"), data


def read_header(data: dict[str, Any]) -> Header:
    """Return the header; raises ValueError when it is not one, or its parts contradict each other."""
    try:
        names = [cell.pop("name") for cell in data["plan"]["cells"]]
    except (LookupError, TypeError, AttributeError):
        raise ValueError("its plan has no cells with names") from None
    header = from_plain(Header, data)
    if names != [cell.name for cell in header.plan.cells]:
        raise ValueError("its cells have other names than their fields give them")
    if not set(names) <= set(header.whole) or (header.shard is None and len(header.whole) != len(names)):
        raise ValueError("its whole plan is not the plan that it has cells of")
    if header.shard is not None and not 1 <= header.shard.number <= header.shard.count:
        raise ValueError(f"there is no shard {header.shard}")
    return header


def _line(kind: str, data: dict[str, Plain]) -> bytes:
    return _ENCODER.encode({"type": kind, **data}).encode("ascii") + b"\n"
