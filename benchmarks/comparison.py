"""Measure what comparing the process before and after each test costs a worker: ``python benchmarks/comparison.py``.

It runs in any interpreter that is judged, with nothing installed. Modules that are named on the command line
are imported first, such as uvloop, as a cell's would be. The bound is 200 microseconds a test.
"""

import asyncio  # noqa: F401  # all of it is compared
import gc
import importlib
import platform
import runpy
import statistics
import sys
import time
from pathlib import Path
from typing import Any, List

WORKER = Path(__file__).parents[1] / "conformance" / "worker" / "__main__.py"
TESTS = 2000


def load() -> Any:
    """The module of the worker that compares, loaded as the worker loads it."""
    start = runpy.run_path(str(WORKER), run_name="start")
    start["_load_package"]()
    return importlib.import_module(start["NAME"] + ".state")


def measure(state: Any, *, behind_fixture: bool = False) -> List[float]:
    """Microseconds that each of many tests costs that leave nothing."""
    values = []
    for _ in range(TESTS):
        if behind_fixture:
            state.others_run()
        began = time.perf_counter()
        state.begin()
        left = state.left()
        values.append((time.perf_counter() - began) * 1e6)
        if left:
            sys.exit(f"Nothing ran, and yet the comparison finds changed: {', '.join(left)}.")
    return values


def main(imported: List[str]) -> None:
    for name in imported:
        module = importlib.import_module(name)
        if hasattr(module, "new_event_loop"):
            module.new_event_loop().close()
    state = load().State()
    gc.collect()
    gc.freeze()
    others, behind = measure(state), measure(state, behind_fixture=True)
    what = " ".join([platform.python_version(), *imported])
    sys.stdout.write(
        f"{what}: best {min(others):.0f}, median {statistics.median(others):.0f} microseconds a test;"
        f" {statistics.median(behind):.0f} behind a fixture\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
