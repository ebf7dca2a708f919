"""Measure what a worker and its supervision cost a test that does nothing, ``empty_tests.py COUNT``: prints milliseconds."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event as Flag
from typing import Any

from conformance.execute.supervise import see_through
from conformance.records import Result
from miniatures import Making

SUITE = """
    import unittest

    class Tests(unittest.TestCase):
        pass

    for number in range({}):
        setattr(Tests, f"test_{{number:06}}", lambda self: None)
"""


class Watch:
    """Notes when the first test is begun, and how long the tests themselves take."""

    def __init__(self) -> None:
        self.began = self.ended = self.own = 0.0

    def suite_listed(self, cell: str, tests: Sequence[str], hello: Mapping[str, Any]) -> None:
        pass

    def cell_started(self, cell: str, total: int) -> None:
        self.began = time.perf_counter()

    def test_started(self, cell: str, test: str) -> None:
        pass

    def test_finished(self, result: Result) -> None:
        self.ended = time.perf_counter()
        self.own += result.seconds


def main(count: int) -> None:
    watch = Watch()
    with tempfile.TemporaryDirectory() as folder:
        course = see_through(Making(Path(folder)).runners(SUITE.format(count)).order(), watch, Flag())
    if len(course.results) != count:
        sys.exit(f"{len(course.results)} of {count} tests ran.")
    sys.stdout.write(f"{(watch.ended - watch.began - watch.own) / count * 1000}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
