"""Read and write upstream.lock, which pins each tag's files by git blob id; all of sync stands on it."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from conformance.errors import SyncError
from conformance.places import COMMAND

LOCK_NAME = "upstream.lock"
FORMAT = 1

_TAG = re.compile(r"v(\d+\.\d+)\.\d+(?:(?:a|b|rc)\d+)?")
_BLOB = re.compile(r"[0-9a-f]{40}")
# Narrow on purpose: these paths become file names and, escaped by nothing, git's sparse patterns.
_PATH = re.compile(r"Lib(?:/[A-Za-z0-9_+][A-Za-z0-9_+.-]*)+")

_HEADER = """\
# Which of CPython's files are used, by git tag, path and git blob id. Written by
#     python -m conformance sync --update TAG
# and not by hand; README.md beside it says what is pinned and how it is verified.
"""


@frozen
class TagLock:
    """What is pinned of one tag."""

    tag: str
    """Such as ``v3.11.7``."""
    files: Mapping[str, str]
    """Path in CPython's repository, such as ``Lib/test/__init__.py``, to its git blob id, 40 hex digits."""

    @property
    def series(self) -> str:
        """The first two numbers, such as ``3.11``."""
        return series_of(self.tag)

    def blobs(self, paths: Sequence[str]) -> str:
        """The blob ids of these files, side by side; a SyncError where one of them is not pinned."""
        for path in paths:
            if path not in self.files:
                raise SyncError(
                    f"{LOCK_NAME} pins no {path} of {self.tag}.",
                    f"Pin it with `{COMMAND} sync --update {self.tag}`.",
                )
        return " ".join(self.files[path] for path in paths)


@frozen
class Lock:
    """The whole lock; one tag a series."""

    entries: tuple[TagLock, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(entry.tag for entry in self.entries)

    def entry(self, tag: str) -> TagLock:
        """What is pinned of ``tag``; a SyncError where the lock does not know it."""
        for entry in self.entries:
            if entry.tag == tag:
                return entry
        raise SyncError(
            f"{LOCK_NAME} pins {', '.join(self.tags) or 'nothing'}, and not {tag}.",
            f"Add it with `{COMMAND} sync --update {tag}`.",
        )

    def of_series(self, series: str) -> TagLock | None:
        """What is pinned of a series such as ``3.11``, whichever tag it is."""
        return next((entry for entry in self.entries if entry.series == series), None)

    def with_entries(self, renewed: Iterable[TagLock]) -> Lock:
        """The lock in which these entries replace those of the same series."""
        by_series = {entry.series: entry for entry in (*self.entries, *renewed)}
        return Lock(tuple(sorted(by_series.values(), key=_numbers)))


def series_of(tag: str) -> str:
    """The series of a tag, ``3.11`` of ``v3.11.7``; a SyncError for what is no release tag."""
    match = _TAG.fullmatch(tag)
    if match is None:
        raise SyncError(f"{tag!r} is not the name of a CPython release tag.", "Name one like v3.11.7.")
    return match.group(1)


def read_lock(folder: Path) -> Lock:
    """The lock in ``folder`` (upstream_tests); a SyncError says what is damaged in it."""
    path = folder / LOCK_NAME
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SyncError(
            f"{path} does not exist.",
            f"Restore it with `git checkout -- {LOCK_NAME}`, or write one with `sync --update TAG`.",
        ) from None
    except (OSError, ValueError) as error:  # not UTF-8 and not TOML are both ValueErrors
        raise _damaged(path, f"cannot be read: {error}") from None

    if document.get("format") != FORMAT:
        raise _damaged(path, f"has format {document.get('format')!r}, and this version reads {FORMAT}")
    if unknown := sorted(document.keys() - {"format", "tags"}):
        raise _damaged(path, f"has the unknown key {unknown[0]!r}")
    tables = document.get("tags")
    if not isinstance(tables, dict):
        raise _damaged(path, "has no table of tags")
    entries = tuple(_read_entry(path, tag, table) for tag, table in tables.items())
    lock = Lock().with_entries(entries)
    if len(lock.entries) != len(entries):
        twice = next(entry.series for entry in entries if entry not in lock.entries)
        raise _damaged(path, f"pins two tags of the series {twice}")
    return lock


def write_lock(folder: Path, lock: Lock, work: Path) -> None:
    """Replace the lock in ``folder`` at one stroke; ``work`` is a folder on the same file system."""
    blocks = [f"{_HEADER}\nformat = {FORMAT}\n"]
    for entry in lock.entries:
        lines = [f'"{path}" = "{blob}"\n' for path, blob in sorted(entry.files.items())]
        blocks.append(f'\n[tags."{entry.tag}"]\n{"".join(lines)}')
    written = work / LOCK_NAME
    written.write_text("".join(blocks), encoding="utf-8", newline="\n")
    os.replace(written, folder / LOCK_NAME)  # noqa: PTH105 - says that it overwrites


def _read_entry(lock: Path, tag: str, table: object) -> TagLock:
    if _TAG.fullmatch(tag) is None:
        raise _damaged(lock, f"has a table {tag!r}, which is not the name of a release tag")
    if not isinstance(table, dict) or not table:
        raise _damaged(lock, f"pins no files of {tag}")
    for path, blob in table.items():
        if _PATH.fullmatch(path) is None:
            raise _damaged(lock, f"pins {path!r} of {tag}, which is not a path inside CPython's Lib")
        if not isinstance(blob, str) or _BLOB.fullmatch(blob) is None:
            raise _damaged(lock, f"pins {path} of {tag} to {blob!r}, which is not a blob id of 40 hex digits")
        for parent in Path(path).parents:
            if parent.as_posix() in table:
                raise _damaged(lock, f"pins {parent.as_posix()} of {tag} both as a file and as a folder")
    return TagLock(tag, table)


def _damaged(path: Path, what: str) -> SyncError:
    return SyncError(
        f"{path} {what}.",
        f"Restore it with `git checkout -- {LOCK_NAME}`, or renew it with `sync --update TAG`.",
    )


def _numbers(entry: TagLock) -> tuple[int, ...]:
    return tuple(int(part) for part in entry.series.split("."))
