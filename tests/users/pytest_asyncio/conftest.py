"""What the tests of pytest-asyncio share: an environment with the original Runner, one with ours, and its sdist."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Sequence, Union
from xml.etree import ElementTree

import pytest
from uv import find_uv_bin

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
# Many times what the longest of them takes, its own test suite.
DEADLINE = 900.0
LAST_LINES = 12

Command = Sequence[Union[str, Path]]
Outcomes = Dict[str, str]


class Pin(NamedTuple):
    """The pytest-asyncio of one interpreter, the pytest that it runs under, and how many of its own tests pass."""

    version: str
    pytest: str
    passed: int


# The newest that supports the interpreter. Pinned, pytest too, so that only our changes change what is found.
# 3.8's newest has no Runner, and from 3.11 on it takes asyncio's own.
PINS = {
    (3, 9): Pin("1.2.0", "8.4.2", passed=196),
    (3, 10): Pin("1.5.0", "9.2.0", passed=248),
}
FOUND = pytest.StashKey[List[str]]()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for line in config.stash.get(FOUND, []):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def say(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """Add a line to the summary at the end."""
    return pytestconfig.stash.setdefault(FOUND, []).append


@pytest.fixture(scope="session")
def pin() -> Pin:
    """The pytest-asyncio of this interpreter."""
    if sys.version_info[:2] not in PINS:
        pytest.skip("pytest-asyncio imports backports.asyncio.runner on 3.9 and 3.10 only")
    return PINS[sys.version_info[:2]]


def call(command: Command, *, failing: str, cwd: Path) -> None:
    """Run what needs the package index; its failure is a sentence and the last that it said."""
    done = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=clean_environ(),
        cwd=str(cwd),
        check=False,
    )
    if done.returncode != 0:
        said = "\n".join(done.stdout.strip().splitlines()[-LAST_LINES:])
        advice = (
            "See whether the package index that pip and uv are configured for can be reached, and run again"
        )
        pytest.fail(f"{failing}. {advice}. It said:\n{said}", pytrace=False)


def clean_environ() -> Dict[str, str]:
    """The environment variables without those that would reach into another Python, or another pytest."""
    ours = ("PYTHON", "PYTEST", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def make_environment(folder: Path, pin: Pin, wheels: Path, extra: Command = ()) -> Path:
    """A virtual environment with pytest-asyncio, uvloop and our wheel; the path of its Python."""
    uv = find_uv_bin()
    failing = f"The environment of pytest-asyncio {pin.version} could not be made: uv failed"
    call([uv, "venv", "--quiet", "--python", sys.executable, folder], failing=failing, cwd=wheels)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    requirements = [f"pytest-asyncio[testing]=={pin.version}", f"pytest=={pin.pytest}", "uvloop==0.23.0"]
    install = [uv, "pip", "install", "--quiet", "--python", python]
    call([*install, *requirements, *wheels.glob("*.whl")], failing=failing, cwd=wheels)
    if extra:
        call([*install, *extra], failing=failing, cwd=wheels)
    return python


@pytest.fixture(scope="session")
def wheels(pin: Pin, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with our wheel."""
    folder = tmp_path_factory.mktemp("wheels")
    build = [find_uv_bin(), "build", "--quiet", "--wheel", "--out-dir", folder, ROOT]
    call(build, failing="The wheel of runner_backport could not be built: uv failed", cwd=folder)
    return folder


@pytest.fixture(scope="session")
def original(pin: Pin, wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python with the original backports.asyncio.runner, and runner_backport beside it."""
    return make_environment(tmp_path_factory.mktemp("original") / "env", pin, wheels)


@pytest.fixture(scope="session")
def ours(pin: Pin, wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python with runner_backport under the name backports.asyncio.runner."""
    folder = tmp_path_factory.mktemp("ours")
    shutil.copytree(HERE / "stand_in", folder / "stand_in")
    return make_environment(folder / "env", pin, wheels, [folder / "stand_in"])


@pytest.fixture(scope="session")
def sdist(pin: Pin, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked sdist of pytest-asyncio, with its tests."""
    folder = tmp_path_factory.mktemp("sdist")
    download = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-binary",
        "pytest-asyncio",
    ]
    failing = f"The sdist of pytest-asyncio {pin.version} could not be fetched: pip failed"
    call([*download, "--dest", folder, f"pytest-asyncio=={pin.version}"], failing=failing, cwd=folder)
    (archive,) = folder.iterdir()
    shutil.unpack_archive(str(archive), str(folder))
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    return unpacked


def outcomes(python: Path, folder: Path, *arguments: str) -> Outcomes:
    """Run pytest in a folder with one of the environments; each test's outcome by its id."""
    document = folder / "outcomes.xml"
    options = ["-p", "no:cacheprovider", f"--junitxml={document}", f"--basetemp={folder / 'tmp'}"]
    command = [str(python), "-m", "pytest", *options, *arguments]
    with (folder / "output.txt").open("w") as output:
        try:
            subprocess.run(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=clean_environ(),
                cwd=str(folder),
                timeout=DEADLINE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            pytest.fail(f"pytest hung for {DEADLINE:.0f} s in {folder}: see output.txt there.", pytrace=False)
    if not document.exists():
        pytest.fail(f"pytest has no outcomes in {folder}: see output.txt there.", pytrace=False)
    found: Outcomes = {}
    for case in ElementTree.parse(document).iter("testcase"):
        test = f"{case.get('classname')}::{case.get('name')}"
        # One that fails has a second case for an error in its teardown.
        assert test not in found or outcome(case) == "errored", f"two tests are called {test}"
        found[test] = outcome(case)
    return found


def outcome(case: ElementTree.Element) -> str:
    words = {"failure": "failed", "error": "errored", "skipped": "skipped"}
    return next((words[child.tag] for child in case if child.tag in words), "passed")


@pytest.fixture(scope="session")
def run_pytest() -> Callable[..., Outcomes]:
    """The function `outcomes`."""
    return outcomes
