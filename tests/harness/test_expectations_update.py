"""``expectations update``: which documents it takes, what it writes, and how it leaves the file where it may not."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import evolve

from conformance.commands.expectations import update_expectations
from conformance.errors import DocumentError, ExitStatus, UsageError
from conformance.judge import Expectation, read_expectations
from conformance.judge.expectations import fits
from conformance.judge.expectations_replacing import replace_expectations
from conformance.places import ROOT, UPSTREAM
from conformance.records import Cell, Implementation, Shard, Verdict
from conformance.report import DocumentWriter, Header
from conformance.sync import read_lock
from miniatures import PATIENCE_SECONDS
from results import ASYNCIO, UVLOOP, judgement, plan_of, subject_cell

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

    def update(self, *documents: Path, since: Path | None = None, dry_run: bool = False) -> ExitStatus:
        return update_expectations(documents, since, self.file, None, dry_run)

    @property
    def text(self) -> str:
        return self.file.read_text("utf-8")

    @property
    def names(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_what_no_longer_comes_true_is_taken_out_and_said(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.update(place.document({CELL: A_PASSES, ON_UVLOOP: A_PASSES})) is ExitStatus.AS_EXPECTED
    assert place.text == ONLY_B
    assert capsys.readouterr().out.splitlines() == [
        f"removed entry 1 ({A}): no longer comes true in 2 of the 2 cells that it fits",
        f"{place.file} is written anew: 1 removed, 0 narrowed, 0 added; 0 unexpected and not declared",
    ]


def test_what_comes_true_on_one_loop_is_held_to_it_and_said(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.update(place.document({CELL: A_PASSES, ON_UVLOOP: TRUE})) is ExitStatus.AS_EXPECTED
    assert place.text == TEXT.replace("[[expectation]]\nimpl", '[[expectation]]\nloop = "uvloop"\nimpl')
    first, second, _ = capsys.readouterr().out.splitlines()
    assert first == f"narrowed entry 1 ({A}): no longer comes true in 1 of the 2 cells that it fits"
    assert second == (
        "    now where implementation = runner_backport, suite = runners, loop = uvloop, python = ==3.8.*"
    )


def test_a_file_that_says_all_is_not_touched(place: Place) -> None:
    before = place.file.stat()
    assert place.update(place.document({CELL: TRUE})) is ExitStatus.AS_EXPECTED
    after = place.file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_dry_run_says_it_and_writes_nothing(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    document = place.document({CELL: A_PASSES, ON_UVLOOP: A_PASSES})
    assert place.update(document, dry_run=True) is ExitStatus.UNEXPECTED_VERDICT
    assert place.text == TEXT
    assert "would be written anew: 1 removed" in capsys.readouterr().out


def test_an_unexpected_verdict_is_listed_with_the_entry_that_it_needs(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    document = place.document({CELL: {**TRUE, "test_runners.T.test_c": Verdict.FLAKY}})
    assert place.update(document) is ExitStatus.UNEXPECTED_VERDICT
    assert place.text == TEXT
    shown = capsys.readouterr().out
    listed = shown[shown.index("# flaky in runners/runner_backport/3.8.18/asyncio\n") :]
    entry = listed.partition("\n\n")[0].replace('reason = ""', 'reason = "seen"')
    place.file.write_text(f"{TEXT}\n{entry}\n", "utf-8")
    assert place.update(document) is ExitStatus.AS_EXPECTED


def test_a_test_that_is_new_in_an_updated_file_is_declared(place: Place) -> None:
    before = place.document({CELL: TRUE}, "before.jsonl", lock=OTHER_LOCK)
    new = "test_runners.T.test_new"
    document = place.document({CELL: {**TRUE, new: Verdict.DIVERGENT}})
    assert place.update(document, since=before) is ExitStatus.AS_EXPECTED
    assert place.text == (
        f'{TEXT}\n[[expectation]]\nimplementation = "runner_backport"\nloop = "asyncio"\n'
        f'python = "<3.9"\ntest = "{new}"\nverdict = "divergent"\n'
        'reason = "new in test_runners.py of v3.11.7; nobody has looked at it yet"\n'
    )


@pytest.mark.parametrize("lock", [LOCK, None])
def test_a_test_that_is_not_known_to_be_new_is_not_declared(
    place: Place, lock: Mapping[str, Mapping[str, str]] | None
) -> None:
    before = None if lock is None else place.document({CELL: TRUE}, "before.jsonl", lock=lock)
    document = place.document({CELL: {**TRUE, "test_runners.T.test_new": Verdict.DIVERGENT}})
    assert place.update(document, since=before) is ExitStatus.UNEXPECTED_VERDICT
    assert place.text == TEXT


def test_an_older_test_that_became_divergent_is_not_declared(place: Place) -> None:
    before = place.document({CELL: TRUE}, "before.jsonl", lock=OTHER_LOCK)
    document = place.document({CELL: {**TRUE, "test_runners.T.test_c": Verdict.DIVERGENT}})
    assert place.update(document, since=before) is ExitStatus.UNEXPECTED_VERDICT
    assert place.text == TEXT


def test_shards_are_taken_as_the_run_that_they_are(place: Place) -> None:
    both = (CELL, ON_UVLOOP)
    documents = [
        place.document({cell: A_PASSES}, f"{number}.jsonl", shard=Shard(number, 2), whole=both)
        for number, cell in enumerate(both, start=1)
    ]
    assert place.update(*documents) is ExitStatus.AS_EXPECTED
    assert place.text == ONLY_B


def test_a_shard_says_nothing_of_the_cells_of_another(place: Place) -> None:
    document = place.document({CELL: A_PASSES}, shard=Shard(1, 2), whole=(CELL, ON_UVLOOP))
    assert place.update(document) is ExitStatus.AS_EXPECTED
    assert place.text == TEXT.replace("[[expectation]]\nimpl", '[[expectation]]\nloop = "uvloop"\nimpl')


def test_nothing_is_concluded_from_a_cell_in_which_nothing_was_proved(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = dict.fromkeys(TRUE, Verdict.INAPPLICABLE)
    place.update(place.document({CELL: TRUE, ON_UVLOOP: broken}))
    assert place.text == TEXT
    assert f"left alone: {ON_UVLOOP.name}, in which nothing was proved" in capsys.readouterr().out


def test_an_implementation_that_the_run_alone_declared_keeps_what_was_said_of_its_other_cells(
    place: Place,
) -> None:
    mine = Implementation("mine", "mine:Runner")
    run, other = (subject_cell(loop=loop, implementation=mine) for loop in (ASYNCIO, UVLOOP))
    passes = {B: Verdict.CONFORMANT}
    place.update(place.document({run: passes, ON_UVLOOP: passes, CELL: TRUE}))
    of_b = [entry for entry in read_expectations(place.file) if entry.test == B]
    fitted = [any(fits(entry, cell) for entry in of_b) for cell in (run, ON_UVLOOP, CELL, other)]
    assert fitted == [False, False, True, True]


def refused(place: Place, document: Path, complaint: str) -> None:
    with pytest.raises(DocumentError, match=complaint):
        place.update(document)
    assert place.text == TEXT


def test_a_document_without_its_footer_is_refused(place: Place) -> None:
    document = place.document({CELL: A_PASSES})
    document.write_bytes(b"".join(document.read_bytes().splitlines(keepends=True)[:-1]))
    refused(place, document, "is incomplete: its run did not come to its end")


def test_a_document_of_some_tests_alone_is_refused(place: Place) -> None:
    refused(place, place.document({CELL: A_PASSES}, pattern="test_a"), "only tests that match 'test_a'")


def test_a_document_of_other_upstream_files_is_refused(place: Place) -> None:
    document = place.document({CELL: A_PASSES}, lock=OTHER_LOCK)
    refused(
        place, document, r"was run with another Lib/\S+test_runners\.py of v3\.11\.7 than upstream\.lock pins"
    )


def test_a_document_with_two_releases_of_a_series_is_refused(place: Place) -> None:
    document = place.document({CELL: A_PASSES, subject_cell("3.8.17"): TRUE})
    refused(place, document, r"Both Python 3\.8\.18 and 3\.8\.17 were run")


def test_a_document_that_proves_nothing_is_refused(place: Place) -> None:
    refused(place, place.document({CELL: dict.fromkeys(TRUE, Verdict.INAPPLICABLE)}), "Nothing was proved")


def test_an_incomplete_older_document_is_refused(place: Place) -> None:
    before = place.document({CELL: TRUE}, "before.jsonl", lock=OTHER_LOCK)
    before.write_bytes(b"".join(before.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(DocumentError, match=r"before\.jsonl is incomplete"):
        place.update(place.document({CELL: A_PASSES}), since=before)
    assert place.text == TEXT


def test_a_file_in_another_form_is_refused_and_stays(place: Place) -> None:
    text = f'expectation = [{{test = "{A}", verdict = "divergent", reason = "known"}}]\n'
    place.file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"its entries are not all written as \[\[expectation\]\] tables"):
        place.update(place.document({CELL: A_PASSES, ON_UVLOOP: A_PASSES}))
    assert place.text == text


def test_the_file_keeps_its_permissions_and_a_link_stays_one(place: Place) -> None:
    place.file.chmod(0o640)
    real = place.file.rename(place.folder / "real.toml")
    place.file.symlink_to(real.name)
    place.update(place.document({CELL: A_PASSES, ON_UVLOOP: A_PASSES}))
    assert place.file.is_symlink()
    assert (real.read_text("utf-8"), stat.S_IMODE(real.stat().st_mode)) == (ONLY_B, 0o640)


def meant(text: str, folder: Path) -> tuple[Expectation, ...]:
    path = folder / "meant.toml"
    path.write_text(text, "utf-8")
    entries = read_expectations(path)
    path.unlink()
    return entries


def test_on_a_full_disk_the_old_file_stays_and_nothing_beside_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    document = place.document({CELL: A_PASSES, ON_UVLOOP: A_PASSES})
    before = place.names
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        UsageError, match=r"cannot be written anew: No space left on device\. It is as it was"
    ):
        place.update(document)
    assert (place.text, place.names) == (TEXT, before)


def test_a_write_protected_file_stays(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    # For root nothing is write-protected.
    monkeypatch.setattr(os, "access", lambda path, mode: (path, mode) != (place.file.resolve(), os.W_OK))
    with pytest.raises(UsageError, match="cannot be written anew: it is write-protected"):
        place.update(place.document({CELL: A_PASSES, ON_UVLOOP: A_PASSES}))
    assert place.text == TEXT


def test_a_file_that_was_changed_in_the_meantime_stays(place: Place) -> None:
    with pytest.raises(UsageError, match="was changed in the meantime"):
        replace_expectations(place.file, b"another", ONLY_B.encode(), meant(ONLY_B, place.folder))
    assert (place.text, place.names) == (TEXT, {"expectations.toml"})


def test_what_does_not_read_as_it_was_meant_does_not_take_the_file_s_place(place: Place) -> None:
    with pytest.raises(AssertionError):
        replace_expectations(place.file, TEXT.encode(), ONLY_B.encode(), meant(TEXT, place.folder))
    assert (place.text, place.names) == (TEXT, {"expectations.toml"})


def command(*arguments: object) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "conformance", "expectations", "update", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_the_command_ends_with_the_status_of_what_it_found(place: Place) -> None:
    document = place.document({CELL: A_PASSES, ON_UVLOOP: A_PASSES})
    status, _ = command(document, "--expectations", place.file)
    assert (status, place.text) == (0, ONLY_B)


def test_an_entry_about_an_implementation_of_one_s_own_needs_its_configuration(place: Place) -> None:
    config = place.folder / "config.toml"
    config.write_text('[[implementation]]\nname = "mine"\nrunner = "mine:Runner"\n', "utf-8")
    place.file.write_text(f'{TEXT}implementation = "mine"\n', "utf-8")
    document = place.document({CELL: {A: Verdict.DIVERGENT}})
    status, said = command(document, "--expectations", place.file)
    assert (status, f"entry 2 ({B}) has implementation = 'mine'" in said) == (2, True)
    status, _ = command(document, "--expectations", place.file, "--config", config)
    assert status == 0
