"""Read the file of expectations for the judge step, and refuse what could never come true."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import evolve
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from conformance.errors import UsageError
from conformance.judge.conditions import CONDITIONS
from conformance.judge.expectations import Expectation
from conformance.records import Mode, Verdict
from conformance.suites import DEFINITIONS
from conformance.tables import read_tables

_REQUIRED = ("test", "verdict", "reason")
_KEYS = (*CONDITIONS, *_REQUIRED, "link")
_VERDICTS = tuple(verdict for verdict in Verdict if verdict is not Verdict.CONFORMANT)
_EXACT = frozenset({"==", "!=", "<=", ">"})
"""Operators that take a series for its first release."""
_SERIES = re.compile(r"\d+\.\d+")


def read_expectations(path: Path) -> tuple[Expectation, ...]:
    """Return the expectations of a TOML file, in its order.

    Raises UsageError, naming the file and the entry, when the file cannot be read or an entry is wrong.
    """
    return read_with_digest(path)[0]


def read_with_digest(path: Path) -> tuple[tuple[Expectation, ...], str]:
    """Return the expectations as ``read_expectations`` does, and the SHA-256 of the very bytes that they were read from."""
    entries, content = read_tables(path, "expectation", "expectations")
    declared = tuple(_Entry(path, number, entry).read() for number, entry in enumerate(entries, start=1))
    _refuse_repeated(path, declared)
    return declared, sha256(content).hexdigest()


def _refuse_repeated(path: Path, declared: Iterable[Expectation]) -> None:
    numbers: dict[Expectation, int] = {}
    for entry in declared:
        first = numbers.setdefault(evolve(entry, number=0), entry.number)
        if first != entry.number:
            raise UsageError(
                f"{path}, entry {entry.number} ({entry.test}) says word for word what entry {first} says.",
                "Delete one of them.",
            )


class _Entry:
    """One table of the file, which can say where it stands when something in it is wrong."""

    def __init__(self, path: Path, number: int, values: Mapping[str, Any]) -> None:
        self.number = number
        self._values = values
        self._place = f"{path}, entry {number} ({values.get('test', 'no test')})"

    def read(self) -> Expectation:
        if unknown := sorted(self._values.keys() - set(_KEYS)):
            raise self._wrong(f"unknown key {unknown[0]!r}", f"The keys are: {', '.join(_KEYS)}.")
        texts = {key: self._text(key, value) for key, value in self._values.items()}
        for key in _REQUIRED:
            if key not in texts:
                raise self._wrong(f"no {key}", f"Every entry has {', '.join(_REQUIRED)}.")
        self._selects_some("suite", texts, DEFINITIONS)
        self._selects_some("mode", texts, Mode)
        python, verdict = self._python(texts.pop("python", "")), self._verdict(texts.pop("verdict"))
        return Expectation(number=self.number, python=python, verdict=verdict, **texts)

    def _text(self, key: str, value: object) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(f"{key} = {value!r}", "It must be a text that is not empty.")
        return value

    def _verdict(self, text: str) -> Verdict:
        if text not in _VERDICTS:
            raise self._wrong(f"verdict = {text!r}", _one_of(_VERDICTS))
        return Verdict(text)

    def _selects_some(self, key: str, texts: Mapping[str, str], values: Iterable[StrEnum]) -> None:
        if key in texts and not any(fnmatchcase(value, texts[key]) for value in values):
            raise self._wrong(f"{key} = {texts[key]!r}", _one_of(values))

    def _python(self, text: str) -> SpecifierSet:
        try:
            python = SpecifierSet(text)
        except InvalidSpecifier:
            raise self._wrong(f"python = {text!r}", "It must be like '>=3.8,<3.11' or '==3.13.*'.") from None
        for one in python:
            if one.operator in _EXACT and _SERIES.fullmatch(one.version):
                raise self._wrong(
                    f"python = {text!r}",
                    f"There {one.version} is {one.version}.0 alone, and not the series: "
                    f"write '=={one.version}.*', '<{one.version}' or '>={one.version}', or the whole version.",
                )
        return python

    def _wrong(self, what: str, advice: str) -> UsageError:
        return UsageError(f"{self._place} has {what}.", advice)


def _one_of(values: Iterable[str]) -> str:
    return f"It must be one of: {', '.join(values)}."
