"""Renewing the lock: what is pinned, what is shown, and what stays when it cannot be done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.errors import SyncError
from conformance.records import Interpreter
from conformance.sync import LOCK_NAME, Lock, Source, SuiteChange, Update, blob_id, read_lock, update
from conformance.sync.lock import write_lock
from upstream_fixture import (
    LOCK_FOLDER,
    NEXT_TAG,
    TEST_THAT_CAME,
    TEST_THAT_WENT,
    Get,
    Mirror,
    clean,
    needs,
    snapshot,
)

pytest_plugins = ["upstream_fixture"]

TAG = "v3.11.7"
RUNNERS = "Lib/test/test_asyncio/test_runners.py"
TASKS = "Lib/test/test_asyncio/test_tasks.py"

Renew = Callable[..., Update]


@pytest.fixture
def renew(folder: Path, said: list[str]) -> Renew:
    def call(*tags: str, remote: object = None, having: list[Interpreter] | None = None) -> Update:
        where = str(remote or folder.parent / "no remote")
        return update(
            folder, tags, source=Source.AUTO, remote=where, interpreters=having or [], say=said.append
        )

    return call


def pin(folder: Path, path: str, blob: str) -> None:
    """Write another id into the lock of TAG."""
    lock = read_lock(folder)
    lock.entry(TAG).files[path] = blob  # type: ignore[index]
    write_lock(folder, lock, folder.parent)


def suite_changes(made: Update) -> dict[str, SuiteChange]:
    return {suite.suite: suite for suite in made.changes[0].suites}


def test_the_committed_lock_is_what_update_pins_from_the_interpreters(
    renew: Renew, folder: Path, lock: Lock, cpython: Callable[[str], Interpreter]
) -> None:
    (folder / LOCK_NAME).unlink()
    made = renew(*reversed(lock.tags), having=[cpython(tag) for tag in lock.tags])
    assert (folder / LOCK_NAME).read_bytes() == (LOCK_FOLDER / LOCK_NAME).read_bytes()
    assert made.lock == lock
    assert clean(folder)
    assert "v3.10.13: new; 21 files pinned\n  test_runners: 8 tests, all new\n  test_tasks: 981 tests" in str(
        made
    )


def test_git_pins_the_same(renew: Renew, folder: Path, mirror: Mirror, lock: Lock) -> None:
    needs(mirror, *lock.tags)
    (folder / LOCK_NAME).unlink()
    assert renew(*lock.tags, remote=mirror.path).lock == lock


def test_a_new_release_replaces_its_series_and_shows_which_tests_came_and_went(
    renew: Renew, folder: Path, mirror: Mirror, lock: Lock, get: Get
) -> None:
    needs(mirror, TAG)
    made = renew(NEXT_TAG, remote=mirror.path)
    assert read_lock(folder) == made.lock
    assert made.lock.tags == tuple(NEXT_TAG if tag == TAG else tag for tag in lock.tags)
    assert [entry for entry in made.lock.entries if entry.tag != NEXT_TAG] == [
        entry for entry in lock.entries if entry.tag != TAG
    ]
    assert made.changes[0].altered == (RUNNERS,)
    assert suite_changes(made)["test_runners"] == SuiteChange(
        "test_runners", 26, came=(TEST_THAT_CAME,), went=(TEST_THAT_WENT,)
    )
    assert str(made).splitlines() == [
        f"{NEXT_TAG}: replaces v3.11.7; 23 files pinned, 1 changed",
        "  test_runners: 26 tests, 1 came, 1 went",
        f"    + {TEST_THAT_CAME}",
        f"    - {TEST_THAT_WENT}",
        "  test_tasks: 913 tests, 0 came, 0 went",
        "  test_async_case: 13 tests, 0 came, 0 went",
    ]
    get(NEXT_TAG, remote=mirror.path)


def test_the_same_tag_is_compared_with_itself(renew: Renew, cpython: Callable[[str], Interpreter]) -> None:
    made = renew(TAG, having=[cpython(TAG)])
    assert str(made).splitlines()[:2] == [
        "v3.11.7: renewed; 23 files pinned, 0 changed",
        "  test_runners: 26 tests, 0 came, 0 went",
    ]


def test_the_old_file_is_read_from_the_synced_tree(
    renew: Renew, folder: Path, mirror: Mirror, cpython: Callable[[str], Interpreter], get: Get
) -> None:
    """The tag itself was moved upstream: only the synced tree still has what was pinned."""
    needs(mirror, TAG)
    get(TAG, remote=mirror.path)
    was = mirror.files[NEXT_TAG][RUNNERS]
    (folder / TAG / RUNNERS).write_bytes(was)
    pin(folder, RUNNERS, blob_id(was))
    suite = suite_changes(renew(TAG, having=[cpython(TAG)]))["test_runners"]
    assert (suite.came, suite.went) == ((TEST_THAT_WENT,), (TEST_THAT_CAME,))


@pytest.mark.parametrize("synced", [False, True])
def test_where_the_old_file_is_nowhere_the_answer_is_unknown(
    renew: Renew, folder: Path, cpython: Callable[[str], Interpreter], get: Get, synced: bool
) -> None:
    if synced:  # but not as it was pinned
        get(TAG, having=[cpython(TAG)])
    pin(folder, RUNNERS, "0" * 40)
    made = renew(TAG, having=[cpython(TAG)])
    assert suite_changes(made)["test_runners"].unknown.startswith(
        "the file that v3.11.7 was pinned to is neither"
    )
    assert "test_runners: not known which tests came and went: the file" in str(made)
    assert suite_changes(made)["test_tasks"].unknown == ""
    assert read_lock(folder).entry(TAG).files[RUNNERS] != "0" * 40


def test_a_file_that_this_python_cannot_parse_is_pinned_and_its_tests_are_unknown(
    renew: Renew, folder: Path, cpython: Callable[[str], Interpreter], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_new(content: bytes, module: str) -> frozenset[str]:
        raise SyntaxError("of tomorrow", ("file", 7, 1, "text"))

    monkeypatch.setattr("conformance.sync.renew.test_ids", too_new)
    (folder / LOCK_NAME).unlink()
    made = renew(TAG, having=[cpython(TAG)])
    assert suite_changes(made)["test_tasks"].unknown == (
        "this Python cannot parse the file (of tomorrow, line 7), a newer one can"
    )
    assert TASKS in read_lock(folder).entry(TAG).files


def test_a_failure_of_one_tag_leaves_the_lock_as_it_was(
    renew: Renew, folder: Path, cpython: Callable[[str], Interpreter]
) -> None:
    before = snapshot(folder)
    with pytest.raises(SyncError, match=r"^v3\.13\.9 could not be pinned\. .*Install CPython 3\.13\.9"):
        renew(TAG, "v3.13.9", having=[cpython(TAG)])
    assert snapshot(folder) == before
    assert clean(folder)


def test_an_interrupted_update_leaves_the_lock_as_it_was(
    renew: Renew, folder: Path, cpython: Callable[[str], Interpreter], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    before = snapshot(folder)
    monkeypatch.setattr("os.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        renew(TAG, having=[cpython(TAG)])
    assert snapshot(folder) == before
    assert clean(folder)


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        (["3.11.7"], r"^'3\.11\.7' is not the name of a CPython release tag\. Name one like v3\.11\.7\.$"),
        (["main"], r"^'main' is not the name of a CPython release tag\."),
        (["v3.11.7", "v3.11.8"], r"^v3\.11\.7 and v3\.11\.8 are of one series, and the lock pins one tag"),
    ],
)
def test_tags_that_cannot_be_pinned_are_refused(renew: Renew, tags: list[str], message: str) -> None:
    with pytest.raises(SyncError, match=message):
        renew(*tags)


def test_a_damaged_lock_is_not_written_over(renew: Renew, folder: Path) -> None:
    (folder / LOCK_NAME).write_text("format = 2\n")
    with pytest.raises(SyncError, match="has format 2"):
        renew(TAG)
    assert (folder / LOCK_NAME).read_text() == "format = 2\n"
