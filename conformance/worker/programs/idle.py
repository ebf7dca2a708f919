"""See to it that each program ends: notice when nothing in its loop can go on, and then do what there is to do.

A marker goes round with the loop's ready callbacks for as long as events come. When it is alone, or where a loop does
not show that, when no event has come for some rounds, all that is left waits for what will not happen by itself.
"""

import contextlib
import contextvars
import threading
import weakref
from typing import Any

from .gate import at_gate, extra_threads, let_through
from .waiting import send_while_waiting

_ROUNDS = 10
"""Longer than any chain of callbacks that asyncio's own futures go on by, without an event."""
_PATIENT_SECONDS = 0.001
"""How often to look again while a thread that is not ours is at work, such as one that joins an executor."""
_PATIENCE = 2000
"""How often to look whether it has ended."""
_CANCELLED = 2
"""So often the main task is cancelled where nothing can go on; then the loop is stopped."""


class Watch:
    """Of one loop, which it does not keep alive; ``armed`` while the marker is in the loop."""

    def __init__(self, world: Any, loop: Any) -> None:
        self.loop: Any = weakref.ref(loop)
        self.armed = False
        self._world = world
        self._seen = -1
        self._quiet = 0
        self._checked = False
        # asyncio's own loops have what is ready in it, uvloop's do not show it.
        self._ready = getattr(loop, "_ready", None)
        self._patience = _PATIENCE
        self._listens = False
        self._context = contextvars.Context()

    def arm(self, loop: Any) -> None:
        """Put the marker into the loop; called in its thread."""
        self.armed = True
        self._quiet = 0
        loop.call_soon(self.turn, context=self._context)

    def turn(self) -> None:
        """The marker has come round."""
        world, loop = self._world, self.loop()
        if self._listens:
            self._listens = False
            with contextlib.suppress(AttributeError):
                del loop.call_soon
        if world.muted or loop is None:
            self.armed = False
            return
        if self._seen != world.count:
            self._seen = world.count
            self._quiet = 0
            self._checked = False
        self._quiet += 1
        if self._seems_idle():
            self._quiet = 0
            others = [thread for thread in extra_threads(world) if thread not in world.endless]
            if others:
                self._checked = False
                self._listen(loop)
                held = at_gate(others)
                if not held:
                    self._patience -= 1
                    if not self._patience:
                        self._patience = _PATIENCE
                        world.endless.update(others)
                    loop.call_later(_PATIENT_SECONDS, self.turn, context=self._context)
                    return
                # Here, so that what they tell the loop comes in this very round.
                let_through(held)
            elif not self._checked:
                # What such a thread said last may have come just now, a loop that stops is started again.
                self._checked = True
            elif world.due:
                world.due -= 1
                # From here on the loop sleeps, until what the interrupt did is noted.
                world.note(world.step, "interrupted while idle")
                self.armed = False
                send_while_waiting(world, loop, self)
                return
            else:
                self._unstick(loop)
        loop.call_soon(self.turn, context=self._context)

    def _listen(self, loop: Any) -> None:
        """Tell on other threads that call call_soon: without the marker a loop that sleeps would not notice."""
        if "call_soon" in vars(loop):
            return
        # Neither is to be kept alive by what the loop has in it.
        weakly, world_weakly = self.loop, weakref.ref(self._world)
        of_loop = threading.get_ident()

        def call_soon(callback: Any, *args: Any, context: Any = None) -> Any:
            world = world_weakly()
            if threading.get_ident() != of_loop and world is not None:
                world.report("call_soon from another thread")
            loop = weakly()
            return type(loop).call_soon(loop, callback, *args, context=context)

        self._listens = True
        loop.call_soon = call_soon

    def _seems_idle(self) -> bool:
        if self._ready is None:
            return self._quiet > _ROUNDS
        if self._ready:
            # Twice in a row it is to be empty.
            self._checked = False
        return not self._ready

    def _unstick(self, loop: Any) -> None:
        world = self._world
        world.stuck += 1
        world.note(world.step, "stuck")
        if world.stuck > _CANCELLED:
            loop.stop()
            return
        main = world.main
        if main is not None and not main.done():
            waiting = [main]
        else:
            waiting = [
                world.objects[label]
                for label in sorted(world.objects)
                if world.future(label) is not None and not world.objects[label].done()
            ]
        for task in waiting:
            if task.get_loop() is loop:
                task.cancel()
