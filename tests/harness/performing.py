"""A worker that performs programs, and programs of a few words; for the tests of the interpreter of programs.

The fixtures are asked for with ``pytest_plugins = ["performing"]``; the module is imported before that for its helpers,
which pytest wants to be told: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from conformance.differential.operations import FORMS, Body
from miniatures import PATIENCE_SECONDS, interpreter_or_skip

ROOT = Path(__file__).resolve().parents[2]
BACKPORT = ("--runner", "runner_backport:Runner", "--run", "runner_backport:run")
UVLOOP = ("--loop", "uvloop:new_event_loop")


def op(name: str, /, **fields: Any) -> dict[str, Any]:
    """An operation with all of its fields: those not given are null, empty, or the first of their values."""
    made: dict[str, Any] = {"op": name}
    for each, kind in FORMS[name].fields.items():
        if each.rstrip("_") in fields or each + "_" in fields:
            made[each] = fields.get(each, fields.get(each + "_"))
        elif isinstance(kind, Body):
            made[each] = []
        elif kind.accepts(None):
            made[each] = None
        else:
            made[each] = kind.values[0] if kind.values else 0
    return made


def run(*body: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A step that runs a body, as the task labelled 0 if nothing else is said."""
    return op("run", body=list(body), **fields)


def program(*steps: dict[str, Any], runners: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """A program of one runner with the cell's loop factory, if nothing else is said."""
    return {"runners": list(runners) or [{"debug": None, "factory": True}], "script": list(steps)}


@frozen
class Seen:
    """The trace of a program."""

    trace: list[list[Any]]

    def at(self, origin: str) -> list[list[Any]]:
        """The events of an origin, without it."""
        return [event[1:] for event in self.trace if event[0] == origin]

    def all(self, what: str) -> list[list[Any]]:
        """The events of that name, whole."""
        return [event for event in self.trace if event[1] == what]

    def values(self, origin: str) -> list[Any]:
        """What the events of an origin say last."""
        return [event[-1] for event in self.at(origin)]

    def classes(self, origin: str) -> list[str]:
        """The names of the exceptions that were raised at an origin."""
        return [event[1]["class"].rpartition(".")[2] for event in self.at(origin) if event[0] == "raised"]

    def state(self, origin: str) -> dict[str, Any]:
        """How everything was after a step, or at the ``end``."""
        [state] = [event[1] for event in self.at(origin) if event[0] == "state"]
        found: dict[str, Any] = state
        return found


class Performer:
    """A worker of the differential suite; killed when it is closed."""

    def __init__(self, python: str | Path, *options: str, path: Sequence[Path] = ()) -> None:
        commands, self._commands = os.pipe()
        self._events, events = os.pipe()
        arguments = ["--commands", str(commands), "--events", str(events), "--suite", "differential"]
        if "--loop" not in options:
            arguments += ["--loop", "asyncio:new_event_loop"]
        self._process = subprocess.Popen(
            [str(python), str(ROOT / "conformance" / "worker"), *arguments, *options],
            pass_fds=[commands, events],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(map(str, [ROOT, *path])),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
        )
        os.close(commands)
        os.close(events)
        self._buffer = b""
        self.hello = self._receive()

    def perform(self, *programs: Mapping[str, Any]) -> list[Seen]:
        """Perform the programs in one batch; returns what each showed."""
        named = [[str(number), each] for number, each in enumerate(programs)]
        command = {"command": "programs", "programs": named}
        os.write(self._commands, json.dumps(command).encode() + b"\n")
        found: list[Seen] = []
        while (event := self._receive())["event"] == "finished":
            assert event["program"] == str(len(found))
            found.append(Seen(event["trace"]))
        assert event == {"event": "idle"}
        assert len(found) == len(programs)
        return found

    def __call__(self, *steps: dict[str, Any], runners: Sequence[dict[str, Any]] = ()) -> Seen:
        [seen] = self.perform(program(*steps, runners=runners))
        return seen

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._commands)
        os.close(self._events)

    def _receive(self) -> dict[str, Any]:
        while b"\n" not in self._buffer:
            assert select.select([self._events], [], [], PATIENCE_SECONDS)[0], "the worker says nothing"
            chunk = os.read(self._events, 1 << 16)
            assert chunk, "the worker has ended"
            self._buffer += chunk
        line, self._buffer = self._buffer.split(b"\n", 1)
        event: dict[str, Any] = json.loads(line)
        return event


def _starting(*options: str, series: str | None = None) -> Callable[[], Iterator[Performer]]:
    def start() -> Iterator[Performer]:
        # The tests' own interpreter has uvloop.
        python = sys.executable if series is None else interpreter_or_skip(series).executable
        performer = Performer(python, *options)
        yield performer
        performer.close()

    return start


native = pytest.fixture(_starting(), scope="module", name="native")
native_uvloop = pytest.fixture(_starting(*UVLOOP), scope="module", name="native_uvloop")
backport = pytest.fixture(_starting(*BACKPORT, series="3.8"), scope="module", name="backport")
control = pytest.fixture(_starting("--control", series="3.8"), scope="module", name="control")


@pytest.fixture(params=["native", "backport"])
def perform(request: pytest.FixtureRequest) -> Performer:
    """The native Runner of the tests' own interpreter, and runner_backport's on 3.8."""
    performer: Performer = request.getfixturevalue(request.param)
    return performer
