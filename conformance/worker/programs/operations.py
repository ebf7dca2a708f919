"""Fill the tables of operations that `bodies` takes them by."""

from . import (
    callbacks,
    contexts,
    flow,
    futures,
    generators,
    interrupts,
    jobs,
    runners,
    steps,
    tasks,
    timeouts,
)
from .bodies import AWAITS, CALLS, STEPS, as_step

for _module in (tasks, futures, timeouts, callbacks, flow, generators, contexts, interrupts, jobs, steps):
    CALLS.update(getattr(_module, "CALLS", {}))
    AWAITS.update(getattr(_module, "AWAITS", {}))
for _module in (contexts, interrupts, runners, steps):
    STEPS.update({name: as_step(taken) for name, taken in _module.STEPS.items()})
