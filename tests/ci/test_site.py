"""The pages of the site are made of the README, of other files and of what commands print; nothing of it is kept twice."""

from __future__ import annotations

import re
import runpy
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.cli import commands
from workflow_files import ROOT

DOCS = ROOT / "docs"
MADE = runpy.run_path(str(DOCS / "made.py"))


def made(markdown: str, page: str = "page.md") -> str:
    """The page's text as it is rendered."""
    text: str = MADE["on_page_markdown"](markdown, page=SimpleNamespace(file=SimpleNamespace(src_uri=page)))
    return text


def readme(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> None:
    """Let this be the README."""
    (folder / "README.md").write_text(text, encoding="utf-8")
    monkeypatch.setitem(MADE["_made"].__globals__, "ROOT", folder)


def test_a_section_of_the_readme_is_taken_up_to_the_next(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    readme(
        monkeypatch,
        tmp_path,
        "# T\n\n## One\n\n    code\n\nText.\n\n### Part\n\nMore.\n\n## Two\n\nNot this.\n",
    )
    assert made("before\n\n<!-- README: One -->\n\nafter") == (
        "before\n\n    code\n\nText.\n\n## Part\n\nMore.\n\nafter"
    )


def test_what_stands_under_the_title_is_a_section_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    readme(monkeypatch, tmp_path, "# T\n\nFirst.\n\n## One\n\nNot this.\n")
    assert made("<!-- README: T -->") == "First."


def test_a_comment_in_a_shell_s_commands_is_no_heading(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    readme(monkeypatch, tmp_path, "# T\n\n## One\n\n```sh\n# Two\n```\n")
    assert made("<!-- README: One -->") == "```sh\n# Two\n```"


def test_a_section_that_is_gone_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    readme(monkeypatch, tmp_path, "# T\n")
    with pytest.raises(ValueError, match=r"README\.md has no section 'One'"):
        made("<!-- README: One -->")


def test_a_file_is_taken_without_its_title() -> None:
    text = made("<!-- file: CHANGELOG.md -->")
    assert "# Changes" not in text
    assert text in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").replace("](docs/", "](")


@pytest.mark.parametrize(
    ("link", "page", "mended"),
    [
        ("[it](peers.md#a)", "page.md", "[it](peers.md#a)"),
        ("[it](../peers/facts.toml)", "page.md", "it"),
        ("[it](../CHANGELOG.md)", "page.md", "[it](changes.md)"),
        ("[it](../upstream_tests/README.md)", "page.md", "[it](upstream.md)"),
        ("[it](../README.md)", "page.md", "[it](index.md)"),
        ("[it](../README.md#how-a-verdict-is-reached)", "page.md", "[it](verdicts.md)"),
        ("[it](https://peps.python.org)", "page.md", "[it](https://peps.python.org)"),
        ("[it](#here)", "page.md", "[it](#here)"),
    ],
)
def test_a_link_leads_to_a_page_of_the_site_or_nowhere(link: str, page: str, mended: str) -> None:
    assert made(link, page) == mended


def test_a_link_of_the_readme_leads_to_the_page_that_it_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = "# T\n\n![picture](docs/peers.md) [page](docs/peers.md) [file](upstream_tests/README.md)\n"
    readme(monkeypatch, tmp_path, text)
    monkeypatch.setitem(MADE["_made"].__globals__, "DOCS", tmp_path / "docs")
    assert made("<!-- README: T -->") == "![picture](peers.md) [page](peers.md) file"


def test_what_a_command_prints_is_what_it_prints_now() -> None:
    text = made("<!-- output: python -c 'print(6 * 7)' -->")
    assert text == "```console\n$ python -c 'print(6 * 7)'\n42\n```"


def test_where_the_checkout_lies_is_not_printed() -> None:
    assert made("<!-- output: python -c 'import os; print(os.getcwd() + os.sep + str(1))' -->").endswith(
        "\n1\n```"
    )


def test_a_command_that_fails_is_an_error() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        made("<!-- output: python -c 'raise SystemExit(1)' -->")


def test_a_page_that_asks_for_something_from_elsewhere_is_an_error() -> None:
    check: Any = MADE["on_post_page"]
    page = SimpleNamespace(file=SimpleNamespace(src_uri="page.md"))
    fine = '<script src="a.js"></script><a href="https://peps.python.org">a link</a>'
    assert check(fine, page=page) == fine
    for asking in (
        '<script src="https://cdn/a.js">',
        '<link rel="stylesheet" href="//cdn/a.css">',
        '<img src="http://a/b.png">',
    ):
        with pytest.raises(ValueError, match=r"page\.md would fetch"):
            check(asking, page=page)


def test_every_command_has_its_help_on_the_page_of_commands() -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    shown = re.findall(r"<!-- output: python -m conformance (.+) --help -->", page)
    names = [name for name in commands.commands if name != "expectations"]
    assert sorted(shown) == sorted([*names, "expectations update"])


def test_everything_that_the_package_exports_is_on_the_page_of_reference() -> None:
    import runner_backport

    page = (DOCS / "reference.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^::: runner_backport\._\w+\.(\w+)$", page, re.MULTILINE)) == sorted(
        runner_backport.__all__
    )
