"""Write what programs found in CPython and uvloop as a page: ``python -m peers.findings FOLDER PAGE``, behind the differential suite.

FOLDER has the programs, each saved with what it shows and where that is told, and ``findings.toml`` with the cells that differ
and how. Nothing is run for it: the harness's own tests run each program again, and fail where it shows something else.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from conformance.differential.corpus import Saved, read_saved
from conformance.differential.pseudocode import pseudocode
from conformance.errors import ConformanceError, ExitStatus, UsageError
from peers.telling import by_lines

_FILES = 2


@frozen
class Finding:
    """A program that does something else on some cells than on another."""

    saved: Saved
    before: str
    """The cell that it is compared with, such as ``3.11/asyncio``."""
    after: tuple[str, ...]
    kind: str
    """What ``fuzz`` calls the change."""
    shown_before: str
    """The event that changes, as ``replay`` shows it; – for none."""
    shown_after: str


@frozen
class Findings:
    """All of a folder, in the order of ``findings.toml``."""

    findings: tuple[Finding, ...]
    versions: Mapping[str, str]
    """By a cell's interpreter, or by its loop, which release it was found in."""


def main(arguments: Sequence[str]) -> int:
    """Write the page; what is wrong with the folder is said in one sentence, and the page left as it is."""
    if len(arguments) != _FILES:
        sys.stderr.write(f"peers.findings takes FOLDER PAGE, and not {' '.join(arguments)!r}. Give both.\n")
        return ExitStatus.WRONG_USAGE
    folder, page = map(Path, arguments)
    try:
        text = page_of(read_findings(folder))
    except ConformanceError as error:
        sys.stderr.write(f"{page} is left as it is. {error}\n")
        return error.status
    page.write_text(text, encoding="utf-8")
    return ExitStatus.AS_EXPECTED


def read_findings(folder: Path) -> Findings:
    """Return what a folder tells; raises UsageError, naming the file, for what is wrong."""
    file = folder / "findings.toml"
    try:
        data = tomllib.loads(file.read_bytes().decode("utf-8"))
        found = tuple(_finding(folder, entry) for entry in data["finding"])
        versions = dict(data["versions"])
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.", "Name a folder of findings.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{file} is not what it should be: {type(error).__name__}: {error}.", "Correct it."
        ) from error
    return Findings(found, versions)


def _finding(folder: Path, entry: Mapping[str, Any]) -> Finding:
    values = dict(entry)
    saved = read_saved(folder / f"{values.pop('program')}.json")
    return Finding(saved=saved, after=tuple(values.pop("after")), **values)


def page_of(found: Findings) -> str:
    """Return the page's text."""
    lines = [*_HEAD]
    title = ""
    for finding in found.findings:
        if _title(finding) != title:
            title = _title(finding)
            lines += ["", f"## {title}"]
        lines += ["", *_entry(finding, found.versions)]
    versions = ", ".join(
        name if name.startswith("3.") else f"{loop} {name}" for loop, name in found.versions.items()
    )
    return "\n".join([*lines, "", "## Made with", "", f"{versions}.", ""])


_HEAD = (
    "# What generated programs found in CPython and uvloop",
    "",
    "Each entry is a small program that does something else on one interpreter or loop than on another, both native, made of one that",
    "was drawn, and the event that tells it by the line that it comes from; – where there is none at that place among the others.",
    "`python -m conformance replay docs/findings/NAME.json --implementation native` runs it and shows all that differs from native 3.11 on the",
    "same loop. The harness's own tests run each one again on what they find of these interpreters: a finding that is no longer true",
    "fails them. What is known of the backport itself is in [divergences.md](divergences.md), of its peers in [peers.md](peers.md).",
    "`python -m peers.findings docs/findings docs/findings.md` writes this page.",
    "",
    "What `fuzz --implementation native` counts as native's drift, in many kinds, comes of few causes. Programs that have no `wait_for` and",
    "no `gather`, and run no generator, do the same on 3.11 and 3.12: the harness's own tests see to that, too.",
)  # fmt: skip


def _title(finding: Finding) -> str:
    before, loop = finding.before.split("/")
    after, other = finding.after[0].split("/")
    return f"{other} and {loop}" if other != loop else f"CPython {after} and {before}"


def _entry(finding: Finding, versions: Mapping[str, str]) -> Iterator[str]:
    saved = finding.saved
    told = (
        f" ([discussion]({saved.source}))"
        if saved.source.startswith("https://")
        else f" There is {saved.source}."
    )
    name = f"[{saved.name}](findings/{saved.name}.json)"
    yield f"- {name}: {saved.what}{told}"
    yield ""
    program = dict(saved.program)
    yield from (f"      {line}" for line in str(pseudocode(program)).splitlines())
    yield ""
    sides = [(_cells([finding.before], versions), finding.shown_before)]
    sides.append((_cells(finding.after, versions), finding.shown_after))
    wide = max(len(cells) for cells, _ in sides)
    yield from (f"      {cells:<{wide}}  {by_lines(shown, program)}" for cells, shown in sides)


def _cells(cells: Sequence[str], versions: Mapping[str, str]) -> str:
    _, loop = cells[0].split("/")
    series = [cell.split("/")[0] for cell in cells]
    return f"{loop}, {', '.join(versions[each] for each in series)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
