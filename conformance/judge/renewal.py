"""What of the expectations still comes true, by the judgements of a run: behind the judge step, for ``expectations update``.

Nothing here reads or writes a file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from fnmatch import fnmatchcase
from glob import escape
from typing import TypeAlias

from attrs import evolve, frozen

from conformance.judge.expectations import Expectation, fits, weigh
from conformance.judge.narrowing import narrow
from conformance.judge.spots import Spot, Universe, spot_of
from conformance.records import Cell, Judgement, Verdict

Judged: TypeAlias = Mapping[Cell, Sequence[Judgement]]
"""The cells that were run, with the judgements on all their tests."""


@frozen
class Change:
    """What becomes of an entry that no longer comes true everywhere."""

    entry: Expectation
    becomes: tuple[Expectation, ...]
    """What it is narrowed to, in its place; empty where it is removed."""
    why: str


@frozen
class Undeclared:
    """An unexpected verdict of a test, and the cells that have it."""

    test: str
    verdict: Verdict
    cells: tuple[Cell, ...]


def renew(entries: Sequence[Expectation], judged: Judged, universe: Universe) -> tuple[Change, ...]:
    """Return what has to change so that each entry comes true wherever it counts in ``judged``.

    Elsewhere in ``universe`` each entry says what it said, and so it does where a later one that comes true
    counts in its stead.
    """
    kept, dropped, strict = _sorted_out_strictly(entries, judged)
    changes = []
    for entry in entries:
        run = {spot_of(cell) for cell in judged if fits(entry, cell)}
        matched = {spot for spot in run if kept[entry.number, spot]}
        lost = {spot for spot in run if dropped[entry.number, spot]}
        if lost or (run and not matched):
            becomes = _narrowed(entry, run, kept, dropped, universe)
            why = _why(len(run), len(lost), len(matched))
            if any((entry.number, spot) in strict and spot not in matched for spot in lost):
                why += ", where none of its other tests was found flaky"
            changes.append(Change(entry, becomes, why))
    return _without_repetition(entries, changes)


def renewed(
    entries: Sequence[Expectation], changes: Sequence[Change], added: Sequence[Expectation] = ()
) -> tuple[Expectation, ...]:
    """Return the entries after the changes, numbered anew, with what is added behind them."""
    becomes = {change.entry.number: change.becomes for change in changes}
    left = [after for entry in entries for after in becomes.get(entry.number, (entry,))]
    return tuple(evolve(entry, number=number) for number, entry in enumerate([*left, *added], start=1))


def undeclared(entries: Sequence[Expectation], judged: Judged) -> tuple[Undeclared, ...]:
    """Return what is unexpected by these entries, by test and verdict."""
    cells: dict[tuple[str, Verdict], list[Cell]] = {}
    for cell, judgements in judged.items():
        fitting = [entry for entry in entries if fits(entry, cell)]
        for judgement in judgements:
            if not weigh(judgement, fitting).expected:
                cells.setdefault((judgement.test, judgement.verdict), []).append(cell)
    return tuple(Undeclared(test, verdict, tuple(where)) for (test, verdict), where in cells.items())


def declare(what: Undeclared, reason: str, universe: Universe) -> tuple[Expectation, ...]:
    """Return entries that declare the verdict for its cells and for nothing else; they have no number yet."""
    entry = Expectation(0, escape(what.test), what.verdict, reason)
    wanted = {spot_of(cell) for cell in what.cells}
    # Of series that nobody lists nothing is declared either.
    minors = {spot.minor for spot in universe.spots}
    unlisted = set(range(min(minors), max(minors) + 2)) - minors
    unknown = {evolve(spot, minor=minor) for spot in wanted for minor in unlisted}
    barred = {*universe.where(entry), *unknown} - wanted
    return narrow(entry, wanted, barred, universe)


_Tests: TypeAlias = defaultdict[tuple[int, Spot], set[str]]
_Places: TypeAlias = AbstractSet[tuple[int, Spot]]
"""Numbers of entries, each with a spot."""


def _sorted_out_strictly(entries: Sequence[Expectation], judged: Judged) -> tuple[_Tests, _Tests, _Places]:
    """As ``_sorted_out``, and where entries had to be strict.

    An entry that declares tests flaky comes true where they pass as well. Where it has to be taken apart, it is
    kept for those alone that were found flaky, and not for all that it names.
    """
    flaky = {entry.number for entry in entries if entry.verdict is Verdict.FLAKY}
    kept, dropped = _sorted_out(entries, judged, frozenset())
    strict = {place for place, tests in dropped.items() if place[0] in flaky and tests and kept[place]}
    # Nothing else becomes strict by that: what passes comes true by each other entry that declares it flaky.
    return *_sorted_out(entries, judged, strict), strict


def _sorted_out(entries: Sequence[Expectation], judged: Judged, strict: _Places) -> tuple[_Tests, _Tests]:
    """The tests that each entry names at each spot: those that it may keep, and those where it does not come true.

    An entry keeps what a later one that comes true speaks for, as it does what it speaks for itself.
    """
    found_flaky = {
        judgement.test
        for judgements in judged.values()
        for judgement in judgements
        if judgement.verdict is Verdict.FLAKY
    }
    kept, dropped = _Tests(set), _Tests(set)
    for cell, judgements in judged.items():
        fitting = [entry for entry in reversed(entries) if fits(entry, cell)]
        spot = spot_of(cell)
        for judgement in judgements:
            true = False
            for entry in fitting:
                if fnmatchcase(judgement.test, entry.test):
                    may = (entry.number, spot) not in strict or judgement.test in found_flaky
                    true = true or (may and weigh(judgement, (entry,)).expected)
                    (kept if true else dropped)[entry.number, spot].add(judgement.test)
    return kept, dropped


def _narrowed(
    entry: Expectation, run: set[Spot], kept: _Tests, dropped: _Tests, universe: Universe
) -> tuple[Expectation, ...]:
    whole = {spot for spot in run if kept[entry.number, spot] and not dropped[entry.number, spot]}
    partial = {spot for spot in run if kept[entry.number, spot] and dropped[entry.number, spot]}
    pieces = [*narrow(entry, (universe.where(entry) - run) | whole, run - whole, universe)]
    for test in sorted({test for spot in partial for test in kept[entry.number, spot]}):
        holding = {spot for spot in run if test in kept[entry.number, spot]}
        pieces += narrow(evolve(entry, test=escape(test)), partial & holding, run - holding, universe)
    return tuple(pieces)


def _without_repetition(entries: Sequence[Expectation], changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes without what a later entry says word for word, or comes to say: no file may have it twice."""
    changed = {change.entry.number: change for change in changes}
    said: set[Expectation] = set()
    left = []
    for entry in reversed(entries):
        change = changed.get(entry.number)
        becomes = change.becomes if change else (entry,)
        own = tuple(piece for piece in becomes if evolve(piece, number=0) not in said)
        said |= {evolve(piece, number=0) for piece in own}
        if change:
            why = change.why if own == becomes else f"{change.why}, and a later entry says the rest"
            left.append(evolve(change, becomes=own, why=why))
        elif not own:
            left.append(Change(entry, (), "is what a later entry is narrowed to"))
    return tuple(reversed(left))


def _why(run: int, lost: int, matched: int) -> str:
    cells = "the one cell" if run == 1 else f"the {run} cells"
    if not lost:
        assert not matched, "else nothing is to change"
        return f"matches no test of {cells} that it fits"
    if lost < run:
        others = "" if matched else ", and matches no test of the others"
        return f"no longer comes true in {lost} of {cells} that it fits{others}"
    return f"no longer comes true in {cells if run == 1 else f'any of {cells}'} that it fits"
