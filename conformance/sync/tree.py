"""Tell whether a synced tree is what the lock says, and put a verified one in place; the last stage of sync."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from conformance.sync.lock import LOCK_NAME, TagLock, read_lock


@frozen
class Problem:
    """One file that is not as the lock says."""

    path: str
    """In CPython's repository, such as ``Lib/test/__init__.py``."""
    expected: str | None
    """The blob id that the lock pins; None for a file that it does not know."""
    found: str | None
    """What is there instead, ``blob`` and its id or another thing; None for nothing."""

    def __str__(self) -> str:
        if self.expected is None:
            return f"{self.path} is not in {LOCK_NAME}"
        if self.found is None:
            return f"{self.path} is missing"
        return f"{self.path} is {self.found}, where {LOCK_NAME} pins blob {self.expected}"


def blob_id(content: bytes) -> str:
    """The id that git gives to a file of this content, 40 hex digits."""
    header = b"blob %d\0" % len(content)
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()


def verify(folder: Path, tag: str) -> tuple[Problem, ...]:
    """What is wrong with the tree of ``tag`` in ``folder`` (upstream_tests); nothing for a whole one.

    A SyncError where the lock is damaged or does not know the tag.
    """
    return problems(folder / tag, read_lock(folder).entry(tag))


def problems(root: Path, entry: TagLock) -> tuple[Problem, ...]:
    """What is wrong with the tree at ``root``, sorted by path: missing, altered and extra files."""
    found = [
        Problem(path, expected, there)
        for path, expected in entry.files.items()
        if (there := _what_is_at(root / path)) != f"blob {expected}"
    ]
    found += [
        Problem(path, None, _what_is_at(root / path)) for path in _files(root) if path not in entry.files
    ]
    return tuple(sorted(found, key=lambda problem: problem.path))


def put_in_place(whole: Path, destination: Path, attic: Path) -> None:
    """Rename the verified tree ``whole`` to ``destination``; what is there now goes to ``attic``.

    All three are on one file system. Where it fails or is interrupted, what was there comes back.
    """
    try:
        if os.path.lexists(destination):
            destination.rename(attic)
        whole.rename(destination)
    except BaseException:
        if os.path.lexists(attic) and not os.path.lexists(destination):
            attic.rename(destination)
        raise


def _what_is_at(path: Path) -> str | None:
    if path.is_symlink():
        # Its target is outside of what was verified and may change without anybody noticing.
        return "a symbolic link"
    try:
        return f"blob {blob_id(path.read_bytes())}"
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return f"unreadable ({error.strerror})"


def _files(root: Path) -> Iterator[str]:
    for parent, folders, files in os.walk(root):
        # An interpreter that runs the tree leaves its bytecode there: not ours, and harmless, for it is
        # checked against the source. A link to a folder is no such thing.
        folders[:] = [name for name in folders if name != "__pycache__"]
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in (*files, *links):
            yield Path(parent, name).relative_to(root).as_posix()
