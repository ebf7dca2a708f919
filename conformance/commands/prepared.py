"""What the first steps of ``run`` have brought, and how to go on: what its later parts are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from attrs import frozen

from conformance.commands.known import Known
from conformance.judge import Expectation
from conformance.records import Environment, Plan
from conformance.store import Unexercised
from conformance.sync import Lock


@frozen
class Prepared:
    """What the steps before have brought."""

    plan: Plan
    lock: Lock
    trees: Mapping[str, Path]
    pythons: Mapping[Environment, Path]
    declared: Sequence[Expectation]
    known: Known
    unexercised: Unexercised


@frozen
class How:
    """How to run it."""

    pattern: str | None
    """A part of a test's id or a glob; None for all tests."""
    jobs: int
    seconds: float
    """The time limit of each test."""
    memory: int
    """How much address space a worker may take, in bytes; 0 for no limit."""
    shuffle: int | None
    """The seed of the tests' order; None for the suites' own."""
    repeat: int
    """How often each test runs."""
    shard: bool
    """Whether the plan is only a part."""
    coverage: Path | None
    """The folder for coverage's data files; None where nothing is measured."""
    variables: Mapping[str, str]
    """The environment variables that workers get beside their own."""

    def wants(self, test: str) -> bool:
        return self.pattern is None or self.pattern in test or fnmatchcase(test, self.pattern)
