"""What of a cell is known, and what is left to be run: between the store and execute."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from attrs import frozen

from conformance.commands.prepared import How, Prepared
from conformance.execute import Course, Order, is_of_fixture, is_within, scope_of
from conformance.records import Cell, Result
from conformance.suites import DEFINITIONS


@frozen
class Look:
    """Which tests of a cell are to be looked at, for the first time or again."""

    cell: Cell
    attempt: int
    only: Callable[[str], bool]
    """Whether the test of this id is wanted."""
    first: Course | None = None
    """Of a second look, the first one."""


def look_up(prepared: Prepared, how: How, look: Look) -> tuple[Course, Order | None]:
    """Return what is known, and the order for what is not, unless nothing is left.

    What is known of a fixture's end belongs to all tests that it was there for: where some of a cell's tests
    have to run, so have all, or it would be told twice, or not at all. In a shuffled cell what is kept in
    the store serves only as a whole: the order that the seed gives is that of all its tests.
    """
    found = _found(prepared, how, look)
    listing = prepared.known.listing(look.cell)
    left_out = _left_out(prepared, look.cell) if look.first is None else ()
    if listing is not None:
        wanted = [test for test in listing.tests if look.only(test)]
        left = [test for test in wanted if test not in found]
        if all(test in left_out for test in left):
            results = _belonging(found, wanted)
            return Course(
                hello=listing.hello, tests=listing.tests, results=results, left_out=tuple(left)
            ), None
    if how.shuffle is not None:
        found = {test: result for test, result in found.items() if prepared.known.is_done(result)}
    if any(map(is_of_fixture, found)):
        found = {}
    known = {test: result for test, result in found.items() if look.only(test)}
    order = _order(prepared, how, look, known, left_out)
    return Course(results=list(known.values())), order


def _found(prepared: Prepared, how: How, look: Look) -> Mapping[str, Result]:
    found = prepared.known.results(look.cell, look.attempt)
    if look.first is None or how.repeat > 1:
        return found
    # A second look at what has just been found, and not at what was found another time.
    old = {result.test for result in look.first.results if result.cached}
    return {test: result for test, result in found.items() if test in old}


def _belonging(found: Mapping[str, Result], wanted: Collection[str]) -> list[Result]:
    """The results of the wanted tests, and those of the fixtures that were there for any of them."""
    return [
        result
        for test, result in found.items()
        if test in wanted or (is_of_fixture(test) and any(is_within(one, scope_of(test)) for one in wanted))
    ]


def _order(
    prepared: Prepared, how: How, look: Look, known: Mapping[str, Result], left_out: Collection[str]
) -> Order:
    cell, only = look.cell, look.only

    def is_left(test: str) -> bool:
        return only(test) and test not in known

    return Order(
        cell=cell,
        python=prepared.pythons[cell.environment],
        tree=prepared.trees[cell.tag],
        only=is_left,
        leave_out=left_out,
        attempt=look.attempt,
        seconds=how.seconds,
        coverage=how.coverage,
        shuffle=how.shuffle,
        memory=how.memory,
        durations={
            test: seconds
            for test, seconds in _recorded(prepared, look).items()
            if is_left(test) and test not in left_out
        },
        variables=how.variables,
    )


def _recorded(prepared: Prepared, look: Look) -> Mapping[str, float]:
    """How many seconds the cell's tests took the last time, or else the baseline's, which changes less often."""
    if look.first is not None:
        return {result.test: result.seconds for result in look.first.results}
    recorded: dict[str, float] = {}
    for name in (look.cell.baseline, look.cell.name):
        if name is not None:
            recorded.update(prepared.known.durations(name))
    return recorded


def blobs_of(prepared: Prepared, cell: Cell) -> str:
    """The ids of the upstream files that are the cell's suite."""
    return prepared.lock.entry(cell.tag).blobs(DEFINITIONS[cell.suite].files)


def _left_out(prepared: Prepared, cell: Cell) -> Collection[str]:
    """The tests that say nothing about the cell's implementation, which the baseline alone runs."""
    if cell.baseline is None:
        return ()
    return prepared.unexercised.known(cell, blobs_of(prepared, cell))
