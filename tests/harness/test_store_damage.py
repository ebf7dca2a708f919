"""What is wrong with the store's file never raises and is never believed: it is put aside by name, and told."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import attrs
import pytest
from attrs import evolve

from conformance.records import Result, Subtest
from conformance.store import Listing, Store, opening, rows
from conformance.store.failures import DamagedError
from stores import FAILED, KEY, OTHER_KEY, PASSED, aside, ended, start, taken

LISTING = Listing((FAILED.test,), {"python": "3.8.18"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def fill(path: Path) -> None:
    with Store(path) as store:
        store.keep(KEY, FAILED)
        store.keep(OTHER_KEY, PASSED)
        for number in range(50):
            store.keep("many", evolve(FAILED, test=f"test_{number}"))


def zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def text(path: Path) -> None:
    path.write_text("These are not results.\n" * 100)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "something").touch()


def sql(statement: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute(statement)
        connection.close()

    return change


def foreign(path: Path) -> None:
    path.unlink()
    sql("CREATE TABLE theirs (value TEXT)")(path)


def bytes_replaced(old: bytes, new: bytes) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        content = path.read_bytes()
        assert old in content
        path.write_bytes(content.replace(old, new))

    return change


def binary_schema(path: Path) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_schema SET sql = CAST(sql AS BLOB) WHERE name = 'rows'")
    connection.close()


CASES: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "a file of zeros": (zeros, "damaged-1", "SQLite says: file is not a database"),
    "half of a store": (half, "damaged-1", "SQLite says: "),
    "a text": (text, "damaged-1", "SQLite says: file is not a database"),
    "a folder": (folder, "damaged-1", "it is a folder"),
    "somebody's database": (foreign, "damaged-1", "it is no store of results"),
    "an older version": (sql("PRAGMA user_version = 0"), "version-0", "it has version 0 of a store"),
    "a newer version": (sql("PRAGMA user_version = 77"), "version-77", "it has version 77 of a store"),
    "other tables": (sql("CREATE TABLE more (value)"), "damaged-1", "its tables are not those of a store"),
    "tables that are no text": (binary_schema, "damaged-1", "its tables are not those of a store"),
    "a table whose name is no text": (
        bytes_replaced(b"tablerowsrows", b"table\x8dowsrows"),
        "damaged-1",
        "a text in it is no UTF-8",
    ),
    "rows that are out of order": (
        bytes_replaced(OTHER_KEY.encode(), f"~{OTHER_KEY[1:]}".encode()),
        "damaged-1",
        "SQLite says: ",
    ),
    "a table too few": (sql("DROP TABLE used"), "damaged-1", "its tables are not those of a store"),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_put_aside_by_name_and_a_new_one_is_begun(path: Path, case: str) -> None:
    damage, end, complaint = CASES[case]
    fill(path)
    damage(path)
    said: list[str] = []
    with Store(path, said.append) as store:
        assert store.results(KEY) == {}
        store.keep(KEY, PASSED)
    [sentence] = said
    assert f"The store of results {path} was put aside as store.sqlite.{end}, because {complaint}" in sentence
    assert sentence.endswith("; a new one is begun.")
    assert aside(path) == [end]
    assert taken(path) == [PASSED]


def test_what_is_put_aside_is_kept_as_it_was(path: Path) -> None:
    text(path)
    before = path.read_bytes()
    with Store(path):
        pass
    assert path.with_name("store.sqlite.damaged-1").read_bytes() == before


def test_a_second_one_gets_a_name_of_its_own(path: Path) -> None:
    for _ in range(2):
        text(path)
        with Store(path):
            pass
    assert aside(path) == ["damaged-1", "damaged-2"]


@pytest.mark.parametrize("content", [b"", None])
def test_where_nothing_is_a_store_is_begun_without_a_word(path: Path, content: bytes | None) -> None:
    if content is not None:
        path.write_bytes(content)
    said: list[str] = []
    with Store(path, said.append) as store:
        store.keep(KEY, FAILED)
    assert (taken(path), said, aside(path)) == ([FAILED], [], [])


def test_the_version_stands_for_what_a_kept_record_says() -> None:
    # When one of these changes, VERSION has to: an older store then goes aside, and is not damaged.
    said = {record: [name.name for name in attrs.fields(record)] for record in (Result, Subtest, Listing)}
    assert (opening.VERSION, said) == (
        1,
        {
            Result: [
                *("cell", "test", "outcome", "detail", "seconds", "exercised", "subtests", "output"),
                *("attempt", "leaks", "cached"),
            ],
            Subtest: ["parameters", "outcome", "detail"],
            Listing: ["tests", "hello"],
        },
    )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE rows SET value = replace(value, 'failed', 'passed')",
        "UPDATE rows SET attempt = 2",
        "UPDATE rows SET test = '\"another\"' WHERE test LIKE '%test_run\"'",
        f"UPDATE rows SET key = '{KEY}' WHERE key = '{OTHER_KEY}'",
        "UPDATE rows SET value = CAST(value AS BLOB)",
        "UPDATE rows SET value = NULL",
        "UPDATE rows SET checksum = 'x'",
    ],
)
def test_a_row_that_says_something_else_damages_the_store(path: Path, change: str) -> None:
    fill(path)
    sql(change)(path)
    said: list[str] = []
    with Store(path, said.append) as store:
        assert said == []
        assert store.results(KEY) == {}
        store.keep(KEY, PASSED)
    assert "damaged-1, because one of its rows is not what was written;" in said[0]
    assert (aside(path), taken(path)) == (["damaged-1"], [PASSED])


def test_a_row_that_was_written_for_other_records_damages_the_store(path: Path) -> None:
    fill(path)
    row = rows._signed(KEY, rows.test_name(FAILED.test), 1, "{}")
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("REPLACE INTO rows VALUES (?, ?, ?, ?, ?)", row)
    connection.close()
    assert taken(path) == []
    assert aside(path) == ["damaged-1"]


@pytest.mark.parametrize("read", [Store.listing, Store.known])
def test_a_listing_and_findings_are_looked_at_like_results(
    path: Path, read: Callable[[Store, str], object]
) -> None:
    with Store(path) as store:
        store.keep_listing(KEY, LISTING)
        store.learn(KEY, ["a"])
    sql("UPDATE rows SET value = value || ' '")(path)
    with Store(path) as store:
        assert not read(store, KEY)
    assert aside(path) == ["damaged-1"]


def test_a_result_that_finds_the_store_damaged_is_kept_in_the_new_one(path: Path) -> None:
    with Store(path) as store:
        sql("DROP TABLE rows")(path)
        store.keep(KEY, FAILED)
        assert list(store.results(KEY).values()) == [FAILED]
    assert (aside(path), taken(path)) == (["damaged-1"], [FAILED])


def small_store(path: Path) -> bytes:
    """One of as few bytes as can be, so that each can be tried."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA page_size = 512")
    connection.execute("VACUUM")
    connection.close()
    with Store(path) as store:
        store.keep(KEY, FAILED)
        store.keep_listing(KEY, LISTING)
        store.learn(KEY, ["a"])
    return path.read_bytes()


def test_whichever_byte_is_changed_what_comes_back_is_right_or_nothing(path: Path) -> None:
    good = small_store(path)
    kept = 0
    # All of the header, and enough of the rest to meet each kind of thing that is in there.
    for place in (*range(100), *range(100, len(good), 23)):
        damaged = bytearray(good)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        with Store(path) as store:
            found = list(store.results(KEY).values()), store.listing(KEY), store.known(KEY)
            for part, right in zip(found, ([FAILED], LISTING, {"a"}), strict=True):
                assert not part or part == right, place
            kept += bool(found[0])
            store.keep("new", PASSED)
            assert list(store.results("new").values()) == [PASSED], place
        for file in path.parent.iterdir():
            file.unlink()
    assert kept > 0


USES = """
from conformance.store import Store
from conformance.store.failures import DamagedError
from stores import FAILED, KEY, PASSED
with Store(Path(sys.argv[1]), lambda sentence: print(sentence, flush=True)) as store:
    store.keep(KEY, FAILED)
    print("kept", flush=True)
    sys.stdin.readline()
    store.keep(KEY, PASSED)
    print(len(store.results(KEY)))
"""


def test_a_process_that_uses_the_store_goes_on_when_another_puts_it_aside(path: Path) -> None:
    other = start(USES, path)
    assert other.stdout is not None
    assert other.stdout.readline() == "kept\n"
    sql(f"UPDATE rows SET value = '' WHERE key = '{KEY}'")(path)
    said: list[str] = []
    with Store(path, said.append) as store:
        assert store.results(KEY) == {}
        # What it has not yet written to the file itself goes with the file.
        assert path.with_name("store.sqlite.damaged-1-wal").exists()
        store.keep(OTHER_KEY, PASSED)
        # Ends while the new store has no more than SQLite's own file beside it, which it must not take away.
        status, lines = ended(other)
        late = start(USES, path)
        assert ended(late) == (0, ["kept", "2"])
        assert list(store.results(OTHER_KEY).values()) == [PASSED]
    assert len(said) == 1
    assert (status, lines) == (
        0,
        [f"The store of results {path} was taken away; another is used in its place.", "1"],
    )
    assert {result.test for result in taken(path)} == {FAILED.test, PASSED.test}


def test_two_that_find_the_same_damage_put_it_aside_once(path: Path) -> None:
    fill(path)
    sql("UPDATE rows SET value = ''")(path)
    with Store(path) as one, Store(path) as other:
        assert one.results(KEY) == {}
        one.keep(KEY, PASSED)
        assert list(other.results(KEY).values()) == [PASSED]
    assert aside(path) == ["damaged-1"]


def test_threads_that_find_the_damage_at_once_all_keep_their_results_in_the_new_one(path: Path) -> None:
    at_once = Barrier(8)
    results = [evolve(PASSED, test=f"test_{number}") for number in range(8)]

    def keep(result: Result) -> None:
        at_once.wait(60)
        store.keep(KEY, result)

    with Store(path) as store, ThreadPoolExecutor(8) as pool:
        sql("DROP TABLE rows")(path)
        list(pool.map(keep, results))
        assert {test for test, _ in store.results(KEY)} == {result.test for result in results}
    assert aside(path) == ["damaged-1"]


def test_of_two_that_want_to_put_it_aside_one_does(path: Path) -> None:
    damage = DamagedError("it was damaged on purpose")
    used = [opening.open_store(path, print) for _ in range(2)]
    for opened in used:
        opening.begin_anew(opened, damage, print).connection.close()
    assert aside(path) == ["damaged-1"]


def test_a_store_that_is_deleted_while_it_is_used_leaves_nothing_to_the_new_one(path: Path) -> None:
    other = start(USES, path)
    assert other.stdout is not None
    assert other.stdout.readline() == "kept\n"
    path.unlink()
    said: list[str] = []
    with Store(path, said.append) as store:
        assert store.results(KEY) == {}
        store.keep(OTHER_KEY, PASSED)
        assert list(store.results(OTHER_KEY).values()) == [PASSED]
        assert ended(other)[0] == 0
        assert list(store.results(OTHER_KEY).values()) == [PASSED]
    assert (said, aside(path)) == ([], [])
    assert taken(path) == taken(path, OTHER_KEY) == [PASSED]


@pytest.mark.parametrize("everything", [False, True], ids=["the file", "its folder"])
def test_a_run_goes_on_in_a_new_store_when_somebody_deletes_it(tmp_path: Path, everything: bool) -> None:
    path = tmp_path / "kept" / "store.sqlite"
    said: list[str] = []
    with Store(path, said.append) as store:
        store.keep(KEY, FAILED)
        if everything:
            shutil.rmtree(path.parent)
        else:
            path.unlink()
        store.keep(KEY, PASSED)
        assert list(store.results(KEY).values()) == [PASSED]
    assert said == [f"The store of results {path} was taken away; another is used in its place."]
    # There it is in use as well, and nothing to be forgotten with what was not.
    sql("INSERT INTO used VALUES ('another', 0)")(path)
    with Store(path):
        pass
    assert taken(path) == [PASSED]
