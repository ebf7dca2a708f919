"""The interpreter source: exactly the tag's version, with its tests, and a clear reason for everything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from conformance.records import Interpreter
from conformance.sync import interpreter as interpreter_source
from conformance.sync.failures import SourceFailed
from conformance.sync.interpreter import open_interpreter

pytest_plugins = ["upstream_fixture"]


@pytest.fixture
def stand_in(tmp_path: Path) -> Callable[[str], Interpreter]:
    """Makes an interpreter 3.11.7 of a shell script, which answers what it is told to."""

    def make(script: str) -> Interpreter:
        executable = tmp_path / "python3.11"
        executable.write_text(f"#!/bin/sh\n{script}\n")
        executable.chmod(0o755)
        return Interpreter("3.11.7", executable, "a script")

    return make


def test_the_library_of_the_exact_version_is_opened(
    cpython: Callable[[str], Interpreter], tmp_path: Path
) -> None:
    interpreter = cpython("v3.11.7")
    older = attrs.evolve(interpreter, version="3.11.6")
    tree = open_interpreter("v3.11.7", [older, interpreter])
    path = "Lib/test/test_asyncio/test_runners.py"
    assert {path, "Lib/unittest/async_case.py", "Lib/test/certdata/ssl_key.pem"} <= tree.names()
    assert not [name for name in tree.names() if "__pycache__" in name]
    tree.bring([path], tmp_path)
    assert (tmp_path / path).read_bytes() == (tree.library / "test/test_asyncio/test_runners.py").read_bytes()


def test_the_environment_has_no_say(
    cpython: Callable[[str], Interpreter], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sysconfig.py").write_text("raise RuntimeError('not isolated')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    open_interpreter("v3.11.7", [cpython("v3.11.7")])


def test_another_patch_release_will_not_do() -> None:
    others = [Interpreter(version, Path("python"), "") for version in ("3.11.9", "3.8.18")]
    expected = r"only CPython 3\.11\.7 itself ships the files of v3\.11\.7, and there is 3\.11\.9, 3\.8\.18$"
    with pytest.raises(SourceFailed, match=expected) as caught:
        open_interpreter("v3.11.7", others)
    assert caught.value.advice.startswith("Install CPython 3.11.7 with its test package")


def test_no_interpreter_at_all_is_said_so() -> None:
    with pytest.raises(SourceFailed, match=r"and there is no interpreter$"):
        open_interpreter("v3.11.7", [])


def test_a_build_without_its_tests_is_named(stand_in: Callable[[str], Interpreter], tmp_path: Path) -> None:
    interpreter = stand_in(f"""echo '["3.11.7", "{tmp_path}"]'""")
    with pytest.raises(SourceFailed, match=r"python3\.11 is installed without its test package$"):
        open_interpreter("v3.11.7", [interpreter])


def test_an_executable_that_was_replaced_by_another_version_is_named(
    stand_in: Callable[[str], Interpreter], tmp_path: Path
) -> None:
    interpreter = stand_in(f"""echo '["3.11.9", "{tmp_path}"]'""")
    with pytest.raises(SourceFailed, match=r"python3\.11 is CPython 3\.11\.9, not 3\.11\.7$"):
        open_interpreter("v3.11.7", [interpreter])


@pytest.mark.parametrize("script", ["exit 1", "echo nonsense", "echo 7", "kill -9 $$"])
def test_an_executable_that_does_not_answer_is_named(
    stand_in: Callable[[str], Interpreter], script: str
) -> None:
    with pytest.raises(
        SourceFailed, match=r"python3\.11 did not say where its library is: it ended with status"
    ):
        open_interpreter("v3.11.7", [stand_in(script)])


def test_an_executable_that_hangs_is_named(
    stand_in: Callable[[str], Interpreter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interpreter_source, "ANSWER_SECONDS", 0.1)
    with pytest.raises(SourceFailed, match=r"did not say where its library is: no answer within 0\.1 s$"):
        open_interpreter("v3.11.7", [stand_in("exec sleep 60")])


def test_an_executable_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = Interpreter("3.11.7", tmp_path / "gone", "")
    with pytest.raises(SourceFailed, match=r"gone did not say where its library is: .*No such file"):
        open_interpreter("v3.11.7", [gone])


def test_every_reason_is_given_where_several_builds_will_not_do(
    stand_in: Callable[[str], Interpreter], tmp_path: Path
) -> None:
    gone = Interpreter("3.11.7", tmp_path / "gone", "")
    with pytest.raises(SourceFailed, match=r"gone did not say .*; .*python3\.11 is installed without"):
        open_interpreter("v3.11.7", [gone, stand_in(f"""echo '["3.11.7", "{tmp_path}"]'""")])


def test_a_file_that_the_build_lacks_is_named(cpython: Callable[[str], Interpreter], tmp_path: Path) -> None:
    tree = open_interpreter("v3.11.7", [cpython("v3.11.7")])
    with pytest.raises(SourceFailed, match=r"is installed without Lib/test/nowhere\.py$"):
        tree.bring(["Lib/test/nowhere.py"], tmp_path)
