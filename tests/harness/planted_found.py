"""At which drawn program each planted implementation is found, and how small that gets; ``python tests/harness/planted_found.py``.

One stream of programs, of one seed, goes through all of them, on the interpreter that `--python` names, and through the
right one that they are changes to. One is found where it differs from native 3.11 as the right one does not, and as no divergence
is declared for runner_backport. What CPython's own tests find of them stands beside it, as planted_upstream.py has left it.
Writes docs/planted.md; the exit status is 1 where one is not found, with the declarations that hide it, if any do.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import hypothesis
from attrs import define

from conformance.commands.differential import provided
from conformance.commands.selecting import select_differential
from conformance.differential.asking import Cells
from conformance.differential.kinds import Kind
from conformance.differential.program import Program, size
from conformance.differential.pseudocode import pseudocode
from conformance.differential.shrinking import shrink
from conformance.differential.stream import Ahead
from conformance.execute.programs import Answer, written
from conformance.plan.differential import DifferentialPlan
from conformance.records import Cell
from planted.catalogue import PLANTED
from planted_judging import PlantedJudge, References, Shown
from planted_upstream import COUNTS, lay_out

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "planted.md"
BUDGET = 2_000
"""How many programs are to be enough: what `fuzz` draws where nothing else is said."""
SEED = 1
FIRST = "3.8"
_RIGHT = "right"
_AT_ONCE = 12
"""Planted implementations, each with a worker."""
_SECONDS = 2.0
"""For a program: what is planted may hang."""
_FIRST_MANY = 25
"""So many programs are run at first, and then twice as many each time: most are found early."""


@define
class Found:
    """How one was found."""

    number: int
    """Of the program in the stream."""
    origin: str
    kind: Kind
    shrunk: Program | None = None


@define
class Missed:
    """How one was not found."""

    hidden_by: dict[str, str]
    """By declared divergence that has taken something of it, the first program where."""

    def __str__(self) -> str:
        taken = [f"{name} hides it in {origin}" for name, origin in self.hidden_by.items()]
        return "; ".join(["not found", *taken])


class Trial:
    """Some planted implementations of one interpreter, with what they are judged by."""

    def __init__(self, plan: DifferentialPlan, cells: Cells, programs: Sequence[tuple[str, Program]]) -> None:
        self._plan, self._cells, self._programs = plan, cells, programs
        self._texts = [written(program) for _, program in programs]
        self._judge = PlantedJudge()
        self._by_name = {cell.implementation.name: cell for cell in plan.judged}
        self._right = self._by_name[_RIGHT]
        control = plan.controls.get(self._right.name)
        self._references = [str(self._right.baseline), self._right.name, *([control.name] if control else [])]
        self._known: list[list[Answer]] = [[] for _ in self._references]

    def find(self, name: str) -> Found | Missed:
        """The first program that shows the planted one of that name, and the smallest that it leads to."""
        cell = self._by_name[name]
        hidden_by: dict[str, str] = {}
        first, many = 0, _FIRST_MANY
        while first < len(self._texts):
            last = min(first + many, len(self._texts))
            self._learn(last)
            answers = self._ask([cell.name], self._texts[first:last])[0]
            for number, answer in enumerate(answers, start=first):
                origin, program = self._programs[number]
                shown = self._shown(cell, program, [known[number] for known in self._known], answer)
                if shown.left:
                    kind = shown.kinds(program)[0]
                    return Found(number, origin, kind, self._shrunk(cell, program, kind))
                for declaration in shown.declared:
                    hidden_by.setdefault(declaration, origin)
            self._judge.forget()
            first, many = last, 2 * many
        return Missed(hidden_by)

    def _learn(self, last: int) -> None:
        """Have the references' answers to the programs up to there."""
        known = len(self._known[0])
        if known < last:
            told = self._ask(self._references, self._texts[known:last])
            self._known = [[*before, *answers] for before, answers in zip(self._known, told, strict=True)]

    def _ask(self, names: Sequence[str], texts: Sequence[bytes]) -> list[list[Answer]]:
        asked = [self._cells.look(name, texts, seconds=_SECONDS) for name in names]
        return [each.result() for each in asked]

    def _shown(self, cell: Cell, program: Program, references: Sequence[Answer], answer: Answer) -> Shown:
        return self._judge.shown(cell, program, answer, References(*references))

    def _shrunk(self, cell: Cell, program: Program, kind: Kind) -> Program:
        def still_differs(programs: list[dict[str, object]]) -> list[bool]:
            told = self._ask([*self._references, cell.name], [written(each) for each in programs])
            *references, answers = told
            shown = [
                kind
                in self._shown(cell, each, [known[number] for known in references], answers[number]).kinds(
                    each
                )
                for number, each in enumerate(programs)
            ]
            self._judge.forget()
            return shown

        return shrink(dict(program), still_differs, budget=1_000).program


def trials(
    names: Sequence[str], python: str, programs: Sequence[tuple[str, Program]]
) -> Iterator[tuple[str, Found | Missed]]:
    """Yield each of the planted ones with how it was found, if it was."""
    with tempfile.TemporaryDirectory() as folder:
        config = lay_out(names, Path(folder))
        for first in range(0, len(names), _AT_ONCE):
            some = names[first : first + _AT_ONCE]
            plan = select_differential((python,), ("asyncio",), (_RIGHT, *some), config)
            with provided(plan, None, _say) as cells:
                trial = Trial(plan, cells, programs)
                for name in some:
                    yield name, trial.find(name)


def page(
    found: Mapping[str, Found | Missed], upstream: dict[str, dict[str, int]], *, seed: int, drawn: int
) -> str:
    """The table, in Markdown."""
    lines = [
        "| planted | what is wrong | runners | tasks | program | operations |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for name, one in found.items():
        planted = PLANTED[name]
        suites = [
            upstream[name].get(suite, 0) if name in upstream else None for suite in ("runners", "tasks")
        ]
        if not planted.task:
            suites[1] = None
        told = ["–" if count is None else str(count) for count in suites]
        told += ["not found", "–"] if isinstance(one, Missed) else [f"{one.number + 1:,}", str(_size(one))]
        lines.append(f"| {name} | {planted.wrong} | {' | '.join(told)} |")
    sizes = [_size(one) for one in found.values() if isinstance(one, Found)]
    numbers = [one.number + 1 for one in found.values() if isinstance(one, Found)]
    by_any = sum(any(upstream.get(name, {}).values()) for name in found)
    later = [name for name in found if PLANTED[name].python > (3, 8)]
    middle = f"median {statistics.median(sizes):g}, largest {max(sizes)}" if sizes else "none"
    beside = (
        f"CPython's own tests find {by_any} of {sum(name in upstream for name in found)}." if upstream else ""
    )
    return "\n".join(
        [
            "# What is planted is found",
            "",
            "Written by `nox -s planted`. Each implementation of `tests/harness/planted` is wrong in one named way.",
            f"One stream of {drawn:,} drawn programs, seed {seed} of Hypothesis {hypothesis.__version__}, goes through all of them on",
            f"Python {FIRST} and asyncio{_later(later)}. The columns: how many tests of CPython's own suites `runners` and `tasks` find",
            "it, the number of the first program that does, and how many operations are left of that when it is shrunk.",
            "",
            f"Generated programs find {len(sizes)} of {len(found)}, half of them within {statistics.median(numbers) if numbers else 0:g} programs"
            f" and the last at number {max(numbers, default=0):,}; their shrunk sizes: {middle} operations. {beside}".rstrip(),
            "",
            *lines,
            "",
        ]
    )


def _later(names: Sequence[str]) -> str:
    if not names:
        return ""
    return f" ({', '.join(names)}: on the first version that can show it)"


def _size(one: Found) -> int:
    assert one.shrunk is not None
    return size(one.shrunk)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Find those of the names given, or all; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "names", nargs="*", help="planted ones; all by default, and only then is the page written"
    )
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--examples", type=int, default=BUDGET, help="how many programs are drawn")
    parser.add_argument("--python", default=FIRST, help="for those that it can show")
    parser.add_argument("--show", action="store_true", help="print the shrunk programs")
    options = parser.parse_args()
    with Ahead(options.seed) as ahead:
        programs = list(islice(ahead, options.examples))
    names = options.names or list(PLANTED)
    by_python: dict[str, list[str]] = {}
    for name in names:
        least = ".".join(map(str, max(PLANTED[name].python, tuple(map(int, options.python.split("."))))))
        by_python.setdefault(least, []).append(name)
    # In the order of the names, whichever interpreter comes first.
    found: dict[str, Found | Missed] = {name: Missed({}) for name in names}
    for python, some in by_python.items():
        for name, one in trials(some, python, programs):
            found[name] = one
            told = (
                f"{one.origin}, {_size(one)} operations: {one.kind}" if isinstance(one, Found) else str(one)
            )
            _say(f"{name} ({python}): {told}")
            if options.show and isinstance(one, Found) and one.shrunk is not None:
                _say(str(pseudocode(one.shrunk)))
    upstream = json.loads(COUNTS.read_text(encoding="utf-8")) if COUNTS.exists() else {}
    if not options.names:
        PAGE.write_text(page(found, upstream, seed=options.seed, drawn=len(programs)), encoding="utf-8")
    missing = [name for name, one in found.items() if isinstance(one, Missed)]
    _say(f"{len(found) - len(missing)} of {len(found)} found{''.join(f', {name} not' for name in missing)}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
