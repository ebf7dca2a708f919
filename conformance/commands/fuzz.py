"""``fuzz``: plan, provision, and a campaign of saved and drawn programs."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Generator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from math import isnan
from pathlib import Path
from time import monotonic
from typing import Any

import click
import hypothesis
from attrs import frozen

from conformance.commands.console import open_console
from conformance.commands.differential import Known, provided, read_known
from conformance.commands.interruption import Interruption
from conformance.commands.refusing import make_folder
from conformance.commands.resuming import as_arguments
from conformance.commands.selecting import select_differential
from conformance.differential.campaign import Campaign
from conformance.differential.divergences import Unneeded, unneeded
from conformance.differential.findings import Findings
from conformance.differential.judging import Judge
from conformance.differential.progress import Progress
from conformance.differential.stream import Ahead
from conformance.differential.tally import Named
from conformance.differential.telling import (
    SAVED,
    Course,
    as_document,
    lost_oracles,
    never_exercised,
    tell,
)
from conformance.errors import ExecuteError, ExitStatus, UsageError
from conformance.execute.programs import PROGRAM_SECONDS
from conformance.places import KEPT
from conformance.plan.differential import DifferentialPlan
from conformance.report.legible import legible
from conformance.report.words import counted
from conformance.whole import write_whole

DIFFERENCES = KEPT / "differences"
EXAMPLES = 2_000
"""How many programs are drawn where the user says nothing."""
_ROUND = 50


@frozen(kw_only=True)
class FuzzOptions:
    """The options of ``fuzz``, as the command line gives them."""

    pythons: tuple[str, ...]
    loops: tuple[str, ...]
    implementations: tuple[str, ...]
    config: Path | None
    examples: int | None
    seconds: float | None
    seed: int | None
    jobs: int | None
    out: Path | None
    coverage: Path | None = None
    timeout: float = PROGRAM_SECONDS
    """Seconds for each program that has no limit of its own."""


def start(options: dict[str, Any]) -> ExitStatus:
    """Run the campaign that the options ask for; return the exit status."""
    chosen = FuzzOptions(**options)
    if chosen.out is not None and not chosen.out.absolute().parent.is_dir():
        raise UsageError(f"--out {chosen.out}: there is no such folder.", "Make it, or name another file.")
    if chosen.out is not None and chosen.out.is_dir():
        raise UsageError(f"--out {chosen.out} is a folder.", "Name a file in it.")
    for option, seconds in (("--seconds", chosen.seconds), ("--timeout", chosen.timeout)):
        if seconds is not None and isnan(seconds):
            raise UsageError(f"{option} {seconds} is no time.", "Give seconds, above 0.")
    if chosen.coverage is not None:
        make_folder(chosen.coverage)
    with Interruption() as interruption:
        return _Fuzzing(chosen, interruption).run()


class _Fuzzing:
    """One campaign, from its plan to its exit status."""

    def __init__(self, options: FuzzOptions, interruption: Interruption) -> None:
        self._options = options
        self._interruption = interruption
        self._console = open_console()
        self._examples = options.examples
        if options.examples is None and options.seconds is None:
            self._examples = EXAMPLES
        # Short enough to be typed.
        self._seed = secrets.randbelow(1_000_000) if options.seed is None else options.seed
        self._findings = Findings(DIFFERENCES)
        self._started = datetime.now(UTC).isoformat(timespec="seconds")

    def run(self) -> ExitStatus:
        """Go all the way; what was found is kept, whatever ends it."""
        campaign: Campaign | None = None
        try:
            with self._interruption.raising():
                known = read_known()
                options = self._options
                plan = select_differential(
                    options.pythons, options.loops, options.implementations, options.config
                )
                for missing in plan.plan.missing:
                    self._say(f"Python {missing.python} was not found. {missing.advice}")
                cells = provided(plan, options.jobs, self._say, options.coverage)
            self._say(f"seed {self._seed}, Hypothesis {hypothesis.__version__}")
            with cells:
                self._interruption.check()
                progress = Progress(
                    self._console, len(plan.judged), examples=self._examples, seconds=options.seconds
                )
                judge = Judge(known.divergences)
                campaign = Campaign(
                    plan, cells, self._findings, judge, progress, self._interruption.noted, options.timeout
                )
                with progress, closing(self._rounds(known, progress)) as rounds:
                    campaign.start()
                    campaign.run(rounds)
            return self._finish(known, self._course(known, plan, campaign))
        except ExecuteError as error:
            if campaign is None:
                raise
            # First, since the file may be refused.
            click.echo(f"conformance: {error}", err=True)
            self._write(self._course(known, plan, campaign), ExitStatus.NOT_COMPLETED)
            return ExitStatus.NOT_COMPLETED
        except KeyboardInterrupt:
            if campaign is not None:
                self._write(self._course(known, plan, campaign), ExitStatus.INTERRUPTED)
            kept = len(self._findings.differences)
            found = f"; {counted(kept, 'difference')} kept in {DIFFERENCES}" if kept else ""
            click.echo(f"conformance: interrupted{found}", err=True)
            return ExitStatus.INTERRUPTED

    def _rounds(self, known: Known, progress: Progress) -> Generator[Sequence[Named], None, None]:
        """The saved programs, then those that are drawn."""
        saved = [
            Named(f"{SAVED}{one.name}", dict(one.program), one.name, one.seconds) for one in known.corpus
        ]
        for first in range(0, len(saved), _ROUND):
            yield saved[first : first + _ROUND]
        with Ahead(self._seed) as ahead:
            progress.drawing()
            deadline = None if self._options.seconds is None else monotonic() + self._options.seconds
            drawn = islice(ahead.told(), self._examples)
            while deadline is None or monotonic() < deadline:
                # The first of them take long to come.
                with self._interruption.raising():
                    programs = list(islice(drawn, _ROUND))
                if not programs:
                    return
                yield [
                    Named(f"program {number}", dict(program), events=events)
                    for number, program, events in programs
                ]

    def _finish(self, known: Known, course: Course) -> ExitStatus:
        campaign = course.campaign
        # Its witnesses have run on these cells, all of them.
        stale = unneeded(known.divergences, campaign.judged, campaign.tally.shown)
        status = ExitStatus.AS_EXPECTED
        if self._findings.differences or campaign.tally.broken or stale:
            status = ExitStatus.UNEXPECTED_VERDICT
        # What it lacks comes before what it found, as in a run.
        if campaign.tally.given_up or lost_oracles(course) or never_exercised(course):
            status = ExitStatus.NOT_COMPLETED
        with self._interruption.raising():
            # First, since the file may be refused.
            tell(self._console, course, stale)
        if self._findings.failure:
            click.echo(f"conformance: {self._findings.failure} Make room, or mend the permissions.", err=True)
            status = ExitStatus.NOT_COMPLETED
        self._write(course, status, stale)
        with self._interruption.raising():
            if self._options.out is not None:
                self._say(f"The document: {self._options.out}")
        return status

    def _course(self, known: Known, plan: DifferentialPlan, campaign: Campaign) -> Course:
        options = self._options
        context = click.get_current_context(silent=True)
        config = [] if options.config is None else ["--config", str(options.config)]
        timeout = [] if options.timeout == PROGRAM_SECONDS else ["--timeout", f"{options.timeout:g}"]
        return Course(
            self._seed,
            plan,
            campaign,
            self._findings,
            known.corpus,
            by_path=any(os.sep in python for python in options.pythons or ()),
            replaying=(*config, *timeout),
            started=self._started,
            arguments=() if context is None else as_arguments(context),
            divergences=known.divergences,
        )

    def _write(self, course: Course, status: ExitStatus, stale: Sequence[Unneeded] = ()) -> None:
        if self._options.out is not None:
            write_whole(self._options.out, json.dumps(as_document(course, status, stale), indent=1) + "\n")

    def _say(self, line: str) -> None:
        self._console.print(legible(self._console, line), soft_wrap=True)
