"""A small mirror of CPython's repository, made from the interpreters of this machine, for the tests of sync.

Its tags are named like CPython's and hold the real upstream files, read from each interpreter's library; in
the repository itself nothing of them is kept. It is asked for with ``pytest_plugins = ["upstream_fixture"]``,
and imported before that for its helpers, which pytest wants to be told: PYTEST_DONT_REWRITE.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from attrs import frozen

from conformance.records import Interpreter
from conformance.sync import LOCK_NAME, Lock, Source, TagLock, read_lock, sync

PROJECT = Path(__file__).parents[2]
LOCK_FOLDER = PROJECT / "upstream_tests"

# A release that never was: v3.11.7 with one test more, one test less and everything else the same.
NEXT_TAG = "v3.11.1007"
TEST_THAT_WENT = "test_runners.RunnerTests.test_recursive_run"
TEST_THAT_CAME = "test_runners.RunnerTests.test_of_tomorrow"
# What an unsuspecting checkout would follow: it changes line ends and puts content through a filter.
ATTRIBUTES = b"*.py text eol=crlf ident filter=spoil\n"

Get = Callable[..., dict[str, Path]]


@frozen
class Mirror:
    """A bare repository and what went into it."""

    path: Path
    files: Mapping[str, Mapping[str, bytes]]
    """Tag to path to content."""


@pytest.fixture(scope="session")
def lock() -> Lock:
    return read_lock(LOCK_FOLDER)


@pytest.fixture(scope="session")
def libraries(lock: Lock) -> dict[str, tuple[Interpreter, Path]]:
    """Tag to the interpreter of exactly that release and its library, for those on this machine."""
    with ThreadPoolExecutor() as pool:  # pyenv's shims take their time
        found = zip(lock.entries, pool.map(_library, lock.entries), strict=True)
    return {entry.tag: library for entry, library in found if library is not None}


@pytest.fixture(scope="session")
def cpython(libraries: dict[str, tuple[Interpreter, Path]]) -> Callable[[str], Interpreter]:
    """The interpreter of a tag; the test is skipped where this machine lacks it."""

    def interpreter(tag: str) -> Interpreter:
        if tag not in libraries:
            pytest.skip(f"CPython {tag.removeprefix('v')} with its test package is not installed")
        return libraries[tag][0]

    return interpreter


@pytest.fixture(scope="session")
def mirror(
    libraries: dict[str, tuple[Interpreter, Path]], tmp_path_factory: pytest.TempPathFactory
) -> Mirror:
    """A bare repository with the tags of all interpreters here, each with a commit before it."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    files = {tag: dict(_library_files(library)) for tag, (_, library) in libraries.items()}
    if "v3.11.7" in files:
        files[NEXT_TAG] = _next_release(files["v3.11.7"])
    path = tmp_path_factory.mktemp("mirror") / "cpython.git"
    git("init", "--quiet", "--bare", str(path))
    git("config", "uploadpack.allowFilter", "true", cwd=path)
    git("fast-import", "--quiet", cwd=path, given=b"".join(_stream(files)))
    return Mirror(path, files)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An upstream_tests of its own, with the real lock."""
    made = tmp_path / "upstream_tests"
    made.mkdir()
    shutil.copy(LOCK_FOLDER / LOCK_NAME, made)
    return made


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def get(folder: Path, said: list[str]) -> Get:
    """sync into a folder of the test's own, with nothing to take from unless the test says otherwise."""

    def call(
        *tags: str,
        source: Source = Source.AUTO,
        remote: object = None,
        having: list[Interpreter] | None = None,
    ) -> dict[str, Path]:
        where = str(remote or folder.parent / "no remote")
        return sync(folder, tags, source=source, remote=where, interpreters=having or [], say=said.append)

    return call


def needs(mirror: Mirror, *tags: str) -> None:
    """Skip the test where the mirror could not be made with these tags."""
    for tag in tags:
        if tag not in mirror.files:
            pytest.skip(f"CPython {tag.removeprefix('v')} with its test package is not installed")


def git(*arguments: str, cwd: Path | None = None, given: bytes = b"") -> bytes:
    """Git as nobody has configured it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-c", "core.compression=0", *arguments]
    return subprocess.run(
        command, cwd=cwd, input=given, env=environment, check=True, capture_output=True
    ).stdout


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file below a folder and its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def clean(folder: Path) -> bool:
    """Nothing unfinished is left."""
    return not list(folder.glob(".incoming-*"))


def _library(entry: TagLock) -> tuple[Interpreter, Path] | None:
    executable = shutil.which(f"python{entry.series}")
    if executable is None:
        return None
    question = """if True:
        import platform, sys, sysconfig
        print(platform.python_version(), sys.executable, sysconfig.get_path("stdlib"), sep="\\n")
    """
    # From the project's folder, where .python-version tells pyenv's shims which one is meant; a shim that started
    # these tests from elsewhere has narrowed the choice to its own version.
    environment = {name: value for name, value in os.environ.items() if name != "PYENV_VERSION"}
    answer = subprocess.run(
        [executable, "-c", question],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    version, real, library = answer.stdout.splitlines() or ("", "", "")
    if f"v{version}" != entry.tag or not Path(library, "test").is_dir():
        return None
    return Interpreter(version, Path(real), "of the tests"), Path(library)


def _library_files(library: Path) -> Iterator[tuple[str, bytes]]:
    yield ".gitattributes", ATTRIBUTES
    chosen = [library / "test" / "__init__.py", *(library / "test").glob("*.pem")]
    for package in ("asyncio", "unittest", "test/support", "test/certdata", "test/test_asyncio"):
        chosen += (library / package).rglob("*")
    for path in sorted(chosen):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"Lib/{path.relative_to(library).as_posix()}", path.read_bytes()


def _next_release(files: Mapping[str, bytes]) -> dict[str, bytes]:
    path = "Lib/test/test_asyncio/test_runners.py"
    went, came = (name.rpartition(".")[2].encode() for name in (TEST_THAT_WENT, TEST_THAT_CAME))
    assert files[path].count(went) == 1
    return {**files, path: files[path].replace(went, came)}


def _stream(files: Mapping[str, Mapping[str, bytes]]) -> Iterator[bytes]:
    """What git fast-import reads: for each tag a root commit, the tagged one, and an annotated tag."""
    who = b"somebody <somebody@example.invalid> 0 +0000"
    for tag, contents in files.items():
        name = tag.encode()
        for text, mark in ((b"the commit before", 1), (name, 2)):
            yield b"commit refs/heads/of-%s\nmark :%d\ncommitter %s\n%s" % (name, mark, who, _data(text))
            if mark == 1:
                yield b"M 100644 inline before.txt\n" + _data(b"not in the tag\n")
            else:
                yield b"D before.txt\n"
                for path, content in contents.items():
                    yield b"M 100644 inline %s\n%s" % (path.encode(), _data(content))
        yield b"tag %s\nfrom :2\ntagger %s\n%s" % (name, who, _data(name))


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
