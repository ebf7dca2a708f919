"""``expectations update``: which documents and files it refuses, and that it leaves the file then."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from conformance.errors import DocumentError, UsageError
from conformance.judge import Expectation, read_expectations
from conformance.judge.expectations_replacing import replace_expectations
from conformance.records import Verdict
from renewing import (
    A_PASSES,
    CELL,
    MINE,
    ON_UVLOOP,
    ONLY_B,
    OTHER_LOCK,
    TEXT,
    TRUE,
    A,
    B,
    Place,
)
from results import subject_cell

pytest_plugins = ["renewing"]


def test_a_renewal_that_every_later_command_would_refuse_is_refused(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    run = subject_cell(implementation=MINE)
    passes = {B: Verdict.CONFORMANT}
    document = place.document({run: passes, ON_UVLOOP: passes, CELL: TRUE})
    with pytest.raises(UsageError) as caught:
        place.update(document)
    said = str(caught.value)
    assert said.startswith(
        f"{place.file} is left as it is, since renewed it would be refused: {place.file}, "
    )
    assert "has implementation = 'mine', which no cell can have. Give the --config that the run had." in said
    assert (place.text, capsys.readouterr().out) == (TEXT, "")


def refused(place: Place, document: Path, complaint: str) -> None:
    with pytest.raises(DocumentError, match=complaint):
        place.update(document)
    assert place.text == TEXT


def test_a_document_without_its_footer_is_refused(place: Place) -> None:
    document = place.document({CELL: A_PASSES}, "half a run.jsonl")
    document.write_bytes(b"".join(document.read_bytes().splitlines(keepends=True)[:-1]))
    refused(
        place,
        document,
        r"is incomplete: its run did not come to its end\. Finish it with '.* --resume '\S+/half a run\.jsonl''",
    )


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
    with pytest.raises(
        UsageError, match=r"its entries cannot be told apart\. Write each as an \[\[expectation\]\] table"
    ):
        place.update(place.document({CELL: A_PASSES, ON_UVLOOP: A_PASSES}))
    assert place.text == text


def test_of_a_file_that_is_refused_nothing_is_said_to_be_taken_out(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # For root nothing is write-protected.
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    with pytest.raises(UsageError):
        place.update(place.document({CELL: A_PASSES, ON_UVLOOP: A_PASSES}))
    assert capsys.readouterr().out == ""


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
