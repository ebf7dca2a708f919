"""Perform programs one after another in this process, and give the trace of each."""

import contextvars
import gc
from typing import Any, Dict, List

from ..policies import Policies
from . import operations  # noqa: F401  # fills the tables
from .bodies import play_script
from .gate import keep_gates
from .implementation import Implementation
from .observing import Observer
from .putting_back import PuttingBack
from .runners import make_runners
from .state import tell_state
from .waiting import be_ready
from .world import World

_PROGRAMS = 500
"""After how many programs to look through all that there is."""


class Session:
    """Of one worker; made when the implementation is loaded, and before the freeze."""

    def __init__(self, implementation: Implementation, policies: Policies) -> None:
        self._implementation = implementation
        self._observer = Observer()
        self._observer.install()
        be_ready()
        keep_gates()
        self._putting_back = PuttingBack(policies)
        # Only where a program says so, and between them.
        gc.disable()
        self._since = 0

    def perform(self, program: Dict[str, Any]) -> List[List[Any]]:
        """Interpret a program; returns its trace."""
        self._putting_back.begin()
        # The batch, and what a program before has left: nothing for the collector, which comes in each program.
        gc.freeze()
        self._since += 1
        world = World(self._implementation)
        self._observer.world = world
        try:
            contextvars.Context().run(_perform, world, program)
        finally:
            world.muted = True
            self._putting_back.put_back(world)
            self._observer.world = None
        return world.trace

    def sweep(self) -> None:
        """Collect what programs have left that no longer speaks; to be called between batches, does so now and then."""
        if self._since > _PROGRAMS:
            self._since = 0
            gc.unfreeze()
            gc.collect()
            gc.freeze()


def _perform(world: World, program: Dict[str, Any]) -> None:
    make_runners(world, program["runners"])
    play_script(world, "s", program["script"])
    world.begin_step("end")
    world.over = True
    tell_state(world, "end")
    begin = len(world.trace)
    world.drop()
    world.collect()
    world.trace[begin:] = sorted(world.trace[begin:] + world.aside, key=repr)
