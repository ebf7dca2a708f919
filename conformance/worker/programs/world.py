"""What one program has made so far: its trace, and what its labels stand for."""

import _thread
import asyncio
import contextvars
import gc
import sys
import threading
import weakref
from typing import Any, Dict, List, Optional, Set, Tuple

from . import idle
from .implementation import Implementation
from .plain import Plain

EVENTS = 300
"""How many events a step of the script may have."""
_NAMES = ("variable 0", "variable 1", "variable 2")

_ALL = 2
# From 3.14 on, only all is all.
_YOUNG = 1 if sys.version_info < (3, 14) else _ALL

_running_loop = asyncio._get_running_loop
_ident = _thread.get_ident


class Who:
    """Whose operations these are: the task's label, its maker's, and the operations allowed where no coroutine is."""

    __slots__ = ("calls", "label", "maker")

    def __init__(self, label: Optional[int], maker: Optional[int], calls: Dict[str, Any]) -> None:
        self.label = label
        self.maker = maker
        self.calls = calls


class World:
    """Holds what a program that kept all it made in variables would hold, and nothing else: no exceptions, say."""

    def __init__(self, implementation: Implementation) -> None:
        self.implementation = implementation
        self.plain = Plain()
        self.trace: List[List[Any]] = []
        # Where what has no operation of its own belongs: a warning, a report.
        self.step = "s"
        # Once the budget is used up no body goes on, and nothing of it is noted.
        self.over = False
        # Once muted nothing at all is noted.
        self.muted = False
        self.count = 0
        self._collected = False
        self.heard: Optional[threading.Event] = None
        self.owner = _ident()
        self.aside: List[List[Any]] = []
        self.variables: List[contextvars.ContextVar[Any]] = [contextvars.ContextVar(name) for name in _NAMES]
        self.contexts: Dict[int, contextvars.Context] = {}
        self.tokens: Dict[int, Tuple[Any, Any]] = {}
        self.objects: Dict[int, Any] = {}
        self._names: Dict[int, str] = {}
        # By the identity of a task, or of what gather made, what it waits for.
        self.waits: Dict[int, Any] = {}
        self.timers: Dict[int, Any] = {}
        self.jobs: Dict[int, Any] = {}
        self.executors: List[Any] = []
        self.kept: List[BaseException] = []
        self.runners: List[Any] = []
        self.loops_of_runners: Dict[int, Any] = {}
        # The number of the runner that runs.
        self.running: Optional[int] = None
        self.loops: weakref.WeakSet[Any] = weakref.WeakSet()
        self.main: Any = None
        self.due = 0
        self.stuck = 0
        self.senders: List[threading.Thread] = []
        self.threads: List[threading.Thread] = []
        # Those that an earlier program has left are not this one's affair.
        self.earlier = threading.enumerate()
        # Threads that the judged code has left, and that do not end.
        self.endless: Set[threading.Thread] = set()
        self._watch: Optional[idle.Watch] = None
        self._watches: weakref.WeakKeyDictionary[Any, idle.Watch] = weakref.WeakKeyDictionary()
        self._left = EVENTS

    def begin_step(self, origin: str) -> None:
        self.step = origin
        self._left = EVENTS
        self.over = False
        self.stuck = self.due = 0

    def note(self, origin: str, what: str, *data: Any) -> None:
        """Write an event of an operation."""
        self.count += 1
        if self.muted:
            return
        loop = _running_loop()
        if loop is not None:
            watch = self._watch
            if watch is None or watch.loop() is not loop:
                watch = self._watch = self._watch_of(loop)
            if not watch.armed:
                watch.arm(loop)
        if self.heard is not None:
            self.heard.set()
            self.heard = None
        if self.over:
            return
        if _ident() != self.owner:
            self.aside.append([origin, what, *data])
            return
        self._left -= 1
        if self._left < 0:
            self.over = True
            origin, what, data = self.step, "budget", ()
        self.trace.append([origin, what, *data])

    def _watch_of(self, loop: Any) -> idle.Watch:
        # One for good: the marker of another would take the first one's patience for its own.
        watch = self._watches.get(loop)
        if watch is None:
            watch = self._watches[loop] = idle.Watch(self, loop)
            self.loops.add(loop)
        return watch

    def own_handler(self, *_signal: Any) -> None:
        """The handler of SIGINT that a program may install."""
        self.note(self.step, "own handler")

    def report(self, what: str, *data: Any) -> None:
        """Write an event that comes from no operation, such as a warning; from any thread, and when all is over."""
        self.report_at(self.step, what, *data)

    def report_at(self, origin: str, what: str, *data: Any) -> None:
        if self.muted:
            return
        event = [origin, what, *data]
        if _ident() != self.owner:
            # Just when is the other thread's affair.
            self.aside.append(event)
        else:
            self.trace.append(event)

    def failed(self, origin: str, error: BaseException) -> None:
        self.note(origin, "raised", self.plain.error(error))

    def nothing(self, origin: str) -> None:
        self.note(origin, "nothing")

    def hold(self, label: int, thing: Any) -> None:
        """Give a label to a task, a future, a generator or a job."""
        before = self.objects.pop(label, None)
        self.timers.pop(label, None)
        self.jobs.pop(label, None)
        if before is not None:
            self._names.pop(id(before), None)
            if isinstance(before, asyncio.Future):
                self.waits.pop(id(before), None)
        self.objects[label] = thing
        self._names[id(thing)] = f"task {label}"

    def future(self, label: Any) -> Any:
        """The task or the future of a label; None where there is none."""
        found = self.objects.get(label)
        return found if asyncio.isfuture(found) else None

    def name(self, thing: Any) -> Optional[str]:
        return None if thing is None else self._names.get(id(thing), "another task")

    def target(self, who: Who, of: Any) -> Any:
        """What ``of`` names: a label, ``self`` or ``parent``; None where there is none."""
        if of == "self":
            return asyncio.current_task() if _running_loop() is not None else None
        if of == "parent":
            return None if who.maker is None else self.future(who.maker)
        return self.future(of)

    def collect(self) -> None:
        """Collect garbage; what that has to say is written in an order of its own."""
        begin = len(self.trace)
        # The first time, all that is not frozen is young: to collect only that costs half.
        gc.collect(_ALL if self._collected else _YOUNG)
        self._collected = True
        self.trace[begin:] = sorted(self.trace[begin:], key=repr)

    def drop(self) -> None:
        """Let go of all that the program has made, but for its runners."""
        for label in sorted(self.objects):
            del self.objects[label]
        for held in (self._names, self.waits, self.timers, self.jobs, self.kept, self.tokens, self.contexts):
            held.clear()
        self.main = self._watch = None
