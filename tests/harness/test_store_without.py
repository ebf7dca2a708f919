"""Where no store can be kept, or no more can, the run goes on: told once, with what was kept before as good as ever."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from conformance.store import Listing, Store, opening
from stores import FAILED, KEY, PASSED, aside, ended, start, taken

USES = """
from conformance.store import Listing, Store
from stores import FAILED, KEY, PASSED
if os.geteuid() == 0:
    # Who may do everything is refused nothing.
    os.setuid(65534)
with Store(Path(sys.argv[1]), print) as store:
    for number in range(3):
        store.keep(KEY, PASSED)
        store.keep_listing(KEY, Listing((), {}))
        store.forget(KEY, [FAILED.test])
        store.learn(KEY, ["a"])
        assert store.listing(KEY) is None
        assert store.known(KEY) == frozenset()
    print(len(store.results(KEY)))
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that others may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.parametrize(
    ("name", "mode"),
    [(".", 0o555), ("store.sqlite", 0o444), ("store.sqlite", 0o000), ("store.sqlite.lock", 0o444)],
)
def test_without_rights_the_run_goes_on_without_a_store(place: Path, name: str, mode: int) -> None:
    path = place / "store.sqlite"
    with Store(path) as store:
        store.keep(KEY, FAILED)
    for other in (".", "store.sqlite", "store.sqlite.lock"):
        (place / other).chmod(0o777)
    (place / name).chmod(mode)
    status, lines = ended(start(USES, path))
    place.chmod(0o755)
    path.chmod(0o644)
    assert status == 0
    assert lines[0].startswith(f"The store of results {path} cannot be used: ")
    assert lines[0].endswith("; this run goes on without it.")
    assert lines[1:] == ["0"]
    assert (taken(path), aside(path)) == ([FAILED], [])


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "store.sqlite"
    said: list[str] = []
    with Store(path, said.append) as store:
        store.keep(KEY, FAILED)
        assert store.results(KEY) == {}
    assert said == [f"The store of results {path} cannot be used: File exists; this run goes on without it."]


def test_on_a_full_disk_it_keeps_no_more_and_gives_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    said: list[str] = []
    large = evolve(PASSED, test="large", output="x" * 100_000)
    with Store(path, said.append) as store:
        store.keep(KEY, FAILED)
        assert store._opened is not None
        store._opened.connection.execute("PRAGMA max_page_count = 10")
        store.keep(KEY, large)
        store.keep(KEY, PASSED)
        store.forget(KEY, [FAILED.test])
        store.keep_listing(KEY, Listing((), {}))
        assert list(store.results(KEY).values()) == [FAILED]
    assert said == [
        f"The store of results {path} cannot be used: database or disk is full; it keeps nothing more of this run."
    ]
    assert (taken(path), aside(path)) == ([FAILED], [])


FILLS = """
import resource
from attrs import evolve
from conformance.store import Store
from stores import FAILED, KEY
with Store(Path(sys.argv[1]), print) as store:
    store.keep(KEY, FAILED)
    # What goes beyond is refused by the system, as on a full disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    for number in range(100):
        store.keep(KEY, evolve(FAILED, test=f"test_{number}", output="x" * 10_000))
    found = store.results(KEY)
    print(len(found) == len({test for test, _ in found}) > 1)
"""


def test_what_fits_before_the_disk_is_full_stays_good(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    status, lines = ended(start(FILLS, path))
    assert status == 0
    assert lines[0].startswith(f"The store of results {path} cannot be used: ")
    assert lines[1:] == ["True"]
    said: list[str] = []
    with Store(path, said.append) as store:
        found = store.results(KEY)
        assert 1 < len(found) < 100
        assert all(
            result in (FAILED, evolve(FAILED, test=test, output="x" * 10_000))
            for (test, _), result in found.items()
        )
    assert (said, aside(path)) == ([], [])


def test_a_neighbour_that_does_not_let_go_is_waited_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_PATIENCE_SECONDS", 0.05)
    path = tmp_path / "store.sqlite"
    said: list[str] = []
    with Store(path, said.append) as store:
        store.keep(KEY, FAILED)
        neighbour = sqlite3.connect(path, isolation_level=None)
        neighbour.execute("BEGIN IMMEDIATE")
        store.keep(KEY, PASSED)
        neighbour.execute("ROLLBACK")
        neighbour.close()
        store.keep(KEY, PASSED)
        assert list(store.results(KEY).values()) == [FAILED]
    assert said == [
        f"The store of results {path} cannot be used: database is locked; it keeps nothing more of this run."
    ]


def test_a_neighbour_that_stands_still_while_it_opens_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_PATIENCE_SECONDS", 0.05)
    path = tmp_path / "store.sqlite"
    said: list[str] = []
    with path.with_name("store.sqlite.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with Store(path, said.append) as store:
            store.keep(KEY, FAILED)
    assert said == [
        f"The store of results {path} cannot be used: another run does not let go of its lock;"
        " this run goes on without it."
    ]


def test_a_file_system_without_locks_is_no_hindrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError(os.strerror(95))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with Store(tmp_path / "store.sqlite") as store:
        store.keep(KEY, FAILED)
    assert taken(tmp_path / "store.sqlite") == [FAILED]
