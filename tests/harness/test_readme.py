"""The README says what the project does: its commands are those that are run, its example is tried."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from conformance.cli import commands
from conformance.configuration import read_configuration
from conformance.errors import UsageError

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def indented_commands() -> list[str]:
    """The lines of the README that are commands, without their comments."""
    lines = [line.split("  #")[0].strip() for line in README.splitlines() if line.startswith("    ")]
    return [line for line in lines if line.startswith(("python", "tox", "conformance"))]


def test_its_first_two_commands_are_those_that_ci_runs() -> None:
    first, second = indented_commands()[:2]
    in_ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert set(first.split(" && ")) < set(in_ci)
    assert second in in_ci


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_the_help_of_each_command_has_an_example_that_it_understands(name: str) -> None:
    context = click.Context(commands.commands[name], info_name=name)
    text = " ".join(commands.commands[name].get_help(context).split())
    (example,) = re.findall(r"Example: python -m conformance (.*)", text)
    command, *arguments = shlex.split(example)
    assert command == name
    commands.commands[name].make_context(name, arguments)


def test_the_example_does_what_it_says(tmp_path: Path) -> None:
    code, _of_ones_own = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    script = tmp_path / "example.py"
    script.write_text(code, encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == re.findall(r"print\(.*\)  # (\S+)", code)


def test_the_example_of_an_implementation_is_understood(tmp_path: Path) -> None:
    (table,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    file = tmp_path / "mine.toml"
    file.write_text(table, encoding="utf-8")
    with pytest.raises(UsageError, match=r"mine\.py"):
        read_configuration(file)
    (tmp_path / "mine.py").touch()
    assert (
        read_configuration(file).implementations["mine"].runner
        == tomllib.loads(table)["implementation"][0]["runner"]
    )
