"""What nothing has used for long goes, what is used stays, and what a killed run left goes after a day."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from conformance.provision.pruning import BEING_MADE, KEPT_SECONDS, note_use, prune
from miniatures import write

DAY_SECONDS = 86_400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "environments"


def used(folder: Path, seconds_ago: float) -> Path:
    """Make a folder that was used last so long ago."""
    write(folder / "bin" / "python", "")
    then = time.time() - seconds_ago
    os.utime(folder, (then, then))
    return folder


@pytest.mark.parametrize(
    ("name", "seconds_ago", "stays"),
    [
        ("3.8.18-abc", KEPT_SECONDS - DAY_SECONDS, True),
        ("3.8.18-abc", KEPT_SECONDS + DAY_SECONDS, False),
        (f"{BEING_MADE}abc", DAY_SECONDS / 2, True),
        (f"{BEING_MADE}abc", DAY_SECONDS * 2, False),
    ],
)
def test_what_nothing_has_used_for_long_is_removed(
    folder: Path, name: str, seconds_ago: float, stays: bool
) -> None:
    path = used(folder / name, seconds_ago)
    prune(folder)
    assert list(folder.iterdir()) == ([path] if stays else [])


def test_what_is_used_stays(folder: Path) -> None:
    path = used(folder / "3.8.18-abc", KEPT_SECONDS * 2)
    note_use([path, folder / "not there"])
    prune(folder)
    assert (path / "bin" / "python").exists()


def test_a_link_and_a_file_are_not_followed_and_stay(folder: Path, tmp_path: Path) -> None:
    elsewhere = used(tmp_path / "elsewhere", KEPT_SECONDS * 2)
    folder.mkdir()
    (folder / "link").symlink_to(elsewhere)
    write(folder / "file", "")
    os.utime(folder / "file", (0, 0))
    prune(folder)
    assert {path.name for path in folder.iterdir()} == {"link", "file"}
    assert (elsewhere / "bin" / "python").exists()


def test_a_folder_that_is_not_there_has_nothing_to_remove(folder: Path) -> None:
    prune(folder)
    assert not folder.exists()


def test_half_of_an_environment_never_has_its_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = used(folder / "3.8.18-abc", KEPT_SECONDS * 2)

    def interrupted(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("conformance.provision.pruning.shutil.rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prune(folder)
    assert not path.exists()
    assert all(left.name.startswith(BEING_MADE) for left in folder.iterdir())
