"""Which threads and child processes there are, and what a test left running of them."""

import _thread
import os
import re
import threading
from typing import FrozenSet, Iterator, List, Set, Tuple

from .aspect import Aspect

Running = Tuple[List[threading.Thread], int]
"""The threads that the module threading knows, and how many there are beside the main one."""

_ABSENT: FrozenSet[int] = frozenset()
_UNLISTED = frozenset([-1])
_TASKS = "/proc/self/task"

# The numbers count all threads and pools of the process: another before changes them. Of a pool's threads,
# there are as many as happened to be busy at once.
_COUNTED = re.compile(r"\b(Thread|Dummy|ThreadPoolExecutor|waitpid)-\d+")
_COUNTED_IN_POOL = re.compile(r"_\d+$")
_POOL = "concurrent.futures.thread"
_UNNAMED = re.compile(r"Thread-\d+")

_enumerate, _count = threading.enumerate, _thread._count
_listdir, _open, _read, _close = os.listdir, os.open, os.read, os.close


def _running() -> Running:
    return _enumerate(), _count()


def _new(before: Running, after: Running) -> List[threading.Thread]:
    known = set(map(id, before[0]))
    return [thread for thread in after[0] if id(thread) not in known]


def _has_unknown(before: Running, after: Running) -> bool:
    """Whether there are more threads than those that the module threading has come to know since."""
    return after[1] - before[1] > len(_new(before, after))


def _left(before: Running, after: Running) -> Iterator[str]:
    for thread in _new(before, after):
        name = str(thread.name)
        target = getattr(thread, "_target", None)
        called = getattr(target, "__name__", "")
        if called and _UNNAMED.fullmatch(name):
            # As it is called from 3.10 on.
            name += f" ({called})"
        if getattr(target, "__module__", "") == _POOL:
            name = _COUNTED_IN_POOL.sub("", name)
        yield f"thread {_COUNTED.sub(_word, name)}"
    if _has_unknown(before, after):
        yield "thread unknown to threading"


def _word(match: "re.Match[str]") -> str:
    return match.group(1)


def _left_children(before: FrozenSet[int], after: FrozenSet[int]) -> List[str]:
    return ["child process"] if after - before else []


_ASPECTS = [Aspect("threads", _running, _left, may_pass=True)]

if hasattr(os, "waitid"):
    _waitid, _ALL = os.waitid, os.P_ALL
    # Asks only: who ended stays to be waited for.
    _HOW = os.WEXITED | os.WNOHANG | os.WNOWAIT

    def _children() -> FrozenSet[int]:
        try:
            ended = _waitid(_ALL, 0, _HOW)
        except ChildProcessError:
            return _ABSENT
        return _listed() or (_UNLISTED if ended is None else frozenset([ended.si_pid]))

    def _listed() -> FrozenSet[int]:
        """All children, those that ended too, where the kernel lists them by the thread that made them."""
        found: Set[int] = set()
        try:
            for task in _listdir(_TASKS):
                descriptor = _open(f"{_TASKS}/{task}/children", os.O_RDONLY)
                try:
                    found.update(map(int, _read(descriptor, 1 << 16).split()))
                finally:
                    _close(descriptor)
        except OSError:
            return _ABSENT
        return frozenset(found)

    _ASPECTS += [Aspect("child processes", _children, _left_children, may_pass=True)]

ASPECTS = tuple(_ASPECTS)
