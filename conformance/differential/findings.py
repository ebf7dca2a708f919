"""What a campaign has found, each kind of difference once, and kept in a file of its own; behind judging and shrinking."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import define, field

from conformance.differential.hunks import Hunk
from conformance.differential.judging import Answers, Program
from conformance.differential.kinds import Kind
from conformance.differential.program import canonical
from conformance.whole import write_whole

MOST_SHRUNK = 20
"""Of one implementation: who has so many differences mends the first ones first."""


@define
class Difference:
    """One kind of difference of an implementation, with the smallest program that was found to show it."""

    kind: Kind
    cell: str
    """The cell that the traces are from."""
    origin: str
    """Where the program is from: ``seed 1, number 17``, or the name of a saved one."""
    program: Program
    answers: Answers
    left: tuple[Hunk, ...]
    """The changes that count."""
    hellos: Mapping[str, Mapping[str, Any]]
    """What the workers have said of themselves: versions, mostly."""
    shrunk: bool = False
    """Whether no single cut leaves the difference standing."""
    steady: bool | None = None
    """Whether the program differed again in fresh workers; None where it was not asked."""
    seconds: float | None = None
    """The program's own time limit; None: that of all programs."""
    programs: int = 1
    """How many programs have shown it, of those that began with it."""
    cells: Counter[str] = field(factory=Counter)
    """On which cells, and how often."""
    path: Path | None = None
    """The file that holds it."""


class Findings:
    """The differences of a campaign, in the order in which they were found, each kept in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._by_kind: dict[tuple[str, Kind], Difference] = {}
        self._shrunk: Counter[str] = Counter()
        self.failure = ""
        """Why a difference could not be kept; empty where all were."""

    @property
    def differences(self) -> list[Difference]:
        return list(self._by_kind.values())

    def known(self, implementation: str, kind: Kind) -> Difference | None:
        """The difference of this kind, if it was found before."""
        return self._by_kind.get((implementation, kind))

    def may_shrink(self, implementation: str) -> bool:
        """Whether one more difference of the implementation is to be shrunk."""
        return self._shrunk[implementation] < MOST_SHRUNK

    def add(self, implementation: str, difference: Difference) -> None:
        """Take a difference that is new, and keep it."""
        self._by_kind[implementation, difference.kind] = difference
        self._shrunk[implementation] += 1
        self.keep(difference)

    def keep(self, difference: Difference) -> None:
        """Write the difference's file, in the place of what stood there of it before; ``failure`` says why it cannot be."""
        before = difference.path
        text = json.dumps(as_json(difference), indent=1) + "\n"
        name = re.sub(r"[^\w.]+", "-", f"{difference.cell.partition('/')[2]}-{difference.kind.operation}")
        digest = sha256(f"{difference.cell}\n{canonical(difference.program)}".encode()).hexdigest()[:12]
        path = self._folder / f"{name}-{digest}.json"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, text)
        except OSError as error:
            # It is told all the same, and the campaign goes on.
            self.failure = f"Differences cannot be kept in {self._folder}: {error.strerror}."
            return
        difference.path = path
        if before is not None and before != difference.path:
            before.unlink(missing_ok=True)


def as_json(difference: Difference) -> dict[str, Any]:
    """The difference as a file holds it, which ``replay`` reads."""
    answers = difference.answers
    return {
        "difference": str(difference.kind),
        "cell": difference.cell,
        "from": difference.origin,
        "shrunk": difference.shrunk,
        "steady": difference.steady,
        **({} if difference.seconds is None else {"seconds": difference.seconds}),
        "program": difference.program,
        "native": answers.native.trace(),
        "subject": answers.subject.trace(),
        "control": None if answers.control is None else answers.control.trace(),
        "workers": {cell: dict(hello) for cell, hello in difference.hellos.items()},
    }
