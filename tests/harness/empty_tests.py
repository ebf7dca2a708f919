"""Measure what the harness costs a test that does nothing, ``empty_tests.py COUNT``: prints milliseconds.

That is its worker, the supervision, the store and the document.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event as Flag
from typing import Any

from conformance.execute.supervise import see_through
from conformance.records import Plan, Result
from conformance.report import DocumentWriter, Header
from conformance.store import Store
from miniatures import Making
from results import NOW

_KEY = "0" * 64

SUITE = """
    import unittest

    class Tests(unittest.TestCase):
        pass

    for number in range({}):
        setattr(Tests, f"test_{{number:06}}", lambda self: None)
"""


class Watch:
    """Does with a result what a run does, and notes when the first test is begun, and how long the tests themselves take."""

    def __init__(self, store: Store, document: DocumentWriter) -> None:
        self._store = store
        self._document = document
        self.began = self.ended = self.own = 0.0

    def suite_listed(self, cell: str, tests: Sequence[str], hello: Mapping[str, Any]) -> None:
        pass

    def cell_started(self, cell: str, total: int) -> None:
        self.began = time.perf_counter()

    def test_started(self, cell: str, test: str) -> None:
        pass

    def test_finished(self, result: Result) -> None:
        self._store.keep(_KEY, result)
        self._document.result(result)
        self.ended = time.perf_counter()
        self.own += result.seconds


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        order = Making(folder).runners(SUITE.format(count)).order()
        header = Header("0", NOW, (), Plan((order.cell,)), {})
        with (
            Store(folder / "store.sqlite", sys.exit) as store,
            DocumentWriter(folder / "results.jsonl", header) as document,
        ):
            watch = Watch(store, document)
            course = see_through(order, watch, Flag())
    if len(course.results) != count:
        sys.exit(f"{len(course.results)} of {count} tests ran.")
    sys.stdout.write(f"{(watch.ended - watch.began - watch.own) / count * 1000}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
