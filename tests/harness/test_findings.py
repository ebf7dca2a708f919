"""What is told of CPython and uvloop still comes true: each finding's program is run again, and the page is what they make."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from conformance.configuration import read_configuration
from conformance.differential.hunks import hunks, same
from conformance.differential.kinds import kind
from conformance.differential.stream import drawn
from conformance.errors import ExitStatus
from conformance.places import ENVIRONMENTS
from conformance.provision import provide
from conformance.records import Cell, Mode, Suite
from miniatures import NATIVE, interpreter_or_skip
from peers.findings import Finding, main, page_of, read_findings
from peers.telling import event_in_short
from performing import UVLOOP, Performer

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "findings"
PAGE = ROOT / "docs" / "findings.md"
FINDINGS = read_findings(FOLDER)
EACH = [
    pytest.param(finding, cell, id=f"{finding.saved.name}-{cell}")
    for finding in FINDINGS.findings
    for cell in finding.after
]
SEED, DRAWN = 21, 400
Native = Callable[[str], Performer]


@pytest.fixture(scope="module")
def native() -> Iterator[Native]:
    """A worker with native's own Runner on a cell, such as ``3.12/asyncio``; one for each cell."""
    with contextlib.ExitStack() as stack:
        started: dict[str, Performer] = {}

        def start(cell: str) -> Performer:
            if cell not in started:
                series, loop = cell.split("/")
                options = UVLOOP if loop == "uvloop" else ()
                started[cell] = Performer(_python(series, loop), *options)
                stack.callback(started[cell].close)
            return started[cell]

        yield start


def _python(series: str, loop: str) -> Path:
    """An interpreter that has the loop: the environment of a run's cell, made where it is not there yet."""
    # The tests' own interpreter has uvloop.
    if f"{sys.version_info.major}.{sys.version_info.minor}" == series:
        return Path(sys.executable)
    interpreter = interpreter_or_skip(series)
    if loop != "uvloop":
        return interpreter.executable
    cell = Cell(interpreter, read_configuration().loops[loop], NATIVE, Suite.DIFFERENTIAL, Mode.PLAIN, "")
    return provide([cell], ENVIRONMENTS)[cell.environment]


@pytest.mark.parametrize(("finding", "cell"), EACH)
def test_a_finding_is_still_true(finding: Finding, cell: str, native: Native) -> None:
    program = dict(finding.saved.program)
    [before], [after] = native(finding.before).perform(program), native(cell).perform(program)
    shown = [
        (event_in_short(hunk.native_event, hunk), event_in_short(hunk.subject_event, hunk))
        for hunk in hunks(before.trace, after.trace)
        if str(kind(hunk, program)) == finding.kind
    ]
    assert (finding.shown_before, finding.shown_after) in shown


def _has(value: object, names: set[str]) -> bool:
    """Whether an operation of those names, or what is run of that kind, stands anywhere in a program."""
    if isinstance(value, list):
        return any(_has(each, names) for each in value)
    if isinstance(value, dict):
        return value.get("op") in names or value.get("what") in names or _has(list(value.values()), names)
    return False


def test_native_3_12_differs_from_3_11_in_what_is_told_alone(native: Native) -> None:
    some = [
        one for _, one in islice(drawn(SEED), DRAWN) if not _has(one, {"wait_for", "gather", "generator"})
    ]
    assert len(some) > DRAWN / 2
    before, after = (native(f"{series}/asyncio").perform(*some) for series in ("3.11", "3.12"))
    differ = [
        one
        for one, *both in zip(some, before, after, strict=True)
        if not same(*(each.trace for each in both))
    ]
    assert differ == []


def test_each_program_of_the_folder_is_told_of() -> None:
    saved = {path.stem for path in FOLDER.glob("*.json")}
    assert saved == {finding.saved.name for finding in FINDINGS.findings}


def test_the_page_is_what_the_findings_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == page_of(FINDINGS)


def test_the_page_shows_the_program_and_both_sides_of_the_change() -> None:
    [finding] = [each for each in FINDINGS.findings if each.saved.name == "generator-is-no-coroutine"]
    lines = page_of(FINDINGS).splitlines()
    place = lines.index("      2  runner0.run(a_generator)")
    assert lines[place - 3].startswith(f"- [generator-is-no-coroutine](findings/{finding.saved.name}.json): ")
    assert lines[place + 2 : place + 4] == [
        "      asyncio, 3.11.7          line 2: returned null",
        '      asyncio, 3.12.1, 3.13.0  line 2: raised ValueError("a coroutine was expected, got <generator>")',
    ]


def test_a_folder_without_findings_leaves_the_page_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("before")
    assert main([str(tmp_path), str(page)]) == ExitStatus.WRONG_USAGE
    assert page.read_text() == "before"
    assert "findings.toml cannot be read: No such file or directory. Name a folder" in capsys.readouterr().err


def test_the_page_is_written(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    assert main([str(FOLDER), str(page)]) == ExitStatus.AS_EXPECTED
    assert page.read_text(encoding="utf-8") == page_of(FINDINGS)
