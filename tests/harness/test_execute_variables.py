"""A worker finds few environment variables: its own, those that it needs to start, and those that the user names."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from conformance.execute.variables import handed_on, missing, surroundings
from miniatures import Making

pytest_plugins = ["miniatures"]

TELLING = """
    import os, unittest

    class Tests(unittest.TestCase):
        def test_it(self):
            print(sorted(os.environ.items()))
            self.fail()
"""


def test_the_drivers_variables_do_not_reach_the_judged_side(
    making: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANOTHER", "of the driver")
    made = making.runners(TELLING)
    output = made.run(variables={"LC_ALL": "C.UTF-8", "HANDED": "on"})["test_it"].output
    variables = dict(ast.literal_eval(output))
    folder = variables.pop("TMPDIR")
    assert variables == {
        "HOME": folder,
        "PATH": f"{made.python.parent}{os.pathsep}{os.defpath}",
        "LC_ALL": "C.UTF-8",
        "HANDED": "on",
    }


def test_the_language_and_what_an_interpreter_needs_to_start_are_handed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in list(os.environ):
        monkeypatch.delenv(name)
    wanted = ["LANG", "LC_TIME", "TZ", "LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "USER"]
    for name in [*wanted, "LANGUAGES", "XLC_ALL", "HOME", "PATH", "VIRTUAL_ENV"]:
        monkeypatch.setenv(name, f"the value of {name}")
    assert handed_on() == {name: f"the value of {name}" for name in wanted}


def test_more_is_handed_on_by_name_and_by_glob(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        monkeypatch.delenv(name)
    for name in ("ONE", "ONE_MORE", "MANY_A", "MANY_B"):
        monkeypatch.setenv(name, "")
    names = ["ONE", "MANY_*", "ABSENT", "FEW_*"]
    assert list(handed_on(names)) == ["MANY_A", "MANY_B", "ONE"]
    assert missing(names) == ["ABSENT"]


def test_what_steers_python_or_marks_a_worker_is_never_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONPATH", "PYTHONASYNCIODEBUG", "TMPDIR"):
        monkeypatch.setenv(name, "")
    assert not {"PYTHONPATH", "PYTHONASYNCIODEBUG", "TMPDIR"} & set(handed_on(["*"]))
    assert "PATH" in handed_on(["*"])


def test_a_worker_has_its_own_folder_whatever_is_handed_on(tmp_path: Path) -> None:
    variables = surroundings({"TMPDIR": "another", "HOME": "a home"}, tmp_path / "python", "its own")
    assert (variables["TMPDIR"], variables["HOME"]) == ("its own", "a home")
