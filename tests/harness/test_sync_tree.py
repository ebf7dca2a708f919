"""Blob ids, and what makes a tree whole."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.sync import Problem, TagLock, blob_id
from conformance.sync.tree import problems, put_in_place
from upstream_fixture import snapshot

FILES = {
    "Lib/test/__init__.py": b"",
    "Lib/test/support/__init__.py": b"one = 1\n",
    "Lib/test/cert.pem": b"\x00\xff\r\n",
}
ENTRY = TagLock("v3.11.7", {path: blob_id(content) for path, content in FILES.items()})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "v3.11.7"
    for path, content in FILES.items():
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_bytes(content)
    return made


# git-hash-object(1): the object name that git itself computes for a blob of this content.
@given(st.binary(max_size=2000))
@example(b"")
@example(b"one line\r\nanother\n")
@settings(max_examples=60, deadline=None)
def test_a_blob_id_is_gits(content: bytes) -> None:
    asked = ["git", "hash-object", "-t", "blob", "--stdin", "--no-filters"]
    assert (
        blob_id(content)
        == subprocess.run(asked, input=content, capture_output=True, check=True).stdout.decode().strip()
    )


def test_a_whole_tree_has_no_problem(root: Path) -> None:
    assert problems(root, ENTRY) == ()


def test_no_tree_lacks_every_file(tmp_path: Path) -> None:
    assert [str(problem) for problem in problems(tmp_path / "v3.11.7", ENTRY)] == [
        f"{path} is missing" for path in sorted(FILES)
    ]


def test_a_missing_file_is_found(root: Path) -> None:
    (root / "Lib/test/cert.pem").unlink()
    assert [str(problem) for problem in problems(root, ENTRY)] == ["Lib/test/cert.pem is missing"]


def test_an_altered_file_is_found_with_both_ids(root: Path) -> None:
    (root / "Lib/test/cert.pem").write_bytes(b"\x00\xff\n")
    expected = ENTRY.files["Lib/test/cert.pem"]
    assert problems(root, ENTRY) == (
        Problem("Lib/test/cert.pem", expected, f"blob {blob_id(bytes([0, 255, 10]))}"),
    )
    assert expected in str(problems(root, ENTRY)[0])
    assert blob_id(b"\x00\xff\n") in str(problems(root, ENTRY)[0])


@pytest.mark.parametrize(
    "path", ["Lib/test/extra.py", "Lib/unittest.py", "beside.txt", "Lib/test/__pycache__"]
)
def test_an_extra_file_is_found(root: Path, path: str) -> None:
    (root / path).write_bytes(b"")
    assert [str(problem) for problem in problems(root, ENTRY)] == [f"{path} is not in upstream.lock"]


def test_bytecode_that_an_interpreter_left_is_no_extra_file(root: Path) -> None:
    (root / "Lib/test/__pycache__").mkdir()
    (root / "Lib/test/__pycache__/__init__.cpython-311.pyc").write_bytes(b"")
    assert problems(root, ENTRY) == ()


def test_a_link_is_no_verified_file_whatever_it_points_to(root: Path, tmp_path: Path) -> None:
    same = tmp_path / "same"
    same.write_bytes(FILES["Lib/test/cert.pem"])
    (root / "Lib/test/cert.pem").unlink()
    (root / "Lib/test/cert.pem").symlink_to(same)
    (root / "Lib/asyncio").symlink_to(tmp_path)
    assert [(problem.path, problem.found) for problem in problems(root, ENTRY)] == [
        ("Lib/asyncio", "a symbolic link"),
        ("Lib/test/cert.pem", "a symbolic link"),
    ]


def test_a_folder_where_a_file_should_be_is_found(root: Path) -> None:
    (root / "Lib/test/cert.pem").unlink()
    (root / "Lib/test/cert.pem").mkdir()
    assert [problem.found for problem in problems(root, ENTRY)] == ["unreadable (Is a directory)"]


def test_a_tree_takes_the_place_of_another(root: Path, tmp_path: Path) -> None:
    old = tmp_path / "in place"
    old.mkdir()
    (old / "half").write_bytes(b"")
    put_in_place(root, old, tmp_path / "attic")
    assert problems(old, ENTRY) == ()
    assert snapshot(tmp_path / "attic") == {"half": b""}


@pytest.mark.parametrize("stage", [1, 2])
def test_an_interrupted_replacement_leaves_what_was_there(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: int
) -> None:
    old = tmp_path / "in place"
    old.mkdir()
    (old / "half").write_bytes(b"")
    renames = []
    rename = Path.rename

    def interrupted(path: Path, target: Path) -> Path:
        renames.append(path)
        if len(renames) == stage:
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put_in_place(root, old, tmp_path / "attic")
    assert snapshot(old) == {"half": b""}
