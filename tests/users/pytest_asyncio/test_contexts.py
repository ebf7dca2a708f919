"""What asynchronous fixtures set is visible in tests, on both loops, with each way to give pytest-asyncio our Runner."""

import shutil
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).with_name("context_example.py")
LOOP = """
import pytest

@pytest.fixture(scope="session")
def event_loop_policy():
    import {module}
    return {module}.{policy}()

@pytest.fixture
def loop_module():
    return "{module}"
"""
LOOPS = {
    "asyncio": LOOP.format(module="asyncio", policy="DefaultEventLoopPolicy"),
    "uvloop": LOOP.format(module="uvloop", policy="EventLoopPolicy"),
}
# What a user may write, and what happens with it.
CONFTEST_LINE = """
import pytest_asyncio.plugin
from runner_backport import Runner

pytest_asyncio.plugin.Runner = Runner
"""
MODULE_NAME = """
import sys
import runner_backport

sys.modules["backports.asyncio.runner"] = runner_backport
"""
ALL_PASS = {
    "context_example::test_fixture_that_returns": "passed",
    "context_example::test_fixture_that_yields": "passed",
    "context_example::test_that_is_not_asynchronous": "passed",
    "context_example::test_fixture_of_the_module": "passed",
    "context_example::test_the_loop": "passed",
}
ONLY_THE_LOOP_PASSES = {
    **dict.fromkeys(ALL_PASS, "failed"),
    # It fails, and then its fixture cannot reset the variable: its teardown has another context.
    "context_example::test_fixture_that_yields": "errored",
    "context_example::test_the_loop": "passed",
}


@pytest.fixture(params=list(LOOPS))
def loop(request):
    return request.param


@pytest.fixture
def project(tmp_path):
    """A folder with a user's tests, whose conftest.py is yet to be written."""
    folder = tmp_path / "project"
    folder.mkdir()
    shutil.copy(str(EXAMPLE), str(folder))
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    return folder


def run_example(run_pytest, python, project, conftest, *options):
    (project / "conftest.py").write_text(conftest)
    return run_pytest(python, project, *options, "context_example.py")


def test_the_module_name_alone_makes_them_visible(ours, loop, project, run_pytest):
    assert run_example(run_pytest, ours, project, LOOPS[loop]) == ALL_PASS


def test_the_original_makes_them_visible_on_asyncio(original, project, run_pytest):
    assert run_example(run_pytest, original, project, LOOPS["asyncio"]) == ALL_PASS


def test_the_original_does_not_on_uvloop(original, project, run_pytest):
    assert run_example(run_pytest, original, project, LOOPS["uvloop"]) == ONLY_THE_LOOP_PASSES


def test_a_line_in_conftest_makes_them_visible(original, loop, project, run_pytest):
    assert run_example(run_pytest, original, project, LOOPS[loop] + CONFTEST_LINE) == ALL_PASS


def test_a_plugin_of_the_user_s_that_gives_the_module_name_makes_them_visible(
    original, loop, project, run_pytest
):
    (project / "our_runner.py").write_text(MODULE_NAME)
    # It has to be importable before pytest reads any conftest.py: here python -m pytest sees to it.
    assert run_example(run_pytest, original, project, LOOPS[loop], "-p", "our_runner") == ALL_PASS


def test_giving_the_module_name_in_conftest_is_too_late(original, project, run_pytest):
    outcomes = run_example(run_pytest, original, project, MODULE_NAME + LOOPS["uvloop"])
    assert outcomes == ONLY_THE_LOOP_PASSES
