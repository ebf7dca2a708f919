"""What README and docs show as a command runs, in order, in a small checkout: one interpreter, and fewer programs.

Those that are sessions are what .ci/run and the workflows run: they are only looked up.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from conformance.cli import commands
from upstream_fixture import Mirror, needs

pytest_plugins = ["upstream_fixture"]

ROOT = Path(__file__).parents[2]
UPSTREAM = ROOT / "upstream_tests" / "README.md"
REPORTS = ROOT / "docs" / "reports.md"
README = ROOT / "README.md"
PAGES = [README, UPSTREAM, *sorted((ROOT / "docs").glob("*.md"))]
_SHOWN = re.compile(r"^    ((?:python3? -m |conformance |tox |nox ).*?)(?:  +#.*)?$", re.MULTILINE)
_SESSION = re.compile(r"nox -s (\w+)")
# As the page says it, and as it runs here.
SMALLER = {"--examples 2000": "--examples 20", "--repeat 10": "--repeat 2"}
# All else ends as expected.
ENDS_WITH = {"conformance run --config mine.toml --python 3.11": 1}


def shown(page: Path) -> list[str]:
    """The commands of a page, each on a line of its own there."""
    return _SHOWN.findall(page.read_text(encoding="utf-8"))


def of_harness(page: Path) -> list[str]:
    return [
        command for command in shown(page) if command.startswith(("python -m conformance", "conformance"))
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_session_that_a_page_names_is_there(page: Path) -> None:
    noxfile = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    sessions = {
        node.name for node in noxfile.body if isinstance(node, ast.FunctionDef) and node.decorator_list
    }
    assert {*_SESSION.findall(page.read_text(encoding="utf-8"))} <= sessions


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_shows_no_other_commands_than_are_run_or_looked_up(page: Path) -> None:
    others = [command for command in shown(page) if command not in of_harness(page)]
    known = ("python3 -m nox", "python3 -m pip install", "tox run -e")
    assert [command for command in others if not command.startswith(known)] == []
    if page not in (README, UPSTREAM, REPORTS):
        assert of_harness(page) == []


def in_text(page: Path) -> Iterator[list[str]]:
    """The commands of the harness that stand in the page's sentences, without what stands for something else."""
    for code in re.findall(r"`(?:python -m )?conformance ([^`…]+)`", page.read_text(encoding="utf-8")):
        yield shlex.split(code)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_harness_knows_the_commands_in_the_sentences_of_a_page(page: Path) -> None:
    for name, *arguments in in_text(page):
        assert commands.commands[name].make_context(name, arguments)


@frozen
class Small:
    """A checkout in which the commands run, and what they are run with."""

    folder: Path
    variables: dict[str, str]

    def list_interpreters(self, *series: str) -> None:
        (self.folder / ".python-version").write_text("".join(f"{one}\n" for one in series), encoding="utf-8")

    def run(self, command: str) -> None:
        """Run one as it stands on the page, but for what takes long; it has to end as the page says."""
        for long, short in SMALLER.items():
            command = command.replace(long, short)
        arguments = shlex.split(command.removeprefix("python -m "))[1:]
        done = subprocess.run(
            [sys.executable, "-m", "conformance", *arguments],
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == ENDS_WITH.get(command, 0), f"{command}\n{done.stdout[-2000:]}{done.stderr}"

    def keep_results(self, name: str) -> None:
        """Copy the last run's document, as one from before."""
        shutil.copy(self.folder / ".conformance" / "results.jsonl", self.folder / name)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, mirror: Mirror) -> Small:
    """The checkout, with CPython's own repository within reach."""
    needs(mirror, *(tag for tag in mirror.files if tag.startswith("v3.8")), "v3.11.7")
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("conformance", "runner_backport"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("LICENSE", "README.md", "pyproject.toml", "upstream_tests/upstream.lock"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    configuration = folder / "gitconfig"
    configuration.write_text(
        f'[url "{mirror.path}"]\n    insteadOf = https://github.com/python/cpython\n', encoding="utf-8"
    )
    code, table = (
        re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)[-1]
        for language in ("python", "toml")
    )
    (folder / "mine.py").write_text(code, encoding="utf-8")
    (folder / "mine.toml").write_text(table, encoding="utf-8")
    return Small(folder, {**os.environ, "GIT_CONFIG_GLOBAL": str(configuration)})


def test_the_commands_about_upstream_files(small: Small, mirror: Mirror) -> None:
    shutil.copy(ROOT / ".python-version", small.folder)
    for command in of_harness(UPSTREAM):
        small.run(command.replace("URL-OR-PATH", str(mirror.path)))


def test_the_commands_of_the_readme_and_of_the_page_about_reports(small: Small) -> None:
    small.list_interpreters("3.11")
    for command in of_harness(README):
        if "before.jsonl" in command:
            small.keep_results("before.jsonl")
        small.run(command)
        if "--shard 1/3" in command:
            # The other two machines.
            small.run(command.replace("1/3", "2/3").replace("1.jsonl", "2.jsonl"))
            small.run(command.replace("1/3", "3/3").replace("1.jsonl", "3.jsonl"))
    # The last one was about another implementation.
    small.run("python -m conformance run")
    small.keep_results("before.jsonl")
    for command in of_harness(REPORTS):
        small.run(command)
