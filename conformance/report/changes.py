"""What changed between two documents of runs, test by test; behind reading in the report step, and before its forms.

A test is the same in both where its full id and its cell's name are. Only what both have run can have changed: what
one of them did not run is told apart from what came or went.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from attrs import frozen

from conformance.errors import ExitStatus
from conformance.records import Judgement, Verdict
from conformance.report.document import Document
from conformance.report.words import counted, some

_GRAVITY = {Verdict.FLAKY: 1, Verdict.DIVERGENT: 2}
"""How grave a verdict is; those that are not here show nothing that is wrong."""
_TAGS = 6


class Direction(StrEnum):
    """What a change means."""

    WORSE = "worse"
    BETTER = "better"
    OTHER = "other"


@frozen
class Side:
    """A test's verdict in one of the documents."""

    verdict: str
    expected: bool
    reason: str = ""

    def __str__(self) -> str:
        return self.verdict if self.expected else f"{self.verdict} (unexpected)"


@frozen
class Change:
    """A test whose verdict, or whether it was expected, is not the same in both documents."""

    cell: str
    test: str
    direction: Direction
    old: Side | None
    """None for a test that is new."""
    new: Side | None
    """None for a test that is gone."""


@frozen
class NotRun:
    """What one of the documents has no verdict on, since its run did not come to it or was not to."""

    document: str
    """``OLD`` or ``NEW``."""
    cell: str
    tests: int
    """How many tests the other document has a verdict on there."""
    why: str


@frozen
class Changes:
    """All that changed from one document to another."""

    old: Path
    new: Path
    changed: tuple[Change, ...]
    came: tuple[Change, ...]
    """Tests that are new."""
    gone: tuple[Change, ...]
    same: int
    """How many verdicts are the same in both."""
    not_run: tuple[NotRun, ...]
    circumstances: tuple[str, ...]
    """What else is not the same, such as the upstream files, each in a sentence."""
    incomplete: tuple[str, ...]
    """The documents whose runs did not come to their end, each in a sentence."""

    @property
    def worse(self) -> tuple[Change, ...]:
        """The changes for the worse, and the new tests that nobody expected to end so."""
        return tuple(each for each in (*self.changed, *self.came) if each.direction is Direction.WORSE)

    @property
    def in_common(self) -> int:
        """How many verdicts both documents have."""
        return self.same + len(self.changed)

    @property
    def status(self) -> ExitStatus:
        """The exit status: what is worse comes first, then whether that is all that there is to know."""
        if self.worse:
            return ExitStatus.UNEXPECTED_VERDICT
        if self.incomplete or not self.in_common:
            return ExitStatus.NOT_COMPLETED
        return ExitStatus.AS_EXPECTED


def find_changes(old: tuple[Path, Document], new: tuple[Path, Document]) -> Changes:
    """Return what changed from the first document to the second."""
    before, after = (
        {(each.cell, each.test): each for each in document.judgements} for _path, document in (old, new)
    )
    changed, came, gone, same = [], [], [], 0
    not_run: dict[tuple[str, str, str], int] = {}
    # In the order of NEW's plan, and behind that what only OLD has.
    for cell, test in {**after, **before}:
        first, second = before.get((cell, test)), after.get((cell, test))
        if first is not None and second is not None:
            if (direction := _direction(first, second)) is None:
                same += 1
            else:
                changed.append(Change(cell, test, direction, _side(first), _side(second)))
            continue
        lacks = old if first is None else new
        name = "OLD" if first is None else "NEW"
        if why := _why_not_run(lacks[1], cell):
            not_run[name, cell, why] = not_run.get((name, cell, why), 0) + 1
        elif second is not None:
            worse = Direction.OTHER if second.expected else Direction.WORSE
            came.append(Change(cell, test, worse, None, _side(second)))
        elif first is not None:
            gone.append(Change(cell, test, Direction.OTHER, _side(first), None))
    return Changes(
        old=old[0],
        new=new[0],
        changed=tuple(changed),
        came=tuple(came),
        gone=tuple(gone),
        same=same,
        not_run=tuple(NotRun(name, cell, count, why) for (name, cell, why), count in not_run.items()),
        circumstances=_circumstances(old[1], new[1]),
        incomplete=tuple(
            f"{name}, {path}, is incomplete: what its run did not come to is not known."
            for name, (path, document) in (("OLD", old), ("NEW", new))
            if not document.complete
        ),
    )


def _side(judgement: Judgement) -> Side:
    return Side(judgement.verdict.value, judgement.expected, judgement.reason)


def _direction(old: Judgement, new: Judgement) -> Direction | None:
    """Return what a change means; None where there is none."""
    if (old.verdict, old.expected) == (new.verdict, new.expected):
        return None
    graver = _GRAVITY.get(new.verdict, 0) - _GRAVITY.get(old.verdict, 0)
    lost = old.verdict is Verdict.CONFORMANT and new.verdict is not Verdict.CONFORMANT
    if lost or graver > 0 or (old.expected and not new.expected):
        return Direction.WORSE
    won = new.verdict is Verdict.CONFORMANT and old.verdict is not Verdict.CONFORMANT
    flaky = graver < 0 and new.verdict is Verdict.FLAKY
    if won or flaky or (new.expected and not old.expected):
        return Direction.BETTER
    # What native does not pass either any more, or what is not looked at: nothing is proved by it.
    return Direction.OTHER


def _why_not_run(document: Document, cell: str) -> str:
    """Return why a document has no verdict on a test of a cell; empty where its run had no such test."""
    header = document.header
    if cell not in {each.name for each in header.plan.cells}:
        if cell in header.whole:
            return f"it is of shard {header.shard}, which does not have the cell"
        return "the cell was not in its plan"
    if header.filtered:
        return f"it ran only tests that match {header.pattern!r}"
    if not document.complete:
        return "its run did not come to its end"
    if all(judgement.cell != cell for judgement in document.judgements):
        return "nothing was judged in the cell"
    return ""


def _circumstances(old: Document, new: Document) -> tuple[str, ...]:
    said = []
    first, second = old.header, new.header
    if first.version != second.version:
        said.append(f"The conformance tool was {first.version} and is {second.version}.")
    if tags := [tag for tag in {**first.lock, **second.lock} if first.lock.get(tag) != second.lock.get(tag)]:
        said.append(f"The upstream files are others: {some(tags, _TAGS, 'tags')}.")
    if first.expectations != second.expectations:
        said.append("The declared verdicts are others.")
    if first.repeat != second.repeat:
        said.append(
            f"Each test ran {counted(first.repeat, 'time')} and then {counted(second.repeat, 'time')}."
        )
    packages, others = _packages(old), _packages(new)
    said += [
        f"{name} was {', '.join(packages[name])} and is {', '.join(others[name])}."
        for name in sorted(packages.keys() & others.keys())
        if packages[name] != others[name]
    ]
    return tuple(said)


def _packages(document: Document) -> Mapping[str, Sequence[str]]:
    """Return the versions of each package that workers have said they have."""
    found: dict[str, set[str]] = {}
    for hello in document.hellos:
        packages = hello.worker.get("packages")
        for name, version in packages.items() if isinstance(packages, dict) else ():
            found.setdefault(name, set()).add(str(version))
    return {name: sorted(versions) for name, versions in found.items()}
