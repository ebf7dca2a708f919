"""The matrix at the head of the page: implementations by interpreters and loops, suite by suite, with all counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from attrs import frozen

from conformance.records import NATIVE, Suite, Verdict
from conformance.report.counts import count_verdicts
from conformance.report.document import Document
from conformance.report.groups import sort_loops
from conformance.report.pages.letters import LETTERS


@frozen
class Column:
    """An interpreter and a loop."""

    version: str
    loop: str


@frozen
class Entry:
    """What one judged cell came to."""

    cell: str
    """Its name."""
    column: Column
    counts: Mapping[Verdict, int]
    """Empty where nothing of it was judged."""
    unexpected: int
    missing: bool = False
    """Whether it belongs to the plan and no document is of it."""

    @property
    def conformant(self) -> int:
        return self.counts.get(Verdict.CONFORMANT, 0)

    @property
    def total(self) -> int:
        """The denominator: all tests that have a verdict, whatever it is."""
        return sum(self.counts.values())

    @property
    def others(self) -> list[tuple[str, Verdict, int]]:
        """The other verdicts that there are: letter, word and count."""
        return [
            (LETTERS[verdict], verdict, count)
            for verdict, count in self.counts.items()
            if count and verdict is not Verdict.CONFORMANT
        ]

    @property
    def state(self) -> str:
        """How it is to look: ``good``, ``bad`` or ``nothing``."""
        if not self.total:
            return "nothing"
        return "bad" if self.unexpected else "good"


@frozen
class Row:
    """One implementation in one suite; None where there is no such cell in the plan."""

    implementation: str
    entries: tuple[Entry | None, ...]


@frozen
class Table:
    """One suite, with its mode where that is not the plain one."""

    suite: str
    rows: tuple[Row, ...]


@frozen
class Matrix:
    """All suites, with the same columns."""

    columns: tuple[Column, ...]
    tables: tuple[Table, ...]

    @property
    def versions(self) -> list[tuple[str, int]]:
        """Each interpreter, and over how many columns it stands."""
        return list(Counter(column.version for column in self.columns).items())


def make_matrix(document: Document) -> Matrix:
    """Return the matrix of all cells that were, or should have been, judged."""
    counts = count_verdicts(document.judgements)
    unexpected = Counter(found.cell for found in document.judgements if not found.expected)
    there = {cell.name for cell in document.header.plan.cells}
    entries: dict[str, dict[str, list[Entry]]] = {}
    for name in _judged_names(document):
        suite, implementation, version, loop = name.split("/", 3)
        entry = Entry(
            name, Column(version, loop), counts.get(name, {}), unexpected[name], missing=name not in there
        )
        entries.setdefault(suite, {}).setdefault(implementation, []).append(entry)
    columns = columns_of(entry.column for rows in entries.values() for row in rows.values() for entry in row)
    return Matrix(
        columns, tuple(_table(suite, entries[suite], columns) for suite in sorted(entries, key=_rank))
    )


def columns_of(entries: Iterable[Column]) -> tuple[Column, ...]:
    """Return each column once: by interpreter, then asyncio before the other loops, whatever shard comes first."""
    columns = list(dict.fromkeys(entries))
    loops = sort_loops(column.loop for column in columns)
    return tuple(sorted(columns, key=lambda column: (release(column.version), loops.index(column.loop))))


def _judged_names(document: Document) -> list[str]:
    judged = [cell.name for cell in document.header.plan.cells if cell.baseline is not None]
    # Of a cell that is on another machine alone no more is known than its name: a baseline's is native's.
    elsewhere = [
        name
        for name in document.header.whole
        if name.count("/") >= len("///") and name.split("/")[1] != NATIVE
    ]
    return list(dict.fromkeys([*judged, *elsewhere]))


def _table(suite: str, rows: Mapping[str, Sequence[Entry]], columns: Sequence[Column]) -> Table:
    found = {name: {entry.column: entry for entry in entries} for name, entries in rows.items()}
    return Table(suite, tuple(Row(name, tuple(map(entries.get, columns))) for name, entries in found.items()))


def release(version: str) -> tuple[tuple[int, ...], str]:
    """Return what versions are sorted by."""
    return tuple(int(part) for part in version.split(".") if part.isdigit()), version


def _rank(suite: str) -> tuple[int, str]:
    plain, _, mode = suite.partition("+")
    ranks = [str(each) for each in Suite]
    return (ranks.index(plain) if plain in ranks else len(ranks)), mode
