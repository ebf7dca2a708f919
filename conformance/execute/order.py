"""What execute is asked for and what it answers: the order to run a cell, its course, and who listens meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from attrs import define, field, frozen

from conformance.records import Cell, Result

_AFTER = " (after it)"
_TEAR_DOWN = " (tear-down)"


class Listener(Protocol):
    """Who wants to know what happens while it happens; called from several threads."""

    def suite_listed(self, cell: str, tests: Sequence[str], hello: Mapping[str, Any]) -> None:
        """A worker has loaded the cell's suite: all its tests, and what the worker said of itself."""

    def cell_started(self, cell: str, total: int) -> None:
        """A worker has loaded the cell's suite; ``total`` tests are going to run."""

    def test_started(self, cell: str, test: str) -> None:
        """A test has begun."""

    def test_finished(self, result: Result) -> None:
        """A test has ended, in whatever way."""


@frozen
class Order:
    """Which tests of a cell to run, and how."""

    cell: Cell
    python: Path
    tree: Path
    only: Callable[[str], bool] = lambda _test: True
    """Whether to run the test of this id."""
    leave_out: Collection[str] = ()
    attempt: int = 1
    seconds: float = 60.0
    """The time limit of each test, and of all that a worker does between two."""
    coverage: Path | None = None
    """The folder for coverage's data files; None where nothing is measured."""
    shuffle: int | None = None
    """The seed of the order in which the tests run; None for the suite's own order."""
    memory: int = 4 << 30
    """How much address space a worker may take, in bytes; 0 for no limit."""
    durations: Mapping[str, float] = {}
    """How many seconds the tests that are to run have taken before, of those of which it is recorded."""
    variables: Mapping[str, str] = {}
    """The environment variables that a worker gets beside its own HOME, PATH and TMPDIR."""


@define
class Course:
    """How a cell went."""

    hello: Mapping[str, Any] = field(factory=dict)
    """What its first worker said of itself; empty when none got so far."""
    tests: tuple[str, ...] = ()
    """All tests of the suite, in its own order."""
    results: list[Result] = field(factory=list)
    left_out: tuple[str, ...] = ()
    """Tests of the suite that `Order.leave_out` kept from being run."""
    broken: str = ""
    """Why the suite could not be loaded at all."""


def after(test: str) -> str:
    """The id of a result that tells of what went wrong between a test and the next one, or behind the last."""
    return f"{test}{_AFTER}"


def tear_down(scope: str) -> str:
    """The id of a result that tells of the tear-down of a class or module."""
    return f"{scope}{_TEAR_DOWN}"


def class_of(test: str) -> str:
    """The class that a test is a method of, with its module, by the test's id."""
    return test.rpartition(".")[0]


def is_within(test: str, scope: str) -> bool:
    """Whether the class or module holds the test."""
    return test.startswith(f"{scope}.")


def is_of_fixture(test: str) -> bool:
    """Whether the id is of such a result, and not of a test."""
    return test.endswith((_AFTER, _TEAR_DOWN))


def scope_of(test: str) -> str:
    """The class or module whose fixture such a result tells of, as far as it is known."""
    return test.removesuffix(_TEAR_DOWN) if test.endswith(_TEAR_DOWN) else class_of(test)
