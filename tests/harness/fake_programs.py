"""Workers of the differential suite that are a script, and cells that they are of; for the tests of the driver's side.

A fake notes each step of a program's script, and is wrong, or lost, at the operations that its Runner's name says:
``fake:Wrong`` notes ``collect`` as something else, ``fake:Dies`` is ended by SIGSEGV there, and so is native of 3.12;
``exit`` ends native of 3.11, ``enter`` all of them. The module is imported before pytest
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
    if what == "enter":
        os._exit(5)
    if what == "exit" and "3.11" in sys.argv[0] and "--runner" not in option:
        os._exit(6)
    if what == "copy_context" and control or what == "copy_context" and "3.8" in sys.argv[0]:
        return [place, "the interpreter's own"]
    if what == "collect":
        if "3.12" in sys.argv[0] and "--runner" not in option:
            os._exit(3)
        if kind in ("Wrong", "Twice", "Echoes", "Derails", "Stalls"):
            return [place, "forgotten"]
        if kind == "Once" and not os.path.exists(log + ".once"):
            open(log + ".once", "w").close()
            return [place, "forgotten"]
        if kind == "Dies":
            os.kill(os.getpid(), signal.SIGSEGV)
        if kind in ("Exits", "Fades"):
            os._exit(3)
        if kind == "Hangs":
            os.read(commands, 1)
        if kind == "Babbles":
            os.write(events, b"what?\\n")
    return [place, what]

log_has_fades = os.path.exists(log) and "Fades" in open(log).read()
with open(log, "a") as file:
    file.write(f"{{kind}} {{os.getpid()}}\\n")
fades = kind == "Fades" and log_has_fades
if kind == "Broken" or fades or control and os.path.exists(log + ".no-control"):
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
        script = program["script"]
        trace = [noted(f"s{{place}}", step) for place, step in enumerate(script)]
        names = [step["op"] for step in script]
        if kind == "Twice" and "get_loop" in names:
            trace[names.index("get_loop")][1] = "lost"
        if kind == "Derails" and {{"collect", "get_loop"}} <= set(names):
            trace.append(["end", "derailed"])
        if kind == "Echoes" and {{"collect", "copy_context"}} & set(names):
            trace.append(["end", "echo"])
        if kind == "Seldom" and names[1:] == ["collect"]:
            # The first of them once, the other always.
            if names[0] == "copy_context" or not os.path.exists(log + ".seldom"):
                open(log + ".seldom", "w").close()
                trace[1][1] = "forgotten"
        tell("finished", program=number, trace=trace)
    if kind == "Leaves":
        os._exit(0)
    tell("idle")
"""
VERSIONS = ("3.8.18", "3.11.7")
COLLECT = {"op": "collect"}
COPY = {"op": "copy_context", "context": 0}
ENDS_NATIVE = {"op": "exit", "runner": 0}
FATAL = {"op": "enter", "runner": 0}
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

    def __init__(self, folder: Path, versions: Sequence[str] = VERSIONS) -> None:
        self.folder = folder
        self._versions = versions
        self._log = folder / "log"

    def without_control(self) -> None:
        """Have the harness's own Runner load nowhere from now on."""
        write(Path(f"{self._log}.no-control"), "")

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
        found = Found(tuple(self.interpreter(version) for version in self._versions), ())
        return differential_cells(configuration, Selection(), found)

    def cells(self, plan: DifferentialPlan, jobs: int = 8) -> Cells:
        """Who asks the fakes of the plan."""
        return Cells([ProgramsOrder(cell, cell.interpreter.executable) for cell in plan.all], jobs)
