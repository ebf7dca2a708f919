"""What a package index shows: the README renders, and its links lead somewhere from there too."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from readme_renderer import markdown

from archives import Distribution


@pytest.fixture(scope="module")
def page(distribution: Distribution) -> str:
    """The page as an index makes it."""
    rendered = markdown.render(str(distribution.metadata.get_payload()))
    assert rendered is not None
    return rendered


def test_twine_finds_nothing_to_say(distribution: Distribution) -> None:
    command = [str(Path(sys.executable).parent / "twine"), "check", "--strict"]
    archives = [str(distribution.wheel), str(distribution.sdist)]
    done = subprocess.run([*command, *archives], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("PASSED") == 2


def test_every_link_works_without_a_repository_around_it(page: str) -> None:
    links = re.findall(r'(?:href|src)="([^"]*)"', page)
    anchors = {f"#{anchor}" for anchor in re.findall(r'id="([^"]*)"', page)}
    assert len(anchors) < len(links)
    assert [link for link in links if link not in anchors and not link.startswith("https://")] == []


def test_nothing_of_the_text_is_lost(page: str) -> None:
    assert "docs/divergences.md" in page
    assert "<table>" in page
    assert "](" not in page
