"""Run programs under several implementations, each in a process of its own: ``python -m planted.trying``.

Standard input has, as JSON, the loop's factory and a list of implementations, each with its runner, its run, whether it is the
control, and the programs; standard output gets the traces of each. A worker would be started for each implementation; for
programs of a few operations most of its time would be that, and so one that has everything loaded is forked here.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

from conformance.worker import loops
from conformance.worker.policies import Policies
from conformance.worker.programs import ordered, sparing


def main() -> None:
    asked: Any = json.load(sys.stdin)
    # Before what is judged is imported, as in a worker.
    ordered.keep_order()
    sparing.spare()
    from conformance.worker.programs.implementation import Implementation

    traces = []
    for runner, run, control, programs in asked["implementations"]:
        implementation = Implementation(loop=asked["loop"], runner=runner, run=run, control=control)
        traces.append(_performed(implementation, asked["loop"], programs))
    json.dump(traces, sys.stdout)


def _performed(implementation: Any, loop: str, programs: Sequence[Any]) -> Any:
    """The traces of the programs, from a process that has this one implementation."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            with os.fdopen(writing, "w") as stream:
                json.dump(_perform(implementation, loop, programs), stream)
            status = 0
        except BaseException:  # noqa: BLE001  # it is told, and must not come back to what was forked
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as stream:
        told = stream.read()
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit(f"The process of an implementation has ended with the status {status}.")
    return json.loads(told)


def _perform(implementation: Any, loop: str, programs: Sequence[Any]) -> Any:
    from conformance.worker.programs.session import Session

    policies = Policies()
    if loop != loops.ASYNCIO:
        policies.use(implementation.factory)
    session = Session(implementation, policies)
    return [session.perform(program) for program in programs]


if __name__ == "__main__":
    main()
