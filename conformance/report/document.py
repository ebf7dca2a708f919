"""The report document as records: what the report step writes line by line and every reader gets back whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import Factory, field, frozen

from conformance.errors import ExitStatus
from conformance.judge import Unmet
from conformance.records import Judgement, Plan, Result, Shard, Verdict
from conformance.suites import DEFINITIONS

FORMAT = 3
"""The number that a header carries; it goes up when an older reader would misread the document."""

_SUITE_FILES = frozenset(path for suite in DEFINITIONS.values() for path in suite.files)


def _all_cells(header: Header) -> tuple[str, ...]:
    return tuple(cell.name for cell in header.plan.cells)


def _only_suites(lock: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    return {
        tag: {path: blob for path, blob in files.items() if path in _SUITE_FILES}
        for tag, files in lock.items()
    }


@frozen
class Header:
    """What was asked for, before anything ran."""

    version: str
    """Of the conformance tool."""
    started: str
    """Date and time with zone, as ISO 8601 has it."""
    arguments: tuple[str, ...]
    """The command line behind the program's name."""
    plan: Plan
    lock: Mapping[str, Mapping[str, str]] = field(converter=_only_suites)
    """For each upstream tag, the git blob id of the suites' files by path; other files are left out."""
    pattern: str | None = None
    """What the tests' ids had to match; None where all tests were wanted."""
    repeat: int = 1
    """How many times each cell ran."""
    shuffle: int | None = None
    """The seed of the order of the tests; None for upstream's order."""
    shard: Shard | None = None
    """Which part of the whole plan this run's plan is; None where it is all of it."""
    whole: tuple[str, ...] = Factory(_all_cells, takes_self=True)
    """The names of all cells of the whole plan, in its order."""
    expectations: str = ""
    """The SHA-256 of the file of expectations that its verdicts are judged by."""

    @property
    def filtered(self) -> bool:
        """Whether only some tests were asked for."""
        return self.pattern is not None


@frozen
class Hello:
    """What a worker of a cell said about itself: versions of packages and the like, as it gave them."""

    cell: str
    worker: Mapping[str, Any]


@frozen
class Footer:
    """How the run ended; a document without one is incomplete."""

    ended: str
    """Date and time with zone, as ISO 8601 has it."""
    exit_status: ExitStatus
    interrupted: bool
    counts: Mapping[str, Mapping[Verdict, int]]
    """For each judged cell, how many tests have each verdict."""
    unmet: tuple[Unmet, ...]
    """The expectations that no test of the run's cells answers to; of a shard, another one may have the test."""
    met: tuple[int, ...] = ()
    """The numbers of the expectations that some test of the run's cells answers to."""


@frozen
class Document:
    """All that is known of one run."""

    header: Header
    hellos: tuple[Hello, ...]
    results: tuple[Result, ...]
    judgements: tuple[Judgement, ...]
    footer: Footer | None
    keys: Mapping[str, str] = field(factory=dict)
    """For each cell, the key of its results in the store; none of a run that did not come so far."""

    @property
    def complete(self) -> bool:
        """Whether the run went to its end: the document has a footer that says nothing of an interruption."""
        return self.footer is not None and not self.footer.interrupted
