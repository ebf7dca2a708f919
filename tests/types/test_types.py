"""What type checkers say to users: of the installed package, by mypy and pyright, both strict, for each interpreter."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import runner_backport
from runner_backport import _loops, _run, _runner, _tasks

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(__file__).parent / "programs"
# All exports are ours, run alone is, none is.
SERIES = ["3.8", "3.11", "3.13"]
BIN = Path(sys.executable).parent
STRICT = {
    "typeCheckingMode": "strict",
    "reportUnnecessaryTypeIgnoreComment": True,
    # mypy's marks are not pyright's.
    "enableTypeIgnoreComments": False,
}

Check = Callable[[Path, str], "subprocess.CompletedProcess[str]"]


def start(checker: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Start a type checker where nothing of the tree is to be seen."""
    # pyright --verifytypes takes the interpreter that is the first on the path.
    environment = {**os.environ, "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]])}
    for name in [name for name in environment if name == "MYPYPATH" or name.startswith("PYRIGHT_PYTHON_")]:
        del environment[name]
    command = shutil.which(checker, path=str(BIN))
    if command is None:
        pytest.fail(
            f"{checker} is not installed beside {BIN.name}/python: `nox -s types` does it", pytrace=False
        )
    done = subprocess.run(
        [command, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    # Both: 0 nothing found, 1 errors found, and above that they could not do their work.
    if done.returncode not in (0, 1) or (done.returncode and not done.stdout.strip()):
        said = done.stderr.strip() or done.stdout.strip()
        pytest.fail(f"{checker} could not check (exit status {done.returncode}): {said}", pytrace=False)
    return done


def mypy(folder: Path, series: str) -> subprocess.CompletedProcess[str]:
    options = ["--strict", "--no-error-summary", f"--cache-dir={folder.parent / 'cache'}"]
    return start("mypy", *options, "--python-version", series, ".", folder=folder)


def pyright(folder: Path, series: str) -> subprocess.CompletedProcess[str]:
    (folder / "pyrightconfig.json").write_text(json.dumps(STRICT), encoding="utf-8")
    return start("pyright", "--pythonpath", sys.executable, "--pythonversion", series, folder=folder)


@pytest.fixture(params=[mypy, pyright], ids=["mypy", "pyright"])
def check(request: pytest.FixtureRequest) -> Check:
    """A strict type checker."""
    checker: Check = request.param
    return checker


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder; the folders beside it are other tests', and share the cache."""
    return tmp_path_factory.mktemp("programs")


@pytest.mark.parametrize("series", SERIES)
def test_the_programs_are_clean(check: Check, folder: Path, series: str) -> None:
    for program in PROGRAMS.glob("*.py"):
        shutil.copy(program, folder)
    done = check(folder, series)
    assert not done.returncode, done.stdout


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("assert_type(run(number()), str)", "assert"),
        ("run(number)", "arg"),
        ("run(number())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]", "ignore"),
    ],
    ids=["a wrong type", "a wrong argument", "a mark that is not needed"],
)
def test_what_is_wrong_is_found(check: Check, folder: Path, line: str, found: str) -> None:
    program = [
        "from runner_backport import run",
        "from typing_extensions import assert_type",
        "async def number() -> int: return 42",
        "assert_type(run(number()), int)",
        line,
    ]
    (folder / "program.py").write_text("\n".join(program), encoding="utf-8")
    done = check(folder, "3.8")
    (said,) = [said for said in done.stdout.splitlines() if "program.py:" in said and "error" in said]
    assert "program.py:5:" in said
    assert found in said.lower()


@pytest.mark.parametrize("series", SERIES)
def test_every_public_type_is_known(folder: Path, series: str) -> None:
    arguments = ["--outputjson", "--verifytypes", "runner_backport", "--pythonversion", series]
    report = json.loads(start("pyright", *arguments, folder=folder).stdout)["typeCompleteness"]
    assert report["completenessScore"] == 1
    exported = {symbol["name"] for symbol in report["symbols"] if symbol["isExported"]}
    assert exported == {f"runner_backport.{name}" for name in runner_backport.__all__}


def test_the_package_is_the_installed_one_and_not_the_tree_s() -> None:
    spec = importlib.util.find_spec("runner_backport")
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).parent != ROOT / "runner_backport"


def test_the_installed_package_is_what_the_tree_holds() -> None:
    installed = Path(inspect.getfile(runner_backport)).parent
    of_tree = {path.name: path.read_bytes() for path in (ROOT / "runner_backport").glob("*.py*")}
    assert {path.name: path.read_bytes() for path in installed.glob("*.py*")} == of_tree


def test_the_accepted_programs_use_every_export_and_method() -> None:
    tree = ast.parse((PROGRAMS / "accepted.py").read_text(encoding="utf-8"))
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    own = [_runner.Runner, _tasks.Task, _loops.create_task, _run.run]
    methods = {
        name for thing in own if isinstance(thing, type) for name in vars(thing) if not name.startswith("_")
    }
    assert {*runner_backport.__all__, *methods} - used == set()
