"""Which programs are measured, on which interpreters, how long, and what is required of them."""

from typing import Dict, NamedTuple, Tuple

from paired import Effort
from subjects import FIRST_NATIVE_RUNNER, OURS, PEERS, STOCK

BOTH = ("asyncio", "uvloop")
EVERYTHING = (STOCK, OURS, *PEERS)
OFTEN = Effort(processes=10, values=5)
# What is the same each time in a process.
ONCE_A_PROCESS = Effort(processes=3, values=1)


class Row(NamedTuple):
    """One line of the table for each loop: what it is called there, and what is the most that it may take."""

    program: str
    title: str
    # The most that ours may be of the stock one's, by loop; seconds where there is none to compare with.
    bounds: Dict[str, float]
    # Whether it is about a Runner's own work, measured where there is native's, or about tasks, where they are ours.
    of_runner: bool = False
    loops: Tuple[str, ...] = BOTH
    compared: Tuple[str, ...] = EVERYTHING
    effort: Effort = OFTEN
    # How many at a time; 0: as many as it takes.
    operations: int = 0
    unit: str = "second"

    def subjects(self, series: Tuple[int, ...]) -> Tuple[str, ...]:
        """Which of them there are to measure on an interpreter, such as (3, 8); the one to compare with first."""
        has_native = series >= FIRST_NATIVE_RUNNER
        if has_native and not self.of_runner:
            return ()
        return tuple(subject for subject in self.compared if not (has_native and subject in PEERS))


ROWS = (
    Row("child_step", "a step of a child", {"asyncio": 1.03, "uvloop": 1.03}),
    Row(
        "child_life",
        "create, await and finish children, a hundred at a time",
        {"asyncio": 1.06, "uvloop": 1.20},
    ),
    Row(
        "awaited_child", "create, await and finish a child, one at a time", {"asyncio": 1.06, "uvloop": 1.20}
    ),
    Row("main_step", "a step of the main task", {"asyncio": 1.05, "uvloop": 1.12}),
    Row("run", "`runner.run(noop())`", {"asyncio": 1.00, "uvloop": 1.00}, of_runner=True),
    Row("open_run_close", "open, run once and close", {"asyncio": 1.00, "uvloop": 1.00}, of_runner=True),
    Row(
        "task_size",
        "bytes of a task",
        {"asyncio": 1.05, "uvloop": 1.05},
        compared=(STOCK, OURS),
        effort=ONCE_A_PROCESS,
        operations=10_000,
        unit="byte",
    ),
    Row(
        "task_size_with_context",
        "bytes of a task in a given context ÷ one without",
        {},
        compared=(STOCK, OURS),
        effort=ONCE_A_PROCESS,
        operations=10_000,
        unit="byte",
    ),
    Row(
        "import_time",
        "import, in addition to `import asyncio`",
        {"asyncio": 0.005},
        of_runner=True,
        loops=("asyncio",),
        compared=(OURS,),
        effort=Effort(processes=30, values=1),
        operations=1,
    ),
)
