"""``run``: plan, sync, provision, execute, judge, report."""

from __future__ import annotations

import math
import signal
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click

from conformance import __version__
from conformance.commands.console import open_console
from conformance.commands.executing import How, Prepared, execute_and_judge
from conformance.commands.selecting import select
from conformance.errors import ExitStatus, UsageError
from conformance.execute import DEFAULT_JOBS
from conformance.judge import read_expectations, unmet
from conformance.places import DOCUMENT, ENVIRONMENTS, EXPECTATIONS, UPSTREAM
from conformance.provision import provide
from conformance.report import DocumentWriter, Header, exit_status
from conformance.report.terminal import render
from conformance.sync import DEFAULT_REMOTE, Source, sync


def run_plan(
    arguments: tuple[str, ...],
    *,
    pattern: str | None,
    jobs: int | None,
    timeout: float,
    out: Path | None,
    expectations: Path | None,
    coverage: Path | None,
    source: str,
    remote: str | None,
    **selection: object,
) -> ExitStatus:
    """Run the plan that the options select, report it, and return the exit status."""
    # What ends a batch job ends this as Ctrl-C does: workers first, then the document's footer.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not math.isfinite(timeout):
        raise UsageError(f"--timeout is {timeout}.", "Give a number of seconds.")
    console = open_console()

    def say(line: str) -> None:
        console.print(line, soft_wrap=True, highlight=False, markup=False)

    selected = select(**selection)  # type: ignore[arg-type]  # as click hands them over
    declared = read_expectations(expectations or EXPECTATIONS)
    plan = selected.plan
    path = out or DOCUMENT
    if coverage is not None:
        _make_folder(coverage)
    lock = {entry.tag: entry.files for entry in selected.lock.entries}
    header = Header(version=__version__, started=_now(), arguments=arguments, plan=plan, lock=lock)
    with DocumentWriter(path, header) as document:
        try:
            trees = sync(
                UPSTREAM,
                {cell.tag for cell in plan.cells},
                source=Source(source),
                remote=remote or DEFAULT_REMOTE,
                interpreters=sorted({cell.interpreter for cell in plan.cells}),
                say=say,
            )
            extra = ("coverage",) if coverage else ()
            pythons = provide(plan.cells, ENVIRONMENTS, extra=extra, say=say)
            prepared = Prepared(
                plan=plan, lock=selected.lock, trees=trees, pythons=pythons, declared=declared
            )
            how = How(pattern=pattern, jobs=jobs or DEFAULT_JOBS, seconds=timeout, coverage=coverage)
            judgements = execute_and_judge(prepared, how, document, console)
        except KeyboardInterrupt:
            document.interrupt(_now())
            click.echo(f"conformance: interrupted; what was finished is in {path}", err=True)
            return ExitStatus.INTERRUPTED
        stale = unmet(declared, plan, judgements, filtered=pattern is not None)
        status = exit_status(plan, judgements, stale, filtered=pattern is not None)
        document.finish(_now(), status, stale)
    render(console, plan, judgements, unmet=stale, status=status)
    say(f"The report document: {path}")
    return status


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(
            f"--coverage {folder} cannot be written to: {error.strerror}.", "Name another folder."
        ) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
