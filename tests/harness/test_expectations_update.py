"""``expectations update``: what it writes, and what it says."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import pytest

from conformance.errors import ExitStatus
from conformance.judge import read_expectations
from conformance.judge.expectations import fits
from conformance.records import Shard, Verdict
from drivers import PROJECT
from miniatures import PATIENCE_SECONDS
from renewing import (
    A_PASSES,
    CELL,
    LOCK,
    MINE,
    OF_MINE,
    ON_UVLOOP,
    ONLY_B,
    OTHER_LOCK,
    TEXT,
    TRUE,
    A,
    B,
    Place,
)
from results import ASYNCIO, UVLOOP, subject_cell

pytest_plugins = ["renewing"]


def test_what_no_longer_comes_true_is_taken_out_and_said(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert place.update(place.document({CELL: A_PASSES, ON_UVLOOP: A_PASSES})) is ExitStatus.AS_EXPECTED
    assert place.text == ONLY_B
    assert capsys.readouterr().out.splitlines() == [
        f"removed entry 1 ({A}): no longer comes true in any of the 2 cells that it fits",
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


def test_an_implementation_of_one_s_own_keeps_what_was_said_of_its_other_cells(place: Place) -> None:
    config = place.folder / "config.toml"
    config.write_text(OF_MINE, "utf-8")
    run, other = (subject_cell(loop=loop, implementation=MINE) for loop in (ASYNCIO, UVLOOP))
    passes = {B: Verdict.CONFORMANT}
    place.update(place.document({run: passes, ON_UVLOOP: passes, CELL: TRUE}), config=config)
    of_b = [entry for entry in read_expectations(place.file) if entry.test == B]
    fitted = [any(fits(entry, cell) for entry in of_b) for cell in (run, ON_UVLOOP, CELL, other)]
    assert fitted == [False, False, True, True]


def command(*arguments: object) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "conformance", "expectations", "update", *map(str, arguments)],
        cwd=PROJECT,
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
    config.write_text(OF_MINE, "utf-8")
    place.file.write_text(f'{TEXT}implementation = "mine"\n', "utf-8")
    document = place.document({CELL: {A: Verdict.DIVERGENT}})
    status, said = command(document, "--expectations", place.file)
    assert (status, f"entry 2 ({B}) has implementation = 'mine'" in said) == (2, True)
    status, _ = command(document, "--expectations", place.file, "--config", config)
    assert status == 0
