"""By which seed the main session draws programs: another for each commit, and the same again for the same one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sessions import sessions


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes a git that does as the line of shell says, and is the only one."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def make(line: str) -> None:
        (tmp_path / "git").write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / "git").chmod(0o755)

    return make


def seed() -> int:
    drawn: int = sessions()["seed_of_commit"]()
    return drawn


def test_a_commit_draws_the_same_programs_again_and_another_one_others(git: Callable[[str], None]) -> None:
    git("echo 71f3c0de" + "0" * 32)
    first = seed()
    assert seed() == first
    git("echo 71f3c0df" + "0" * 32)
    assert seed() != first


def test_a_seed_can_be_typed(git: Callable[[str], None]) -> None:
    git("echo " + "f" * 40)
    assert 0 <= seed() < 1_000_000


@pytest.mark.parametrize("line", ["exit 128", None])
def test_without_a_commit_there_is_a_seed_too(git: Callable[[str], None], line: str | None) -> None:
    if line is not None:
        git(line)
    assert seed() > 0


class RunningSession:
    """One that keeps what it is to run."""

    posargs = ()

    def __init__(self) -> None:
        self.ran: list[tuple[str, ...]] = []
        self.said = ""

    def install(self, *_: str) -> None:
        pass

    def run(self, *command: str, **_: object) -> None:
        self.ran.append(command)

    def log(self, line: str) -> None:
        self.said += line


def test_the_main_session_says_its_seed_and_draws_by_it(git: Callable[[str], None]) -> None:
    git("echo 2a")
    session = RunningSession()
    sessions()["conformance"](session)
    assert session.ran[-1][3:] == ("fuzz", "--examples", "2000", "--seed", "42")
    assert "seed 42" in session.said
