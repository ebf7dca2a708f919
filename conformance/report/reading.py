"""Read a report document back, as every renderer and merger behind the report step does, and refuse a damaged one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from conformance.errors import DocumentError
from conformance.plain import from_plain
from conformance.records import Judgement, Result
from conformance.report.counts import count_verdicts
from conformance.report.document import FORMAT, Document, Footer, Header, Hello
from conformance.report.lines import Key, KeysLine, Reference, VerdictLine, key, parse, read_header

_ADVICE = "Take an undamaged copy of the document, or run again."


def read_document(path: Path) -> Document:
    """Return the document at ``path``; one that a killed run left is returned too, and is not ``complete``.

    Raises DocumentError, naming the line, for whatever no writer leaves: a line that is not one, two results
    of one test and attempt, a verdict without its results, no header, another format.
    """
    reading = _Reading()
    number = 0
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):  # noqa: B007  # an error names it
                if line.endswith(b"\n") or not _cut_off(line):
                    reading.take(line.removesuffix(b"\n"))
    except OSError as error:
        raise DocumentError(
            f"The document {path} cannot be read: {error.strerror}.", "Name one that a run has written."
        ) from error
    except _OtherFormatError as error:
        raise DocumentError(f"{path}, line {number}: {error}.", error.advice) from None
    except ValueError as error:
        raise DocumentError(f"{path}, line {number}: {error}.", _ADVICE) from None
    document = reading.document()
    if document is None:
        raise DocumentError(f"{path} has no header, so it is no document of a run.", _ADVICE)
    return document


class _OtherFormatError(ValueError):
    def __init__(self, found: object, version: object) -> None:
        super().__init__(f"the document has format {found}, and this version of conformance reads {FORMAT}")
        self.advice = f"Read it with the version that wrote it ({version})."


class _Reading:
    """What the lines so far amount to."""

    def __init__(self) -> None:
        self._header: Header | None = None
        self._cells: frozenset[str] = frozenset()
        self._hellos: list[Hello] = []
        self._results: dict[Key, Result] = {}
        self._judgements: dict[tuple[str, str], Judgement] = {}
        self._footer: Footer | None = None
        self._keys: dict[str, str] = {}

    def take(self, line: bytes) -> None:
        """Add one line; raises ValueError saying what is wrong with it."""
        kind, data = parse(line)
        if self._footer is not None:
            raise ValueError("it stands behind the footer")
        if (self._header is None) != (kind == "header"):
            raise ValueError(
                "the header is not the first line" if self._header is None else "a second header"
            )
        if kind in {"cell", "result", "verdict"} and data.get("cell") not in self._cells:
            raise ValueError(f"its cell {data.get('cell')!r} is not in the plan")
        _intern(data)
        match kind:
            case "header":
                self._begin(data)
            case "cell":
                self._hellos.append(from_plain(Hello, data))
            case "keys":
                self._add_keys(from_plain(KeysLine, data))
            case "result":
                self._add_result(from_plain(Result, data))
            case "verdict":
                self._add_judgement(from_plain(VerdictLine, data))
            case "footer":
                self._end(from_plain(Footer, data))
            case _:
                raise ValueError(f"its type {kind!r:.40} is unknown")

    def document(self) -> Document | None:
        """Return what was read; None where no line was."""
        if self._header is None:
            return None
        return Document(
            header=self._header,
            hellos=tuple(self._hellos),
            results=tuple(self._results.values()),
            judgements=tuple(self._judgements.values()),
            footer=self._footer,
            keys=self._keys,
        )

    def _begin(self, data: dict[str, Any]) -> None:
        if (found := data.pop("format", None)) != FORMAT:
            raise _OtherFormatError(found, data.get("version"))
        self._header = read_header(data)
        self._cells = frozenset(cell.name for cell in self._header.plan.cells)

    def _add_keys(self, line: KeysLine) -> None:
        for cell in line.keys:
            if cell not in self._cells:
                raise ValueError(f"its cell {cell!r} is not in the plan")
        self._keys.update(line.keys)

    def _add_result(self, result: Result) -> None:
        if key(result) in self._results:
            raise ValueError(f"a second result of {result.test} in {result.cell}, attempt {result.attempt}")
        self._results[key(result)] = result

    def _add_judgement(self, line: VerdictLine) -> None:
        if (line.cell, line.test) in self._judgements:
            raise ValueError(f"a second verdict on {line.test} in {line.cell}")
        self._judgements[line.cell, line.test] = Judgement(
            cell=line.cell,
            test=line.test,
            verdict=line.verdict,
            baseline=self._named(line.baseline),
            subject=None if line.subject is None else self._named(line.subject),
            retried=None if line.retried is None else self._named(line.retried),
            expected=line.expected,
            reason=line.reason,
            rate=line.rate,
        )

    def _named(self, reference: Reference) -> Result:
        try:
            return self._results[reference.key]
        except KeyError:
            raise ValueError(
                f"its result is not in the document: {reference.test} in {reference.cell}, "
                f"attempt {reference.attempt}"
            ) from None

    def _end(self, footer: Footer) -> None:
        if footer.counts != count_verdicts(self._judgements.values()):
            raise ValueError("the verdicts before the footer are not those that it counts")
        self._footer = footer


def _intern(data: dict[str, Any]) -> None:
    """Have one text of what stands in many lines."""
    for name in ("cell", "test"):
        if isinstance(data.get(name), str):
            data[name] = sys.intern(data[name])


def _cut_off(rest: bytes) -> bool:
    """Whether the bytes behind the last line's end are the beginning of a line that was never finished."""
    try:
        parse(rest)
    except ValueError:
        return True
    return False
