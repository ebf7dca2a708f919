"""Make the plan: every cell that was asked for and applies, and the baseline of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeVar

from attrs import frozen
from packaging.specifiers import SpecifierSet

from conformance.configuration import Configuration
from conformance.errors import PlanError, UsageError
from conformance.places import COMMAND
from conformance.plan.interpreters import Found, find_interpreters
from conformance.records import NATIVE, Cell, Implementation, Interpreter, Loop, Mode, Plan, Suite
from conformance.suites import DEFINITIONS, MODEL_SERIES, Definition

FIRST_NATIVE_RUNNER = (3, 11)
T = TypeVar("T")


@frozen
class Selection:
    """What a user asked for; globs, and empty for what is configured to be the default."""

    loops: tuple[str, ...] = ()
    implementations: tuple[str, ...] = ()
    suites: tuple[str, ...] = ()


def make_plan(configuration: Configuration, selection: Selection, found: Found, tags: Iterable[str]) -> Plan:
    """The cells of ``selection`` on the interpreters that were ``found``, baselines first.

    ``tags`` are those that the lock pins, such as ``v3.8.18``. Raises UsageError for a name that matches
    nothing, for native alone and for two executables of one version, and PlanError when a baseline
    cannot be run.
    """
    refuse_twins(found.interpreters)
    loops = selected("loop", configuration.loops, selection.loops, configuration.default_loops)
    implementations = _subjects(configuration, selection.implementations)
    suites = selected(
        "suite", {suite.value: suite for suite in DEFINITIONS}, selection.suites, tuple(DEFINITIONS)
    )
    tag_of = {".".join(tag.lstrip("v").split(".")[:2]): tag for tag in tags}
    native = configuration.implementations[NATIVE]
    subjects: list[Cell] = []
    baselines: dict[str, Cell] = {}
    for interpreter in found.interpreters:
        for loop in loops:
            for implementation in implementations:
                for suite, mode in _applying(implementation, suites, interpreter):
                    tag = tag_of.get(DEFINITIONS[suite].series_for(interpreter))
                    if not supports(loop, interpreter):
                        continue
                    if tag is None:
                        raise _unpinned(suite, interpreter)
                    baseline = _baseline(suite, interpreter, loop, native, tag, found)
                    baselines[baseline.name] = baseline
                    subjects.append(
                        Cell(
                            interpreter=interpreter,
                            loop=loop,
                            implementation=implementation,
                            suite=suite,
                            mode=mode,
                            tag=tag,
                            baseline=baseline.name,
                        )
                    )
    _refuse_idle(set(selection.suites) - {cell.suite.value for cell in subjects})
    return Plan(cells=(*baselines.values(), *subjects), missing=found.missing)


def _refuse_idle(idle: Iterable[str]) -> None:
    """Refuse suites that were asked for by name and have nothing to judge; a glob only offers them."""
    for suite in DEFINITIONS:
        if suite.value in idle:
            needs = DEFINITIONS[suite]
            raise UsageError(
                f"The suite {suite} has nothing to judge in what is selected.",
                f"It judges the {needs.judges} of an implementation, on Python {needs.python}.",
            )


def _unpinned(suite: Suite, interpreter: Interpreter) -> PlanError:
    series = DEFINITIONS[suite].series_for(interpreter)
    return PlanError(
        f"The lock pins no tag of {series}, whose tests the suite {suite} of Python {interpreter.version} is.",
        f"Pin one: '{COMMAND} sync --update v{series}.N', with the release that you want.",
    )


def _applying(
    implementation: Implementation, suites: Sequence[Suite], interpreter: Interpreter
) -> list[tuple[Suite, Mode]]:
    """The suites, and the modes of each, in which the implementation is judged on the interpreter."""
    if not supports(implementation, interpreter):
        return []
    return [
        (suite, mode)
        for suite in suites
        if getattr(implementation, DEFINITIONS[suite].judges) is not None
        and supports(DEFINITIONS[suite], interpreter)
        for mode in DEFINITIONS[suite].modes
        if implementation.context or mode is not Mode.CONTEXT
    ]


def supports(entry: Loop | Implementation | Definition, interpreter: Interpreter) -> bool:
    """Whether the entry is for the interpreter, by the range of Pythons that it declares."""
    # A build from a checkout says "3.13.0+", which is no version number; a pre-release is one.
    return SpecifierSet(entry.python).contains(interpreter.version.rstrip("+"), prereleases=True)


def _baseline(
    suite: Suite, interpreter: Interpreter, loop: Loop, native: Implementation, tag: str, found: Found
) -> Cell:
    """The native cell that outcomes are held against: same interpreter and loop, or 3.11 for want of a Runner."""
    if DEFINITIONS[suite].judges == "runner" and interpreter.release[:2] < FIRST_NATIVE_RUNNER:
        interpreter = model(found)
    return Cell(
        interpreter=interpreter, loop=loop, implementation=native, suite=suite, mode=Mode.PLAIN, tag=tag
    )


def model(found: Found) -> Interpreter:
    """The 3.11 whose native Runner older interpreters are judged against, wanted by the user or not."""
    for interpreter in found.interpreters:
        if interpreter.series == MODEL_SERIES:
            return interpreter
    model = find_interpreters([MODEL_SERIES])
    if not model.interpreters:
        raise PlanError(
            f"Python {MODEL_SERIES}, whose native Runner 3.8 to 3.10 are judged against, was not found.",
            model.missing[0].advice,
        )
    return model.interpreters[0]


def refuse_twins(interpreters: Iterable[Interpreter]) -> None:
    """Two of one version would make two cells of one name."""
    executables: dict[str, Path] = {}
    for interpreter in interpreters:
        other = executables.setdefault(interpreter.version, interpreter.executable)
        if other != interpreter.executable:
            raise UsageError(
                f"{other} and {interpreter.executable} are both Python {interpreter.version}.",
                "Name one of them.",
            )


def _subjects(configuration: Configuration, globs: Sequence[str]) -> list[Implementation]:
    """The implementations to judge; native is not among them, since it would be judged against itself."""
    known = configuration.implementations
    chosen = selected("implementation", known, globs, configuration.default)
    subjects = [implementation for implementation in chosen if implementation.name != NATIVE]
    if not subjects:
        others = ", ".join(name for name in known if name != NATIVE)
        raise UsageError(
            f"{NATIVE} is what the others are judged against, and is not judged itself.",
            f"Name another implementation: {others}.",
        )
    return subjects


def selected(kind: str, known: Mapping[str, T], globs: Sequence[str], default: Sequence[str]) -> list[T]:
    """The known ones that match any of the globs, in their own order; UsageError for a glob that none matches."""
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in known):
            raise UsageError(f"No {kind} is called '{glob}'.", f"Known: {', '.join(known)}.")
    wanted = globs or default
    return [entry for name, entry in known.items() if any(fnmatchcase(name, glob) for glob in wanted)]
