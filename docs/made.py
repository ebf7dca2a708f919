"""What the site's pages hold beside their own text: parts of other files, and what commands print, made as it is built.

A page asks for it by a line of its own:

    <!-- README: How a verdict is reached -->    the section of that heading
    <!-- file: CHANGELOG.md -->                  the whole of a file, without its title
    <!-- output: python -m conformance -h -->    the command, and what it prints
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
ROOT = DOCS.parent
_DIRECTIVE = re.compile(r"^<!-- (README|file|output): (.+?) -->$", re.MULTILINE)
_LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^##? (.+)$", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_FETCHED = re.compile(r"<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)=[\"']?((?:https?:)?//[^\"'\s>]+)")
_COLUMNS = "100"


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Mkdocs asks this of each page before it is rendered."""
    text = _mended(markdown, DOCS / page.file.src_uri)
    return _DIRECTIVE.sub(lambda directive: _made(directive[1], directive[2]), text)


def on_post_page(output: str, *, page: Any, **_: Any) -> str:
    """Mkdocs asks this of each page as it is written: one that is read needs nothing from anywhere else."""
    if asked := _FETCHED.search(output):
        raise ValueError(f"{page.file.src_uri} would fetch {asked[1]}. Keep it in docs/, or leave it out.")
    return output


def _made(kind: str, wanted: str) -> str:
    if kind == "output":
        return _output(wanted)
    file = ROOT / ("README.md" if kind == "README" else wanted)
    text = file.read_text(encoding="utf-8")
    return _mended(_section(text, wanted) if kind == "README" else _body(text), file)


def _section(text: str, wanted: str) -> str:
    """What stands under a heading of the second level, its own headings one level up; or under the title."""
    headings = [*_HEADING.finditer(_hidden(text))]
    ends = [following.start() for following in headings[1:]] + [len(text)]
    for heading, end in zip(headings, ends, strict=True):
        if heading[1] == wanted:
            return _raised(text[heading.end() : end])
    raise ValueError(f"README.md has no section '{wanted}'. Mend the page that asks for it.")


def _hidden(text: str) -> str:
    """The text with what is fenced made blank, as long as it was: a comment of a shell is no heading."""
    return _FENCE.sub(lambda fenced: re.sub(r"[^\n]", " ", fenced[0]), text)


def _body(text: str) -> str:
    """A file without its title."""
    return re.sub(r"\A# .+\n", "", text).strip("\n")


def _raised(text: str) -> str:
    return re.sub(r"^#(#{2,} )", r"\1", text, flags=re.MULTILINE).strip("\n")


def _mended(text: str, file: Path) -> str:
    """The text with its links as they are in docs/; what a link names outside of it is only named."""

    def mend(link: re.Match[str]) -> str:
        image, words, target = link.groups()
        path, hash_, anchor = target.partition("#")
        if "://" in target or not path:
            return link[0]
        if path.endswith("README.md") and (file.parent / path).resolve() == ROOT / "README.md":
            return f"[{words}]({_page_of(anchor)})"
        named = (file.parent / path).resolve()
        if named.is_relative_to(DOCS):
            return f"{image}[{words}]({named.relative_to(DOCS)}{hash_}{anchor})"
        page = _page_with(named)
        return f"[{words}]({page})" if page else words

    return _LINK.sub(mend, text)


def _page_of(anchor: str) -> str:
    """The page that has the README's section of this anchor."""
    for page in sorted(DOCS.glob("*.md")):
        for kind, wanted in _DIRECTIVE.findall(page.read_text(encoding="utf-8")):
            if kind == "README" and anchor == re.sub(r"[^\w-]+", "", wanted.lower().replace(" ", "-")):
                return page.name
    return "index.md"


def _page_with(file: Path) -> str:
    """The page that has the whole of the file; nothing where none has."""
    for page in sorted(DOCS.glob("*.md")):
        for kind, wanted in _DIRECTIVE.findall(page.read_text(encoding="utf-8")):
            if kind == "file" and (ROOT / wanted).resolve() == file:
                return page.name
    return ""


def _output(command: str) -> str:
    """The command and what it prints, as whoever types it sees it; raises where it fails."""
    _python, *arguments = shlex.split(command)
    # A terminal of the same width on every machine, and no colours.
    environment = {**os.environ, "COLUMNS": _COLUMNS, "NO_COLOR": "1", "TERM": "dumb"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    # Where the checkout lies is nobody's business.
    printed = done.stdout.replace(f"{ROOT}{os.sep}", "").strip()
    return f"```console\n$ {command}\n{printed}\n```"
