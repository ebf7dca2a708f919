"""The command line answers at once, Ctrl-C too: what is slow to import is imported by the command that needs it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
_PROGRAM = """
import runpy, sys
try:
    runpy.run_module("conformance", run_name="__main__", alter_sys=True)
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
_SLOW = {"attr", "attrs", "rich", "packaging", "tomllib", "sqlite3", "uv", "asyncio", "subprocess"}


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_waits_for_nothing_that_a_command_needs(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    *_help, modules = done.stdout.splitlines()
    assert "click" in modules.split()
    assert _SLOW & set(modules.split()) == set()


_INTERRUPTED = """
import os, signal, sys

class Finder:
    def find_spec(name, path=None, target=None):
        if name == "conformance.cli":
            os.kill(os.getpid(), signal.SIGINT)

# A background job's children have it ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Finder)
"""


@pytest.mark.parametrize(
    "start",
    [
        "import runpy; runpy.run_module('conformance', run_name='__main__', alter_sys=True)",
        "from conformance.__main__ import main; main()",
    ],
    ids=["the module", "the command of an installed harness"],
)
def test_ctrl_c_while_it_is_imported_ends_it_without_a_traceback(start: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{_INTERRUPTED}\n{start}", "--help"],
        cwd=PROJECT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")
