"""The project holds its own text: nothing of CPython's asyncio or of its tests is in it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.plan import find_interpreters, wanted_series

ROOT = Path(__file__).parents[2]
LINES = 5
"""So many lines in a row that are the same are no accident."""


def runs(text: str) -> set[tuple[str, ...]]:
    """Each run of lines that say something."""
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if len(line) > 12 and not line.startswith(("import ", "from "))]
    return {tuple(lines[start : start + LINES]) for start in range(len(lines) - LINES + 1)}


def own_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def upstream_files() -> Iterator[Path]:
    for interpreter in find_interpreters(wanted_series(ROOT)).interpreters:
        library = interpreter.executable.parents[1] / "lib" / f"python{interpreter.series}"
        yield from library.glob("asyncio/*.py")
        yield from library.glob("test/test_asyncio/*.py")
        yield from library.glob("unittest/async_case.py")
        # Its tests have moved in 3.12.
        yield from library.glob("unittest/test/test_async_case.py")
        yield from library.glob("test/test_unittest/test_async_case.py")


@pytest.fixture(scope="module")
def upstream() -> set[tuple[str, ...]]:
    found = [runs(path.read_text(encoding="utf-8")) for path in upstream_files()]
    if not found:
        pytest.skip("no interpreter with its library's source was found")
    return set().union(*found)


def test_a_copy_would_be_found(upstream: set[tuple[str, ...]]) -> None:
    source = Path(subprocess.__file__).parent / "asyncio" / "runners.py"
    assert runs(source.read_text(encoding="utf-8")) & upstream


def test_no_file_holds_upstream_text(upstream: set[tuple[str, ...]]) -> None:
    assert [path.name for path in own_files() if runs(path.read_text(errors="replace")) & upstream] == []
