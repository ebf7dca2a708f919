"""A place to run a step's shell part in: a checkout of its own, GitHub's variables, and stand-ins that record."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from attrs import define, field

from workflow_files import ROOT, Step

_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
# A Python program: what is asked of it is written down, and then it does what the test says.
_STAND_IN = """\
#!{python}
import json, os, sys
with open({calls!r}, "a") as calls:
    calls.write(json.dumps([{name!r}, *sys.argv[1:]]) + "\\n")
{then}
"""
# The harness itself and programs of a line run for real; what would install or take minutes does not.
_PYTHON = """\
if sys.argv[1:2] != ["-m"] or sys.argv[2] == "conformance":
    os.execv({python!r}, [{python!r}, *sys.argv[1:]])
"""


@define
class Sandbox:
    """Where steps run, one after the other, as those of one job do."""

    folder: Path
    checkout: Path = field(init=False)
    asked: Path = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.checkout = self.folder / "checkout"
        self.asked = self.folder / "calls.jsonl"
        self.checkout.mkdir()
        for name in (".github", "conformance"):
            shutil.copytree(ROOT / name, self.checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in (".python-version", "CHANGELOG.md", "pyproject.toml", "upstream_tests/upstream.lock"):
            (self.checkout / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, self.checkout / name)
        # By this the harness knows a checkout.
        (self.checkout / "runner_backport").mkdir()
        (self.folder / "bin").mkdir()
        (self.folder / "temp").mkdir()
        self.stand_in("python", _PYTHON.format(python=sys.executable))

    def stand_in(self, name: str, then: str = "", folder: Path | None = None) -> None:
        """Put a program of this name on the path, or into a folder, that records and then does ``then``."""
        file = (folder or self.folder / "bin") / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            _STAND_IN.format(python=sys.executable, calls=str(self.asked), name=name, then=then),
            encoding="utf-8",
        )
        file.chmod(0o755)

    @property
    def calls(self) -> list[list[str]]:
        """What was asked of the stand-ins, each with its name in front."""
        if not self.asked.exists():
            return []
        return [json.loads(line) for line in self.asked.read_text(encoding="utf-8").splitlines()]

    @property
    def outputs(self) -> dict[str, str]:
        """What the steps have written to $GITHUB_OUTPUT, which knows two forms; here is the one of a line."""
        lines = self._kept("output").splitlines()
        return {name: value for name, _, value in (line.partition("=") for line in lines)}

    @property
    def summary(self) -> str:
        """What they have written to $GITHUB_STEP_SUMMARY."""
        return self._kept("summary")

    def _kept(self, name: str) -> str:
        file = self.folder / name
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def run(self, step: Step, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the step's shell part with these variables, and 'sample' for each expression that they do not replace."""
        given = {name: _EXPRESSION.sub("sample", str(value)) for name, value in step.env.items()}
        file = self.folder / "step.sh"
        file.write_text(step.script or "", encoding="utf-8")
        environment = {
            **os.environ,
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_ACTION_PATH": str(self.checkout),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "GITHUB_REF_NAME": "main",
            "RUNNER_TEMP": str(self.folder / "temp"),
            **given,
            **variables,
        }
        # As GitHub starts bash where a step or its workflow names it; and a variable that is not set is an error.
        command = ["bash", "--noprofile", "--norc", "-u", "-eo", "pipefail", str(file)]
        return subprocess.run(
            command, cwd=self.checkout, env=environment, capture_output=True, text=True, check=False
        )
