"""Measure runner_backport and its peers on this interpreter: ``python benchmarks/bench.py FILE``; see --help.

FILE is pyperf's: ``python -m pyperf show FILE`` and its other commands read it. Each benchmark is named
PROGRAM-LOOP-SUBJECT, and the values of one program and loop stand in the order in which they were taken.
"""

import argparse
import compileall
import importlib.util
import statistics
import sys
from pathlib import Path
from typing import Iterator, List, Tuple

import pyperf

from measured import NOTHING, state_of
from paired import Effort, Paired, measure
from rows import ROWS, Row
from subjects import LOOPS, OURS, RUNNERS

NOTHING_APPLIES = "Nothing was measured: of what was selected nothing applies to this interpreter, or all fails. See --help."


def main() -> int:
    """Measure what the options leave, and write it; 130 when interrupted, with what was measured by then."""
    parser = argparse.ArgumentParser(description="Measure runner_backport and its peers on this interpreter.")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="where to write what was measured, for pyperf"
    )
    parser.add_argument(
        "--program", choices=[row.program for row in ROWS], action="append", help="measure this only"
    )
    parser.add_argument("--loop", choices=sorted(LOOPS), action="append", help="on this loop only")
    parser.add_argument("--subject", choices=sorted(RUNNERS), action="append", help="compare these only")
    parser.add_argument(
        "--brief", action="store_true", help="once each: to see that it works, not how fast it is"
    )
    options = parser.parse_args()
    package = installed_package()
    # Importing finds bytecode wherever an installer or a first import has left it.
    compileall.compile_dir(package, quiet=1)
    state = state_of(package)
    benchmarks: List[pyperf.Benchmark] = []
    try:
        for row, loop, subjects in selected(options):
            effort = Effort(1, 1, 0.0) if options.brief else row.effort
            paired = measure(row.program, loop, subjects, effort, row.operations)
            benchmarks += recorded(row, loop, paired, state)
            report(row, loop, paired)
    except KeyboardInterrupt:
        say("Interrupted.")
        status = 130
    else:
        status = 0
    if benchmarks:
        options.file.parent.mkdir(parents=True, exist_ok=True)
        pyperf.BenchmarkSuite(benchmarks).dump(str(options.file), replace=True)
    say(f"{len(benchmarks)} benchmarks are in {options.file}." if benchmarks else NOTHING_APPLIES)
    return status


def selected(options: argparse.Namespace) -> Iterator[Tuple[Row, str, List[str]]]:
    """The rows, each with a loop and its subjects, that the options leave and that apply to this interpreter."""
    for row in ROWS:
        subjects = [
            name for name in row.subjects(sys.version_info[:2]) if name in (options.subject or RUNNERS)
        ]
        if subjects and row.program in (options.program or [row.program]):
            yield from ((row, loop, subjects) for loop in row.loops if loop in (options.loop or [loop]))


def installed_package() -> Path:
    """Where the package is that is measured."""
    package = importlib.util.find_spec(OURS)
    if package is None or package.origin is None:
        raise SystemExit(f"{OURS} is not installed here: run this by `nox -s bench`.")
    return Path(package.origin).parent


def recorded(row: Row, loop: str, paired: Paired, package: str) -> List[pyperf.Benchmark]:
    """The values as pyperf keeps them: a benchmark for each subject, with one run for each process."""
    benchmarks = []
    for subject, processes in paired.values.items():
        metadata = {
            "name": f"{row.program}-{loop}-{subject}",
            "unit": row.unit,
            "loops": paired.operations,
            "package": package,
            "lacks": ", ".join(paired.lacks[subject]) or NOTHING,
            # Of others, beside which this was measured.
            "fails": ", ".join(paired.fails) or NOTHING,
        }
        benchmarks.append(pyperf.Benchmark([pyperf.Run(values, metadata=metadata) for values in processes]))
    return benchmarks


def report(row: Row, loop: str, paired: Paired) -> None:
    """One line for each subject: what it took, and what it lacks."""
    for subject, processes in paired.values.items():
        median = statistics.median(value for values in processes for value in values)
        amount = f"{median * 1e6:.2f} us" if row.unit == "second" else f"{median:.0f} bytes"
        lacks = f" (not: {', '.join(paired.lacks[subject])})" if paired.lacks[subject] else ""
        say(f"{row.program}, {loop}, {subject}: {amount}{lacks}")
    for subject, reason in paired.fails.items():
        say(f"{row.program}, {loop}, {subject}: fails with {reason}")


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
