"""The weekly look for new tags, against a mirror of CPython's repository on this disk and a GitHub that records."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from upstream_fixture import NEXT_TAG, TEST_THAT_CAME, TEST_THAT_WENT, Mirror, git, needs

from conformance.sync import read_lock
from new_tags import new_tags
from sandbox import Sandbox
from workflow_files import Step, step

pytest_plugins = ["upstream_fixture"]

FILE = ".github/workflows/weekly.yml"
LOOK, UPDATE, TEXT, OPEN = (
    step(FILE, name)
    for name in (
        "Look for new tags",
        "Update the lock",
        "Write the pull request's text",
        "Open the pull request",
    )
)


@pytest.mark.parametrize(
    ("listed", "newer"),
    [
        (["v3.8.18", "v3.8.20", "v3.8.19"], ["v3.8.20"]),
        (["v3.8.9", "v3.8.18"], []),
        (["v3.12.10"], ["v3.12.10"]),
        (["v3.8.19", "v3.12.10"], ["v3.8.19", "v3.12.10"]),
        (["v3.12.10rc1", "v3.12.10a1", "v3.12.10^{}"], []),
        (["v3.14.0"], []),
        ([], []),
    ],
)
def test_the_newest_release_of_a_series_is_new_where_the_lock_pins_an_older(
    listed: list[str], newer: list[str]
) -> None:
    text = "".join(f"{'0' * 40}\trefs/tags/{tag}\n" for tag in listed)
    assert new_tags(text, ["v3.12.1", "v3.8.18"]) == newer


@pytest.fixture
def origin(sandbox: Sandbox, mirror: Mirror) -> Path:
    """The project's own repository, which the sandbox's checkout is a clone of; CPython's is the mirror."""
    needs(mirror, NEXT_TAG)
    origin = sandbox.folder / "origin.git"
    git("init", "--bare", str(origin))
    configuration = sandbox.folder / "gitconfig"
    configuration.write_text(
        f'[url "{mirror.path}"]\n    insteadOf = https://github.com/python/cpython\n', encoding="utf-8"
    )
    for command in (
        ["init", "--initial-branch=main"],
        ["remote", "add", "origin", str(origin)],
        ["add", "--all"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--message", "All"],
    ):
        git(*command, cwd=sandbox.checkout)
    return origin


def run(sandbox: Sandbox, *named: Step, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run these steps with the git configuration of the sandbox, and return the last one's end."""
    for one in named:
        done = sandbox.run(one, GIT_CONFIG_GLOBAL=str(sandbox.folder / "gitconfig"), **variables)
        assert done.returncode == 0, done.stderr
    return done


def test_a_new_tag_is_found(sandbox: Sandbox, origin: Path) -> None:
    run(sandbox, LOOK)
    assert sandbox.outputs == {"tags": NEXT_TAG}


def test_where_no_tag_is_new_nothing_is_left_to_do(sandbox: Sandbox, origin: Path) -> None:
    run(sandbox, LOOK, UPDATE, LOOK)
    assert sandbox.outputs == {"tags": ""}
    for later in (UPDATE, TEXT, OPEN):
        assert later.written["if"] == "${{ steps.look.outputs.tags != '' }}"


def test_the_lock_pins_what_is_new_and_the_text_says_which_tests_came_and_went(
    sandbox: Sandbox, origin: Path
) -> None:
    run(sandbox, LOOK, UPDATE, TEXT)
    assert NEXT_TAG in read_lock(sandbox.checkout / "upstream_tests").tags
    text = (sandbox.checkout / "text.md").read_text(encoding="utf-8")
    assert f"{NEXT_TAG}: replaces v3.11.7" in text
    assert f"    + {TEST_THAT_CAME}\n" in text
    assert f"    - {TEST_THAT_WENT}\n" in text
    assert sandbox.summary == text


def test_a_text_that_is_too_long_for_a_pull_request_is_cut(sandbox: Sandbox) -> None:
    (sandbox.checkout / "changes.txt").write_text("    + a_test\n" * 10_000, encoding="utf-8")
    run(sandbox, TEXT)
    text = (sandbox.checkout / "text.md").read_text(encoding="utf-8")
    assert len(text) < 65_536
    assert text.endswith("\n````\n")


def test_the_lock_alone_goes_to_the_branch(sandbox: Sandbox, origin: Path) -> None:
    sandbox.stand_in("gh")
    run(sandbox, LOOK, UPDATE, TEXT)
    run(sandbox, OPEN, TAGS=NEXT_TAG)
    changed = git("show", "--name-only", "--format=%s", "upstream-tags", cwd=origin).decode().split()
    assert changed == ["Pin", NEXT_TAG, "upstream_tests/upstream.lock"]


def test_where_a_pull_request_is_open_it_is_renewed(sandbox: Sandbox, origin: Path) -> None:
    sandbox.stand_in("gh", "sys.argv[2:3] == ['list'] and print(7)")
    run(sandbox, LOOK, UPDATE, TEXT)
    run(sandbox, OPEN, TAGS=NEXT_TAG)
    edited = ["gh", "pr", "edit", "7", "--title", f"Pin {NEXT_TAG}", "--body-file", "text.md"]
    asked = [call for call in sandbox.calls if call[0] == "gh"]
    assert asked[-2:] == [edited, ["gh", "workflow", "run", "ci.yml", "--ref", "upstream-tags"]]


def test_where_none_is_open_one_is_opened(sandbox: Sandbox, origin: Path) -> None:
    sandbox.stand_in("gh")
    run(sandbox, LOOK, UPDATE, TEXT)
    run(sandbox, OPEN, TAGS=NEXT_TAG)
    asked = [call[1:3] for call in sandbox.calls if call[0] == "gh"]
    assert asked == [["auth", "setup-git"], ["pr", "list"], ["pr", "create"], ["workflow", "run"]]
