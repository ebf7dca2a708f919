"""Measure several subjects side by side: one process each, which take turns."""

import json
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

# Seconds, for what takes a few.
DEADLINE = 120

WORKER = str(Path(__file__).with_name("worker.py"))


class Effort(NamedTuple):
    """How much a program is measured: in so many fresh processes of each subject, so many times in each."""

    processes: int
    values: int
    # Of the first subject, in seconds: much longer than the clock and the scheduler take.
    shortest: float = 0.05


class Paired(NamedTuple):
    """What each subject took for one operation, process by process; what is at one place was measured at one time."""

    values: Dict[str, List[List[float]]]
    operations: int
    lacks: Dict[str, List[str]]
    # Why there is nothing of a subject.
    fails: Dict[str, str]


class Worker:
    """The process of one subject."""

    def __init__(self, program: str, loop: str, subject: str) -> None:
        self._what = f"{program} of {subject} on {loop}"
        command = [sys.executable, "-W", "ignore", WORKER, program, loop, subject]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.said = self._answer()
        if "absent" in self.said:
            self._process.communicate()
            raise SystemExit(
                f"{subject} cannot be measured on {loop}: {self.said['absent']}; `nox -s bench` installs it."
            )

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate()

    def take(self, count: int) -> float:
        """What ``count`` operations take together."""
        assert self._process.stdin is not None
        print(count, file=self._process.stdin, flush=True)
        took: float = self._answer()["took"]
        return took

    def _answer(self) -> Dict[str, Any]:
        assert self._process.stdout is not None
        deadline = threading.Timer(DEADLINE, self._process.kill)
        deadline.start()
        try:
            line = self._process.stdout.readline()
        finally:
            deadline.cancel()
        if not line:
            self._process.kill()
            self._process.communicate()
            raise SystemExit(
                f"The process that measures {self._what} ended, or took {DEADLINE} seconds: nothing is known of it."
            )
        answer: Dict[str, Any] = json.loads(line)
        return answer


def measure(program: str, loop: str, subjects: Sequence[str], effort: Effort, count: int = 0) -> Paired:
    """Measure a program on a loop for each subject, in turns.

    ``count`` is how many operations are measured at a time (0: as many as it takes the first subject).
    """
    paired = Paired({}, count, {}, {})
    for process in range(effort.processes):
        names = [name for name in subjects if name not in paired.fails]
        with ExitStack() as processes:
            workers = {name: processes.enter_context(Worker(program, loop, name)) for name in names}
            for name in names:
                if "fails" in workers[name].said:
                    paired.fails[name] = workers.pop(name).said["fails"]
                    # What it took in other processes would have nothing beside it.
                    paired.values.pop(name, None)
                else:
                    paired.lacks[name] = workers[name].said["lacks"]
            if not workers:
                break
            if not paired.operations:
                paired = paired._replace(operations=calibrated(next(iter(workers.values())), effort.shortest))
            for name, values in take_turns(workers, effort.values, paired.operations, process).items():
                paired.values.setdefault(name, []).append(values)
    return paired


def take_turns(workers: Dict[str, Worker], turns: int, count: int, first: int) -> Dict[str, List[float]]:
    """Have each worker measure ``turns`` times, another one first each time; ``first`` is who begins."""
    if turns > 1:
        # The first time in a process is not like the others.
        for worker in workers.values():
            worker.take(count)
    taken: Dict[str, List[float]] = {name: [] for name in workers}
    for turn in range(turns):
        for name in rotated(tuple(workers), first + turn):
            taken[name].append(workers[name].take(count) / count)
    return taken


def calibrated(worker: Worker, shortest: float) -> int:
    """How many operations take at least ``shortest`` seconds: hundreds of them, for programs with as many tasks."""
    count = 100
    while worker.take(count) < shortest:
        count *= 2
    return count


def rotated(names: Tuple[str, ...], by: int) -> Tuple[str, ...]:
    """The names from another one on."""
    by %= len(names)
    return (*names[by:], *names[:by])
