"""Workers of the differential suite that are a script, and cells that they are of; for the tests of the driver's side.

A fake notes each step of a program's script, and is wrong, or lost, at the operations that its Runner's name says:
``fake:Wrong`` notes ``collect`` as something else, ``fake:Dies`` is ended by SIGSEGV there. The module is imported before pytest
could rewrite it: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from conformance.configuration import Configuration
from conformance.differential.asking import Cells
from conformance.differential.tally import Named
from conformance.execute.programs import ProgramsOrder
from conformance.plan import Found, Selection
from conformance.plan.differential import DifferentialPlan, differential_cells
from conformance.records import Implementation, Interpreter
from miniatures import ASYNCIO, NATIVE, write

FAKE = """\
import json, os, signal, sys

options = sys.argv[2:]
option = dict(zip(options[::2], options[1::2]))
events, commands = int(option["--events"]), int(option["--commands"])
control = "--control" in options
kind = option.get("--runner", "fake:Right").partition(":")[2]
log = {log!r}

def tell(event, **fields):
    os.write(events, json.dumps({{"event": event, **fields}}).encode() + b"\\n")

def lines():
    held = b""
    while True:
        while b"\\n" not in held:
            chunk = os.read(commands, 1 << 16)
            if not chunk:
                os._exit(0)
            held += chunk
        line, held = held.split(b"\\n", 1)
        yield json.loads(line)

def noted(place, step):
    what = step["op"]
    if what == "copy_context" and control or what == "copy_context" and "3.8" in sys.argv[0]:
        return [place, "the interpreter's own"]
    if what == "collect":
        if kind in ("Wrong", "Stalls"):
            return [place, "forgotten"]
        if kind == "Once" and not os.path.exists(log + ".once"):
            open(log + ".once", "w").close()
            return [place, "forgotten"]
        if kind == "Dies":
            os.kill(os.getpid(), signal.SIGSEGV)
        if kind == "Exits":
            os._exit(3)
        if kind == "Hangs":
            os.read(commands, 1)
        if kind == "Babbles":
            os.write(events, b"what?\\n")
    return [place, what]

with open(log, "a") as file:
    file.write(f"{{kind}} {{os.getpid()}}\\n")
if kind == "Broken":
    tell("broken", detail="ImportError: there is no fake")
    os._exit(0)
if kind == "Silent":
    os._exit(4)
tell("hello", tests=[], native={{"Runner": kind == "Reexport"}}, python="3.11")
for command in lines():
    if kind == "Stalls" and len(command["programs"]) > 1:
        # It is being shrunk.
        os.read(commands, 1)
    for number, program in command["programs"]:
        trace = [noted(f"s{{place}}", step) for place, step in enumerate(program["script"])]
        tell("finished", program=number, trace=trace)
    if kind == "Leaves":
        os._exit(0)
    tell("idle")
"""
VERSIONS = ("3.8.18", "3.11.7")
COLLECT = {"op": "collect"}
COPY = {"op": "copy_context", "context": 0}
LOOP = {"op": "get_loop", "runner": 0}


def program(*script: dict[str, Any]) -> dict[str, Any]:
    """A program of one Runner and these steps."""
    return {"runners": [{"debug": None, "factory": False}], "script": list(script)}


def named(*scripts: Sequence[dict[str, Any]]) -> list[Named]:
    """Programs by their numbers, as if they were drawn."""
    return [Named(f"program 1.{number}", program(*script)) for number, script in enumerate(scripts)]


def is_there(pid: int) -> bool:
    """Whether there is a process of this number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Fakes:
    """Interpreters of two series, whose workers are fakes, and what was started of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._log = folder / "log"

    def started(self) -> list[str]:
        """The kinds of the fakes that were started, in their order."""
        return [kind for kind, _ in self._lines()]

    def alive(self) -> list[str]:
        """The kinds of those that are still there."""
        return [kind for kind, pid in self._lines() if is_there(int(pid))]

    def _lines(self) -> list[list[str]]:
        return [line.split() for line in self._log.read_text().splitlines()] if self._log.exists() else []

    def interpreter(self, version: str) -> Interpreter:
        script, python = self.folder / f"fake-{version}.py", self.folder / f"python-{version}"
        write(script, FAKE.format(log=str(self._log)))
        # Not by the script's own first line, which takes no path with a space in it.
        write(python, f'#!/bin/sh\nexec "{sys.executable}" -IS "{script}" "$@"\n')
        python.chmod(0o755)
        return Interpreter(version, python, version)

    def plan(self, *kinds: str, python: str = ">=3.11") -> DifferentialPlan:
        """The cells of implementations of these kinds, which are for some of the interpreters."""
        implementations = [Implementation(kind.lower(), f"fake:{kind}", python=python) for kind in kinds]
        configuration = Configuration(
            loops={ASYNCIO.name: ASYNCIO},
            implementations={each.name: each for each in (*implementations, NATIVE)},
            default=tuple(each.name for each in implementations),
            default_loops=(ASYNCIO.name,),
        )
        found = Found(tuple(self.interpreter(version) for version in VERSIONS), ())
        return differential_cells(configuration, Selection(), found)

    def cells(self, plan: DifferentialPlan, jobs: int = 8) -> Cells:
        """Who asks the fakes of the plan."""
        return Cells([ProgramsOrder(cell, cell.interpreter.executable) for cell in plan.all], jobs)
