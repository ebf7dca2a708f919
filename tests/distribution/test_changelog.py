"""The changelog has a section for the version that is in pyproject.toml, and the sections are in order."""

from __future__ import annotations

import re
from typing import Any

from packaging.version import Version

from archives import ROOT

CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
HEADINGS = re.findall(r"^## (\S+) \(([^)]+)\)$", CHANGELOG, re.MULTILINE)


def test_the_version_has_its_section(project: dict[str, Any]) -> None:
    assert project["version"] in [version for version, _ in HEADINGS]


def test_every_section_says_when_or_that_it_is_not_released() -> None:
    assert len(HEADINGS) == CHANGELOG.count("\n## ")
    assert [
        when for _, when in HEADINGS if not re.fullmatch(r"not yet released|\d{4}-\d{2}-\d{2}", when)
    ] == []


def test_the_newest_comes_first() -> None:
    versions = [Version(version) for version, _ in HEADINGS]
    assert versions == sorted(versions, reverse=True)


def test_every_section_says_something() -> None:
    for section in CHANGELOG.split("\n## ")[1:]:
        assert "\n- " in section, section
