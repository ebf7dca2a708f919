"""Programs of their own that write a document, for what ends a process or needs limits of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PATIENCE_SECONDS = 20.0
_BEFORE = """\
import resource
import sys
from pathlib import Path
from conformance.errors import ConformanceError
from conformance.report import DocumentWriter, place
from results import of_baseline
from test_report_document import HEADER

path = Path(sys.argv[1])
"""


def started(program: str, path: Path) -> subprocess.Popen[str]:
    """Start a program that writes a document at ``path``; it has HEADER, of_baseline and the writer at hand."""
    return subprocess.Popen(
        [sys.executable, "-c", _BEFORE + program, path],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
