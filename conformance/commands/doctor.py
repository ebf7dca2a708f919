"""``doctor``: what is found and what is missing, and what to do about each."""

from __future__ import annotations

import shutil
import subprocess

import click
from uv import find_uv_bin

from conformance.errors import ExitStatus
from conformance.places import ROOT, UPSTREAM
from conformance.plan import find_interpreters, wanted_series
from conformance.sync import read_lock, verify


def examine() -> ExitStatus:
    """Print one line for each thing that a run needs; 3 when one that it cannot do without is missing."""
    found = find_interpreters(wanted_series(ROOT))
    for interpreter in found.interpreters:
        click.echo(f"ok       Python {interpreter.version} at {interpreter.executable}")
    for missing in found.missing:
        click.echo(f"missing  Python {missing.python}. {missing.advice}")
    uv = subprocess.run([find_uv_bin(), "--version"], capture_output=True, text=True, check=True)
    click.echo(f"ok       {uv.stdout.strip()}")
    git = shutil.which("git")
    click.echo(
        f"ok       git at {git}" if git else "missing  git. Install it, or sync with '--source interpreter'."
    )
    for tag in read_lock(UPSTREAM).tags:
        problems = verify(UPSTREAM, tag)
        click.echo(
            f"not yet  {tag}: 'python -m conformance sync' brings it in"
            if problems
            else f"ok       {tag} is synced"
        )
    return ExitStatus.AS_EXPECTED if found.interpreters else ExitStatus.NOT_COMPLETED
