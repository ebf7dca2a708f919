"""Where a report comes from, for the end of the page: commands, versions, upstream files, interpreters and what they were asked with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from conformance.records import Interpreter
from conformance.report.document import Document
from conformance.report.pages.matrix import release

_OF_ONE_MACHINE = ("--out", "--store", "--resume", "--remote", "--coverage")
"""Options that say where things lie, and change no verdict."""
_REPOSITORY = "https://github.com/python/cpython"


@frozen
class File:
    """An upstream file at a tag."""

    tag: str
    path: str
    blob: str

    @property
    def address(self) -> str:
        return f"{_REPOSITORY}/blob/{self.tag}/{self.path}"


@frozen
class Worker:
    """What the workers of some cells had, all of them the same."""

    interpreter: str
    packages: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]
    """What else they said of themselves."""
    cells: tuple[str, ...]


@frozen
class Taken:
    """How many results of a cell were run, and how many were taken from the store."""

    cell: str
    ran: int
    cached: int
    key: str


@frozen
class Provenance:
    """Where the verdicts come from."""

    facts: tuple[tuple[str, str], ...]
    files: tuple[File, ...]
    interpreters: tuple[Interpreter, ...]
    workers: tuple[Worker, ...]
    taken: tuple[Taken, ...]


def trace_back(document: Document) -> Provenance:
    """Return where a document's verdicts come from."""
    header, footer = document.header, document.footer
    facts = {
        "conformance": header.version,
        "started": header.started,
        "ended": footer.ended if footer else "it has no footer",
        "command": shown_command(header.arguments),
        "tests": header.pattern or "all",
        "times each": f"{header.repeat:,}",
        "order": "upstream’s" if header.shuffle is None else f"drawn from seed {header.shuffle}",
        "expectations (SHA-256)": header.expectations or "not said",
    }
    cells = header.plan.cells
    return Provenance(
        facts=tuple(facts.items()),
        files=tuple(
            File(tag, path, blob) for tag, files in header.lock.items() for path, blob in files.items()
        ),
        interpreters=tuple(sorted({cell.interpreter for cell in cells}, key=lambda one: one.release)),
        workers=workers_of((hello.cell, hello.worker) for hello in document.hellos),
        taken=_taken(document),
    )


def shown_command(arguments: Iterable[str]) -> str:
    """Return the command line without what is about one machine alone."""
    kept = [word for word in arguments if word.partition("=")[0] not in _OF_ONE_MACHINE]
    return " ".join(["conformance", *kept])


def workers_of(hellos: Iterable[tuple[str, Mapping[str, Any]]]) -> tuple[Worker, ...]:
    """Return the workers, those together that said the same of themselves."""
    found: dict[tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]], list[str]] = {}
    for cell, worker in hellos:
        packages = worker.get("packages")
        named = {str(name): str(version) for name, version in packages.items()} if packages else {}
        others = {
            name: _said(value)
            for name, value in worker.items()
            if name not in {"packages", "interpreter", "build"} and value not in ({}, None)
        }
        key = str(worker.get("interpreter", "")), tuple(named.items()), tuple(others.items())
        found.setdefault(key, []).append(cell)
    workers = (
        Worker(interpreter, packages, others, tuple(dict.fromkeys(cells)))
        for (interpreter, packages, others), cells in found.items()
    )
    return tuple(sorted(workers, key=lambda worker: (release(worker.interpreter), worker.packages)))


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_said(each)}" for name, each in value.items())
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _taken(document: Document) -> tuple[Taken, ...]:
    cached = Counter(result.cell for result in document.results if result.cached)
    ran = Counter(result.cell for result in document.results if not result.cached)
    return tuple(
        Taken(cell.name, ran[cell.name], cached[cell.name], document.keys.get(cell.name, ""))
        for cell in document.header.plan.cells
    )
