"""Say a set of cells by conditions: how an expectation is held to the cells where it comes true, or made for some."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from glob import escape
from itertools import combinations

from attrs import evolve, frozen
from packaging.specifiers import SpecifierSet

from conformance.judge.conditions import GLOBS
from conformance.judge.expectations import Expectation
from conformance.judge.spots import Spot, Universe

_BOUND = re.compile(r"(?P<side>>=|<)3\.(?P<minor>\d+)")


@frozen
class _Piece:
    """Those of the wanted spots that are like one of them in some names, whatever their other names."""

    open: tuple[str, ...]
    """The names in which the entry's own condition can stay."""
    covered: frozenset[Spot]
    barred: frozenset[int]
    """Series in which something is barred that is like it."""


def narrow(
    entry: Expectation, wanted: AbstractSet[Spot], barred: AbstractSet[Spot], universe: Universe
) -> tuple[Expectation, ...]:
    """Return the entry with conditions written out, as few times as it takes to cover all that is ``wanted``.

    None of them fits what is ``barred``, nor anything that the entry does not fit; of what it fits and is
    neither, some may be covered.
    """
    pieces = []
    rest = set(wanted)
    while rest:
        one = min(rest)
        choices = [
            _piece(one, names, wanted, barred)
            for count in range(len(GLOBS), -1, -1)
            for names in combinations(GLOBS, count)
        ]
        # Of equals the first: the one with the fewest conditions.
        best = max(choices, key=lambda piece: len(piece.covered & rest) if one in piece.covered else -1)
        rest -= best.covered
        pieces.append(_written(entry, one, best, universe))
    return tuple(pieces)


def _piece(one: Spot, names: tuple[str, ...], wanted: AbstractSet[Spot], barred: AbstractSet[Spot]) -> _Piece:
    same = [name for name in GLOBS if name not in names]

    def alike(spot: Spot) -> bool:
        return all(getattr(spot, name) == getattr(one, name) for name in same)

    out = frozenset(spot.minor for spot in barred if alike(spot))
    return _Piece(
        open=names,
        covered=frozenset(spot for spot in wanted if alike(spot) and spot.minor not in out),
        barred=out,
    )


def _written(entry: Expectation, one: Spot, piece: _Piece, universe: Universe) -> Expectation:
    names = {name: escape(getattr(one, name)) for name in GLOBS if name not in piece.open}
    python = entry.python
    if piece.barred:
        covered = {spot.minor for spot in piece.covered}
        python = _narrowed(python, min(covered), max(covered), piece.barred, universe)
    return evolve(entry, python=python, **names)


def _narrowed(
    python: SpecifierSet, first: int, last: int, barred: AbstractSet[int], universe: Universe
) -> SpecifierSet:
    """The range without the series that are barred; on a side where none is, as open as it was."""
    bounds = [f"!=3.{minor}.*" for minor in sorted(barred) if first < minor < last]
    if min(barred) < first:
        bounds.append(f">=3.{first}.dev0" if first in universe.unreleased else f">=3.{first}")
    if max(barred) > last:
        bounds.append(f"<3.{last + 1}")
    new = SpecifierSet(",".join(bounds))
    # What bounds the entry by series on the same side says less: all that is covered is within it.
    sides = {match["side"] for match in map(_BOUND.fullmatch, map(str, new)) if match}
    rest = [
        str(one) for one in python if not (match := _BOUND.fullmatch(str(one))) or match["side"] not in sides
    ]
    return SpecifierSet(",".join(rest)) & new
