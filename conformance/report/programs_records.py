"""The document of ``fuzz --out`` as records, which are what its reader takes and what its schema is made from; in the report step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from conformance.errors import ExitStatus

FORMAT = 1
"""The number that the document carries; it goes up when an older reader would misread it."""
KEYS = {
    "from_": "from",
    "as_expected": "as expected",
    "asked_for": "asked for",
    "by_hypothesis": "by Hypothesis",
    "given_up": "given up",
    "native_by_another_name": "native by another name",
    "never_drawn": "never drawn",
    "never_ran": "never ran",
    "no_longer_needed": "no longer needed",
}
"""The document's keys of those fields of the records below that are called otherwise."""


@frozen
class Lost:
    """What programs have cost a cell its worker."""

    programs: int
    first: str
    """The first of them."""
    how: str


@frozen
class Difference:
    """One kind of difference of an implementation, and the smallest program that was found to show it."""

    difference: str
    """The kind, in words."""
    cell: str
    """The cell that the traces are from."""
    from_: str
    """Where the program is from, such as ``program 1.17``."""
    shrunk: bool
    """Whether no single cut leaves the difference standing."""
    steady: bool | None
    """Whether the program differed again in fresh workers; None where it was not asked again."""
    seconds: float | None
    """The program's own time limit; None, or no such key, where it has none."""
    program: Mapping[str, Any]
    native: tuple[Any, ...]
    """Native's trace: events, each a list of where it is from, what happened, and more."""
    subject: tuple[Any, ...]
    control: tuple[Any, ...] | None
    """None where the control was not asked."""
    workers: Mapping[str, Mapping[str, Any]]
    """By cell, what its worker said of itself."""
    programs: int
    """How many programs have shown it."""
    cells: Mapping[str, int]
    """On which cells, and how often."""
    file: str | None
    """The name of the file that ``replay`` takes."""


@frozen
class ShownDivergence:
    """Where a declared divergence took a change of a saved program first, and the traces there."""

    divergence: str
    cell: str
    baseline: str
    native: tuple[Any, ...]
    subject: tuple[Any, ...]
    control: tuple[Any, ...] | None


@frozen
class SavedProgram:
    """What a saved program has come to."""

    what: str
    """What it is, in one line."""
    source: str
    """Where that is told."""
    program: Mapping[str, Any]
    as_expected: bool
    said: str
    """The same in words."""
    differs: Mapping[str, str]
    """By cell, the kind of the first difference."""
    declared: Mapping[str, tuple[str, ...]]
    """By declared divergence, the cells where it has taken a change."""
    own: tuple[str, ...]
    """The cells where the interpreter's own was taken away."""
    traces: tuple[ShownDivergence, ...]


@frozen
class Exercised:
    """How often an operation was drawn, and ran."""

    drawn: int
    programs: int
    ran: int


@frozen
class AskedFor:
    """One thing that the drawn programs are to exercise, and how many did."""

    topic: str
    mark: str
    programs: int
    """How many programs were drawn that have it."""
    ran: int
    """How many of them came to it."""


@frozen
class ByHypothesis:
    """What Hypothesis itself has counted of the drawn programs."""

    programs: int
    otherwise: tuple[str, ...]
    """What it counts otherwise than the harness, each in a sentence."""


@frozen
class OwnKind:
    """A kind of what is the interpreter's own."""

    kind: str
    count: int
    first: str


@frozen
class Broken:
    """A promise of asyncio's documentation that a cell has broken."""

    cell: str
    invariant: str
    times: int
    first: str
    says: str


@frozen
class Declared:
    """A declared divergence that the campaign judged by."""

    name: str
    reason: str
    link: str
    witness: str
    """The name of the saved program that shows it."""
    implementation: str
    loop: str
    python: str


@frozen
class Programs:
    """All that the document says; ``KEYS`` has the keys that are other than the fields' names."""

    format: int
    version: str
    """Of the conformance tool."""
    started: str
    """Date and time with zone, as ISO 8601 has it."""
    ended: str
    arguments: tuple[str, ...]
    """The command line behind the program's name."""
    seed: int
    hypothesis: str
    """The version that drew the programs."""
    status: ExitStatus
    complete: bool
    """Whether nothing is lacking: the campaign was not interrupted, and its status is not that of one that lacks something."""
    programs: int
    judged: tuple[str, ...]
    """The cells that were judged."""
    native_by_another_name: tuple[str, ...]
    """The cells that were not, since their Runner is native's own."""
    given_up: Mapping[str, str]
    """By cell that was not asked all programs, why."""
    lost: Mapping[str, Lost]
    """By cell, the programs that have cost it its worker, without those that are known to."""
    differences: tuple[Difference, ...]
    saved: Mapping[str, SavedProgram]
    census: Mapping[str, Exercised]
    """By operation."""
    asked_for: tuple[AskedFor, ...]
    by_hypothesis: ByHypothesis
    never_drawn: tuple[str, ...]
    never_ran: tuple[str, ...]
    own: Mapping[str, tuple[OwnKind, ...]]
    """By control cell."""
    broken: tuple[Broken, ...]
    declared: Mapping[str, int]
    """By declared divergence, how many changes it has taken."""
    no_longer_needed: tuple[str, ...]
    workers: Mapping[str, Mapping[str, Any]]
    """By cell, what its worker said of itself."""
    divergences: tuple[Declared, ...]

    @property
    def lacking(self) -> str:
        """Why it is not complete, where it is not."""
        interrupted = self.status is ExitStatus.INTERRUPTED
        return f"its campaign {'was interrupted' if interrupted else 'could not be completed'}"
