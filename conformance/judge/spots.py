"""Every cell that could be judged, by series and not by release: what expectations are checked and renewed against.

A part of the judge step that no run needs: a plan holds the interpreters that are here, and the file of
expectations speaks of all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import cache

from attrs import frozen
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from conformance.configuration import Configuration
from conformance.judge.expectations import Expectation
from conformance.records import NATIVE, Cell, Implementation, Loop
from conformance.suites import DEFINITIONS, Definition

_FIRST_MINOR = 8
_AN_EARLIER_RELEASE, _A_LATER_RELEASE = 0, 99


@frozen(order=True)
class Spot:
    """Where an expectation can apply: a judged cell, its interpreter known by its series alone."""

    implementation: str
    suite: str
    mode: str
    loop: str
    minor: int
    """The second number of the series."""


@frozen
class Universe:
    """All spots of some series."""

    spots: Mapping[Spot, tuple[SpecifierSet, ...]]
    """What each asks of its interpreter's version."""
    unreleased: frozenset[int] = frozenset()
    """Series that were run by pre-releases alone, which stand below the number of the series."""

    def where(self, entry: Expectation) -> frozenset[Spot]:
        """The spots at which the entry's conditions hold for some release, and which can have such a test."""
        return frozenset(
            spot
            for spot, asked in self.spots.items()
            if fnmatchcase(spot.implementation, entry.implementation)
            and fnmatchcase(spot.loop, entry.loop)
            and fnmatchcase(spot.suite, entry.suite)
            and fnmatchcase(spot.mode, entry.mode)
            and _can_match(entry.test, spot.suite)
            and accepted(spot.minor, (*asked, entry.python))
        )


def spot_of(cell: Cell) -> Spot:
    """The spot at which the cell is."""
    return Spot(
        cell.implementation.name,
        cell.suite.value,
        cell.mode.value,
        cell.loop.name,
        cell.interpreter.release[1],
    )


def known_spots(
    configuration: Configuration, series: Iterable[str], cells: Collection[Cell] = ()
) -> Universe:
    """All that the configuration declares, on the ``series`` that are listed (such as 3.8), and the ``cells``."""
    listed = {int(one.split(".")[1]) for one in series if one.startswith("3.")}
    run = {cell.interpreter.release[1] for cell in cells}
    final = {cell.interpreter.release[1] for cell in cells if not _version(cell).is_prerelease}
    ran: dict[Spot, tuple[SpecifierSet, ...]] = {spot_of(cell): () for cell in cells}
    # What is declared of a spot that was run counts on: what is written for it has to fit that as well.
    return Universe(ran | _all_spots(configuration, listed | run), frozenset(run - final - listed))


def possible_spots(configuration: Configuration, entries: Iterable[Expectation]) -> Universe:
    """All that the configuration declares, on every series between which something that is said makes a difference."""
    declarations: list[Loop | Implementation | Definition] = [
        *configuration.loops.values(),
        *configuration.implementations.values(),
        *DEFINITIONS.values(),
    ]
    ranges = [*(entry.python for entry in entries), *(SpecifierSet(each.python) for each in declarations)]
    named = {version.minor for python in ranges for version in _named(python) if _is_of_three(version)}
    # What is said of one series holds as far as the next one that is named: the one behind it stands for all.
    telling = {minor + step for minor in {_FIRST_MINOR, *named} for step in (0, 1)}
    return Universe(_all_spots(configuration, (minor for minor in telling if minor >= _FIRST_MINOR)))


def _all_spots(configuration: Configuration, minors: Iterable[int]) -> dict[Spot, tuple[SpecifierSet, ...]]:
    minors = sorted(minors)
    return {
        spot: asked
        for implementation in configuration.implementations.values()
        if implementation.name != NATIVE
        for loop in configuration.loops.values()
        for spot, asked in _spots(implementation, loop, minors)
    }


def _spots(
    implementation: Implementation, loop: Loop, minors: Sequence[int]
) -> Iterator[tuple[Spot, tuple[SpecifierSet, ...]]]:
    for suite, definition in DEFINITIONS.items():
        if getattr(implementation, definition.judges) is None:
            continue
        asked = tuple(SpecifierSet(each.python) for each in (implementation, loop, definition))
        for mode in definition.modes:
            for minor in minors:
                if accepted(minor, asked):
                    yield Spot(implementation.name, suite.value, mode.value, loop.name, minor), asked


@cache
def _can_match(test: str, suite: str) -> bool:
    """Whether the glob can match a test of the suite: their ids begin with the name of its file."""
    return any(fnmatchcase(f"test_{suite}.", test[:end]) for end in range(1, len(test) + 1))


@cache
def accepted(minor: int, asked: tuple[SpecifierSet, ...]) -> bool:
    """Whether some release of the series 3.``minor`` is one that all of ``asked`` accept."""
    return any(
        all(specifiers.contains(release, prereleases=True) for specifiers in asked)
        for release in _releases(minor, asked)
    )


def _releases(minor: int, asked: Iterable[SpecifierSet]) -> Iterator[str]:
    """Releases of the series between which no specifier draws a line."""
    micros = {_AN_EARLIER_RELEASE, _A_LATER_RELEASE}
    for specifiers in asked:
        for version in _named(specifiers):
            if _is_of_three(version) and version.minor == minor:
                micros |= {max(0, version.micro - 1), version.micro, version.micro + 1}
                if version.pre is not None:
                    phase, number = version.pre
                    near = (number - 1, number, number + 1)
                    yield from (f"3.{minor}.{version.micro}{phase}{one}" for one in near if one >= 0)
    yield from (f"3.{minor}.{micro}" for micro in sorted(micros))


def _named(specifiers: SpecifierSet) -> Iterator[Version]:
    """The versions that stand in a specifier; what ``===`` compares need not be one."""
    for one in specifiers:
        with suppress(InvalidVersion):
            yield Version(one.version.removesuffix(".*"))


def _is_of_three(version: Version) -> bool:
    return version.major == 3 and len(version.release) > 1


def _version(cell: Cell) -> Version:
    # A build from a checkout says "3.13.0+", which is no version number.
    return Version(cell.interpreter.version.rstrip("+"))
