"""What a renewed lock changes, as records that show themselves; update makes them."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from conformance.sync.lock import Lock


@frozen
class SuiteChange:
    """What changed in one upstream file of tests."""

    suite: str
    """The module's name, such as ``test_runners``."""
    tests: int | None
    """How many it has now; None where this Python cannot tell."""
    came: tuple[str, ...] = ()
    """Full ids, such as ``test_runners.RunTests.test_asyncio_run_return``; all of them for a new series."""
    went: tuple[str, ...] = ()
    unknown: str = ""
    """Why it is not known which came and went; empty where it is."""


@frozen
class TagChange:
    """What changed in the lock for one tag."""

    tag: str
    previous: str | None
    """The tag of the same series that was pinned before; None for a new series."""
    files: int
    """How many files are pinned now."""
    altered: tuple[str, ...]
    """Paths whose blob id is another one than before, or that were or are not pinned."""
    suites: tuple[SuiteChange, ...]

    def lines(self) -> Iterator[str]:
        before = {None: "new", self.tag: "renewed"}.get(self.previous, f"replaces {self.previous}")
        changed = "" if self.previous is None else f", {len(self.altered)} changed"
        yield f"{self.tag}: {before}; {self.files} files pinned{changed}"
        for suite in self.suites:
            if suite.unknown:
                yield f"  {suite.suite}: not known which tests came and went: {suite.unknown}"
            elif self.previous is None:
                yield f"  {suite.suite}: {suite.tests} tests, all new"
            else:
                yield f"  {suite.suite}: {suite.tests} tests, {len(suite.came)} came, {len(suite.went)} went"
                yield from (f"    + {test}" for test in suite.came)
                yield from (f"    - {test}" for test in suite.went)


@frozen
class Update:
    """The renewed lock and what changed in it; ``str`` shows it."""

    lock: Lock
    changes: tuple[TagChange, ...]

    def __str__(self) -> str:
        return "\n".join(line for change in self.changes for line in change.lines())
