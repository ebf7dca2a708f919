"""The git source, for real, against a bare repository of real upstream files."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conformance.sync import blob_id, gitcommand
from conformance.sync.failures import SourceFailed, Unreachable
from conformance.sync.git import open_remote
from upstream_fixture import ATTRIBUTES, Mirror, git, needs

pytest_plugins = ["upstream_fixture"]

TAG = "v3.11.7"
WANTED = ["Lib/test/__init__.py", "Lib/test/test_asyncio/test_runners.py"]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    made = tmp_path / "work"
    made.mkdir()
    return made


@pytest.fixture
def silent_server() -> Iterator[socket.socket]:
    """A server that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        yield server


def test_the_clone_is_shallow_blob_filtered_and_sparse(mirror: Mirror, work: Path, tmp_path: Path) -> None:
    needs(mirror, TAG)
    tree = open_remote(TAG, str(mirror.path), work)
    assert tree.names() >= {
        path for path in mirror.files[TAG] if path.startswith(("Lib/test", "Lib/unittest"))
    }

    def blobs() -> set[str]:
        known = git(
            "cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)", cwd=tree.folder
        )
        return {line.split()[1] for line in known.decode().splitlines() if line.startswith("blob")}

    assert blobs() == set()  # the clone alone, and listing its names, fetches no file
    tree.bring(WANTED, tmp_path / "files")

    # git itself looks at the attributes before it writes a file.
    assert blobs() == {blob_id(mirror.files[TAG][path]) for path in (*WANTED, ".gitattributes")}
    assert len(mirror.files[TAG]) > 150
    assert git("rev-parse", "--is-shallow-repository", cwd=tree.folder).strip() == b"true"
    assert git("rev-list", "--count", "HEAD", cwd=tree.folder).strip() == b"1"
    checked_out = {path.relative_to(tree.folder) for path in tree.folder.rglob("*") if path.is_file()}
    assert {path for path in checked_out if path.parts[0] != ".git"} == {Path(path) for path in WANTED}


@pytest.mark.parametrize("address", ["path", "url", "relative"])
def test_a_remote_is_a_path_or_a_url(
    address: str, mirror: Mirror, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs(mirror, TAG)
    monkeypatch.chdir(mirror.path.parent)
    remote = {"path": str(mirror.path), "url": mirror.path.as_uri(), "relative": mirror.path.name}[address]
    open_remote(TAG, remote, work).bring(WANTED, tmp_path / "files")
    for path in WANTED:
        assert (tmp_path / "files" / path).read_bytes() == mirror.files[TAG][path]


def test_a_second_round_brings_further_files(mirror: Mirror, work: Path, tmp_path: Path) -> None:
    needs(mirror, TAG)
    tree = open_remote(TAG, str(mirror.path), work)
    for path in WANTED:
        tree.bring([path], tmp_path / "files")
    for path in WANTED:
        assert (tmp_path / "files" / path).read_bytes() == mirror.files[TAG][path]


def test_the_users_git_configuration_does_not_change_a_byte(
    mirror: Mirror, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs(mirror, TAG)
    home = tmp_path / "home"
    hooks, template = home / "hooks", home / "template"
    (template / "hooks").mkdir(parents=True)
    hooks.mkdir()
    for hook in (hooks / "post-checkout", template / "hooks" / "post-checkout"):
        hook.write_text("#!/bin/sh\nfind . -name '*.py' -exec sh -c 'echo spoilt >> {}' ';'\n")
        hook.chmod(0o755)
    (template / "config").write_text(f"[core]\n worktree = {home}\n")
    (home / "attributes").write_bytes(ATTRIBUTES)
    (home / ".gitconfig").write_text(
        f"""
        [core]
            autocrlf = true
            eol = crlf
            hooksPath = {hooks}
            attributesFile = {home / "attributes"}
            sparseCheckoutCone = true
        [init]
            templateDir = {template}
        [filter "spoil"]
            smudge = tr a-z A-Z
            required = true
        [protocol]
            version = 0
        """
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "elsewhere"))

    open_remote(TAG, str(mirror.path), work).bring(WANTED, tmp_path / "files")
    for path in WANTED:
        assert (tmp_path / "files" / path).read_bytes() == mirror.files[TAG][path]


def test_a_tag_that_the_remote_lacks_is_named(mirror: Mirror, work: Path) -> None:
    with pytest.raises(SourceFailed, match=r"cpython\.git has no tag v3\.99\.0$") as caught:
        open_remote("v3.99.0", str(mirror.path), work)
    assert not isinstance(caught.value, Unreachable)


def test_a_file_that_the_tag_lacks_is_named(mirror: Mirror, work: Path, tmp_path: Path) -> None:
    needs(mirror, TAG)
    tree = open_remote(TAG, str(mirror.path), work)
    with pytest.raises(SourceFailed, match=r"v3\.11\.7 of .* has no Lib/test/nowhere\.py"):
        tree.bring(["Lib/test/nowhere.py"], tmp_path / "files")


def test_a_link_in_the_tag_is_no_way_out_of_the_clone(work: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"not of the repository")
    linking = tmp_path / "linking.git"
    git("init", "--quiet", "--bare", str(linking))
    commit = b"commit refs/tags/v3.11.7\ncommitter a <a@example.invalid> 0 +0000\ndata 0\n"
    link = str(outside).encode()
    git(
        "fast-import",
        "--quiet",
        cwd=linking,
        given=commit + b"M 120000 inline Lib/link.py\ndata %d\n%s\n" % (len(link), link),
    )
    open_remote(TAG, str(linking), work).bring(["Lib/link.py"], tmp_path / "files")
    assert (tmp_path / "files/Lib/link.py").read_bytes() == link


def test_a_branch_of_the_tags_name_is_not_taken_for_the_tag(
    mirror: Mirror, work: Path, tmp_path: Path
) -> None:
    needs(mirror, TAG, "v3.8.18")
    both = tmp_path / "both.git"
    git("clone", "--quiet", "--bare", str(mirror.path), str(both))
    git("update-ref", f"refs/heads/{TAG}", "refs/tags/v3.8.18^{}", cwd=both)
    with pytest.raises(SourceFailed, match=r"has a branch named v3\.11\.7 beside the tag"):
        open_remote(TAG, str(both), work)


def test_a_folder_that_is_no_repository_is_unreachable(work: Path, tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"could not be reached: .*does not appear to be a git repository"):
        open_remote(TAG, str(tmp_path), work)


def test_a_name_is_no_remote_of_the_repository_around(work: Path, mirror: Mirror, tmp_path: Path) -> None:
    git("init", "--quiet", str(tmp_path))
    git("remote", "add", "origin", str(mirror.path), cwd=tmp_path)
    with pytest.raises(Unreachable, match="'origin' does not appear to be a git repository"):
        open_remote(TAG, "origin", work)


def test_a_refused_connection_is_unreachable_and_shows_no_password(work: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Unreachable, match=f"^git: https://127.0.0.1:{port}/x could not be reached") as caught:
        open_remote(TAG, f"https://me:secret@127.0.0.1:{port}/x", work)
    assert "secret" not in str(caught.value)


def test_a_silent_remote_is_unreachable_after_the_limit_and_its_helper_is_gone(
    silent_server: socket.socket, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gitcommand, "ASK_SECONDS", 0.5)
    remote = f"http://127.0.0.1:{silent_server.getsockname()[1]}/cpython"
    with pytest.raises(Unreachable, match=r"could not be reached: git ls-remote got no answer within 0\.5 s"):
        open_remote(TAG, remote, work)
    assert_hung_up(silent_server)


def test_an_interrupt_ends_git_and_its_helper(
    silent_server: socket.socket, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[socket.socket] = []

    communicate = subprocess.Popen.communicate

    def interrupted(process: subprocess.Popen[str], *args: Any, **options: Any) -> tuple[str, str]:
        if "ls-remote" not in str(process.args):
            return communicate(process, *args, **options)
        taken.append(silent_server.accept()[0])  # git's helper is at work by now
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess.Popen, "communicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        open_remote(TAG, f"http://127.0.0.1:{silent_server.getsockname()[1]}/cpython", work)
    assert_hung_up(taken[0])


def test_a_machine_without_git_is_told_so(
    mirror: Mirror, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceFailed, match="git is not installed") as caught:
        open_remote(TAG, str(mirror.path), work)
    assert caught.value.advice == "Install git, or use `--source interpreter`."


@pytest.mark.parametrize("own", ["nothing", "variable", "setting"])
def test_ssh_is_told_not_to_ask_unless_the_user_starts_it_in_a_way_of_their_own(
    own: str, work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``ssh`` is a script here that writes down how it was started."""
    record = tmp_path / "record"
    for name in ("ssh", "my-ssh"):
        script = tmp_path / "bin" / name
        script.parent.mkdir(exist_ok=True)
        script.write_text(f'#!/bin/sh\necho "{name} $*" >> {record}\nexit 255\n')
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    for variable in ("GIT_SSH", "GIT_SSH_COMMAND"):
        monkeypatch.delenv(variable, raising=False)
    if own == "variable":
        monkeypatch.setenv("GIT_SSH_COMMAND", "my-ssh")
    elif own == "setting":
        (tmp_path / "gitconfig").write_text("[core]\n sshCommand = my-ssh\n")

    with pytest.raises(Unreachable):
        open_remote(TAG, "ssh://host.invalid/cpython", work)
    started = record.read_text()
    assert started.startswith("ssh -o BatchMode=yes -o ConnectTimeout=15 " if own == "nothing" else "my-ssh ")


def assert_hung_up(connection: socket.socket) -> None:
    """Whoever was at the other end is gone."""
    if connection.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        connection = connection.accept()[0]
    with connection:
        connection.settimeout(10)
        while connection.recv(65536):
            pass
