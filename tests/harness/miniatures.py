"""Small upstream trees, each with an environment beside it, and what running them showed; for execute and worker.

A miniature has the folders and names of CPython's, and text of its own whose outcomes are known beforehand.
The fixtures are asked for with ``pytest_plugins = ["miniatures"]``; the module is imported before that for its
helpers, which pytest wants to be told: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

import functools
import os
import platform
import select
import signal
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Event as Flag
from typing import Any

import pytest
from attrs import field, frozen

from conformance.execute import Course, Order, supervise
from conformance.execute.variables import handed_on
from conformance.plan import Found, find_interpreters
from conformance.records import Cell, Implementation, Interpreter, Loop, Mode, Outcome, Result, Suite
from conformance.suites import DEFINITIONS

DRIVER = Interpreter(
    platform.python_version(),
    # Not the environment that the tests run in, whose packages are not the worker's.
    Path(getattr(sys, "_base_executable", sys.executable)),
    " ".join(sys.version.split()),
)
ASYNCIO = Loop("asyncio", "asyncio:new_event_loop")
NATIVE = Implementation("native", "asyncio:Runner", run="asyncio:run", task="asyncio:Task")
PATIENCE_SECONDS = 20.0
"""For what should come at once: a test that waits so long has failed."""


class Watch:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.listed: dict[str, tuple[str, ...]] = {}
        self.totals: list[int] = []
        self.started: list[str] = []
        self.finished: list[str] = []
        self.counts: list[Mapping[Outcome, int]] = []
        self.any_started = Flag()
        self.any_finished = Flag()
        self.cell_ended = Flag()

    def suite_listed(self, cell: str, tests: Sequence[str], hello: Mapping[str, Any]) -> None:
        self.listed[cell] = tuple(tests)

    def cell_started(self, cell: str, total: int) -> None:
        self.totals.append(total)

    def test_started(self, cell: str, test: str) -> None:
        self.started.append(test)
        self.any_started.set()

    def test_finished(self, result: Result) -> None:
        self.finished.append(result.test)
        self.any_finished.set()

    def cell_finished(self, cell: str, counts: Mapping[Outcome, int], seconds: float) -> None:
        self.counts.append(counts)
        self.cell_ended.set()


@frozen
class Seen:
    """How a miniature's cell went, and what the listener was told."""

    course: Course
    watch: Watch

    def __getitem__(self, test: str) -> Result:
        """Return the only result of the test with this name."""
        [found] = [result for result in self.course.results if result.test.rpartition(".")[2] == test]
        return found

    @property
    def outcomes(self) -> dict[str, str]:
        """Each test's outcome, by the last part of its id."""
        return {result.test.rpartition(".")[2]: result.outcome.value for result in self.course.results}


@frozen
class Miniature:
    """A tree, an environment's Python, and the cell that runs one with the other."""

    tree: Path
    python: Path
    cell: Cell

    def order(self, **changes: Any) -> Order:
        where = {"cell": self.cell, "python": self.python, "tree": self.tree}
        return Order(**{**where, "seconds": 10.0, "variables": handed_on(), **changes})

    def run(self, **changes: Any) -> Seen:
        """See the cell through, and hold that what the listener was told is what came out."""
        watch = Watch()
        course = supervise.see_through(self.order(**changes), watch, Flag())
        assert [result.test for result in course.results] == watch.finished
        return Seen(course, watch)

    @property
    def suite_file(self) -> Path:
        """The file that holds the tests, where upstream has it; the tree is its folder ``Lib``."""
        return self.tree.parent / DEFINITIONS[self.cell.suite].files[-1]


@frozen
class Making:
    """Makes miniatures in ``folder``: a suite's text, and the modules that its environment has."""

    folder: Path
    interpreter: Interpreter = DRIVER
    modules: Mapping[str, str] = field(factory=dict)

    def runners(
        self,
        suite: str,
        implementation: Implementation = NATIVE,
        loop: Loop = ASYNCIO,
        modules: Mapping[str, str] | None = None,
    ) -> Miniature:
        return self._make(Suite.RUNNERS, Mode.PLAIN, suite, implementation, loop, modules or {})

    def tasks(
        self,
        suite: str,
        implementation: Implementation = NATIVE,
        loop: Loop = ASYNCIO,
        modules: Mapping[str, str] | None = None,
        mode: Mode = Mode.PLAIN,
        utils: str = "",
    ) -> Miniature:
        made = self._make(Suite.TASKS, mode, suite, implementation, loop, modules or {})
        write(made.tree / "test" / "test_asyncio" / "utils.py", utils)
        return made

    def async_case(
        self,
        suite: str,
        implementation: Implementation = NATIVE,
        loop: Loop = ASYNCIO,
        modules: Mapping[str, str] | None = None,
        case: str = "from unittest import TestCase as IsolatedAsyncioTestCase",
    ) -> Miniature:
        made = self._make(Suite.ASYNC_CASE, Mode.PLAIN, suite, implementation, loop, modules or {})
        write(made.tree / "unittest" / "async_case.py", case)
        return made

    def _make(
        self,
        suite: Suite,
        mode: Mode,
        text: str,
        implementation: Implementation,
        loop: Loop,
        modules: Mapping[str, str],
    ) -> Miniature:
        tree = self.folder / "Lib"
        for package in ("test", "test/test_asyncio"):
            write(tree / package / "__init__.py", "")
        cell = Cell(self.interpreter, loop, implementation, suite, mode, "v3.11.7")
        made = Miniature(tree, environment(self.folder / "env", self.interpreter, modules), cell)
        write(made.suite_file, text)
        return made


def environment(folder: Path, interpreter: Interpreter, modules: Mapping[str, str]) -> Path:
    """Make a virtual environment that holds the modules, by hand and so at once; returns its Python."""
    write(
        folder / "pyvenv.cfg",
        f"home = {interpreter.executable.parent}\ninclude-system-site-packages = false\n",
    )
    packages = folder / "lib" / f"python{interpreter.series}" / "site-packages"
    packages.mkdir(parents=True)
    for name, text in modules.items():
        write(packages / f"{name}.py", text)
    python = folder / "bin" / "python"
    python.parent.mkdir()
    python.symlink_to(interpreter.executable)
    return python


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(textwrap.dedent(text), encoding="utf-8")


@functools.cache
def _found(series: str) -> Found:
    return find_interpreters([series])


def interpreter_or_skip(series: str) -> Interpreter:
    """Return the interpreter of the series; the test is skipped, with what to do, where it is missing."""
    found = _found(series)
    if found.missing:
        pytest.skip(f"Python {series} was not found. {found.missing[0].advice}")
    return found.interpreters[0]


class Lifeline:
    """A named pipe that a process of the judged side opens for writing: what it says, and whether it is gone."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def said(self) -> str:
        """Wait for what is written, and return it."""
        assert self._ready(), "nobody wrote anything"
        return os.read(self._descriptor, 1 << 16).decode()

    def is_cut(self) -> bool:
        """Wait until all that held it are gone; False when some will not go."""
        while self._ready():
            if not os.read(self._descriptor, 1 << 16):
                return True
        return False

    def close(self) -> None:
        os.close(self._descriptor)

    def _ready(self) -> bool:
        return bool(select.select([self._descriptor], [], [], PATIENCE_SECONDS)[0])


@pytest.fixture
def interrupts_arrive() -> Iterator[None]:
    """A background job's children have Ctrl-C ignored, and under nohup SIGHUP too: not ours."""
    interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)
    hangup = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGHUP, hangup)


@pytest.fixture
def making(tmp_path: Path) -> Making:
    return Making(tmp_path)


@pytest.fixture(params=["driver", "3.8"])
def on_both(request: pytest.FixtureRequest, tmp_path: Path) -> Making:
    """The same on the driver's interpreter and on the oldest one that is judged."""
    return Making(tmp_path, DRIVER if request.param == "driver" else interpreter_or_skip(request.param))


@pytest.fixture
def lifeline(tmp_path: Path) -> Iterator[Lifeline]:
    made = Lifeline(tmp_path / "lifeline")
    yield made
    made.close()
