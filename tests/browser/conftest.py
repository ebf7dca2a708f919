"""One headless browser for all tests of the report's pages, and the pages that they open; run by ``nox -s browser``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from browsers import no_browser, start
from conformance.report import Document, merge
from conformance.report.pages import write_pages
from conformance.report.programs_document import ProgramsDocument
from reader import Reader


def pytest_sessionstart() -> None:
    if missing := no_browser():
        pytest.exit(missing, returncode=3)


@pytest.fixture(scope="session")
def chrome() -> Iterator[Chrome]:
    with start() as driver:
        yield driver


@pytest.fixture
def reader(chrome: Chrome) -> Iterator[Reader]:
    """A reader at a wide screen; at the end nothing may have gone wrong, nor anything been asked of a network."""
    found = Reader(chrome)
    found.screen(1400, 1000)
    found.light()
    yield found
    found.leave()
    assert found.errors() == []
    assert found.asked() == []


@pytest.fixture
def opened(reader: Reader, tmp_path: Path) -> Callable[..., Reader]:
    """Open the pages of a document from disk."""

    def open_pages(document: Document, *programs: ProgramsDocument, address: str = "") -> Reader:
        index = write_pages(tmp_path / "report", merge([(Path("a.jsonl"), document)]), programs)
        reader.open(index, address)
        return reader

    return open_pages
