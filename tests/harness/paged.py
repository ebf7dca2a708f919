"""The report's folder of pages as a test reads it, without a browser: the page's elements and texts, and the data as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from conformance.report import Document, merge
from conformance.report.pages import write_pages
from conformance.report.programs_document import ProgramsDocument

_VOID = {"meta", "link", "input", "br", "wbr", "img"}


class Page(HTMLParser):
    """One page, read as a browser would: which elements there are, and what is text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[tuple[str, str | None]] = []
        self._texts: list[tuple[tuple[str | None, ...], str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag not in _VOID:
            self._open.append((tag, attributes.get("id")))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        self._texts.append((tuple(identifier for _tag, identifier in self._open), data))

    def text(self, section: str = "") -> str:
        """All text, or that of the element with this id, with single spaces."""
        return " ".join(" ".join(data for ids, data in self._texts if not section or section in ids).split())

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _attributes in self.elements)


def paged(folder: Path, *documents: Document, programs: Sequence[ProgramsDocument] = ()) -> Page:
    """Write the pages of the documents, called a.jsonl, b.jsonl and so on, and return the index."""
    sources = [(Path(f"{name}.jsonl"), document) for name, document in zip("abcdef", documents, strict=False)]
    index = write_pages(folder, merge(sources), programs)
    return Page(index.read_text(encoding="utf-8"))


def table(folder: Path) -> dict[str, Any]:
    """What data.js hands on."""
    text = (folder / "data.js").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text.removeprefix("report.begin(").removesuffix(");\n"))
    return found


def part(folder: Path, number: int = 0) -> dict[str, Any]:
    """What details-N.js hands on."""
    text = (folder / f"details-{number}.js").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text.removeprefix(f"report.take({number},").removesuffix(");\n"))
    return found
