"""``run``: plan, sync, provision, execute, judge, report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import Any

import click
from attrs import frozen

from conformance import __version__
from conformance.commands.confirming import ask_again
from conformance.commands.console import open_console
from conformance.commands.executing import begin, execute_and_judge
from conformance.commands.interruption import Interruption
from conformance.commands.known import Known
from conformance.commands.prepared import How, Prepared
from conformance.commands.refusing import (
    make_folder,
    refuse_endless,
    refuse_foreign,
    refuse_shared,
    refuse_what_is_no_document,
    refuse_withheld,
)
from conformance.commands.report import renewal, show_report
from conformance.commands.resuming import as_arguments, take_up
from conformance.commands.selecting import select
from conformance.errors import ExecuteError, ExitStatus
from conformance.execute import DEFAULT_JOBS
from conformance.execute.variables import handed_on, missing
from conformance.judge import met, read_with_digest, unmet
from conformance.judge.possible import refuse_impossible
from conformance.places import CHECKOUT, COMMAND, DOCUMENT, ENVIRONMENTS, EXPECTATIONS, STORE, UPSTREAM
from conformance.plan import parse_shard, shard
from conformance.provision import provide
from conformance.records import Environment, Judgement, Result
from conformance.report import Document, DocumentWriter, Header, exit_status
from conformance.report.terminal import render
from conformance.store import Options, Store, Unexercised, cell_key
from conformance.sync import DEFAULT_REMOTE, Source, sync

_MIB = 1 << 20


@frozen(kw_only=True)
class RunOptions:
    """The options of ``run``, as the command line gives them."""

    pythons: tuple[str, ...]
    loops: tuple[str, ...]
    implementations: tuple[str, ...]
    suites: tuple[str, ...]
    config: Path | None
    pattern: str | None
    jobs: int | None
    timeout: float
    """In seconds."""
    memory: int
    """In MiB; 0 for no limit."""
    out: Path | None
    resume: Path | None
    shard: str | None
    repeat: int
    shuffle: int | None
    store: Path | None
    cache: bool
    pass_env: tuple[str, ...]
    """Names and globs."""
    expectations: Path | None
    coverage: Path | None
    source: str
    remote: str | None


def start(context: click.Context, options: dict[str, Any]) -> ExitStatus:
    """Run the plan that the options select, or finish the run that one of them names; return the exit status."""
    resumed = None
    arguments = as_arguments(context)
    if path := options["resume"]:
        resumed = take_up(context, path, options)
        if resumed.complete:
            click.echo(f"conformance: {path} is complete: there is nothing left to run", err=True)
            return show_report((path,))
        arguments = resumed.header.arguments
    chosen = RunOptions(**options)
    refuse_endless(chosen.timeout)
    refuse_withheld(chosen.pass_env)
    document = {"--resume": path} if path else {"--out": chosen.out or DOCUMENT}
    refuse_shared(chosen.store or STORE, document)
    if chosen.store is not None:
        refuse_foreign(chosen.store)
    for name in missing(chosen.pass_env):
        click.echo(f"conformance: --pass-env {name}: there is no such variable", err=True)
    with Interruption() as interruption:
        try:
            running = _Running(arguments, chosen, resumed, interruption)
        except KeyboardInterrupt:
            click.echo("conformance: interrupted before there was a plan: no document was written", err=True)
            return ExitStatus.INTERRUPTED
        return running.run()


class _Running:
    """One run, from its plan to its exit status."""

    def __init__(
        self,
        arguments: tuple[str, ...],
        options: RunOptions,
        resumed: Document | None,
        interruption: Interruption,
    ) -> None:
        self._options = options
        self._resumed = resumed
        self._interruption = interruption
        self._console = open_console()
        with interruption.raising():
            self._selected = select(
                options.pythons, options.loops, options.implementations, options.suites, options.config
            )
            expectations = options.expectations or EXPECTATIONS
            self._declared, digest = read_with_digest(expectations)
            # An installed harness's own are about runner_backport, whether the user has declared it or not.
            if options.expectations is not None or CHECKOUT is not None:
                refuse_impossible(expectations, self._declared, self._selected.configuration)
        whole = self._selected.plan
        part = parse_shard(options.shard) if options.shard else None
        self._plan = shard(whole, part) if part else whole
        self._header = Header(
            version=__version__,
            started=_now(),
            arguments=arguments,
            plan=self._plan,
            lock={entry.tag: entry.files for entry in self._selected.lock.entries},
            pattern=options.pattern,
            repeat=options.repeat,
            shuffle=options.shuffle,
            shard=part,
            whole=tuple(cell.name for cell in whole.cells),
            expectations=digest,
        )
        self._how = How(
            pattern=options.pattern,
            jobs=options.jobs or DEFAULT_JOBS,
            seconds=options.timeout,
            memory=options.memory * _MIB,
            shuffle=options.shuffle,
            repeat=options.repeat,
            shard=part is not None,
            coverage=options.coverage,
            variables=handed_on(options.pass_env),
        )

    def run(self) -> ExitStatus:
        """Go all the way; what was finished stands in the document, whatever ends it."""
        options = self._options
        if options.coverage is not None:
            make_folder(options.coverage)
        path = options.out or DOCUMENT
        refuse_what_is_no_document(path)
        with ExitStack() as stack:
            document = None
            try:
                if self._resumed is None:
                    # Before the steps that take long: whatever ends them leaves a document that says so.
                    document = stack.enter_context(
                        DocumentWriter(path, self._header, only_default=options.out is None)
                    )
                with self._interruption.raising():
                    trees, pythons = self._prepare()
                keys = self._keys(pythons)
                store = stack.enter_context(Store(options.store or STORE, self._say))
                known = Known(store, keys, reuse=self._may_reuse(), resumed=self._resumed)
                prepared = Prepared(
                    plan=self._plan,
                    lock=self._selected.lock,
                    trees=trees,
                    pythons=pythons,
                    declared=self._declared,
                    known=known,
                    unexercised=Unexercised(store),
                )
                begun = begin(prepared, self._how)
                if document is None:
                    # Until all that is done stands in the new one, the old document stays what it is.
                    document = stack.enter_context(
                        DocumentWriter(path, self._header, done=begun.done, keys=keys, resumed=self._resumed)
                    )
                else:
                    document.keys(keys)
                    for result in begun.done:
                        document.result(result)
                judgements, results = execute_and_judge(
                    prepared, self._how, begun, document, self._console, self._interruption.noted
                )
                self._ask_again(prepared, results)
            except KeyboardInterrupt:
                if document is not None:
                    document.interrupt(_now())
                    path = document.path
                click.echo(
                    f"conformance: interrupted; what was finished is in {path}: "
                    f"'{COMMAND} run --resume {quote(str(path))}' goes on",
                    err=True,
                )
                return ExitStatus.INTERRUPTED
            return self._finish(document, judgements, results)

    def _ask_again(self, prepared: Prepared, results: Sequence[Result]) -> None:
        """Have the next run know more. This one has its verdicts: whatever goes wrong here changes nothing of it."""
        if self._how.repeat > 1 or self._how.coverage is not None:
            return
        try:
            ask_again(prepared, self._how, results, self._console, self._interruption.noted)
        except (KeyboardInterrupt, ExecuteError):
            self._say("This was broken off: the next run asks them anew")

    def _prepare(self) -> tuple[Mapping[str, Path], Mapping[Environment, Path]]:
        """Bring in what the cells need: upstream's files, and an environment for each."""
        trees = sync(
            UPSTREAM,
            {cell.tag for cell in self._plan.cells},
            lock=self._selected.lock,
            source=Source(self._options.source),
            remote=self._options.remote or DEFAULT_REMOTE,
            interpreters=sorted({cell.interpreter for cell in self._plan.cells}),
            say=self._say,
        )
        extra = ("coverage",) if self._options.coverage else ()
        return trees, provide(self._plan.cells, ENVIRONMENTS, extra=extra, say=self._say)

    def _keys(self, pythons: Mapping[Environment, Path]) -> Mapping[str, str]:
        """Return, for each cell, the key of its results in the store."""
        how = self._how
        options = Options(
            timeout=how.seconds,
            memory=how.memory,
            shuffle=how.shuffle,
            repeat=how.repeat,
            variables=how.variables,
        )
        return {
            cell.name: cell_key(
                cell, self._selected.lock.entry(cell.tag).files, pythons[cell.environment], options
            )
            for cell in self._plan.cells
        }

    def _may_reuse(self) -> bool:
        # What is to be repeated or measured has to run.
        return self._options.cache and self._options.repeat == 1 and self._options.coverage is None

    def _finish(
        self, document: DocumentWriter, judgements: Sequence[Judgement], results: Sequence[Result]
    ) -> ExitStatus:
        plan, filtered = self._plan, self._header.filtered
        stale = unmet(self._declared, plan, judgements, filtered=filtered)
        status = exit_status(plan, judgements, stale, filtered=filtered, shard=self._header.shard)
        document.finish(_now(), status, stale, met(self._declared, plan, judgements))
        with self._interruption.raising():
            render(
                self._console,
                plan,
                judgements,
                unmet=() if self._header.shard else stale,
                status=status,
                results=results,
                path=document.path,
                renewal=renewal(self._header, [document.path]),
            )
            self._say(f"The report document: {document.path}")
        return status

    def _say(self, line: str) -> None:
        self._console.print(line, soft_wrap=True, highlight=False, markup=False)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
