"""Bring the locked files in: what is synced already, else from git, else from an interpreter; called by every run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from conformance.errors import SyncError
from conformance.records import Interpreter
from conformance.sync.failures import SourceFailed, TagFailed, tags_failed
from conformance.sync.incoming import sweep_if_idle, workspace
from conformance.sync.lock import LOCK_NAME, Lock, TagLock, read_lock
from conformance.sync.sources import DEFAULT_REMOTE, Source, Sources, Tree
from conformance.sync.tree import problems, put_in_place


def sync(
    folder: Path,
    tags: Iterable[str],
    *,
    lock: Lock | None = None,
    source: Source,
    remote: str = DEFAULT_REMOTE,
    interpreters: Sequence[Interpreter],
    say: Callable[[str], None],
) -> dict[str, Path]:
    """Make sure that the trees of ``tags`` are in ``folder`` (upstream_tests), every file as the lock says.

    The ``lock`` is the one in ``folder``, unless it is given. Returns, for each tag, the folder to put first on
    ``sys.path``. ``source`` and ``remote`` say where from; ``interpreters`` are those found on this machine;
    ``say`` gets one line for each thing worth telling.
    Nothing is fetched for a tree that is whole already. A SyncError names every tag that could not be
    brought, and what each source said; the other tags are in place then.
    """
    folder = folder.absolute()
    lock = lock or read_lock(folder)
    entries = [lock.entry(tag) for tag in dict.fromkeys(tags)]
    try:
        if any(problems(folder / entry.tag, entry) for entry in entries):
            folder.mkdir(parents=True, exist_ok=True)
            _bring(folder, entries, Sources(source, remote, interpreters, say))
        else:
            sweep_if_idle(folder)
    except OSError as error:
        raise SyncError(
            f"{folder} could not be written: {error}.", "Check its permissions and the room on its disk."
        ) from None
    return {entry.tag: folder / entry.tag / "Lib" for entry in entries}


def _bring(folder: Path, entries: Sequence[TagLock], sources: Sources) -> None:
    failed = []
    with workspace(folder, sources.say) as work:
        for entry in entries:
            # Looked at again: the run that this one may have waited for brings the same files.
            if not problems(folder / entry.tag, entry):
                continue
            try:
                whole, label = sources.take(entry.tag, work / entry.tag, _verified(entry))
            except TagFailed as failure:
                failed.append(failure)
                continue
            put_in_place(whole, folder / entry.tag, work / entry.tag / "replaced")
            sources.say(f"{entry.tag}: {len(entry.files)} files, verified, from {label}")
    if failed:
        raise tags_failed(failed, "synced")


def _verified(entry: TagLock) -> Callable[[Tree, Path], tuple[Path, str]]:
    def take(tree: Tree, files: Path) -> tuple[Path, str]:
        tree.bring(entry.files, files)
        if wrong := problems(files, entry):
            more = f" (and {len(wrong) - 1} more files do not match)" if len(wrong) > 1 else ""
            raise SourceFailed(
                tree.source,
                f"refused {tree.label}: {wrong[0]}{more}",
                "Use another source or remote; if this content is what you want pinned from now on, see what "
                f"changes with `sync --update {entry.tag}` and commit {LOCK_NAME}.",
            )
        return files, tree.label

    return take
