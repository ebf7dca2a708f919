"""What each suite is, said once: the plan, the lock, the worker and the help agree on it."""

from __future__ import annotations

import subprocess
from pathlib import PurePosixPath

import click
import pytest
from packaging.specifiers import SpecifierSet

from conformance.cli import commands
from conformance.errors import SyncError
from conformance.places import CHECKOUT, UPSTREAM
from conformance.plan import find_interpreters, wanted_series
from conformance.records import Suite
from conformance.suites import DEFINITIONS
from conformance.sync import Lock, TagLock, read_lock
from conformance.worker.suites import LOADERS
from results import interpreter, subject_cell

CELL = subject_cell("3.9.18", suite=Suite.ASYNC_CASE)
CASE, TESTS = DEFINITIONS[Suite.ASYNC_CASE].files
OTHER = "Lib/test/support/__init__.py"


def lock(**files: str) -> Lock:
    return Lock((TagLock(CELL.tag, files),))


def test_each_suite_is_defined_and_the_worker_can_load_it() -> None:
    assert list(DEFINITIONS) == [suite for suite in Suite if suite is not Suite.DIFFERENTIAL]
    assert set(DEFINITIONS) <= set(LOADERS)


@pytest.mark.parametrize("suite", DEFINITIONS)
def test_the_tests_of_a_suite_are_in_the_file_of_its_name(suite: Suite) -> None:
    assert PurePosixPath(DEFINITIONS[suite].files[-1]).name == f"test_{suite}.py"


@pytest.mark.parametrize("suite", DEFINITIONS)
@pytest.mark.parametrize("series", wanted_series(CHECKOUT))
def test_the_lock_pins_the_files_of_each_suite_for_each_interpreter(suite: Suite, series: str) -> None:
    wanted = DEFINITIONS[suite].series_for(interpreter(f"{series}.1"))
    [pinned] = [entry.files for entry in read_lock(UPSTREAM).entries if entry.series == wanted]
    assert set(DEFINITIONS[suite].files) <= set(pinned)


@pytest.mark.parametrize("command", ["plan", "run"])
def test_help_names_each_suite(command: str) -> None:
    text = commands.commands[command].get_help(click.Context(commands.commands[command]))
    assert all(suite in text for suite in DEFINITIONS)


@pytest.mark.parametrize("series", wanted_series(CHECKOUT))
def test_async_case_is_judged_where_a_test_case_s_debug_goes_by_its_hooks(series: str) -> None:
    """`unittest.IsolatedAsyncioTestCase.debug`: it runs now asynchronous methods and callbacks (bpo-45238)."""
    found = find_interpreters([series])
    if not found.interpreters:
        pytest.skip(found.missing[0].advice)
    asked = "import unittest; print('_callSetUp' in unittest.TestCase.debug.__code__.co_names)"
    command = [str(found.interpreters[0].executable), "-c", asked]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    judged = SpecifierSet(DEFINITIONS[Suite.ASYNC_CASE].python).contains(found.interpreters[0].version)
    assert said == str(judged)


@pytest.mark.parametrize("path", [CASE, TESTS])
def test_what_is_known_of_a_suite_hangs_on_each_of_its_files(path: str) -> None:
    files = {CASE: "bd2a", TESTS: "a465", OTHER: "1234"}
    assert blobs(**files) != blobs(**{**files, path: "another"})
    assert blobs(**files) == blobs(**{**files, OTHER: "another"})


@pytest.mark.parametrize("path", [CASE, TESTS])
def test_a_suite_s_file_that_is_not_pinned_is_told(path: str) -> None:
    files = {CASE: "bd2a", TESTS: "a465"}
    del files[path]
    with pytest.raises(SyncError, match=rf"pins no {path} of v3\.11\.7.*sync --update v3\.11\.7"):
        blobs(**files)


def blobs(**files: str) -> str:
    return lock(**files).entry(CELL.tag).blobs(DEFINITIONS[CELL.suite].files)
