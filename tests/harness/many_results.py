"""How much memory the driver takes for a number of results: a program of its own, for a test and for the benchmarks.

    python many_results.py COUNT FOLDER

It is the middle of ``run`` with everything in its place, store, document, judge and report, but for the workers: what
they would tell is made up here, as one JSON text a test, in the shares that the default plan has. Prints the most
memory that the process had, in KiB.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from attrs import evolve
from rich.console import Console

from conformance.commands import executing
from conformance.commands.confirming import ask_again
from conformance.commands.known import Known
from conformance.commands.prepared import How, Prepared
from conformance.errors import ExitStatus
from conformance.execute import Course, Listener, Order
from conformance.records import Outcome, Plan, Result, Suite
from conformance.report import DocumentWriter, Header
from conformance.report.terminal import render
from conformance.store import Store, Unexercised
from conformance.suites import DEFINITIONS
from conformance.sync import Lock, TagLock
from results import NOW, plan_of, subject_cell

_A_CELL = 950
"""As many tests as test_tasks.py has, about."""
_FAILS = 60
"""One of so many does not pass."""
_TRACEBACK = (
    "Traceback (most recent call last):\n"
    + '  File "test_tasks.py", line {line}, in test\n    self.loop\n' * 20
)


def main(count: int, folder: Path) -> None:
    """Take so many results, at least, from first to last; a second time in ``folder``, the store has them."""
    plan = _plan(count)
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(Store(folder / "store.sqlite"))
        keys = {cell.name: f"{number:064}" for number, cell in enumerate(plan.cells)}
        prepared = Prepared(
            plan=plan,
            lock=Lock((TagLock("v3.11.7", dict.fromkeys(DEFINITIONS[Suite.TASKS].files, "ae82")),)),
            trees={"v3.11.7": folder},
            pythons={cell.environment: folder / "python" for cell in plan.cells},
            declared=(),
            known=Known(store, keys, reuse=True),
            unexercised=Unexercised(store),
        )
        how = How(None, 1, 60.0, 0, None, 1, shard=False, coverage=None, variables={})
        header = Header("0.1.0", NOW, ("run",), plan, {})
        document = stack.enter_context(DocumentWriter(folder / "results.jsonl", header, keys=keys))
        console = Console(file=stack.enter_context(open(os.devnull, "w")), width=160)  # noqa: PTH123
        stack.enter_context(_made_up_workers())
        begun = executing.begin(prepared, how)
        judgements, results = executing.execute_and_judge(
            prepared, how, begun, document, console, lambda: False
        )
        ask_again(prepared, how, [], console, lambda: False)
        assert len(results) >= count
        document.finish(NOW, ExitStatus.AS_EXPECTED)
        render(console, plan, judgements, results=results, status=ExitStatus.AS_EXPECTED)


def _plan(count: int) -> Plan:
    cells = [subject_cell(f"3.8.{number}", suite=Suite.TASKS) for number in range(-(-count // (2 * _A_CELL)))]
    return plan_of(*cells)


@contextlib.contextmanager
def _made_up_workers() -> Iterator[None]:
    real, executing.execute = executing.execute, _execute  # type: ignore[attr-defined, assignment]
    try:
        yield
    finally:
        executing.execute = real  # type: ignore[attr-defined]


def _execute(
    orders: Iterable[Order],
    _jobs: int,
    listener: Listener,
    on_course: Callable[[Order, Course], Iterable[Order] | None],
    _interrupted: object,
) -> None:
    waiting = deque(orders)
    while waiting:
        order = waiting.popleft()
        # A text of its own in each, as a worker's would be.
        tests = tuple(f"test_tasks.PyTask_PyFuture_Tests.test_what_number_{n}_does" for n in range(_A_CELL))
        listener.suite_listed(order.cell.name, tests, {"interpreter": order.cell.interpreter.version})
        listener.cell_started(order.cell.name, len(tests))
        results = []
        for number, test in enumerate(tests):
            if order.only(test):
                told = json.loads(_told(number, fails=number % _FAILS == 0))
                results.append(_result(order, test, told))
                listener.test_finished(results[-1])
        course = Course(hello={"interpreter": order.cell.interpreter.version}, tests=tests, results=results)
        listener.cell_finished(order.cell.name, Counter(result.outcome for result in results), 1.0)
        waiting += on_course(order, course) or ()


def _told(number: int, *, fails: bool) -> str:
    detail = _TRACEBACK.format(line=number) if fails else ""
    return json.dumps({"detail": detail, "seconds": number / 7, "exercised": number % 2 == 0})


def _result(order: Order, test: str, told: dict[str, Any]) -> Result:
    outcome = Outcome.FAILED if told["detail"] else Outcome.PASSED
    return evolve(Result(order.cell.name, test, outcome, attempt=order.attempt), **told)


def most_memory() -> int:
    """The most memory that this process had, in KiB."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not what getrusage says, which here begins with the memory of whoever started this process.
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1])
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most >> 10 if sys.platform == "darwin" else most


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(f"{most_memory()}\n")
