"""What is promised of generated programs at length: ``python tests/harness/soak_programs.py``, which the session `soak` runs.

The same programs a thousand times on every cell give the same traces; native against native differs in none of 100,000
programs, and the driver takes no more memory for it; the default cells take so many programs a second. Prints the
figures, writes them to .conformance/soak_programs.json, and ends with status 1 where a bound is not kept. It takes about
a quarter of an hour, and the machine should do nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import hypothesis
from attrs import asdict, field, frozen
from rich.console import Console
from rich.table import Table

from conformance.commands.differential import provided, read_known
from conformance.commands.selecting import select_differential
from conformance.differential.asking import Cells
from conformance.differential.campaign import Campaign
from conformance.differential.divergences import Divergence
from conformance.differential.findings import Findings
from conformance.differential.judging import Judge
from conformance.differential.program import Program, size
from conformance.differential.progress import Progress
from conformance.differential.stream import Ahead, drawn
from conformance.differential.tally import Named
from conformance.errors import ConformanceError, ExitStatus
from conformance.execute.programs import BrokenError, written
from conformance.places import KEPT
from conformance.plan.differential import DifferentialPlan
from conformance.report.words import counted
from conformance.whole import write_whole

TIMES, NATIVES, DRAWN = 1_000, 100_000, 6_500
"""How often each of the same programs runs, how many native sees against itself, and how many the default cells."""
LEAST_A_SECOND = 100.0
MOST_GROWTH = 16 << 20
"""In bytes, between what the driver takes early and at the end: what grows with the programs is far beyond it."""
OURS = ("runner_backport", "runner_backport-own")
OUT = KEPT / "soak_programs.json"
_SAME = 8
"""How many programs run again and again: those with the most operations of so many."""
_OF = 200
_BATCH = 20
_FRESH = 10
"""Each so many batches begin in a fresh worker."""
_ROUND = 50
_SAMPLE = 500
"""How many programs lie between two looks at the driver's memory."""


@frozen
class Steady:
    """What the same programs came to on a cell."""

    cell: str
    times: int
    differing: tuple[str, ...]
    """The programs that had more than one trace."""


@frozen
class Course:
    """What a campaign came to."""

    programs: int
    cells: int
    seconds: float
    """From the first drawn program on."""
    differences: tuple[str, ...]
    unasked: tuple[str, ...]
    """The cells that were not asked all programs."""
    memory: tuple[int, ...] = field(repr=False)
    """What the driver took, in bytes, each so many programs."""

    @property
    def a_second(self) -> float:
        """Programs through all cells."""
        return self.programs / self.seconds

    @property
    def growth(self) -> int:
        """How many bytes the driver took more in the last tenth of the programs than in the second, when all is loaded."""
        tenth = max(len(self.memory) // 10, 1)
        early, late = self.memory[tenth : 2 * tenth] or self.memory, self.memory[-tenth:]
        return int(statistics.mean(late) - statistics.mean(early))


def steady(plan: DifferentialPlan, cells: Cells, seed: int, times: int) -> list[Steady]:
    """Run the same programs so many times on every cell of the plan, in one worker and in fresh ones."""
    named = sorted(islice(drawn(seed), _OF), key=lambda one: size(one[1]), reverse=True)[:_SAME]
    texts = [written(program) for _, program in named]
    seen: dict[str, list[set[bytes]]] = {cell.name: [set() for _ in named] for cell in plan.all}
    for batch, first in enumerate(range(0, times, _BATCH)):
        many = min(_BATCH, times - first)
        asked = {name: cells.look(name, texts * many, fresh=batch % _FRESH == _FRESH - 1) for name in seen}
        for name, future in asked.items():
            for number, answer in enumerate(future.result()):
                seen[name][number % len(texts)].add(answer.text)
    return [
        Steady(name, times, tuple(one for (one, _), many in zip(named, traces, strict=True) if len(many) > 1))
        for name, traces in seen.items()
    ]


class _Watch(Progress):
    """Shows how far it is, and looks at the driver's memory now and then."""

    memory: tuple[int, ...] = ()
    _due = _SAMPLE

    def compared(self, programs: Sequence[Named]) -> None:
        super().compared(programs)
        self._due -= len(programs)
        if self._due <= 0 or not self.memory:
            self._due = _SAMPLE
            self.memory += (_resident(),)


def campaign(
    console: Console,
    plan: DifferentialPlan,
    cells: Cells,
    seed: int,
    count: int,
    divergences: Sequence[Divergence] = (),
) -> Course:
    """See so many drawn programs through the cells of the plan."""
    watch = _Watch(console, len(plan.judged), examples=count, seconds=None)
    findings = Findings(KEPT / "differences")
    one = Campaign(plan, cells, findings, Judge(divergences), watch)
    with watch, Ahead(seed) as ahead, closing(_rounds(islice(ahead, count))) as rounds:
        one.start()
        watch.drawing()
        began = time.monotonic()
        one.run(rounds)
        seconds = time.monotonic() - began
    return Course(
        programs=one.tally.programs,
        cells=len(one.judged),
        seconds=seconds,
        differences=tuple(
            f"{each.kind} – {each.cell}, {each.origin}: {each.path}" for each in findings.differences
        ),
        unasked=tuple(one.tally.given_up),
        memory=watch.memory,
    )


def unkept(same: Sequence[Steady], native: Course, ours: Course) -> list[str]:
    """The bounds that are not kept, in a sentence each."""
    said = [
        f"{one.cell}: the same program has more than one trace: {', '.join(one.differing)}."
        for one in same
        if one.differing
    ]
    said += [f"Native against native differs: {each}." for each in native.differences]
    said += [f"{cell} was not asked all programs." for course in (native, ours) for cell in course.unasked]
    if native.growth > MOST_GROWTH:
        said.append(f"The driver's memory grows: {_mib(native.growth)} in {native.programs:,} programs.")
    if ours.a_second < LEAST_A_SECOND:
        said.append(f"{ours.a_second:.0f} programs a second are fewer than {LEAST_A_SECOND:.0f}.")
    return said


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments ask for; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--scale", type=float, default=1.0, help="a part of it, such as 0.01")
    parser.add_argument("--seed", type=int, default=1, help="which programs are drawn")
    parser.add_argument("--python", action="append", default=[], help="as for fuzz")
    parser.add_argument("--loop", action="append", default=[], help="as for fuzz")
    parser.add_argument("--out", type=Path, default=OUT, help="the document")
    options = parser.parse_args(arguments)
    console = Console(soft_wrap=True)
    pythons, loops = tuple(options.python), tuple(options.loop)
    times, natives, many = (max(1, round(count * options.scale)) for count in (TIMES, NATIVES, DRAWN))
    plan = select_differential(pythons, loops, OURS, None)
    with provided(plan, None, console.print) as cells:
        console.print(f"The same programs {times:,} times on {len(plan.all)} cells")
        same = steady(plan, cells, options.seed, times)
    with provided(plan, None, console.print) as cells:
        ours = campaign(console, plan, cells, options.seed, many, read_known().divergences)
    plan = select_differential(("3.11",), loops, ("native",), None)
    with provided(plan, None, console.print) as cells:
        native = campaign(console, plan, cells, options.seed, natives)
    broken = unkept(same, native, ours)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "seed": options.seed,
        "hypothesis": hypothesis.__version__,
        "processors": os.cpu_count(),
        "same": [asdict(one) for one in same],
        "ours": {**asdict(ours), "a second": ours.a_second},
        "native": {**asdict(native), "a second": native.a_second, "growth": native.growth},
        "not kept": broken,
    }
    write_whole(options.out, json.dumps(document, indent=1) + "\n")
    console.print(_table(same, native, ours))
    for sentence in broken:
        console.print(sentence, style="bold red")
    return int(bool(broken))


def _table(same: Sequence[Steady], native: Course, ours: Course) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("", "measured", "required"):
        table.add_column(title, justify="right" if title else "left")
    times, differing = same[0].times, sum(len(one.differing) for one in same)
    table.add_row(
        f"{_SAME} programs {times:,} times on {counted(len(same), 'cell')}, differing", str(differing), "0"
    )
    alarms = (
        f"native against native, {native.programs:,} programs on {counted(native.cells, 'loop')}, differences"
    )
    table.add_row(alarms, str(len(native.differences)), "0")
    table.add_row("driver's memory meanwhile, more", _mib(native.growth), f"at most {_mib(MOST_GROWTH)}")
    rate = f"{ours.programs:,} programs on {counted(ours.cells, 'cell')}, a second"
    table.add_row(rate, f"{ours.a_second:.0f}", f"at least {LEAST_A_SECOND:.0f}")
    return table


def _rounds(programs: Iterator[tuple[str, Program]]) -> Generator[list[Named], None, None]:
    while some := list(islice(programs, _ROUND)):
        yield [Named(f"program {number}", dict(program)) for number, program in some]


def _resident() -> int:
    """What this process takes of the machine's memory, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _mib(size_in_bytes: int) -> str:
    return f"{size_in_bytes / (1 << 20):.1f} MiB"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ConformanceError, BrokenError) as refused:
        sys.exit(f"soak_programs: {refused}")
    except KeyboardInterrupt:
        sys.exit(ExitStatus.INTERRUPTED)
