"""Write what was measured as the README's tables: ``python benchmarks/table.py FILE…``, one FILE an interpreter.

What stands between the README's two marks is written anew, if there is a FILE of each interpreter that the project is
for. Exit status 1 when a bound is not kept.
"""

import argparse
import statistics
import sys
from pathlib import Path
from typing import Dict, List, Sequence

from measured import NOTHING, Measured, Results, Series, name_of, ratio, read, state_of
from rows import ROWS, Row
from subjects import FIRST_NATIVE_RUNNER, OURS, PEERS, STOCK

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- nox -s bench writes what follows -->", "<!-- up to here -->"
ABSENT = "–"
# What the same C code measures now and then against itself.
NEVER_SLOWER = 0.97

Interpreters = Dict[Series, Results]


def main() -> int:
    """Print the tables, write them into the README, and say which bounds are not kept."""
    parser = argparse.ArgumentParser(description="Write what was measured as the README's tables.")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="what bench.py has written")
    files = parser.parse_args().files
    if not files:
        raise SystemExit("Nothing is measured yet: `nox -s bench` does it, on each interpreter.")
    measured = sorted(map(read, files), key=lambda interpreter: interpreter.series)
    state = state_of(ROOT / OURS)
    interpreters = {each.series: each.results for each in measured if each.package == state}
    missed: List[str] = []
    text = "\n".join([*over_stock(interpreters, missed), "", *over_peers(interpreters, missed)])
    say(text)
    complete = {name_of(series) for series, results in interpreters.items() if is_complete(series, results)}
    absent = [name for name in (ROOT / ".python-version").read_text().split() if name not in complete]
    if absent:
        say(
            f"The README is left as it is: this package is not measured, or not in full, on {', '.join(absent)}."
        )
    else:
        write(ROOT / "README.md", text)
    for bound in missed:
        say(bound)
    return 1 if missed else 0


def is_complete(series: Series, results: Results) -> bool:
    """Whether all is there that the tables say of ours, each of it measured as often as they say."""
    return all(
        len(results.get((row.program, loop, subject), Measured(())).values)
        == row.effort.processes * row.effort.values
        for row in ROWS
        for loop in row.loops
        for subject in row.subjects(series)
        if subject not in PEERS
    )


def over_stock(interpreters: Interpreters, missed: List[str]) -> List[str]:
    """Ours over the stock task or native's Runner; of what is not kept, a sentence is added to ``missed``."""
    lines = heading(["ours ÷ stock or native's", "loop", "at most"], interpreters)
    for row in ROWS:
        for loop in row.loops:
            cells = [stock_cell(row, loop, series, interpreters[series], missed) for series in interpreters]
            lines.append(line([row.title, loop if len(row.loops) > 1 else "", required(row, loop), *cells]))
    return lines


def required(row: Row, loop: str) -> str:
    bound = row.bounds.get(loop)
    if bound is None:
        return ABSENT
    return milliseconds(bound) if STOCK not in row.compared else f"{bound:.2f}"


def stock_cell(row: Row, loop: str, series: Series, results: Results, missed: List[str]) -> str:
    bound = row.bounds.get(loop)
    if STOCK not in row.compared:
        measured = results.get((row.program, loop, OURS))
        value = None if measured is None else statistics.median(measured.values)
        shown = ABSENT if value is None else milliseconds(value)
    else:
        # Below it the stock one is a loop alone, which does not do what a Runner does.
        has_native = not row.of_runner or series >= FIRST_NATIVE_RUNNER
        value = ratio(results, row.program, loop, OURS, STOCK) if has_native else None
        value = None if value is None else round(value, 2)
        shown = ABSENT if value is None else f"{value:.2f}"
    if value is None or bound is None or value <= bound:
        return shown
    missed.append(
        f"{name_of(series)}, {loop}: {row.title}: {shown}, and {required(row, loop)} was to be kept."
    )
    return f"**{shown}**"


def over_peers(interpreters: Interpreters, missed: List[str]) -> List[str]:
    """How many times what ours takes each peer takes; in brackets where it does less than native's Runner."""
    below = {series: results for series, results in interpreters.items() if series < FIRST_NATIVE_RUNNER}
    lines = heading(["a peer ÷ ours", "loop", "peer"], below)
    for row in ROWS:
        if not set(PEERS) <= set(row.compared):
            continue
        for loop in row.loops:
            for peer in PEERS:
                cells = [peer_cell(row, loop, peer, series, below[series], missed) for series in below]
                lines.append(line([row.title, loop, peer, *cells]))
    return lines


def peer_cell(row: Row, loop: str, peer: str, series: Series, results: Results, missed: List[str]) -> str:
    value = ratio(results, row.program, loop, peer, OURS)
    if value is None:
        ours = results.get((row.program, loop, OURS), Measured(()))
        return "fails" if peer in ours.fails.split(", ") else ABSENT
    if results[row.program, loop, peer].lacks != NOTHING:
        return f"({value:.2f})"
    if round(value, 2) < NEVER_SLOWER:
        missed.append(f"{name_of(series)}, {loop}: {row.title}: {peer} takes {value:.2f} of what ours takes.")
        return f"**{value:.2f}**"
    return f"{value:.2f}"


def heading(titles: Sequence[str], interpreters: Interpreters) -> List[str]:
    columns = [*titles, *map(name_of, interpreters)]
    return [line(columns), line(["---"] * len(titles) + ["---:"] * len(interpreters))]


def line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def write(readme: Path, text: str) -> None:
    """Put the tables between the marks."""
    before, _, rest = readme.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    if not after:
        raise SystemExit(
            f"{readme.name} has not the two lines between which the tables belong: {BEGIN!r}, {END!r}."
        )
    readme.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
