"""Measures the worker's own code too, where the tests run workers of the driver's interpreter: a plugin of pytest.

``-p measured_workers``, which `nox -s coverage_harness` gives; MEASURED_WORKERS names what the data files begin with.
Workers get nothing of the tests' environment, so that coverage does not find its way into them by itself.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import coverage

from conformance.execute.starting import Start
from miniatures import DRIVER

_PACKAGES = Path(coverage.__file__).parents[1]
_MEASURING = """
import atexit, importlib, os, runpy, sys
sys.path.append(sys.argv[1])
import coverage
sys.path.pop()
main, data = sys.argv[2:4]
del sys.argv[1:4]
sys.argv[0] = main
measuring = coverage.Coverage(
    data_file=data, data_suffix=True, branch=True, config_file=False, messages=False, source=[os.path.dirname(main)]
)
measuring.start()
atexit.register(measuring.save)
leave = os._exit

def save_and_leave(status):
    measuring.save()
    leave(status)

os._exit = save_and_leave
sys.path.insert(0, os.path.dirname(main))
names = runpy.run_path(main, run_name="measured")
names["_load_package"]()
channel = importlib.import_module(names["NAME"] + ".channel").Channel
receive = channel.receive

def save_and_receive(self):
    # Most workers are ended while they wait here.
    measuring.save()
    return receive(self)

channel.receive = save_and_receive
importlib.import_module(names["NAME"] + ".serve").main(sys.argv[1:])
"""


def _measured(start: Start, commands: int, events: int) -> list[str]:
    python, main, *arguments = _command(start, commands, events)
    # What measures something itself, or is another interpreter, for which this coverage is not made.
    if "--coverage" in arguments or not _is_drivers(Path(python)):
        return [python, main, *arguments]
    return [python, "-c", _MEASURING, str(_PACKAGES), main, os.environ["MEASURED_WORKERS"], *arguments]


def _is_drivers(python: Path) -> bool:
    return python.resolve() in {DRIVER.executable.resolve(), Path(sys.executable).resolve()}


_command = Start.command
Start.command = _measured  # type: ignore[assignment, method-assign]  # that is what the plugin is for
