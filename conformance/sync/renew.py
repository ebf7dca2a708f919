"""Renew the lock from a source and tell which tests came and went; what ``sync --update`` does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath

from attrs import frozen

from conformance.errors import SyncError
from conformance.records import Interpreter
from conformance.sync.changes import SuiteChange, TagChange, Update
from conformance.sync.failures import SourceFailed, TagFailed, tags_failed
from conformance.sync.incoming import workspace
from conformance.sync.lock import LOCK_NAME, Lock, TagLock, read_lock, series_of, write_lock
from conformance.sync.rule import SERIES_FILES, SUITE_FILES, bring_needed
from conformance.sync.sources import Source, Sources, Tree
from conformance.sync.testids import test_ids
from conformance.sync.tree import blob_id


def update(
    folder: Path,
    tags: Iterable[str],
    *,
    source: Source,
    remote: str,
    interpreters: Sequence[Interpreter],
    say: Callable[[str], None],
) -> Update:
    """Pin ``tags`` anew in the lock in ``folder`` (upstream_tests), from a source; other series' entries stay.

    A tag replaces the one of its series. The parameters are those of sync. The synced trees are not touched.
    A SyncError, which leaves the lock as it was, where a tag cannot be had whole.
    """
    folder = folder.absolute()
    tags = tuple(dict.fromkeys(tags))
    _check_one_a_series(tags)
    before = read_lock(folder) if (folder / LOCK_NAME).exists() else Lock()
    sources = Sources(source, remote, interpreters, say)
    renewed: list[tuple[TagLock, Path]] = []
    failed = []
    try:
        with workspace(folder, say) as work:
            for tag in tags:
                try:
                    renewed.append(sources.take(tag, work / tag, _pinned(tag)))
                except TagFailed as failure:
                    failed.append(failure)
            if failed:
                raise tags_failed(failed, "pinned")
            old = _OldFiles(folder, work / "before", sources)
            changes = tuple(_compare(before.of_series(new.series), new, files, old) for new, files in renewed)
            lock = before.with_entries(new for new, _ in renewed)
            write_lock(folder, lock, work)
    except OSError as error:
        raise SyncError(
            f"{folder} could not be written: {error}.", "Check its permissions and the room on its disk."
        ) from None
    return Update(lock, changes)


def _check_one_a_series(tags: Sequence[str]) -> None:
    by_series: dict[str, str] = {}
    for tag in tags:
        other = by_series.setdefault(series_of(tag), tag)
        if other != tag:
            raise SyncError(
                f"{other} and {tag} are of one series, and the lock pins one tag a series.",
                "Name one of them.",
            )


def _pinned(tag: str) -> Callable[[Tree, Path], tuple[TagLock, Path]]:
    def take(tree: Tree, files: Path) -> tuple[TagLock, Path]:
        paths = bring_needed(tree, series_of(tag), files)
        return TagLock(tag, {path: blob_id((files / path).read_bytes()) for path in sorted(paths)}), files

    return take


def _compare(before: TagLock | None, new: TagLock, files: Path, old: _OldFiles) -> TagChange:
    pinned = before.files if before else {}
    return TagChange(
        tag=new.tag,
        previous=before.tag if before else None,
        files=len(new.files),
        altered=tuple(
            path for path in sorted({*pinned, *new.files}) if pinned.get(path) != new.files.get(path)
        ),
        suites=tuple(
            _compare_suite(path, before, new, (files / path).read_bytes(), old)
            for path in (*SUITE_FILES, *SERIES_FILES.get(new.series, ()))
            if PurePosixPath(path).name.startswith("test_")
        ),
    )


def _compare_suite(
    path: str, before: TagLock | None, new: TagLock, content: bytes, old: _OldFiles
) -> SuiteChange:
    suite = PurePosixPath(path).stem
    try:
        now = test_ids(content, suite)
        if before is None or path not in before.files:
            then: frozenset[str] = frozenset()
        elif before.files[path] == new.files[path]:
            then = now
        elif (former := old.content(before, path)) is not None:
            then = test_ids(former, suite)
        else:
            gone = f"the file that {before.tag} was pinned to is neither synced nor at any source"
            return SuiteChange(suite, len(now), unknown=gone)
    except SyntaxError as error:
        newer = f"this Python cannot parse the file ({error.msg}, line {error.lineno}), a newer one can"
        return SuiteChange(suite, None, unknown=newer)
    return SuiteChange(suite, len(now), came=tuple(sorted(now - then)), went=tuple(sorted(then - now)))


@frozen
class _OldFiles:
    """Where a file as it was pinned before may still be found."""

    folder: Path
    work: Path
    sources: Sources

    def content(self, entry: TagLock, path: str) -> bytes | None:
        """The content that ``entry`` pins for ``path``, from the synced tree or a source; None if nowhere."""

        def take(tree: Tree, files: Path) -> bytes:
            tree.bring([path], files)
            content = (files / path).read_bytes()
            if blob_id(content) != entry.files[path]:
                raise SourceFailed(tree.source, f"{tree.label} has another {path} than was pinned", "")
            return content

        synced = self.folder / entry.tag / path
        if synced.is_file() and blob_id(content := synced.read_bytes()) == entry.files[path]:
            return content
        try:
            return self.sources.take(entry.tag, self.work / PurePosixPath(path).stem / entry.tag, take)
        except TagFailed:
            return None
