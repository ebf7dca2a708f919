"""Small documents of programs for the tests of their readers and renderers; only what a test is about need be said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conformance.report.programs_document import ProgramsDocument, read_programs
from conformance.report.programs_records import KEYS
from results import NOW

CELL = "differential/runner_backport/3.8.18/asyncio"
OTHER_CELL = "differential/runner_backport/3.9.18/uvloop"
NATIVE = "differential/native/3.11.7/asyncio"
PROGRAM = {"runners": [{"debug": None, "factory": False}], "script": [{"op": "get_loop", "runner": 0}]}
TRACE = [["s0", "get_loop", "new"]]
HELLO = {"interpreter": "3.8.18", "packages": {"runner_backport": "0.1.0"}}


def difference(**more: Any) -> dict[str, Any]:
    return {
        "difference": "get_loop: new → old",
        "cell": CELL,
        "from": "program 1.17",
        "shrunk": True,
        "steady": True,
        "program": PROGRAM,
        "native": TRACE,
        "subject": [["s0", "get_loop", "old"]],
        "control": None,
        "workers": {CELL: HELLO},
        "programs": 3,
        "cells": {CELL: 3},
        "file": "runner_backport-3.8.18-asyncio-get_loop.json",
        **more,
    }


def saved(**more: Any) -> dict[str, Any]:
    return {
        "what": "A loop that is asked for twice.",
        "source": "docs/divergences.md",
        "program": PROGRAM,
        "as expected": True,
        "said": "as expected",
        "differs": {},
        "declared": {},
        "own": [],
        "traces": [],
        **more,
    }


def data(**more: Any) -> dict[str, Any]:
    """The document as plain data; its keys are named as the records' fields are."""
    return {
        "format": 1,
        "version": "0.1.0",
        "started": NOW,
        "ended": NOW,
        "arguments": ["fuzz", "--seed=1"],
        "seed": 1,
        "hypothesis": "6.170.15",
        "status": 0,
        "complete": True,
        "programs": 2000,
        "judged": [CELL, OTHER_CELL],
        "native by another name": [],
        "given up": {},
        "lost": {},
        "differences": [],
        "saved": {"loop-twice": saved()},
        "census": {"get_loop": {"drawn": 4, "programs": 3, "ran": 3}},
        "asked for": [{"topic": "loops", "mark": "twice", "programs": 3, "ran": 3}],
        "by Hypothesis": {"programs": 2000, "otherwise": []},
        "never drawn": [],
        "never ran": [],
        "own": {
            "differential/control/3.8.18/asyncio": [{"kind": "run: x", "count": 2, "first": "program 1.1"}]
        },
        "broken": [],
        "declared": {},
        "no longer needed": [],
        "workers": {CELL: HELLO},
        "divergences": [],
        **{KEYS.get(name, name): value for name, value in more.items()},
    }


def programs_of(folder: Path, name: str = "fuzz.json", **more: Any) -> ProgramsDocument:
    """Write such a document as fuzz does, and read it."""
    path = folder / name
    path.write_text(json.dumps(data(**more), indent=1) + "\n")
    return read_programs(path)
