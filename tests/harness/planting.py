"""Plant a fault in a cell, see the cell through, and look at what is left on the machine; for faults.py.

The module is imported before pytest could rewrite it: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import textwrap
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event as Flag
from typing import Any
from unittest import mock

from attrs import frozen

from conformance.execute import Course, Order
from conformance.execute.supervise import see_through
from conformance.records import Interpreter, Outcome, Result
from miniatures import DRIVER, Making

MARK = "CONFORMANCE_FAULT"
_SUITE = """
import asyncio, contextlib, ctypes, itertools, json, locale, os, re, signal, subprocess, sys, threading, time, unittest

SLEEPING = [sys.executable, "-c", "import time; time.sleep(1000)"]

def descriptors():
    "All that may be the protocol's; 0 to 2 are not."
    return [int(name) for name in os.listdir("/proc/self/fd") if int(name) > 2]

def write_to_all(line):
    for descriptor in descriptors():
        with contextlib.suppress(OSError):
            os.write(descriptor, line)

def leave_a_daemon():
    "One that nothing ties to its worker but that it descends from it, and that lives; returns its number."
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(write, str(os.getpid()).encode())
            time.sleep(1000)
        os._exit(0)
    return int(os.read(read, 20))

class A(unittest.TestCase):
    def test_before(self):
        pass

class B(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        {set_up}

    def test_fault(self):
{deed}

    @classmethod
    def tearDownClass(cls):
        {tear_down}

class C(unittest.TestCase):
    def test_after(self):
        self.fail("as it always does")
"""


@frozen
class Fault:
    """What a test does, and what has to become of it."""

    name: str
    deed: str
    outcome: Outcome
    words: Sequence[str] = ()
    """What its detail or its output has to say."""
    blamed: str = "B.test_fault"
    set_up: str = "pass"
    tear_down: str = "pass"
    order: Mapping[str, Any] = {}
    while_idle: bool = False
    """Whether the worker is killed between its greeting and its first test."""

    @property
    def suite(self) -> str:
        return _SUITE.format(
            deed=textwrap.indent(textwrap.dedent(self.deed).strip(), " " * 8),
            set_up=self.set_up,
            tear_down=self.tear_down,
        )


@frozen
class Aftermath:
    """What became of a planted fault."""

    course: Course
    blamed: Result | None
    lost: list[str]
    """The other tests of the cell whose result is not what it always is."""
    processes: list[int]
    files: list[str]
    recovery: float
    """In seconds: from the last event before the fault, or its time limit, to the start of the next test."""


class _Clock:
    """A listener that notes when what happened; a worker that is to be killed while idle is killed here."""

    def __init__(self, fault: Fault, mark: bytes) -> None:
        self._fault = fault
        self._mark = mark
        self.started: dict[str, float] = {}
        self.finished: dict[str, float] = {}
        self.listed = 0.0

    def suite_listed(self, cell: str, tests: Sequence[str], hello: Mapping[str, Any]) -> None:
        pass

    def cell_started(self, cell: str, total: int) -> None:
        self.listed = time.monotonic()
        if self._fault.while_idle:
            keeper_and_worker = marked(self._mark)
            os.kill(max(keeper_and_worker), 9)

    def test_started(self, cell: str, test: str) -> None:
        self.started[_short(test)] = time.monotonic()

    def test_finished(self, result: Result) -> None:
        self.finished[_short(result.test)] = time.monotonic()

    def recovery(self, order: Order, blamed: Result) -> float:
        if self._fault.while_idle:
            return self.started["A.test_before"] - self.listed
        after, fault = self.started["C.test_after"], "B.test_fault"
        if blamed.outcome is Outcome.TIMED_OUT:
            return after - self.started[fault] - order.seconds
        if blamed.outcome is Outcome.CRASHED and self._fault.blamed == fault:
            return after - self.started[fault]
        return after - self.finished[fault]


def plant(fault: Fault, folder: Path, interpreter: Interpreter = DRIVER) -> Aftermath:
    """Run a cell with the fault in it, in a new folder, and look at what is left of it."""
    mark = f"{MARK}={secrets.token_hex(8)}"
    temporary = folder / "temporary"
    temporary.mkdir(parents=True)
    made = Making(folder, interpreter).runners(fault.suite)
    order = made.order(**{"seconds": 20.0, "variables": dict([mark.split("=")]), **fault.order})
    clock = _Clock(fault, mark.encode())
    with mock.patch.object(tempfile, "tempdir", str(temporary)):
        course = see_through(order, clock, Flag())
    processes = marked(mark.encode())
    found = {_short(result.test): result for result in course.results}
    wanted = {"A.test_before": (Outcome.PASSED, ""), "C.test_after": (Outcome.FAILED, "as it always does")}
    lost = [
        name
        for name, (outcome, detail) in wanted.items()
        if name not in found or found[name].outcome is not outcome or detail not in found[name].detail
    ]
    if len(course.results) != len({*wanted, "B.test_fault", fault.blamed}):
        lost.append("a result too many or too few")
    blamed = found.get(fault.blamed)
    recovery = clock.recovery(order, blamed) if blamed is not None and not lost else float("nan")
    return Aftermath(course, blamed, lost, processes, [file.name for file in temporary.iterdir()], recovery)


def marked(mark: bytes) -> list[int]:
    """All processes of this machine that began with the mark in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def _short(test: str) -> str:
    return test.partition(".")[2]
