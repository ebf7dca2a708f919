"""From the options that select cells to a plan: what ``run``, ``plan``, ``fuzz`` and ``replay`` have in common."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from attrs import frozen

from conformance.commands.nothing_left import nothing_left
from conformance.configuration import Configuration, read_configuration
from conformance.errors import PlanError, UsageError
from conformance.places import CHECKOUT, LOCK
from conformance.plan import Found, Selection, find_interpreters, make_plan, wanted_series
from conformance.plan.differential import DifferentialPlan, differential_cells
from conformance.plan.elsewhere import presume_interpreters
from conformance.records import NATIVE, Plan
from conformance.suites import DEFINITIONS, MODEL_SERIES
from conformance.sync import Lock, read_lock


@frozen
class Selected:
    """The plan, and what it was made from."""

    plan: Plan
    lock: Lock
    configuration: Configuration


def select(
    pythons: tuple[str, ...],
    loops: tuple[str, ...],
    implementations: tuple[str, ...],
    suites: tuple[str, ...],
    config: Path | None,
) -> Selected:
    """Make the plan that the options ask for. Raises UsageError, PlanError or SyncError."""
    configuration, lock = _configuration(implementations, config), read_lock(LOCK.parent)
    return _selected(configuration, lock, Selection(loops, implementations, suites), _found(pythons))


def select_elsewhere(
    pythons: tuple[str, ...],
    loops: tuple[str, ...],
    implementations: tuple[str, ...],
    suites: tuple[str, ...],
    config: Path | None,
    more: tuple[str, ...] = (),
) -> dict[str, tuple[str, ...]]:
    """The loops to judge on by interpreter, for machines that have what is listed or named, whatever this one has.

    ``more`` are interpreters that take part beside those. Raises UsageError, PlanError or SyncError.
    """
    configuration, lock = _configuration(implementations, config), read_lock(LOCK.parent)
    presumed = presume_interpreters(dict.fromkeys((*_wanted(pythons), *more)), lock.tags)
    # That is there as well where a baseline needs it, wanted or not.
    model = presume_interpreters([MODEL_SERIES], lock.tags)
    interpreters = {interpreter.version: interpreter for interpreter in (*presumed.values(), *model.values())}
    found = Found(tuple(interpreters.values()), missing=())
    plan = _selected(configuration, lock, Selection(loops, implementations, suites), found).plan
    judged = [cell for cell in plan.cells if cell.baseline is not None]
    return {
        name: tuple(dict.fromkeys(cell.loop.name for cell in judged if cell.interpreter == interpreter))
        for name, interpreter in sorted(presumed.items(), key=lambda item: item[1].release)
    }


def _selected(configuration: Configuration, lock: Lock, selection: Selection, found: Found) -> Selected:
    plan = make_plan(configuration, selection, found, lock.tags)
    if not plan.cells:
        raise nothing_left(configuration, selection, found)
    for cell in plan.cells:
        # A lock of an earlier version may lack what a suite needs: found before anything is built for it.
        lock.entry(cell.tag).blobs(DEFINITIONS[cell.suite].files)
    return Selected(plan=plan, lock=lock, configuration=configuration)


def select_differential(
    pythons: tuple[str, ...], loops: tuple[str, ...], implementations: tuple[str, ...], config: Path | None
) -> DifferentialPlan:
    """Make the plan of the cells that run generated programs. Raises UsageError or PlanError."""
    configuration = _configuration(implementations, config)
    return differential_cells(configuration, Selection(loops, implementations), _found(pythons))


def _configuration(implementations: tuple[str, ...], config: Path | None) -> Configuration:
    """What is declared; refused where nothing in it is meant to be judged."""
    configuration = read_configuration(config)
    if not implementations and not configuration.default:
        # Without a checkout of runner_backport there is none that could be meant.
        known = ", ".join(name for name in configuration.implementations if name != NATIVE)
        raise UsageError(
            "Nothing says what is to be judged.",
            "Declare it in a file, under [[implementation]] with its name, path and runner, and name the file with "
            f"--config; or name one that is known with --implementation: {known}.",
        )
    return configuration


def _found(pythons: tuple[str, ...]) -> Found:
    """The interpreters that the options name; refused where one of those is missing."""
    found = find_interpreters(_wanted(pythons))
    if pythons and found.missing:
        missing = found.missing[0]
        raise PlanError(f"Python {missing.python}, asked for by name, was not found.", missing.advice)
    return found


def _wanted(pythons: tuple[str, ...]) -> list[str]:
    """The interpreters to look for: those named, globs resolved among those listed, or all that are listed."""
    listed = wanted_series(CHECKOUT)
    wanted: dict[str, Any] = {}
    for python in pythons or ("*",):
        if not python:
            raise UsageError(
                "--python names nothing.", f"Name a version, a glob or a path. Listed: {', '.join(listed)}."
            )
        if any(character in python for character in "*?["):
            matching = [series for series in listed if fnmatchcase(series, python)]
            if not matching:
                raise UsageError(f"No listed Python matches '{python}'.", f"Listed: {', '.join(listed)}.")
            wanted.update(dict.fromkeys(matching))
        else:
            wanted[python] = None
    return list(wanted)
