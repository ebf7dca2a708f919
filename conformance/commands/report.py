"""``report``: documents, merged and rendered, on the terminal and in the forms that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click
from attrs import frozen
from rich.console import Console

from conformance.commands.console import open_console
from conformance.commands.resuming import value_of
from conformance.errors import ExitStatus, UsageError
from conformance.report import Header, Merged
from conformance.report.gathering import Gathered, gather
from conformance.report.legible import heading, legible
from conformance.report.programs_document import ProgramsDocument
from conformance.report.programs_summary import sentences_of, summarize_programs
from conformance.report.terminal import render
from conformance.report.words import counted
from conformance.whole import write_whole

_Write = Callable[[Gathered, Path], Path]
"""Writes a form to its place, and returns the file to look at."""


@frozen(kw_only=True)
class Targets:
    """Where the forms of a report are to be written; None or nothing for those that nobody asked for."""

    html: Path | None = None
    junit: Path | None = None
    markdown: Path | None = None
    badges: Sequence[Path] = ()
    """Each a ``.json`` or a ``.svg``."""

    def forms(self) -> list[tuple[str, Path, _Write]]:
        """The option, the place and what writes there, of each that was asked for."""
        if self == Targets():
            return []
        # 'run' renders by this module too, and needs none of them.
        from conformance.report.badge import badge_json, badge_svg  # noqa: PLC0415
        from conformance.report.junit import junit  # noqa: PLC0415
        from conformance.report.markdown import markdown  # noqa: PLC0415

        badges = {".json": badge_json, ".svg": badge_svg}
        forms: list[tuple[str, Path, _Write]] = []
        if self.junit is not None:
            forms.append(("--junit", self.junit, _writing(junit)))
        if self.markdown is not None:
            forms.append(("--markdown", self.markdown, _writing(markdown)))
        for path in self.badges:
            if path.suffix.lower() not in badges:
                raise UsageError(f"--badge {path} is no badge.", "Name a file that ends with .json or .svg.")
            forms.append(("--badge", path, _writing(badges[path.suffix.lower()])))
        if self.html is not None:
            forms.append(("--html", self.html, _write_pages))
        return forms


def show_report(paths: Sequence[Path], targets: Targets = Targets()) -> ExitStatus:  # noqa: B008  # frozen
    """Write the forms of the report of the documents at ``paths``, print it, and return the exit status that it has.

    A form that cannot be written is said in a sentence and is exit status 3; the others are written all the same.
    """
    forms = targets.forms()
    _refuse_lost_files(paths, [(option, path) for option, path, _write in forms], targets.html)
    gathered = gather(paths)
    written, failed = [], []
    # Before the terminal, whose reader may go away.
    for option, path, write in forms:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            there = write(gathered, path)
        except OSError as error:
            failed.append(
                f"{option} {path} cannot be written: {error.strerror or error}. Name another place, or make room."
            )
        else:
            written.append(there)
    console = open_console()
    if gathered.merged is not None:
        programs = {document.path for document in gathered.programs}
        _render_runs(console, gathered.merged, [path for path in paths if path not in programs])
    for document in gathered.programs:
        _render_programs(console, document)
    for path in written:
        console.print(legible(console, f"Written: {path}"), soft_wrap=True)
    for sentence in (*gathered.lacking, *failed):
        click.echo(f"conformance: {sentence}", err=True)
    return ExitStatus.NOT_COMPLETED if failed else gathered.status


def renewal(header: Header, paths: Sequence[Path]) -> tuple[str, ...]:
    """Return the arguments of ``expectations update`` for the documents at ``paths``, of runs with this ``header``.

    They are about the file of expectations and the configuration that the run had; none where not all tests ran.
    """
    if header.filtered:
        return ()
    options = [(name, value_of(header.arguments, name)) for name in ("--expectations", "--config")]
    return (
        *(str(path) for path in paths),
        *(word for name, value in options if value is not None for word in (name, value)),
    )


def _render_runs(console: Console, merged: Merged, paths: Sequence[Path]) -> None:
    document = merged.document
    footer = document.footer
    render(
        console,
        document.header.plan,
        document.judgements,
        results=document.results,
        unmet=footer.unmet if footer else (),
        status=merged.status,
        shards=merged.missing,
        renewal=() if merged.lacking else renewal(document.header, paths),
    )


def _render_programs(console: Console, document: ProgramsDocument) -> None:
    said = document.said
    lines = [
        f"{each.difference} – {', '.join(each.cells)}: {counted(each.programs, 'program')}, first {each.from_}"
        for each in said.differences
    ]
    lines += [
        f"saved program {name} in {cell}: {kind}"
        for name, saved in said.saved.items()
        for cell, kind in saved.differs.items()
    ]
    lines += [
        f"{broken.cell}: {broken.says}, {counted(broken.times, 'time')}, first in {broken.first}"
        for broken in said.broken
    ]
    heading(console, f"Generated programs: {document.path}")
    for line in (*lines, *sentences_of(said)):
        console.print(legible(console, line), soft_wrap=True)
    style = "bold green" if said.status is ExitStatus.AS_EXPECTED else "bold red"
    console.print(legible(console, summarize_programs(said), style), soft_wrap=True)


def _refuse_lost_files(
    documents: Sequence[Path], forms: Sequence[tuple[str, Path]], html: Path | None
) -> None:
    """Raise UsageError where one file would take the place of another, or of a document."""
    if html is not None:
        _refuse_pages(
            html,
            [
                *((str(path), path) for path in documents),
                *((f"{option} {path}", path) for option, path in forms),
            ],
        )
    taken = {path.resolve(): "a document that is reported" for path in documents}
    for option, path in forms:
        there = path.resolve()
        if there in taken and (not there.exists() or there.is_file()):
            raise UsageError(f"{option} {path} is {taken[there]}.", "Name another file.")
        taken[there] = f"what {option} names too"


def _refuse_pages(html: Path, named: Sequence[tuple[str, Path]]) -> None:
    """Raise UsageError where a file would lie where the pages of ``html`` have one of their own."""
    from conformance.report.pages import is_of_pages  # noqa: PLC0415  # its templates are slow to load

    folder = html.resolve()
    for name, path in named:
        # As it is called, and, through a link, as it is.
        places = (path.parent.resolve() / path.name, path.resolve())
        if any(place.parent == folder and is_of_pages(place.name) for place in places):
            raise UsageError(f"{name} is a file that --html writes.", "Name another one.")


def _writing(form: Callable[[Gathered], str]) -> _Write:
    def write(gathered: Gathered, path: Path) -> Path:
        write_whole(path, form(gathered))
        return path

    return write


def _write_pages(gathered: Gathered, folder: Path) -> Path:
    from conformance.report.pages import write_pages  # noqa: PLC0415  # its templates are slow to load

    return write_pages(folder, gathered.runs, gathered.programs)
