"""The lock: what it pins, how it is read and written, and every kind of damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.errors import SyncError
from conformance.sync import LOCK_NAME, Lock, TagLock, read_lock
from conformance.sync.lock import write_lock
from upstream_fixture import LOCK_FOLDER

pytest_plugins = ["upstream_fixture"]

BLOB = "0123456789abcdef0123456789abcdef01234567"
FILE = f'"Lib/test/__init__.py" = "{BLOB}"'
GOOD = f'format = 1\n[tags."v3.11.7"]\n{FILE}\n'


def test_a_good_lock_is_read(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).write_text(GOOD)
    assert read_lock(tmp_path) == Lock((TagLock("v3.11.7", {"Lib/test/__init__.py": BLOB}),))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (b"\xff\xfe", r"cannot be read: 'utf-8' codec"),
        (b"format = 1\n[tags", r"cannot be read: Expected ']'"),
        (f"{GOOD}{FILE}\n", r"cannot be read: Cannot overwrite a value"),
        (GOOD.replace("format = 1", ""), r"has format None, and this version reads 1"),
        (GOOD.replace("= 1", "= 2"), r"has format 2, and this version reads 1"),
        (f'farmat = 1\n{GOOD}', r"has the unknown key 'farmat'"),
        ("format = 1\n", r"has no table of tags"),
        ("format = 1\ntags = 3\n", r"has no table of tags"),
        (GOOD.replace("v3.11.7", "v3.11"), r"has a table 'v3\.11', which is not the name of a release tag"),
        (GOOD.replace("v3.11.7", "../v3.11.7"), r"has a table '\.\./v3\.11\.7', which is not"),
        (GOOD.replace(FILE, ""), r"pins no files of v3\.11\.7"),
        (f'{GOOD}[tags."v3.11.8"]\n{FILE}\n', r"pins two tags of the series 3\.11"),
        (GOOD.replace("Lib/test", "Lib/../.."), r"pins 'Lib/\.\./\.\./__init__\.py' of v3\.11\.7, which is not a path"),
        (GOOD.replace("Lib/test", "/Lib/test"), r"pins '/Lib/test/__init__\.py' of v3\.11\.7, which is not a path"),
        (GOOD.replace("Lib/test", "Doc"), r"pins 'Doc/__init__\.py' of v3\.11\.7, which is not a path inside"),
        (GOOD.replace("Lib/test", "Lib//test"), r"which is not a path inside"),
        (GOOD.replace("Lib/test", "Lib/*"), r"which is not a path inside"),
        (GOOD.replace("Lib/test", "Lib/\\\\n"), r"which is not a path inside"),
        (GOOD.replace(BLOB, BLOB[:12]), r"of v3\.11\.7 to '0123456789ab', which is not a blob id of 40 hex digits"),
        (GOOD.replace(BLOB, BLOB.upper()), r"which is not a blob id of 40 hex digits"),
        (GOOD.replace(f'"{BLOB}"', "7"), r"to 7, which is not a blob id of 40 hex digits"),
        (f'{GOOD}"Lib/test" = "{BLOB}"\n', r"pins Lib/test of v3\.11\.7 both as a file and as a folder"),
    ],
)  # fmt: skip
def test_damage_is_named_with_what_to_do(tmp_path: Path, damage: str | bytes, message: str) -> None:
    path = tmp_path / LOCK_NAME
    path.write_bytes(damage if isinstance(damage, bytes) else damage.encode())
    with pytest.raises(SyncError, match=message) as caught:
        read_lock(tmp_path)
    assert caught.value.what.startswith(f"{path} ")
    assert caught.value.advice.startswith("Restore it with `git checkout")


def test_no_lock_at_all_is_named(tmp_path: Path) -> None:
    with pytest.raises(SyncError, match=r"upstream\.lock does not exist\. Restore it"):
        read_lock(tmp_path)


def test_an_unreadable_lock_is_named(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).mkdir()
    with pytest.raises(SyncError, match=r"cannot be read: .*Is a directory"):
        read_lock(tmp_path)


def test_a_tag_that_is_not_locked_is_named_beside_those_that_are() -> None:
    lock = Lock((TagLock("v3.8.18", {}), TagLock("v3.11.7", {})))
    with pytest.raises(
        SyncError, match=r"pins v3\.8\.18, v3\.11\.7, and not v3\.14\.0\. .*--update v3\.14\.0"
    ):
        lock.entry("v3.14.0")


def test_what_is_written_is_read_back_sorted_and_without_leftovers(tmp_path: Path) -> None:
    files = {"Lib/test/b.py": BLOB, "Lib/test/a.py": BLOB}
    work = tmp_path / "work"
    work.mkdir()
    lock = Lock().with_entries([TagLock("v3.10.13", files), TagLock("v3.9.18", files)])
    write_lock(tmp_path, lock, work)
    assert read_lock(tmp_path) == lock
    assert lock.tags == ("v3.9.18", "v3.10.13")
    lines = (tmp_path / LOCK_NAME).read_text().splitlines()
    assert [line.partition(" ")[0] for line in lines if line.startswith('"')] == [
        '"Lib/test/a.py"',
        '"Lib/test/b.py"',
    ] * 2
    assert list(work.iterdir()) == []


def test_a_new_tag_replaces_the_one_of_its_series() -> None:
    old, other, new = (TagLock(tag, {"Lib/x.py": BLOB}) for tag in ("v3.11.7", "v3.8.18", "v3.11.9"))
    assert Lock((old, other)).with_entries([new]) == Lock((other, new))


def test_the_committed_lock_pins_the_six_tags_and_the_suites_of_each() -> None:
    # The first twelve digits, as they were measured beforehand for test_runners.py and test_tasks.py.
    measured = {
        "v3.8.18": ("b9ae02dc3c04", "c402f8f021f3"),
        "v3.9.18": ("112273662b20", "f311876acdeb"),
        "v3.10.13": ("112273662b20", "b08068e6173e"),
        "v3.11.7": ("ae823cc7bec3", "9900e307a477"),
        "v3.12.1": ("0a1ad070c0c1", "6e8a51ce2555"),
        "v3.13.0": ("266f057f0776", "5b09c81faef6"),
    }
    lock = read_lock(LOCK_FOLDER)
    suites = [f"Lib/test/test_asyncio/{name}.py" for name in ("test_runners", "test_tasks")]
    assert {
        entry.tag: tuple(entry.files[suite][:12] for suite in suites) for entry in lock.entries
    } == measured
