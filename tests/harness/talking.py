"""A worker that is a script and says what a test has it say; for the tests of the driver's side of the protocol.

The module is imported before pytest could rewrite it: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from miniatures import Making, Miniature, write

TALKER = """\
import json, os, signal, sys

option = dict(zip(sys.argv[2::2], sys.argv[3::2]))
events, commands = int(option["--events"]), int(option["--commands"])

def say(line):
    os.write(events, line)

def tell(event, **fields):
    say(json.dumps({"event": event, **fields}).encode() + b"\\n")

def asked():
    line = b""
    while not line.endswith(b"\\n"):
        line += os.read(commands, 1 << 16)
    return json.loads(line)["tests"]

def finish(test, **changes):
    told = dict(test=test, outcome="failed", detail="", seconds=0.5, exercised=True, output=[0, 0])
    tell("finished", **{**told, **changes})

"""
GREETING = 'tell("hello", tests=["T.a", "T.b"])\n'

Talk = Callable[[str], Miniature]


@pytest.fixture
def talking(making: Making, tmp_path: Path) -> Talk:
    """A miniature whose worker is a script that says what the test has it say."""

    def made(talk: str) -> Miniature:
        script, python = tmp_path / "talker.py", tmp_path / "talker"
        write(script, TALKER + talk)
        # Not by the script's own first line, which takes no path with a space in it.
        write(python, f'#!/bin/sh\nexec "{sys.executable}" -IS "{script}" "$@"\n')
        python.chmod(0o755)
        return evolve(making.runners(""), python=python)

    return made
