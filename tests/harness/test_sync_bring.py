"""sync as a whole: which source is used, what is refused, and what is on disk after every way that it can end."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.errors import ExitStatus, SyncError
from conformance.records import Interpreter
from conformance.sync import Lock, Source, blob_id, gitcommand, problems, read_lock, sync, verify
from upstream_fixture import Get, Mirror, clean, git, needs, snapshot

pytest_plugins = ["upstream_fixture"]

TAG = "v3.11.7"
RUNNERS = "Lib/test/test_asyncio/test_runners.py"
ALL_TAGS = ("v3.8.18", "v3.9.18", "v3.10.13", "v3.11.7", "v3.12.1", "v3.13.0")


@pytest.fixture
def dead_remote() -> str:
    """A URL where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}/cpython"


@pytest.fixture
def altered_mirror(mirror: Mirror, tmp_path: Path) -> Path:
    """A mirror whose v3.11.7 has one line more in one file."""
    needs(mirror, TAG)
    copy = tmp_path / "altered.git"
    git("clone", "--quiet", "--bare", str(mirror.path), str(copy))
    git("config", "uploadpack.allowFilter", "true", cwd=copy)
    content = mirror.files[TAG][RUNNERS] + b"# altered\n"
    commit = b"commit refs/heads/altered\ncommitter a <a@example.invalid> 0 +0000\ndata 0\n"
    change = b"from refs/heads/of-v3.11.7^0\nM 100644 inline %s\ndata %d\n%s\n" % (
        RUNNERS.encode(),
        len(content),
        content,
    )
    git("fast-import", "--quiet", cwd=copy, given=commit + change)
    git("tag", "--force", TAG, "altered", cwd=copy)
    return copy


def test_git_brings_every_locked_tag_byte_for_byte(
    get: Get, folder: Path, mirror: Mirror, said: list[str]
) -> None:
    needs(mirror, *ALL_TAGS)
    found = get(*ALL_TAGS, source=Source.GIT, remote=mirror.path)
    assert found == {tag: folder / tag / "Lib" for tag in ALL_TAGS}
    for tag in ALL_TAGS:
        assert verify(folder, tag) == ()
        locked = read_lock(folder).entry(tag).files
        assert snapshot(folder / tag) == {path: mirror.files[tag][path] for path in locked}
    assert [line.partition(":")[0] for line in said] == list(ALL_TAGS)
    assert clean(folder)


def test_a_lock_that_lies_elsewhere_serves_a_folder_that_is_not_there_yet(
    tmp_path: Path, cpython: Callable[[str], Interpreter], lock: Lock, said: list[str]
) -> None:
    new = tmp_path / "cache" / "upstream_tests"
    having = [cpython(TAG)]
    found = sync(new, [TAG], lock=lock, source=Source.INTERPRETER, interpreters=having, say=said.append)
    assert found == {TAG: new / TAG / "Lib"}
    assert problems(new / TAG, lock.entry(TAG)) == ()


def test_an_interpreter_brings_the_same(
    get: Get, folder: Path, cpython: Callable[[str], Interpreter]
) -> None:
    get(TAG, source=Source.INTERPRETER, having=[cpython(TAG)])
    assert verify(folder, TAG) == ()


def test_what_is_synced_and_whole_is_not_fetched_again(
    get: Get, cpython: Callable[[str], Interpreter], said: list[str]
) -> None:
    first = get(TAG, having=[cpython(TAG)])
    said.clear()
    for source in Source:
        assert get(TAG, source=source) == first
    assert said == []


def test_a_relative_folder_gives_absolute_paths(
    folder: Path, cpython: Callable[[str], Interpreter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    found = sync(Path(folder.name), [TAG], source=Source.INTERPRETER, interpreters=[cpython(TAG)], say=print)
    assert found[TAG].is_absolute()


def test_auto_tries_git_first(
    get: Get, mirror: Mirror, cpython: Callable[[str], Interpreter], said: list[str]
) -> None:
    needs(mirror, TAG)
    get(TAG, remote=mirror.path, having=[cpython(TAG)])
    assert said == [f"v3.11.7: 23 files, verified, from git {mirror.path}"]


def test_auto_says_why_git_failed_and_asks_a_dead_remote_once(
    get: Get,
    cpython: Callable[[str], Interpreter],
    said: list[str],
    dead_remote: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    run_git = gitcommand.run_git

    def counted(*arguments: str, **options: object) -> str:
        asked.append(arguments[0])
        return run_git(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("conformance.sync.git.run_git", counted)
    get(TAG, "v3.8.18", remote=dead_remote, having=[cpython(TAG), cpython("v3.8.18")])
    assert asked == ["ls-remote"]
    assert said[0].startswith(f"v3.11.7: git: {dead_remote} could not be reached: unable to access")
    assert said[0].endswith("; trying interpreter")
    assert said[1:] == [
        "v3.11.7: 23 files, verified, from interpreter 3.11.7",
        "v3.8.18: 12 files, verified, from interpreter 3.8.18",
    ]


def test_a_remote_that_lacks_one_tag_is_asked_for_the_next(
    get: Get, folder: Path, mirror: Mirror, tmp_path: Path
) -> None:
    needs(mirror, TAG, "v3.8.18")
    poorer = tmp_path / "poorer.git"
    git("clone", "--quiet", "--bare", str(mirror.path), str(poorer))
    git("tag", "--delete", "v3.8.18", cwd=poorer)
    with pytest.raises(SyncError, match=r"^v3\.8\.18 could not be synced\."):
        get("v3.8.18", TAG, remote=poorer)
    assert verify(folder, TAG) == ()  # what could be had is not lost


def test_when_all_sources_fail_the_error_says_what_each_said_and_what_to_do(
    get: Get, dead_remote: str
) -> None:
    with pytest.raises(SyncError) as caught:
        get(TAG, "v3.8.18", remote=dead_remote)
    error = caught.value
    assert error.status is ExitStatus.NOT_COMPLETED
    assert error.what == "v3.11.7 and v3.8.18 could not be synced."
    for advice in ("--remote URL", "Install CPython 3.11.7", "Install CPython 3.8.18"):
        assert error.advice.count(advice) == 1
    reasons = error.details.splitlines()
    assert [reason.partition(": ")[0] for reason in reasons] == [
        "v3.11.7, git",
        "v3.11.7, interpreter",
        "v3.8.18, git",
        "v3.8.18, interpreter",
    ]
    assert "could not be reached" in reasons[0]
    assert "could not be reached" in reasons[2]


@pytest.mark.parametrize("before", ["nothing", "an older tree", "a half tree"])
def test_content_that_does_not_match_is_refused_and_the_tree_stays(
    get: Get, folder: Path, altered_mirror: Path, mirror: Mirror, before: str
) -> None:
    if before != "nothing":
        get(TAG, remote=mirror.path)
        (folder / TAG / "Lib/test/__init__.py").write_bytes(b"older\n")
    if before == "a half tree":
        (folder / TAG / RUNNERS).unlink()
    kept = snapshot(folder)

    with pytest.raises(SyncError) as caught:
        get(TAG, source=Source.GIT, remote=altered_mirror)
    pinned, brought = (blob_id(mirror.files[TAG][RUNNERS] + more) for more in (b"", b"# altered\n"))
    assert f"{RUNNERS} is blob {brought}, where upstream.lock pins blob {pinned}" in caught.value.details
    assert caught.value.advice.startswith("Use another source or remote; ")
    assert f"`sync --update {TAG}`" in caught.value.advice
    assert snapshot(folder) == kept
    assert clean(folder)


def test_auto_takes_the_right_content_from_the_next_source_and_tells(
    get: Get, folder: Path, altered_mirror: Path, cpython: Callable[[str], Interpreter], said: list[str]
) -> None:
    get(TAG, remote=altered_mirror, having=[cpython(TAG)])
    assert said[0].startswith(f"v3.11.7: git: refused git {altered_mirror}: {RUNNERS} is blob ")
    assert verify(folder, TAG) == ()


@pytest.mark.parametrize("damage", ["a file is missing", "a file is altered", "a file is extra", "a link"])
def test_a_tree_that_is_not_whole_is_brought_anew(
    get: Get, folder: Path, cpython: Callable[[str], Interpreter], damage: str
) -> None:
    having = [cpython(TAG)]
    get(TAG, having=having)
    whole = snapshot(folder / TAG)
    path = folder / TAG / RUNNERS
    if damage == "a file is missing":
        path.unlink()
    elif damage == "a file is altered":
        path.write_bytes(path.read_bytes() + b"\n")
    elif damage == "a file is extra":
        path.with_name("sitecustomize.py").write_bytes(b"")
    else:
        shutil.move(path, folder.parent / "target")
        path.symlink_to(folder.parent / "target")
    assert len(verify(folder, TAG)) == 1

    get(TAG, having=having)
    assert verify(folder, TAG) == ()
    assert snapshot(folder / TAG) == whole


def test_a_folder_that_cannot_be_written_is_told(
    get: Get, cpython: Callable[[str], Interpreter], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(SyncError, match=r"could not be written: .*No space left on device\. Check its perm"):
        get(TAG, having=[cpython(TAG)])


def test_a_tag_that_is_not_locked_is_told_before_anything_is_fetched(get: Get, folder: Path) -> None:
    with pytest.raises(SyncError, match=r"and not v3\.14\.0"):
        get(TAG, "v3.14.0")
    assert not (folder / TAG).exists()
