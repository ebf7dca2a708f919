"""Run programs under several implementations, one after another in one process: ``python -m planted.trying``.

Standard input has, as JSON, the loop's factory and a list of implementations, each with its runner, its run, whether it is the
control, and the programs; standard output gets the traces of each. A worker would hold one implementation; for programs
of a few operations most of its time would be its start.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from conformance.worker import loops
from conformance.worker.policies import Policies
from conformance.worker.programs import ordered


def main() -> None:
    asked: Any = json.load(sys.stdin)
    # Before what is judged is imported, as in a worker.
    ordered.keep_order()
    from conformance.worker.programs.implementation import Implementation
    from conformance.worker.programs.session import Session

    traces = []
    policies = Policies()
    made = [
        (Implementation(loop=asked["loop"], runner=runner, run=run, control=control), programs)
        for runner, run, control, programs in asked["implementations"]
    ]
    if asked["loop"] != loops.ASYNCIO:
        policies.use(made[0][0].factory)
    session = Session(made[0][0], policies)
    for implementation, programs in made:
        session._implementation = implementation
        traces.append([session.perform(program) for program in programs])
    json.dump(traces, sys.stdout)


if __name__ == "__main__":
    main()
