"""The command line answers at once: what is slow to import is imported by the command that needs it."""

from __future__ import annotations

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
