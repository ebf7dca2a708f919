"""Which descriptors the process has open, and what a test left, replaced or closed of them."""

import os
import re
import stat
from typing import Dict, Iterator, Tuple

from .aspect import Aspect

Opened = Dict[int, Tuple[int, int, int]]
"""By number, what it leads to: device, inode and format. A replaced one, as by dup2, has another."""

_FOLDER = next((folder for folder in ("/proc/self/fd", "/dev/fd") if os.path.isdir(folder)), None)  # noqa: PTH112
_STANDARD = {0: "standard input", 1: "standard output", 2: "standard error"}
_KINDS = {
    stat.S_IFSOCK: "socket",
    stat.S_IFIFO: "pipe",
    stat.S_IFREG: "file",
    stat.S_IFDIR: "folder",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}
_NUMBER = re.compile(r"/?\d+$")

_listdir, _fstat, _readlink, _format = os.listdir, os.fstat, os.readlink, stat.S_IFMT


def opened() -> Opened:
    """The descriptors that are open; none where the system does not tell."""
    found: Opened = {}
    if _FOLDER is not None:
        for name in _listdir(_FOLDER):
            number = int(name)
            try:
                status = _fstat(number)
            except OSError:  # the one with which they were listed
                continue
            found[number] = (status.st_dev, status.st_ino, _format(status.st_mode))
    return found


def _kind(number: int, leads_to: Tuple[int, int, int]) -> str:
    """What a descriptor is, without the numbers that differ from run to run."""
    kind = _KINDS.get(leads_to[2], "")
    if kind not in ("", "device"):
        return kind
    try:
        target = _readlink(f"{_FOLDER}/{number}")
    except OSError:
        return kind or "other"
    # Such as "anon_inode:[eventpoll]", "/dev/null" or "/dev/pts/3".
    return _NUMBER.sub("", target.replace("anon_inode:", "").strip("[]"))


class Descriptors:
    """Compares what is open. What is open when this is made is the process's own: it must stay."""

    def __init__(self) -> None:
        self._own = frozenset(opened())
        self.aspect = Aspect("descriptors", opened, self._changes, may_pass=True)

    def _changes(self, before: Opened, after: Opened) -> Iterator[str]:
        for number, leads_to in after.items():
            if before.get(number) == leads_to:
                continue
            if number in _STANDARD:
                yield f"{_STANDARD[number]} (replaced)"
            else:
                yield f"descriptor: {_kind(number, leads_to)}"
        # Another may be gone because it was garbage of a class's fixture: no test's doing.
        for number in before.keys() - after.keys():
            if number in _STANDARD:
                yield f"{_STANDARD[number]} (closed)"
            elif number in self._own:
                yield f"closed descriptor: {_KINDS.get(before[number][2], 'other')}"
