"""One subject, one loop, one program in a process of its own: measures when it is told to.

``worker.py PROGRAM LOOP SUBJECT`` reads a count from each line of its input and answers with what that many took.
The counts come in turns with those of the other subjects' processes, so that all meet the same disturbances.
"""

import contextlib
import gc
import json
import signal
import sys
from functools import partial
from typing import Any, Dict

from behaviours import missing
from programs import PROGRAMS
from subjects import LOOPS, PEERS, RUNNERS, named


def main() -> None:
    """Say what the subject lacks, or that it fails; then measure until there is nothing more to read."""
    # A background job has it ignored, and a Runner that may not handle it has less to do.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    program, loop, subject = sys.argv[1:]
    measured = PROGRAMS[program]
    if program == "import_time":
        # Naming the Runner would import it.
        make_runner: Any = None
    else:
        try:
            make_runner = partial(named(RUNNERS[subject]), loop_factory=named(LOOPS[loop]))
        except ImportError as error:
            answer({"absent": str(error)})
            return
    lacks = []
    if subject in PEERS:
        lacks = missing(program, make_runner)
        try:
            measured(make_runner, 100)
        except Exception as error:  # noqa: BLE001  # a peer may fail in whatever way
            answer({"fails": repr(error)})
            return
    gc.collect()
    gc.freeze()
    answer({"lacks": lacks})
    for line in sys.stdin:
        gc.collect()
        answer({"took": measured(make_runner, int(line))})


def answer(fields: Dict[str, Any]) -> None:
    """Write one line for the process that asks."""
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # A Ctrl-C on a terminal reaches every process of the job: the one that asks says what there is to say.
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        main()
