"""The harness as a distribution of its own: what its wheel holds, and what a new user does with it, as the README says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from packaging.requirements import Requirement
from packaging.version import Version
from uv import find_uv_bin

from archives import ROOT, Distribution, build, contents, tracked
from conformance import __version__
from conformance.provision.uv import call_uv
from conftest import FOUND

README = (
    (ROOT / "README.md").read_text(encoding="utf-8").partition("## Judging your own")[2].partition("\n## ")[0]
)
ONLY_HERE = {"conformance/pyproject.toml", "conformance/checkout.toml"}
MODEL = "v3.11.7"
PATIENCE_SECONDS = 300


@frozen
class User:
    """Somebody in an empty folder, who has installed the harness and nothing else."""

    folder: Path
    cache: Path
    programs: Path

    def __call__(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the folder."""
        environ = {
            name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")
        }
        environ |= {"PATH": f"{self.programs}{os.pathsep}{environ['PATH']}", "COLUMNS": "120"}
        # What uv has downloaded before is not to be downloaded again.
        environ |= {"XDG_CACHE_HOME": str(self.cache), "UV_CACHE_DIR": uv_cache()}
        name, *arguments = shlex.split(command)
        return subprocess.run(
            [self.programs / name, *arguments],
            cwd=self.folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )


def uv_cache() -> str:
    return subprocess.run(
        [find_uv_bin(), "cache", "dir"], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Distribution:
    wheel = build(ROOT / "conformance", tmp_path_factory.mktemp("harness"), "wheel")
    return Distribution(wheel=wheel, sdist=wheel, files=contents(wheel))


@pytest.fixture(scope="module")
def declared() -> dict[str, Any]:
    """The distribution as its pyproject.toml declares it."""
    text = (ROOT / "conformance" / "pyproject.toml").read_text(encoding="utf-8")
    project: dict[str, Any] = tomllib.loads(text)["project"]
    return project


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an environment that the harness is installed in, as the README says."""
    [line] = [line for line in commands() if " pip " in line]
    _python, _m, pip, install, source = shlex.split(line)
    environment = tmp_path_factory.mktemp("user") / "venv"
    call_uv(["venv", "--quiet", "--python", FOUND["3.11"].executable, environment], failing="No environment")
    python = environment / "bin" / "python"
    call_uv(
        # Not what uv has built of it before.
        [
            pip,
            install,
            "--quiet",
            "--refresh-package",
            "runner_backport-conformance",
            "--python",
            python,
            ROOT / source,
        ],
        failing="It could not be installed",
    )
    return environment / "bin"


@pytest.fixture
def user(installed: Path, tmp_path: Path) -> User:
    (tmp_path / "empty").mkdir()
    return User(tmp_path / "empty", tmp_path / "cache", installed)


def commands() -> list[str]:
    """The lines of the section that are commands."""
    lines = [line.strip() for line in README.splitlines() if line.startswith("    ")]
    return [line for line in lines if line.startswith(("python", "conformance"))]


def blocks(kind: str) -> str:
    (block,) = re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)
    return str(block)


def test_its_wheel_holds_the_harness_the_lock_and_the_licence(harness: Distribution) -> None:
    about = {
        f"runner_backport_conformance-{__version__}.dist-info/{name}"
        for name in ("METADATA", "WHEEL", "RECORD")
    }
    about.add(f"runner_backport_conformance-{__version__}.dist-info/entry_points.txt")
    ours = {name for name in tracked("conformance") - ONLY_HERE if not name.endswith("/ruff.toml")}
    assert set(harness.files) == ours | {"conformance/upstream.lock", "conformance/LICENSE"} | about


def test_its_files_are_the_tree_s(harness: Distribution) -> None:
    for name in tracked("conformance") & set(harness.files):
        assert harness.files[name] == (ROOT / name).read_bytes(), name
    assert (
        harness.files["conformance/upstream.lock"] == (ROOT / "upstream_tests" / "upstream.lock").read_bytes()
    )
    assert harness.files["conformance/LICENSE"] == (ROOT / "LICENSE").read_bytes()


def test_its_metadata_say_what_it_is_and_needs(harness: Distribution, declared: dict[str, Any]) -> None:
    metadata = harness.metadata
    assert (metadata["Name"], metadata["Version"]) == (declared["name"], __version__)
    assert metadata["Requires-Python"] == ">=3.11"
    said = map(Requirement, metadata.get_all("Requires-Dist", []))
    assert set(said) == set(map(Requirement, declared["dependencies"]))


def test_its_version_is_the_package_s_own(harness: Distribution) -> None:
    assert Version(harness.metadata["Version"]) == Version(__version__)


def test_its_command_is_there(user: User) -> None:
    done = user("conformance --help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: conformance ")
    assert "Example: conformance run " in user("conformance run --help").stdout
    assert user("python -m conformance --version").stdout == user("conformance --version").stdout


def test_doctor_finds_every_interpreter_that_the_checkout_finds(user: User) -> None:
    done = user("conformance doctor")
    assert (done.returncode, done.stderr) == (0, "")
    found = re.findall(r"^ok +Python (\S+) at ", done.stdout, re.MULTILINE)
    assert found == [one.version for one in sorted(FOUND.values(), key=lambda one: one.release)]
    assert f"not yet  {MODEL}: 'conformance sync' brings it in" in done.stdout


def test_the_lock_is_not_rewritten(user: User) -> None:
    done = user(f"conformance sync --update {MODEL}")
    assert (done.returncode, done.stdout) == (2, "")
    assert "belongs to the installed harness. Update it in a checkout" in done.stderr


@pytest.mark.parametrize("text", [None, "[[loop]]\nname = 'own'\nfactory = 'asyncio:new_event_loop'\n"])
def test_nothing_to_judge_is_answered_with_what_to_do(user: User, text: str | None) -> None:
    options = ""
    if text is not None:
        (user.folder / "loop.toml").write_text(text)
        options = " --config loop.toml"
    done = user(f"conformance run{options}")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("conformance: Nothing says what is to be judged. Declare it in a file, ")
    assert "--implementation: backports.asyncio.runner, taskgroup" in done.stderr


def test_what_the_readme_says_is_what_a_new_user_sees(user: User) -> None:
    (user.folder / "mine.py").write_text(blocks("python"), encoding="utf-8")
    (user.folder / "mine.toml").write_text(blocks("toml"), encoding="utf-8")
    _pip, command = commands()
    kept = user.cache / "runner_backport-conformance"
    if (ROOT / "upstream_tests" / MODEL).is_dir():
        # Without a network of its own: sync takes what is there and whole.
        shutil.copytree(ROOT / "upstream_tests" / MODEL, kept / "upstream_tests" / MODEL)

    planned = user(command.replace(" run ", " plan "))
    assert planned.returncode == 0, planned.stderr
    assert "runners/mine/3.11." in planned.stdout

    done = user(command)
    assert (done.returncode, done.stderr) == (1, "")
    [told] = re.findall(r"conformant in `(\d+ of \d+)` tests of the `runners` suite on asyncio", README)
    [divergent] = re.findall(r"divergent in `(\w+)`", README)
    assert re.search(rf"asyncio +{told} +1 ", done.stdout), done.stdout
    assert re.findall(r"^divergent (\S+)  ", done.stdout, re.MULTILINE) == [
        f"test_runners.RunnerTests.{divergent}"
    ]
    assert f"The report document: {kept / 'results.jsonl'}" in done.stdout
    assert {path.name for path in user.folder.iterdir()} == {"mine.py", "mine.toml"}

    again = user(f"conformance report {kept / 'results.jsonl'}")
    assert again.returncode == done.returncode


def test_a_setuptools_project_is_judged_and_left_as_it_was(user: User) -> None:
    project = user.folder / "project"
    project.mkdir()
    (project / "mine.py").write_text(blocks("python"), encoding="utf-8")
    (project / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools>=61"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "mine"\nversion = "1"\n[tool.setuptools]\npy-modules = ["mine"]\n'
    )
    (user.folder / "mine.toml").write_text(blocks("toml").replace("mine.py", "project"), encoding="utf-8")
    if (ROOT / "upstream_tests" / MODEL).is_dir():
        kept = user.cache / "runner_backport-conformance"
        shutil.copytree(ROOT / "upstream_tests" / MODEL, kept / "upstream_tests" / MODEL)
    narrow = "--python 3.11 --loop asyncio --suite runners -k test_run"
    done = user(f"conformance run --config mine.toml {narrow}")
    assert (done.returncode, done.stderr) == (1, "")
    assert {path.name for path in project.iterdir()} == {"mine.py", "pyproject.toml"}
