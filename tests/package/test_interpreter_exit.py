"""The interpreter ends while a Runner is open: what is printed, how it ends, and that it ends at all."""

import inspect
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, Dict, List, Set, Tuple

import pytest

from by_hand import ByHand
from coroutines import NATIVE

OURS = "from runner_backport._runner import Runner\n"
THEIRS = (
    "from asyncio import Runner\n"
    if NATIVE
    else f"import asyncio\nfrom typing import Any\n{inspect.getsource(ByHand)}\nRunner = ByHand\n"
)

BEGINNING = """
    import asyncio, sys, threading
    from {module} import {name} as loop_factory

    async def forever():
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            print("the task ends", file=sys.stderr)

    async def generate():
        try:
            yield
        finally:
            print("the generator ends", file=sys.stderr)

    runner = Runner(loop_factory=loop_factory)
    runner.run(asyncio.sleep(0))
"""

# What each runs with the open Runner, with which status it ends, and the lines that it prints on the way.
PROGRAMS: Dict[str, Tuple[str, int, Set[str]]] = {
    "nothing": ("", 0, set()),
    "a leftover task": (
        """
        async def main():
            global task
            task = asyncio.create_task(forever())
            await asyncio.sleep(0)

        runner.run(main())
        """,
        0,
        {"Task was destroyed but it is pending!", "the task ends"},
    ),
    "an async generator": (
        """
        generator = generate()

        async def main():
            await generator.__anext__()

        runner.run(main())
        """,
        0,
        set(),
    ),
    "a job of the executor": (
        """
        def job():
            at_its_end.wait()
            print("the job ends", file=sys.stderr)

        async def main():
            asyncio.get_running_loop().run_in_executor(None, job)

        at_its_end = threading.Event()
        runner.run(main())
        at_its_end.set()
        """,
        0,
        {"the job ends"},
    ),
    "SystemExit of a coroutine": (
        """
        async def main():
            global task
            task = asyncio.create_task(forever())
            await asyncio.sleep(0)
            sys.exit(3)

        runner.run(main())
        """,
        3,
        # On asyncio the task's end is told as well; uvloop keeps the loop, and so the task, to the very end.
        set(),
    ),
    "SystemExit through with": (
        """
        async def main():
            global task
            task = asyncio.create_task(forever())
            await asyncio.sleep(0)
            sys.exit(3)

        with runner:
            runner.run(main())
        """,
        3,
        {"the task ends"},
    ),
}


def start(runner: str, loop_class: Any, program: str, folder: Path) -> Any:
    beginning = BEGINNING.format(module=loop_class.__module__, name=loop_class.__name__)
    return subprocess.Popen(
        [
            sys.executable,
            "-W",
            "always",
            "-c",
            runner + textwrap.dedent(beginning) + textwrap.dedent(program),
        ],
        # Elsewhere, since -c would put the tree's package in front of the installed one.
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
    )


def end(process: Any) -> Tuple[int, str, List[str]]:
    """The status, what was printed, and what was printed as errors but for the frames of tracebacks.

    Sorted, since the end of a module takes its variables in an order that is theirs.
    """
    try:
        printed, errors = process.communicate(timeout=25)
    finally:
        process.kill()
    lines = sorted(line for line in errors.splitlines() if not line.startswith(" "))
    return process.returncode, printed, [re.sub(r"<.*>|0x[0-9a-f]+", "<...>", line) for line in lines]


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_interpreter_ends_as_it_does_with_native(loop_class: Any, name: str, tmp_path: Path) -> None:
    """Below 3.11 as it does with a stock loop."""
    program, status, lines = PROGRAMS[name]
    ours, theirs = (start(runner, loop_class, program, tmp_path) for runner in (OURS, THEIRS))
    ended = end(ours)
    assert ended == end(theirs)
    assert ended[0] == status
    assert lines <= set(ended[2])
