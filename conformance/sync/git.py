"""The git source: a shallow, blob-filtered, sparse clone of one tag from any remote or local mirror.

Only the blobs that are asked for are fetched, in one request, and their bytes arrive as they are in the
repository, whatever the user's own git configuration says about line ends, filters or hooks.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from attrs import frozen

from conformance.sync import gitcommand
from conformance.sync.failures import SourceFailed, Unreachable
from conformance.sync.gitcommand import git_failed, run_git

# The file with the last word on attributes: no conversion of any kind, for any path.
_RAW = "* -text -eol -ident -filter -working-tree-encoding\n"


@frozen
class GitTree:
    """A clone of one tag, without any file until it is asked for one."""

    tag: str
    remote: str
    """As it may be shown."""
    folder: Path

    @property
    def source(self) -> str:
        return "git"

    @property
    def label(self) -> str:
        return f"git {self.remote}"

    def names(self) -> frozenset[str]:
        listed = self._git("ls-tree", "-r", "-z", "--name-only", "HEAD", "--", "Lib/test", "Lib/unittest")
        return frozenset(name for name in listed.split("\0") if name)

    def bring(self, paths: Collection[str], into: Path) -> None:
        patterns = "".join(f"/{path}\n" for path in sorted(paths))
        self._git("sparse-checkout", "set", "--no-cone", "--stdin", given=patterns)
        self._git("checkout", "--quiet")
        for path in sorted(paths):
            target = into / path
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(self.folder / path, target)
            except FileNotFoundError:
                raise git_failed(f"{self.tag} of {self.remote} has no {path}") from None

    def _git(self, *arguments: str, given: str = "") -> str:
        return run_git(*arguments, cwd=self.folder, given=given)


def open_remote(tag: str, remote: str, work: Path) -> GitTree:
    """A clone of ``tag`` of ``remote`` (a URL or a path) in the empty folder ``work``.

    Unreachable where the remote does not answer within ASK_SECONDS; SourceFailed where git is missing, the
    remote lacks the tag, or the clone fails.
    """
    if shutil.which("git") is None:
        raise SourceFailed("git", "git is not installed", "Install git, or use `--source interpreter`.")
    shown = without_credentials(remote)
    path = Path(remote).expanduser()
    address = str(path.absolute()) if path.exists() else remote
    commit = _ask(tag, address, shown, work)
    folder = work / "repository"
    sparing = ("--filter=blob:none", "--depth=1", "--sparse", "--no-checkout", "--no-tags", "--template=")
    # Without --no-local git takes a path's whole object store and ignores the filter and the depth.
    run_git("clone", "--no-local", *sparing, f"--branch={tag}", "--", address, str(folder), cwd=work)
    tree = GitTree(tag, shown, folder)
    if run_git("rev-parse", "HEAD", cwd=folder).strip() != commit:
        raise git_failed(f"{shown} has a branch named {tag} beside the tag, and git takes the branch")
    (folder / ".git" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "info" / "attributes").write_text(_RAW, encoding="ascii")
    return tree


def _ask(tag: str, address: str, shown: str, work: Path) -> str:
    """The commit that the remote's tag names; short of a clone, the quickest way to hear from a remote."""
    name = f"refs/tags/{tag}"
    try:
        # With ^{} the commit that an annotated tag points to.
        asked = ("ls-remote", "--", address, name, f"{name}^{{}}")
        listed = run_git(*asked, cwd=work, seconds=gitcommand.ASK_SECONDS)
    except SourceFailed as failed:
        raise Unreachable("git", f"{shown} could not be reached: {failed.reason}", failed.advice) from None
    commits = {ref: commit for commit, ref in (line.split("\t") for line in listed.splitlines())}
    commit = commits.get(f"{name}^{{}}", commits.get(name))
    if commit is None:
        raise git_failed(f"{shown} has no tag {tag}", "Name a remote that has it with `--remote URL`.")
    return commit


def without_credentials(remote: str) -> str:
    """The remote, if it is a URL without the user and the password that it may name."""
    parts = urlsplit(remote)
    if not parts.scheme or "@" not in parts.netloc:
        return remote
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
