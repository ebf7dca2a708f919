"""Remember which tests never construct what is judged, so that only the baseline needs to run them.

It is found out when a test first runs for a subject, and kept in the store of results. It depends on the upstream
files, the interpreter, the loop, and on the implementation too, whose class may be one that nobody sees being
constructed: what is learnt of it must not keep the tests from another. So these make the name under which
it is kept. Not of the implementation's source: a finding outlives its changes, unlike the results.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable

from conformance.records import Cell, Outcome, Result
from conformance.store.store import Store

_HOW = "__new__"
"""How the worker finds it out: part of the name, so that a change of it starts anew."""


class Unexercised:
    """The findings that are kept in ``store``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def known(self, cell: Cell, blobs: str) -> Collection[str]:
        """The tests of ``cell`` that are known to be unexercised; ``blobs`` are the upstream files' ids."""
        return self._store.known(_name(cell, blobs))

    def learn(self, cell: Cell, blobs: str, results: Iterable[Result], left_out: Collection[str]) -> None:
        """Keep what a run of the whole ``cell`` has shown; a test that did not pass is run again next time."""
        found = {
            result.test
            for result in results
            if result.exercised is False and result.outcome is Outcome.PASSED
        }
        self._store.learn(_name(cell, blobs), found.union(left_out))


def _name(cell: Cell, blobs: str) -> str:
    interpreter, implementation = cell.interpreter, cell.implementation
    key = [
        _HOW,
        cell.suite,
        cell.mode,
        cell.loop.factory,
        cell.loop.requires,
        interpreter.version,
        interpreter.build,
        implementation.name,
        implementation.runner,
        implementation.run,
        implementation.task,
        implementation.requires,
        str(implementation.path),
        blobs,
    ]
    return hashlib.sha256(json.dumps(key).encode()).hexdigest()
