"""What --store names by mistake is refused before anything is done with it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.commands.storing import refuse_foreign
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
        refuse_foreign(place, {})


@pytest.mark.parametrize("make", [text, nearly])
def test_a_file_that_is_no_database_is_refused(place: Path, make: Callable[[Path], object]) -> None:
    make(place)
    with pytest.raises(UsageError, match=f"--store {place} holds something else than a store of results"):
        refuse_foreign(place, {})


@pytest.mark.parametrize("make", [store, damaged, Path.touch, lambda _place: None])
def test_a_store_in_whatever_state_and_a_free_place_are_not(
    place: Path, make: Callable[[Path], object]
) -> None:
    make(place)
    refuse_foreign(place, {"--out": place.with_name("another")})


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
        refuse_foreign(place, {"--out": other})


def test_a_run_leaves_alone_what_it_refuses(place: Path, tmp_path: Path) -> None:
    text(place)
    options = ("--python", "3.11", "--store", str(place), "--out", str(tmp_path / "results.jsonl"))
    run = subprocess.run(
        [sys.executable, "-m", "conformance", "run", *options],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == ExitStatus.WRONG_USAGE
    assert run.stderr == (
        f"conformance: --store {place} holds something else than a store of results. "
        "Name another file, or one that is not there yet.\n"
    )
    assert [file.name for file in tmp_path.iterdir()] == ["named"]
    assert place.read_text() == "a shopping list"
