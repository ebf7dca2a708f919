"""pytest-asyncio's own tests, from its sdist: with our Runner in the place of the original, what passed passes."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

SHOW = "from pytest_asyncio.plugin import Runner; print(Runner.__module__)"


def runner_module(python, folder):
    command = [str(python), "-I", "-c", SHOW]
    return subprocess.run(
        command, stdout=subprocess.PIPE, text=True, cwd=str(folder), check=True
    ).stdout.strip()


def test_it_takes_the_runner_of_each_environment(original, ours, tmp_path):
    assert runner_module(original, tmp_path).startswith("backports.asyncio.runner")
    assert runner_module(ours, tmp_path).startswith("runner_backport")


def test_what_passes_with_the_original_passes_with_ours(
    pin, original, ours, sdist, tmp_path, run_pytest, say
):
    folders = {python: tmp_path / name for python, name in ((original, "original"), (ours, "ours"))}
    for folder in folders.values():
        shutil.copytree(sdist, folder)
    # One beside the other: each is a process that mostly imports.
    with ThreadPoolExecutor(2) as pool:
        # What is imported once is not imported again by each pytest that a test runs: a third of the time.
        options = ["-p", "hypothesis", "tests"]
        expected, found = pool.map(lambda python: run_pytest(python, folders[python], *options), folders)

    passed = {test for test, outcome in expected.items() if outcome == "passed"}
    ours_passed = {test for test, outcome in found.items() if outcome == "passed"}
    say(
        f"pytest-asyncio {pin.version}'s own tests on Python {sys.version_info[0]}.{sys.version_info[1]}: "
        f"{len(passed)} of {len(expected)} pass with backports.asyncio.runner, "
        f"{len(ours_passed)} of {len(found)} with runner_backport"
    )
    assert len(passed) >= pin.passed
    assert {test: found.get(test, "not run") for test in passed - ours_passed} == {}
