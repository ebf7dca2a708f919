"""Refuse expectations whose conditions no cell can meet; behind the reading of their file, before the judge step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from itertools import combinations
from pathlib import Path

from attrs import evolve

from conformance.configuration import Configuration
from conformance.errors import UsageError
from conformance.judge.conditions import CONDITIONS, condition
from conformance.judge.expectations import Expectation
from conformance.judge.spots import Universe, possible_spots
from conformance.records import NATIVE, Implementation, Suite
from conformance.suites import DEFINITIONS

_ALL = (*CONDITIONS, "test")


def refuse_impossible(path: Path, entries: Sequence[Expectation], configuration: Configuration) -> None:
    """Raise UsageError, with the entry of the file at ``path``, where the conditions of one fit no cell that can be.

    A cell can be that ``configuration`` declares, on any release of any interpreter, installed or not.
    """
    universe = possible_spots(configuration, entries)
    for entry in entries:
        if not universe.where(entry):
            conflict = _conflict(entry, universe)
            raise UsageError(
                f"{path}, entry {entry.number} ({entry.test}) has {' beside '.join(_written(entry, conflict))}, "
                "which no cell can have.",
                " ".join(_known(entry, conflict, configuration)),
            )


def _conflict(entry: Expectation, universe: Universe) -> tuple[str, ...]:
    """The fewest of the entry's conditions that go together nowhere."""
    nothing = Expectation(entry.number, "*", entry.verdict, entry.reason)
    return next(
        keys
        for count in range(1, len(_ALL) + 1)
        for keys in combinations(_ALL, count)
        if not universe.where(evolve(nothing, **{key: getattr(entry, key) for key in keys}))
    )


def _written(entry: Expectation, keys: Iterable[str]) -> list[str]:
    return [f"{key} = '{condition(entry, key)}'" for key in keys]


def _known(entry: Expectation, keys: Sequence[str], configuration: Configuration) -> list[str]:
    """What there is of each kind that the conflict is about."""
    said = []
    if "implementation" in keys:
        kinds = [
            f"{one.name} ({_has(one)}, Python {one.python})"
            for one in configuration.implementations.values()
            if one.name != NATIVE
        ]
        said.append(
            f"Judged, against native, are {', '.join(kinds)}, and what a file given with --config declares."
        )
    if "loop" in keys:
        loops = [f"{loop.name} (Python {loop.python})" for loop in configuration.loops.values()]
        said.append(f"The loops are {', '.join(loops)}, and what a file given with --config declares.")
    if "test" in keys:
        said.append(
            f"Tests are called {', '.join(f'test_{suite}.…' for suite in DEFINITIONS)}, by their suite."
        )
    if "suite" in keys or "mode" in keys:
        meant = entry.suite if "suite" in keys else "*"
        said += [_suite(suite) for suite in DEFINITIONS if fnmatchcase(suite, meant)]
    return said or ["Cells are on Python 3.8 and newer: give a range such as '>=3.8,<3.11' or '==3.13.*'."]


def _has(implementation: Implementation) -> str:
    parts = {"a Runner": implementation.runner, "a Task": implementation.task}
    return " and ".join(part for part, name in parts.items() if name is not None)


def _suite(suite: Suite) -> str:
    definition = DEFINITIONS[suite]
    modes = " and ".join(definition.modes)
    return (
        f"The suite {suite} judges a {definition.judges.capitalize()} on Python {definition.python}, "
        f"mode {modes}."
    )
