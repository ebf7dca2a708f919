"""What --store names by mistake is refused before anything is done with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.cli import commands
from conformance.commands import run
from conformance.commands.refusing import refuse_foreign, refuse_shared
from conformance.errors import ExitStatus, UsageError
from conformance.store import Store

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "named"


def text(place: Path) -> None:
    place.write_text("a shopping list")


def nearly(place: Path) -> None:
    place.write_bytes(b"SQLite format 3")


def store(place: Path) -> None:
    with Store(place):
        pass


def damaged(place: Path) -> None:
    store(place)
    place.write_bytes(place.read_bytes()[:200])


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["a folder", "a pipe"])
def test_what_is_no_file_is_refused(place: Path, make: Callable[[Path], object]) -> None:
    make(place)
    with pytest.raises(UsageError, match=f"--store {place} is no file. Name another"):
        refuse_foreign(place)


@pytest.mark.parametrize("make", [text, nearly])
def test_a_file_that_is_no_database_is_refused(place: Path, make: Callable[[Path], object]) -> None:
    make(place)
    with pytest.raises(UsageError, match=f"--store {place} holds something else than a store of results"):
        refuse_foreign(place)


@pytest.mark.parametrize("make", [store, damaged, Path.touch, lambda _place: None])
def test_a_store_in_whatever_state_and_a_free_place_are_not(
    place: Path, make: Callable[[Path], object]
) -> None:
    make(place)
    refuse_foreign(place)


def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: File name too long"):
        refuse_foreign(tmp_path / ("long" * 100))


def link(place: Path, other: Path) -> None:
    place.touch()
    other.hardlink_to(place)


def same(place: Path, other: Path) -> None:
    other.symlink_to(place)


@pytest.mark.parametrize("make", [link, same])
def test_the_place_of_the_document_is_refused_by_whatever_name(
    place: Path, make: Callable[[Path, Path], None]
) -> None:
    other = place.with_name("other")
    make(place, other)
    with pytest.raises(UsageError, match=f"--store and --out both name {place}. Name another"):
        refuse_shared(place, {"--out": other})


def test_another_place_than_the_documents_is_not_refused(place: Path) -> None:
    place.touch()
    refuse_shared(place, {"--out": place.with_name("another")})


def test_the_usual_place_of_the_store_is_refused_for_the_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "STORE", tmp_path / "store.sqlite")
    options = ("--python", "3.11", "--out", str(tmp_path / "store.sqlite"))
    with pytest.raises(UsageError, match="--store and --out both name"):
        commands.main(["run", *options], standalone_mode=False)
    assert list(tmp_path.iterdir()) == []


def test_a_run_leaves_alone_what_it_refuses(place: Path, tmp_path: Path) -> None:
    text(place)
    options = ("--python", "3.11", "--store", str(place), "--out", str(tmp_path / "results.jsonl"))
    ended = subprocess.run(
        [sys.executable, "-m", "conformance", "run", *options],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == ExitStatus.WRONG_USAGE
    assert ended.stderr == (
        f"conformance: --store {place} holds something else than a store of results. "
        "Name another file, or one that is not there yet.\n"
    )
    assert [file.name for file in tmp_path.iterdir()] == ["named"]
    assert place.read_text() == "a shopping list"
