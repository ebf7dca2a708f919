"""The results as the page's own scripts read them: verdicts in columns of letters, and what is told of them in parts.

Behind the reader of documents. A hundred thousand verdicts are as many letters, which open at once; tracebacks lie in
files beside them, each of which is read when a test of its rows is opened.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import Factory, define, frozen

from conformance.places import UPSTREAM
from conformance.records import Cell, Judgement, Outcome, Rate, Result
from conformance.report.accounts import legible
from conformance.report.document import Document
from conformance.report.pages.commands import before_test, behind_test
from conformance.report.pages.letters import LETTERS, NONE, letter
from conformance.report.pages.matrix import Column, columns_of, make_matrix
from conformance.report.pages.upstream import Upstream

PART_BYTES = 256 * 1024
"""About so much a part holds: little to wait for, and not thousands of files."""
_OUTCOMES = tuple(Outcome)
_LEAST = 2
"""So much of a result is always said, cell and outcome, though both be the first ones."""

_Row = tuple[str, str]
"""Suite and test."""


@frozen
class Part:
    """What is told of some rows, those from ``first`` on."""

    first: int
    text: str
    """JSON, all of it ASCII."""


class ResultsData:
    """The verdicts of a document, laid out in rows, a test each, and columns, an implementation on an interpreter and loop."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._cells = {cell.name: cell for cell in document.header.plan.cells}
        self._order = {name: number for number, name in enumerate(self._cells)}
        self._upstream = Upstream(UPSTREAM)
        self._judged: dict[_Row, list[tuple[int, Judgement]]] = {}
        columns = _columns(document)
        self._columns = list(columns)
        for judgement in document.judgements:
            suite, place = _place(judgement.cell)
            self._judged.setdefault((suite, judgement.test), []).append((columns[place], judgement))
        suites = {table.suite: rank for rank, table in enumerate(make_matrix(document).tables)}
        # Sorted by their tests within a suite: upstream's order is one of each tag's.
        self._rows = sorted(self._judged, key=lambda row: (suites[row[0]], row[1]))

    def table(self, parts: Sequence[Part]) -> str:
        """Return what all rows need to be shown and filtered, as JSON; ``parts`` are those that the rest lies in."""
        suites = list(dict.fromkeys(suite for suite, _test in self._rows))
        classes: dict[str, int] = {}
        tests = []
        for suite, test in self._rows:
            owner, _, name = legible(test).rpartition(".")
            tests.append([suites.index(suite), classes.setdefault(owner, len(classes)), name])
        return _json(
            {
                "letters": {sign: str(verdict) for verdict, sign in LETTERS.items()},
                "outcomes": [str(outcome) for outcome in _OUTCOMES],
                "columns": self._columns,
                "suites": suites,
                "classes": list(classes),
                "tests": tests,
                "verdicts": self._letters(),
                "cells": [self._cell(cell) for cell in self._cells.values()],
                "parts": [part.first for part in parts],
                "before": legible(before_test(self._document.header.arguments)),
            }
        )

    def parts(self) -> Iterator[Part]:
        """Yield what is told of the rows, one part after another."""
        part = _Part(0, self._order)
        for number, row in enumerate(self._rows):
            for column, judgement in self._judged[row]:
                part.add(column, judgement)
            part.end_row(self._links(row))
            if part.size > PART_BYTES:
                yield part.finished()
                part = _Part(number + 1, self._order)
        if part.rows:
            yield part.finished()

    def _links(self, row: _Row) -> dict[str, str]:
        """By tag, the address of the row's test in upstream's file."""
        test = row[1]
        cells = {self._cells[judgement.cell].tag: judgement.cell for _column, judgement in self._judged[row]}
        return {
            tag: address
            for tag, name in cells.items()
            if (address := self._upstream.address(self._cells[name], test))
        }

    def _letters(self) -> list[str]:
        columns = [bytearray(NONE.encode() * len(self._rows)) for _ in self._columns]
        for number, row in enumerate(self._rows):
            for column, judgement in self._judged[row]:
                columns[column][number] = ord(letter(judgement))
        return [column.decode() for column in columns]

    @staticmethod
    def _cell(cell: Cell) -> list[str]:
        """Name, tag and the end of the command that runs a test of it."""
        return [cell.name, cell.tag, behind_test(cell) if cell.baseline else ""]


@define
class _Part:
    """What is told of some rows, while it is put together: texts and results once each."""

    first: int
    order: Mapping[str, int]
    texts: dict[str, int] = Factory(dict)
    results: list[list[Any]] = Factory(list)
    rows: list[list[Any]] = Factory(list)
    size: int = 0
    _known: dict[int, int] = Factory(dict)
    _row: list[Any] = Factory(list)

    def add(self, column: int, judgement: Judgement) -> None:
        rate = judgement.rate
        told = [
            column,
            self._text(judgement.reason),
            self._result(judgement.baseline),
            self._result(judgement.subject),
            self._result(judgement.retried),
            _rate(rate),
        ]
        self._row.append(_trimmed(told))
        self.size += 20

    def end_row(self, links: Mapping[str, str]) -> None:
        self.rows.append([{tag: self._text(link) for tag, link in links.items()}, self._row])
        self._row = []

    def finished(self) -> Part:
        texts = [legible(text) for text in self.texts]
        return Part(self.first, _json({"texts": texts, "results": self.results, "rows": self.rows}))

    def _text(self, text: str) -> int:
        """Return which text it is, counted from 1; 0 for an empty one."""
        if not text:
            return 0
        if text not in self.texts:
            self.size += len(text)
        return self.texts.setdefault(text, len(self.texts)) + 1

    def _result(self, result: Result | None) -> int:
        """Return which result it is, counted from 1; 0 for none. A baseline's stands for all that are judged by it."""
        if result is None:
            return 0
        if id(result) not in self._known:
            self.results.append(self._told(result))
            self._known[id(result)] = len(self.results)
            self.size += 20
        return self._known[id(result)]

    def _told(self, result: Result) -> list[Any]:
        subtests = [
            [legible(each.parameters), _OUTCOMES.index(each.outcome), self._text(each.detail)]
            for each in result.subtests
            if each.outcome is not Outcome.PASSED
        ]
        return _trimmed(
            [
                self.order[result.cell],
                _OUTCOMES.index(result.outcome),
                round(result.seconds, 3),
                int(result.cached),
                self._text(result.detail),
                self._text(result.output),
                subtests,
                [legible(leak) for leak in result.leaks],
                result.attempt if result.attempt > 1 else 0,
            ]
        )


def _columns(document: Document) -> dict[tuple[str, str, str], int]:
    """Return the columns by implementation, version and loop: those of one implementation beside each other."""
    cells = [cell for cell in document.header.plan.cells if cell.baseline is not None]
    names = dict.fromkeys(cell.implementation.name for cell in cells)
    found = [
        (name, column.version, column.loop)
        for name in names
        for column in columns_of(
            Column(cell.interpreter.version, cell.loop.name)
            for cell in cells
            if cell.implementation.name == name
        )
    ]
    return {place: number for number, place in enumerate(found)}


def _place(cell: str) -> tuple[str, tuple[str, str, str]]:
    suite, implementation, version, loop = cell.split("/", 3)
    return suite, (implementation, version, loop)


def _rate(rate: Rate | None) -> list[int] | int:
    return 0 if rate is None else [rate.passed, rate.runs]


def _trimmed(values: list[Any]) -> list[Any]:
    """Without what says nothing at its end: most results have no more than a cell, an outcome and a time."""
    end = len(values)
    while end > _LEAST and not values[end - 1]:
        end -= 1
    return values[:end]


def _json(value: Any) -> str:
    # ASCII, so that no encoding that a file is read in makes another text of it.
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def as_script(function: str, arguments: Iterable[str]) -> str:
    """Return a script that hands data on, since no page that was opened from disk may read a file in another way."""
    return f"{function}({','.join(arguments)});\n"
