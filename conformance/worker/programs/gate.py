"""Hold each thread that shuts an executor down until the program's own part is done, so that one order is to be observed.

asyncio has such a thread beside the loop, whose callbacks go on meanwhile: which of them comes first, and whether the
thread has ended when a Ctrl-C has cut the shutdown short, is chance. Here it goes on when nothing in its loop can, when
somebody joins it, or when the step is over.
"""

import threading
import time
from typing import Any, List

_PATIENT_SECONDS = 0.0005
"""How often to look whether a thread has come to where it waits."""
_LONGEST_SECONDS = 2.0
"""How long to wait for a thread that does neither end nor come to the gate: one that the judged code has left."""
_GATE = "_conformance_gate"
_AT_GATE = "_conformance_at_gate"

# Bound before it is replaced.
stock_join = threading.Thread.join


def keep_gates() -> None:
    """Have who joins a thread let it through first; for good."""
    stand_in: Any = threading.Thread
    stand_in.join = _join


def _join(self: threading.Thread, timeout: Any = None) -> None:
    _gate_of(self).set()
    stock_join(self, timeout)


def _gate_of(thread: threading.Thread) -> threading.Event:
    attributes = vars(thread)
    # setdefault is one step, whoever comes first.
    gate: threading.Event = attributes.get(_GATE) or attributes.setdefault(_GATE, threading.Event())
    return gate


def pass_gate(world: Any) -> None:
    """Wait in a thread that is neither the main one nor the program's."""
    thread = threading.current_thread()
    if thread is threading.main_thread() or thread in world.threads:
        return
    gate = _gate_of(thread)
    vars(thread)[_AT_GATE] = True
    # Who waits for it in a way unknown to us is not to wait for ever.
    gate.wait(_LONGEST_SECONDS)
    del vars(thread)[_AT_GATE]


def at_gate(threads: List[threading.Thread]) -> List[threading.Thread]:
    """Those of them that wait there."""
    return [thread for thread in threads if _AT_GATE in vars(thread)]


def let_through(threads: List[threading.Thread]) -> None:
    """Let them go on, and wait until each has ended."""
    for thread in threads:
        _gate_of(thread).set()
        stock_join(thread, _LONGEST_SECONDS)


def extra_threads(world: Any) -> List[threading.Thread]:
    """The threads that are neither the interpreter's own, nor the program's, nor a job's, nor an earlier program's."""
    found = threading.enumerate()
    if len(found) == 1:
        return []
    known = {threading.main_thread(), *world.earlier, *world.senders, *world.threads}
    for executor in world.executors:
        known.update(executor.threads)
    return [thread for thread in found if thread not in known]


def count_left(world: Any) -> int:
    """How many threads a step has left at work, all of which have ended when this returns, but those that never do."""
    left = extra_threads(world)
    if not left:
        return 0
    deadline = time.monotonic() + (0 if world.endless.issuperset(left) else _LONGEST_SECONDS)
    # What has come to its end by itself was not left; when it does so, is chance.
    while left and len(at_gate(left)) < len(left) and time.monotonic() < deadline:
        time.sleep(_PATIENT_SECONDS)
        left = extra_threads(world)
    let_through(at_gate(left))
    world.endless.update(each for each in left if each.is_alive())
    return len(left)
