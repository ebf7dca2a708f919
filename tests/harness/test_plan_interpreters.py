"""Interpreters are looked for by series, release or path; each is known by what it says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.plan import find_interpreters, wanted_series
from miniatures import DRIVER, write


def test_an_interpreter_is_found_by_its_path_and_described_by_itself() -> None:
    found = find_interpreters([str(DRIVER.executable)])
    assert found.missing == ()
    [interpreter] = found.interpreters
    assert (interpreter.version, interpreter.build) == (DRIVER.version, DRIVER.build)


def test_one_interpreter_by_several_names_is_one() -> None:
    found = find_interpreters([DRIVER.series, DRIVER.version, str(DRIVER.executable)])
    assert [one.version for one in found.interpreters] == [DRIVER.version]


@pytest.mark.parametrize("wanted", ["3.99", "3.8.99", "nonsense", "", "--help"])
def test_what_is_not_here_is_named_with_what_to_do(wanted: str) -> None:
    found = find_interpreters([wanted])
    assert found.interpreters == ()
    [missing] = found.missing
    assert missing.python == wanted
    assert missing.advice.startswith(f"Install it ('uv python install {wanted}', or your version manager)")


@pytest.mark.parametrize("name", ["not there", "."])
def test_a_path_without_an_interpreter_is_named(tmp_path: Path, name: str) -> None:
    [missing] = find_interpreters([str(tmp_path / name)]).missing
    assert missing.advice == "There is no CPython at this path: name an executable."


@pytest.mark.parametrize("script", ["exit 1", "echo nonsense", "true"])
def test_an_executable_that_is_no_python_is_missing(tmp_path: Path, script: str) -> None:
    false = tmp_path / "python3"
    write(false, f"#!/bin/sh\n{script}\n")
    false.chmod(0o755)
    assert find_interpreters([str(false)]).interpreters == ()


def test_an_active_environment_is_no_interpreter_to_judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path))
    write(tmp_path / "pyvenv.cfg", f"home = {DRIVER.executable.parent}\nversion_info = {DRIVER.version}\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(DRIVER.executable)
    [interpreter] = find_interpreters([DRIVER.series]).interpreters
    assert not interpreter.executable.is_relative_to(tmp_path)


def test_interpreters_come_in_the_order_of_their_releases() -> None:
    found = find_interpreters(["3.13", "3.8", "3.10"])
    releases = [interpreter.release for interpreter in found.interpreters]
    assert releases == sorted(releases)
    assert len(releases) + len(found.missing) == 3


def test_the_listed_versions_are_read_without_comments(tmp_path: Path) -> None:
    write(tmp_path / ".python-version", "3.11\n\n3.8 # the oldest\n# 3.7\n")
    assert wanted_series(tmp_path) == ["3.11", "3.8"]


def test_without_a_list_nothing_is_wanted(tmp_path: Path) -> None:
    assert wanted_series(tmp_path) == []
