"""The wheel: nothing but the package, no dependencies, and metadata that say all there is to say."""

from __future__ import annotations

from typing import Any

import pytest

from archives import ROOT, Distribution, tracked

DIST_INFO = "runner_backport-{version}.dist-info"
SERIES = (ROOT / ".python-version").read_text(encoding="utf-8").split()


def test_it_is_one_for_all_interpreters(distribution: Distribution, project: dict[str, Any]) -> None:
    assert distribution.wheel.name == f"runner_backport-{project['version']}-py3-none-any.whl"


def test_it_holds_the_package_and_nothing_else(distribution: Distribution, project: dict[str, Any]) -> None:
    dist_info = DIST_INFO.format(**project)
    about = {f"{dist_info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "licenses/LICENSE")}
    assert set(distribution.files) == tracked("runner_backport") | about


def test_its_files_are_the_tree_s(distribution: Distribution) -> None:
    for name in tracked("runner_backport"):
        assert distribution.files[name] == (ROOT / name).read_bytes(), name


def test_it_says_that_it_is_typed(distribution: Distribution) -> None:
    """https://peps.python.org/pep-0561/: "a marker file named py.typed" says that a package is typed."""
    assert "runner_backport/py.typed" in distribution.files


def test_it_brings_the_licence(distribution: Distribution, project: dict[str, Any]) -> None:
    licence = distribution.files[f"{DIST_INFO.format(**project)}/licenses/LICENSE"]
    assert licence == (ROOT / "LICENSE").read_bytes()
    assert licence.startswith(b"MIT License")


def test_it_depends_on_nothing(distribution: Distribution) -> None:
    metadata = distribution.metadata
    assert [metadata.get_all(name) for name in ("Requires-Dist", "Requires-External", "Provides-Extra")] == [
        None
    ] * 3


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Name", "runner_backport"),
        ("License-Expression", "MIT"),
        ("License-File", "LICENSE"),
        ("Requires-Python", ">=3.8"),
        ("Description-Content-Type", "text/markdown"),
        ("Author", "The runner_backport authors"),
    ],
)
def test_its_metadata_say(distribution: Distribution, name: str, value: str) -> None:
    assert distribution.metadata.get_all(name) == [value]


def test_its_metadata_have_the_project_s_version(distribution: Distribution, project: dict[str, Any]) -> None:
    assert distribution.metadata["Version"] == project["version"]


def test_its_summary_is_one_line_that_an_index_takes(distribution: Distribution) -> None:
    """https://packaging.python.org/specifications/core-metadata/#summary: "one-line summary"; indexes take 512."""
    summary = distribution.metadata["Summary"]
    assert "asyncio.Runner" in summary
    assert len(summary) <= 512


def test_its_keywords_are_the_words_of_who_looks_for_it(distribution: Distribution) -> None:
    assert {"asyncio", "Runner", "backport", "uvloop"} <= set(distribution.metadata["Keywords"].split(","))


def test_its_classifiers_name_each_interpreter_that_is_tested(distribution: Distribution) -> None:
    classifiers = distribution.metadata.get_all("Classifier") or []
    prefix = "Programming Language :: Python :: 3."
    assert sorted(name for name in classifiers if name.startswith(prefix)) == sorted(
        f"Programming Language :: Python :: {series}" for series in SERIES
    )


def test_its_classifiers_say_what_it_is(distribution: Distribution) -> None:
    classifiers = distribution.metadata.get_all("Classifier") or []
    assert {"Framework :: AsyncIO", "Typing :: Typed", "Intended Audience :: Developers"} <= set(classifiers)
    # Where there is a licence expression, an index refuses such a classifier beside it (PEP 639).
    assert [name for name in classifiers if name.startswith("License ::")] == []
