"""How many of the planted implementations CPython's own tests find; ``python tests/harness/planted_upstream.py`` prints a table.

Each is judged on Python 3.8 and asyncio by the suites `runners` and `tasks`, the latter where its task is wrong, as a user's
own implementation is. It is found where a test that the right one passes is divergent.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from conformance.records import Verdict
from conformance.report.reading import read_document
from planted.catalogue import PLANTED, RIGHT, Planted

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PYTHON = "3.8"
PROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "planted"
version = "0"

[tool.hatch.build.targets.wheel]
packages = ["planted", "runner_backport"]
"""
_RIGHT = Planted(RIGHT, f"{RIGHT}.run_function", "runner_backport:Task", "nothing", "nothing", (3, 8))

COUNTS = ROOT / ".conformance" / "planted_upstream.json"
"""What was found of all of them, for planted_found.py."""
Counts = dict[str, dict[str, int]]
"""By implementation and suite, how many tests find it."""
Found = dict[str, dict[str, set[str]]]
"""By implementation and suite, the tests that are divergent."""


def lay_out(names: Sequence[str], folder: Path) -> Path:
    """Make a project of the planted ones in the folder; return the configuration that declares these, and the right one."""
    project = folder / "project"
    shutil.copytree(HERE / "planted", project / "planted")
    shutil.copytree(ROOT / "runner_backport", project / "runner_backport")
    (project / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    config = folder / "planted.toml"
    all_of_them = {"right": _RIGHT, **{name: PLANTED[name] for name in names}}
    config.write_text("".join(map(_declaration, all_of_them, all_of_them.values())), encoding="utf-8")
    return config


def judge(names: list[str], folder: Path) -> Found:
    """Have the planted ones of these names, and the right one, judged in one environment."""
    config, document = lay_out(names, folder), folder / "results.jsonl"
    command = [sys.executable, "-m", "conformance", "run", "--config", str(config), "--out", str(document)]
    selection = ["--python", PYTHON, "--loop", "asyncio", "--suite", "runners", "--suite", "tasks"]
    # Whatever its exit status: what is planted is divergent.
    subprocess.run(
        [*command, *selection, "--no-cache", "--timeout", "20"], cwd=ROOT, stdout=sys.stderr, check=False
    )
    return _divergent(document)


def _declaration(name: str, planted: Planted) -> str:
    task = f'task = "{planted.task}"\n' if planted.task else ""
    return (
        f'[[implementation]]\nname = "{name}"\npath = "project"\nrunner = "{planted.runner}"\n'
        f'run = "{planted.run}"\n{task}\n'
    )


def _divergent(document: Path) -> Found:
    read = read_document(document)
    found: Found = defaultdict(lambda: defaultdict(set))
    cells = {cell.name: cell for cell in read.header.plan.cells}
    for judgement in read.judgements:
        if judgement.verdict in (Verdict.DIVERGENT, Verdict.FLAKY):
            cell = cells[judgement.cell]
            found[cell.implementation.name][cell.suite.value].add(judgement.test)
    return found


def counts_of(names: list[str], found: Found) -> Counts:
    """How many tests find each, of those that the right one passes."""
    right = found.get("right", {})
    return {
        name: {
            suite: len(found.get(name, {}).get(suite, set()) - right.get(suite, set()))
            for suite in ("runners", "tasks")
        }
        for name in names
    }


def rows(names: list[str], counts_by_name: Counts) -> list[str]:
    """The table, in Markdown."""
    lines = ["| planted | what is wrong | runners | tasks |", "|---|---|--:|--:|"]
    by_any = 0
    for name in names:
        counts = list(counts_by_name[name].values())
        by_any += any(counts)
        tasks = str(counts[1]) if PLANTED[name].task else "–"
        lines.append(f"| {name} | {PLANTED[name].wrong} | {counts[0]} | {tasks} |")
    return [*lines, "", f"Found by either: {by_any} of {len(names)}."]


def main() -> None:
    """Judge those of the names given, or all."""
    names = sys.argv[1:] or [name for name, planted in PLANTED.items() if planted.python <= (3, 8)]
    with tempfile.TemporaryDirectory() as folder:
        found = judge(names, Path(folder))
    counts = counts_of(names, found)
    if not sys.argv[1:]:
        COUNTS.write_text(json.dumps(counts, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(rows(names, counts)) + "\n")


if __name__ == "__main__":
    main()
