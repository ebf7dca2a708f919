"""``doctor``: what is found and what is missing, and what to do about each."""

from __future__ import annotations

import shutil
import subprocess

import click
from uv import find_uv_bin

from conformance.errors import ExitStatus, SyncError
from conformance.places import CHECKOUT, COMMAND, LOCK, UPSTREAM
from conformance.plan import find_interpreters, wanted_series
from conformance.suites import DEFINITIONS
from conformance.sync import TagLock, problems, read_lock


def examine() -> ExitStatus:
    """Print one line for each thing that a run needs; 3 when one that it cannot do without is missing."""
    found = find_interpreters(wanted_series(CHECKOUT))
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
    lock = read_lock(LOCK.parent)
    for entry in lock.entries:
        click.echo(_state_of(entry))
    return ExitStatus.AS_EXPECTED if found.interpreters else ExitStatus.NOT_COMPLETED


def _state_of(entry: TagLock) -> str:
    """What is to say of a tag's upstream files."""
    for definition in DEFINITIONS.values():
        if definition.series in (None, entry.series):
            try:
                entry.blobs(definition.files)
            except SyncError as error:
                return f"missing  {error}"
    if problems(UPSTREAM / entry.tag, entry):
        return f"not yet  {entry.tag}: '{COMMAND} sync' brings it in"
    return f"ok       {entry.tag} is synced"
