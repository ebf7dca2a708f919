"""Whole runs of the command line in a process of its own, which can be cut short at any moment; for the tests of run.

A moment is a call of a function of the harness in the driver's main thread, counted from the first: the same
number is much the same place in each run, without waiting for anything. The module is imported by name,
beside pytest: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from attrs import field, frozen

from miniatures import PATIENCE_SECONDS
from planting import marked

PROJECT = Path(__file__).parents[2]
_MARK = "CONFORMANCE_TEST_MARK"
_PROGRAM = """
import os, signal, sys
number, moment, count = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
del sys.argv[1:4]
calls = 0

def look(frame, event, argument):
    global calls
    if event == "call" and frame.f_globals.get("__name__", "").startswith("conformance"):
        calls += 1
        if calls == moment:
            os.kill(os.getpid(), number)

# A background job's children have SIGINT ignored: not ours.
for ending in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
    signal.signal(ending, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.setprofile(look)
import runpy
try:
    runpy.run_module("conformance", run_name="__main__", alter_sys=True)
finally:
    sys.setprofile(None)
    with open(count, "w") as file:
        file.write(str(calls))
"""


@frozen
class Ended:
    """How a run ended."""

    status: int
    out: str
    err: str


@frozen
class Driver:
    """Runs the command line with a store and a document in ``folder``."""

    folder: Path
    arguments: tuple[str, ...]
    mark: str = field(factory=lambda: secrets.token_hex(8))

    @property
    def document(self) -> Path:
        return self.folder / "results.jsonl"

    def command(self, *arguments: object) -> list[str]:
        """The arguments of a run; without any, those of the driver."""
        store = ["--store", str(self.folder / "store.sqlite")]
        chosen = list(map(str, arguments)) or [*self.arguments, "--out", str(self.document)]
        # What a run that is resumed hands on is what it was begun with.
        mark = [] if "--resume" in chosen else ["--pass-env", _MARK]
        return ["run", *store, *mark, *chosen]

    def start(self, *arguments: object, number: int = 0, moment: int = 0) -> subprocess.Popen[str]:
        """Start a run that gets the signal ``number`` at its ``moment``, counted from 1; 0 is never."""
        count = str(self.folder / "count")
        return subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(number), str(moment), count, *self.command(*arguments)],
            cwd=PROJECT,
            env={**os.environ, _MARK: self.mark},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: object, number: int = 0, moment: int = 0) -> Ended:
        """See such a run to its end."""
        with self.start(*arguments, number=number, moment=moment) as driver:
            try:
                out, err = driver.communicate(timeout=3 * PATIENCE_SECONDS)
            finally:
                driver.kill()
        assert "Traceback" not in err, err
        return Ended(driver.returncode, out, err)

    def report(self, *documents: Path) -> Ended:
        """Have documents reported, merged where they are several."""
        done = subprocess.run(
            [sys.executable, "-m", "conformance", "report", *map(str, documents)],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def calls(self) -> int:
        """How many moments the last run had that came to its end."""
        return int((self.folder / "count").read_text())

    def left(self, seconds: float) -> list[int]:
        """The processes of our runs that are still there after so long, by their numbers."""
        deadline = time.monotonic() + seconds
        while True:
            found = marked(f"{_MARK}={self.mark}".encode())
            if not found or time.monotonic() > deadline:
                return found
