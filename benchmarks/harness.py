"""Measure the conformance harness itself, beside what is required of it, and print the table.

    python benchmarks/harness.py

Everything is run in a copy of this checkout, as a user does it, one thing after the other: the machine should do
nothing else. It takes about five minutes. Ends with status 1 where a bound is not kept.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, NamedTuple

PROJECT = Path(__file__).resolve().parents[1]
PARTS = ("conformance", "runner_backport", "tests", "upstream_tests", "peers")
LOOSE = ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", ".python-version", ".gitignore")
CHANGED = "_context.py"
"""Which 3.8 to 3.10 load, and from 3.11 on the backport's own Runner alone."""
RESULTS = 100_000
# By suite. Each has its tests in the tree of the tag that the cell is judged by.
_MODULES = {
    "runners": "test.test_asyncio.test_runners",
    "tasks": "test.test_asyncio.test_tasks",
    "async_case": "unittest.test.test_async_case",
}


class Row(NamedTuple):
    """One line of the table."""

    what: str
    required: str
    measured: str
    kept: bool


class Checkout:
    """A copy of this checkout, without what any run has left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        left = shutil.ignore_patterns("__pycache__", "v[0-9]*", "docs", "package", "users")
        for part in PARTS:
            if (PROJECT / part).is_dir():
                shutil.copytree(str(PROJECT / part), str(self.folder / part), ignore=left)
        for name in LOOSE:
            shutil.copy(str(PROJECT / name), str(self.folder / name))
        self.environ = {**os.environ, "UV_CACHE_DIR": str(folder / "uv")}
        self.default_seconds = 0.0
        """How long the default plan takes where the store is empty, once that is measured."""

    def python(self, *arguments: object, expected: int = 0) -> str:
        """Run Python there and return what it prints; what ends otherwise than expected ends the measurement."""
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=str(self.folder),
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != expected:
            sys.exit(
                f"{' '.join(map(str, arguments))} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    def run(self, *options: object) -> str:
        """Run the default plan."""
        return self.python("-m", "conformance", "run", *options)

    def ran(self) -> dict[str, set[str]]:
        """For each cell of the last run, the tests that a worker ran, and the store did not have."""
        cells: dict[str, set[str]] = {}
        with (self.folder / ".conformance" / "results.jsonl").open(encoding="ascii") as lines:
            for line in map(json.loads, lines):
                if line["type"] == "result" and not line["cached"]:
                    cells.setdefault(line["cell"], set()).add(line["test"])
        return cells


def main() -> int:
    """Measure everything, print the table and return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        checkout = Checkout(Path(folder))
        rows = [
            row
            for measure in (_first, _default, _by_hand, _overhead, _unchanged, _help, _memory, _one_file)
            for row in measure(checkout)
        ]
    width = max(len(row.what) for row in rows)
    sys.stdout.write(f"{'on ' + str(os.cpu_count()) + ' processors':<{width}}  {'required':>12}  measured\n")
    for row in rows:
        sys.stdout.write(
            f"{row.what:<{width}}  {row.required:>12}  {row.measured}{'' if row.kept else '  NOT KEPT'}\n"
        )
    return 0 if all(row.kept for row in rows) else 1


def _first(checkout: Checkout) -> list[Row]:
    seconds = _seconds(checkout.run)
    return [Row("first run, nothing there, uv's cache empty", "180 s", f"{seconds:.0f} s", seconds <= 180)]


def _default(checkout: Checkout) -> list[Row]:
    busy, own = _busy_seconds(), _own_seconds()
    seconds = _seconds(lambda: checkout.run("--store", "another.sqlite"))
    busy, own = _busy_seconds() - busy, _own_seconds() - own
    share = own / seconds / (os.cpu_count() or 1)
    others = (busy - own) / seconds / (os.cpu_count() or 1)
    checkout.default_seconds = seconds
    return [
        Row("default plan, environments warm, empty store", "90 s", f"{seconds:.0f} s", seconds <= 90),
        Row("  of it the processors were busy with it", "85 %", f"{share:.0%}", share >= 0.85),
        Row("  and with anything else on this machine", "", f"{others:.0%}", True),
    ]


def _by_hand(checkout: Checkout) -> list[Row]:
    """What the same runs take without a harness, one after another, each loop's taken for as quick as asyncio's.

    That is in its favour: by hand the tests wait longer on uvloop.
    """
    cells = _cells(checkout)
    executables = {f"v{cell['interpreter']['version']}": cell["interpreter"]["executable"] for cell in cells}
    alone = {
        (tag, module): _alone(executables[tag], module, checkout.folder / "upstream_tests" / tag / "Lib")
        for tag, module in sorted({(cell["tag"], _MODULES[cell["suite"]]) for cell in cells})
    }
    total = sum(alone[cell["tag"], _MODULES[cell["suite"]]] for cell in cells)
    times = total / checkout.default_seconds
    return [
        Row("  by hand, one run after another", "4 times", f"{times:.1f} times, {total:.0f} s", times >= 4)
    ]


def _alone(executable: str, module: str, tree: Path) -> float:
    """How long unittest takes for a module of upstream's tests, in seconds."""
    command = [executable, "-m", "unittest", module]
    return _seconds(lambda: subprocess.run(command, cwd=str(tree), capture_output=True, check=True))


def _overhead(checkout: Checkout) -> list[Row]:
    checkout.environ["PYTHONPATH"] = str(checkout.folder)
    program = checkout.folder / "tests" / "harness" / "empty_tests.py"
    milliseconds = float(checkout.python(program, 3000))
    del checkout.environ["PYTHONPATH"]
    return [Row("of the harness itself, a test", "1 ms", f"{milliseconds:.2f} ms", milliseconds <= 1)]


def _unchanged(checkout: Checkout) -> list[Row]:
    times = []
    ran = 0
    for _ in range(5):
        times.append(_seconds(checkout.run))
        ran += sum(map(len, checkout.ran().values()))
    seconds = statistics.median(times)
    return [
        Row("nothing changed since the last run", "3 s", f"{seconds:.1f} s", seconds <= 3),
        Row("  tests that ran again", "0", str(ran), ran == 0),
    ]


def _help(checkout: Checkout) -> list[Row]:
    seconds = statistics.median(
        _seconds(lambda: checkout.python("-m", "conformance", "--help")) for _ in range(20)
    )
    return [Row("--help", "150 ms", f"{seconds * 1000:.0f} ms", seconds <= 0.15)]


def _memory(checkout: Checkout) -> list[Row]:
    checkout.environ["PYTHONPATH"] = str(checkout.folder)
    program = checkout.folder / "tests" / "harness" / "many_results.py"
    few, many = (
        int(checkout.python(program, count, tempfile.mkdtemp(dir=str(checkout.folder.parent))))
        for count in (RESULTS // 2, RESULTS)
    )
    del checkout.environ["PYTHONPATH"]
    each = (many - few) / (RESULTS / 2)
    return [
        Row(
            f"memory of the driver at {RESULTS:,} results",
            "150 MB",
            f"{many * 1.024e-3:.0f} MB",
            many * 1.024e-3 <= 150,
        ),
        # Judge needs all of them at once.
        Row("  of it for each result", "1 KiB", f"{each:.2f} KiB", each <= 1),
    ]


def _one_file(checkout: Checkout) -> list[Row]:
    with (checkout.folder / "runner_backport" / CHANGED).open("a") as source:
        source.write("# changed\n")
    checkout.run()
    cells = set(checkout.ran())
    native = sum("/native/" in cell for cell in cells)
    loading = {cell for cell in _judged(checkout) if _loads(cell)}
    return [
        Row(
            "one file changed: cells that ran and cannot load it",
            "0",
            str(len(cells - loading)),
            cells <= loading,
        ),
        Row("  that can load it and did not run", "0", str(len(loading - cells)), loading <= cells),
        Row("  baselines that ran", "0", str(native), native == 0),
    ]


def _judged(checkout: Checkout) -> list[str]:
    return [cell["name"] for cell in _cells(checkout) if cell["baseline"] is not None]


def _cells(checkout: Checkout) -> list[dict[str, Any]]:
    with (checkout.folder / ".conformance" / "results.jsonl").open(encoding="ascii") as lines:
        header = json.loads(next(lines))
    cells: list[dict[str, Any]] = header["plan"]["cells"]
    return cells


def _loads(cell: str) -> bool:
    _suite, implementation, version, _loop = cell.split("/")
    return implementation == "runner_backport-own" or int(version.split(".")[1]) < 11


def _own_seconds() -> float:
    """For how many seconds they have worked for what we have started and seen end, and for what that has."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _busy_seconds() -> float:
    """For how many seconds the processors have worked since the machine was started, for whomever."""
    user, nice, system, _idle, _waiting, *_more = Path("/proc/stat").read_text().split("\n")[0].split()[1:]
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    sys.exit(main())
