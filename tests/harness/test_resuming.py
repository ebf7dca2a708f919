"""The command line that a document keeps: the same options in any folder, and each value found in it again."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from conformance.cli import run
from conformance.commands.resuming import as_arguments, value_of

GIVEN = (
    "--python", "3.8", "--python", "3.1*", "--shuffle", "-3", "--no-cache", "-k", "--coverage=no",
    "--expectations", "of mine.toml", "--config=own=1.toml", "--suite", "--expectations", "--pass-env", "",
)  # fmt: skip


def parsed(*words: str) -> click.Context:
    return run.make_context("run", list(words))


def test_what_is_kept_means_the_same_in_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    had = parsed(*GIVEN)
    command, *words = as_arguments(had)
    files = {"expectations": tmp_path / "of mine.toml", "config": tmp_path / "own=1.toml"}
    monkeypatch.chdir("/")
    assert (command, parsed(*words).params) == ("run", {**had.params, **files})


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--expectations", "/of mine.toml"),
        ("--config", "/own=1.toml"),
        ("--suite", "--expectations"),
        ("--shuffle", "-3"),
        ("--pass-env", ""),
        ("--coverage", None),
    ],
)
def test_the_value_of_an_option_is_found_whatever_the_others_look_like(
    monkeypatch: pytest.MonkeyPatch, option: str, value: str | None
) -> None:
    monkeypatch.chdir("/")
    assert value_of(as_arguments(parsed(*GIVEN)), option) == value


@pytest.mark.parametrize(
    ("remote", "kept"),
    [
        ("https://user:token@host.example/cpython", "https://host.example/cpython"),
        ("https://token@host.example:8080/cpython", "https://host.example:8080/cpython"),
        ("https://host.example/cpython", "https://host.example/cpython"),
        ("git@host.example:cpython", "git@host.example:cpython"),
    ],
)
def test_who_may_read_a_remote_is_not_kept(remote: str, kept: str) -> None:
    assert value_of(as_arguments(parsed("--remote", remote)), "--remote") == kept


def test_in_no_arguments_there_is_no_value() -> None:
    assert value_of((), "--config") is None
