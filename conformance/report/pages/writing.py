"""Write the folder of pages: the entry to all of them, the last stage of the report step where a reader wants to look around."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from conformance.report.accounts import legible
from conformance.report.merging import Merged
from conformance.report.pages.comparison import compare_implementations
from conformance.report.pages.data import ResultsData, as_script
from conformance.report.pages.letters import LETTERS, MEANINGS
from conformance.report.pages.matrix import make_matrix
from conformance.report.pages.overview import look_over
from conformance.report.pages.programs import show_campaign
from conformance.report.pages.provenance import trace_back
from conformance.report.pages.reasons import give_reasons
from conformance.report.programs_document import ProgramsDocument

INDEX = "index.html"
SCRIPTS = ("theme.js", "shared.js", "filtering.js", "grid.js", "details.js", "page.js")
"""In the order in which the page loads them; the data comes between."""
STYLE = "report.css"
DATA = "data.js"
_STATES = {"incomplete": "◐", "bad": "✗", "good": "✓"}
"""How a report or a part of it stands, the gravest first, and its mark."""
_PART = "details-{}.js"
_PARTS = re.compile(r"details-(\d+)\.js")
_TAKE = "report.take"
_GENERATOR = '<meta name="generator" content="conformance">'
"""By this the index page is known to be one of a report."""


def write_pages(folder: Path, merged: Merged, programs: Sequence[ProgramsDocument]) -> Path:
    """Write the report of what was merged, and of the documents of generated programs, and return its index page.

    The folder is made where there is none; what lies in it under other names stays. Raises OSError where something
    cannot be written, and where the index page of something else is there, before anything is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _refuse_other_index(folder / INDEX)
    assets = files("conformance.report.pages") / "assets"
    for name in (STYLE, *SCRIPTS):
        (folder / name).write_bytes((assets / name).read_bytes())
    results = ResultsData(merged.document)
    parts = list(results.parts())
    for number, part in enumerate(parts):
        _write(folder / _PART.format(number), as_script(_TAKE, (str(number), part.text)))
    _remove_parts(folder, len(parts))
    _write(folder / DATA, as_script("report.begin", (results.table(parts),)))
    # Last: whoever finds the page finds what it shows.
    _write(folder / INDEX, _index(merged, programs))
    return folder / INDEX


def is_of_pages(name: str) -> bool:
    """Return whether a file of this name in the folder may be one of the pages' own."""
    return name in {INDEX, STYLE, DATA, *SCRIPTS} or _PARTS.fullmatch(name) is not None


def _index(merged: Merged, programs: Sequence[ProgramsDocument]) -> str:
    document = merged.document
    overview = look_over(merged)
    campaigns = [show_campaign(each) for each in programs]
    # Where there are programs alone nothing is said of tests that nobody asked for.
    ran = bool(document.header.whole or not campaigns)
    states = {overview.verdict} if ran else set()
    states |= {campaign.state for campaign in campaigns}
    index = _environment().get_template("index.html")
    return index.render(
        state=next(state for state in _STATES if state in states),
        marks=_STATES,
        ran=ran,
        overview=overview,
        header=document.header,
        matrix=make_matrix(document),
        comparison=compare_implementations(document),
        reasons=give_reasons(document),
        provenance=trace_back(document),
        campaigns=campaigns,
        letters=LETTERS,
        meanings=MEANINGS,
        scripts=SCRIPTS[1:],
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("conformance.report.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters["number"] = _number
    environment.filters["link"] = _link
    return environment


def _shown(value: Any) -> Any:
    """Return what a template shows, with nothing in it that acts on its reader; markup stays markup."""
    if isinstance(value, Markup):
        return Markup(legible(str(value)))  # noqa: S704  # what is put in is no markup
    return legible(value) if isinstance(value, str) else value


def _number(count: int) -> str:
    return f"{count:,}"


def _link(text: Any) -> str:
    """Return a text where it may be followed as a link; nothing else that stands in a document is."""
    address = str(text)
    return address if re.match(r"https?://", address) else ""


def _refuse_other_index(index: Path) -> None:
    if index.exists() and _GENERATOR.encode() not in index.read_bytes():
        raise FileExistsError(f"{index} is no report of conformance's and would be lost")


def _remove_parts(folder: Path, count: int) -> None:
    """Remove what an earlier and larger report has left, and nothing that is only called so."""
    for path in folder.iterdir():
        found = _PARTS.fullmatch(path.name)
        if found and int(found[1]) >= count and _is_part(path):
            path.unlink()


def _is_part(path: Path) -> bool:
    begins = f"{_TAKE}(".encode()
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(begins)) == begins


def _write(path: Path, text: str) -> None:
    # What a worker wrote may hold half a character, which has no bytes.
    path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
