"""A file of expectations, documents, and the command that renews the one by the others, for its tests.

The module is imported before pytest could rewrite it: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import evolve

from conformance.commands.expectations import update_expectations
from conformance.errors import ExitStatus
from conformance.places import UPSTREAM
from conformance.records import Cell, Implementation, Shard, Verdict
from conformance.report import DocumentWriter, Header
from conformance.sync import read_lock
from results import UVLOOP, judgement, plan_of, subject_cell

NOW = "2026-11-23T00:00:00+00:00"
LOCK = {entry.tag: entry.files for entry in read_lock(UPSTREAM).entries}
FILE = "Lib/test/test_asyncio/test_runners.py"
OTHER_LOCK = {**LOCK, "v3.11.7": {**LOCK["v3.11.7"], FILE: "0" * 40}}
CELL, ON_UVLOOP = subject_cell(), subject_cell(loop=UVLOOP)
A, B = "test_runners.T.test_a", "test_runners.T.test_b"
TEXT = f"""\
# The heading.

# Said of a.
[[expectation]]
implementation = "runner_backport"
suite = "runners"
python = "==3.8.*"
test = "{A}"
verdict = "divergent"
reason = "known"

# Said of b.
[[expectation]]
test = "{B}"
verdict = "divergent"
reason = "known too"
"""
ONLY_B = TEXT[: TEXT.index("# Said of a")] + TEXT[TEXT.index("# Said of b") :]
TRUE = {A: Verdict.DIVERGENT, B: Verdict.DIVERGENT, "test_runners.T.test_c": Verdict.CONFORMANT}
A_PASSES = {**TRUE, A: Verdict.CONFORMANT}


class Place:
    """A folder with a file of expectations, documents, and the command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "expectations.toml"
        self.file.write_text(TEXT, "utf-8")

    def document(
        self,
        verdicts: Mapping[Cell, Mapping[str, Verdict]],
        name: str = "run.jsonl",
        *,
        lock: Mapping[str, Mapping[str, str]] = LOCK,
        pattern: str | None = None,
        shard: Shard | None = None,
        whole: tuple[Cell, ...] = (),
    ) -> Path:
        plan = plan_of(*verdicts)
        header = Header("0.1.0", NOW, ("run",), plan, lock, pattern=pattern, shard=shard)
        if whole:
            header = evolve(header, whole=tuple(cell.name for cell in plan_of(*whole).cells))
        path = self.folder / name
        with DocumentWriter(path, header) as writer:
            for cell, tests in verdicts.items():
                for test, verdict in tests.items():
                    writer.judgement(judgement(verdict, cell, test))
            writer.finish(NOW, ExitStatus.UNEXPECTED_VERDICT)
        return path

    def update(
        self,
        *documents: Path,
        since: Path | None = None,
        config: Path | None = None,
        dry_run: bool = False,
    ) -> ExitStatus:
        return update_expectations(documents, since, self.file, config, dry_run)

    @property
    def text(self) -> str:
        return self.file.read_text("utf-8")

    @property
    def names(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


MINE = Implementation("mine", "mine:Runner", requires=("mine",))
OF_MINE = '[[implementation]]\nname = "mine"\nrunner = "mine:Runner"\nrequires = ["mine"]\n'
