"""Who reaches which lines of the package: ``python tests/harness/coverage_reached.py``, which `nox -s coverage` runs.

Of the combined data, whose contexts are the cells, and of the package's tests the interpreters. It prints what upstream's
suites, the programs and the package's tests reach, each alone and all together, and which lines only one of them does.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import coverage
from attrs import frozen
from rich.console import Console
from rich.table import Table

UPSTREAM, PROGRAMS, TESTS = "upstream's suites", "programs", "the package's tests"
_KINDS = {"differential": PROGRAMS, "tests": TESTS}
_PATTERNS = {
    UPSTREAM: "^(?!differential/|tests/).",
    PROGRAMS: "^differential/",
    TESTS: "^tests/",
}
_TOGETHER = {
    UPSTREAM: (UPSTREAM,),
    PROGRAMS: (PROGRAMS,),
    "both: all cells of the harness": (UPSTREAM, PROGRAMS),
    TESTS: (TESTS,),
    "all together": (UPSTREAM, PROGRAMS, TESTS),
}


@frozen
class Reached:
    """A file's statements, by who reaches them."""

    name: str
    statements: int
    by: Mapping[int, frozenset[str]]
    """The kinds of context, by the line of each statement that is reached at all."""

    def only(self, wanted: Iterable[str], unwanted: Iterable[str]) -> list[int]:
        """The lines that one of the wanted kinds reaches, and none of the others."""
        chosen, others = set(wanted), set(unwanted)
        return sorted(line for line, kinds in self.by.items() if kinds & chosen and not kinds & others)


def kind_of(context: str) -> str:
    """Who has a context: what its name begins with is the suite."""
    return _KINDS.get(context.partition("/")[0], UPSTREAM)


def reached(measured: coverage.Coverage) -> list[Reached]:
    """What the loaded data says of each file."""
    data = measured.get_data()
    found = []
    for file in sorted(data.measured_files()):
        _, statements, _, _, _ = measured.analysis2(file)
        contexts = data.contexts_by_lineno(file)
        by = {
            line: frozenset(kind_of(context) for context in contexts[line] if context)
            for line in statements
            if contexts.get(line)
        }
        found.append(Reached(Path(file).name, len(statements), by))
    return found


def shares(measured: coverage.Coverage) -> dict[str, float]:
    """How many percent of the lines and branches each reaches, and some together."""
    return {
        name: measured.report(contexts=[_PATTERNS[kind] for kind in kinds], file=io.StringIO())
        for name, kinds in _TOGETHER.items()
    }


def ranges(lines: Sequence[int]) -> str:
    """Lines as coverage shows them, such as 3-5, 9."""
    runs = [
        [line for _, line in run] for _, run in groupby(enumerate(lines), key=lambda pair: pair[1] - pair[0])
    ]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def show(console: Console, measured: coverage.Coverage) -> None:
    """Print both tables."""
    table = Table("reached by", title="runner_backport, lines and branches", title_justify="left")
    table.add_column("%", justify="right")
    for name, share in shares(measured).items():
        # Downwards: what is not all is not shown as all.
        table.add_row(name, f"{int(share * 10) / 10:g}")
    console.print(table)
    table = Table("lines that are reached", title="Reached by one and not by another", title_justify="left")
    for title in "programs, not upstream's", "upstream's, not programs", "the package's tests alone":
        table.add_column(title, overflow="fold")
    for file in reached(measured):
        told = [
            file.only([PROGRAMS], [UPSTREAM]),
            file.only([UPSTREAM], [PROGRAMS]),
            file.only([TESTS], [UPSTREAM, PROGRAMS]),
        ]
        counted = len(file.by)
        table.add_row(f"{file.name}: {counted} of {file.statements}", *map(ranges, told))
    console.print(table)


def main() -> None:
    """Print what the combined data of the current folder says."""
    measured = coverage.Coverage()
    measured.load()
    show(Console(), measured)


if __name__ == "__main__":
    main()
