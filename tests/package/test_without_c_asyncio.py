"""The package on a Python without the C module ``_asyncio``, which is hidden: the tests again, with Python's own task.

They are run in a process of its own, since asyncio takes the C classes when it is first imported.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, List, NamedTuple

import pytest

from coroutines import NATIVE

HERE = Path(__file__).parent

HIDING = """
import sys
sys.modules["_asyncio"] = None
import test_without_c_asyncio
test_without_c_asyncio.run_inner_tests(sys.argv[1])
"""

STATES_C = "states what is so with the C task alone"
STARTS_OTHERS = "what it starts are interpreters that have C"
NOT_ABOUT_TASKS = "is long, and about memory and threads, whatever the task"

EXCLUDED = {
    "test_cancelled_errors.py": STATES_C,
    "test_divergences.py": STATES_C,
    "test_freeing.py": "the Python future's result() and the error that it raises hold each other, natively too",
    "test_growth.py": NOT_ABOUT_TASKS,
    "test_interpreter_exit.py": STARTS_OTHERS,
    "test_nothing_patched.py": STARTS_OTHERS,
    "test_thread_stress.py": NOT_ABOUT_TASKS,
    "test_tracebacks.py": STATES_C,
    "test_without_c_asyncio.py": "is this module",
}

FRAMES = "the Python task's and future's own frames stand in a traceback, natively too"
ATTRIBUTE = "the Python task steps what stands in its attribute _coro, which is then not the user's coroutine"
SIGNATURE = (
    "on 3.9 and 3.10 a mock takes the signature of the Python task's result for that of a plain function"
)
COPIES = "a Python task can be copied, and its copies disturb the tests that follow"


class Fact(NamedTuple):
    """A test that states what is so with the C task alone, and has to fail here."""

    name: str
    reason: str
    ids: str = ""
    """A regular expression for the ids of those parameter sets with which it does."""
    native: bool = True
    """Whether it does where there is a native Runner."""
    run: bool = True
    """Whether it may be run."""


FACTS = [
    Fact("test_a_traceback_in_a_given_context_shows_no_more", FRAMES),
    Fact("test_a_traceback_of_a_child_in_a_given_context_shows_nothing_between", FRAMES),
    Fact("test_a_traceback_of_a_child_shows_its_awaiter_and_nothing_between", FRAMES),
    Fact("test_a_traceback_shows_run_and_the_loop_s_function_alone", FRAMES),
    Fact("test_a_traceback_through_the_function_run_shows_both_runs", FRAMES),
    Fact("test_an_error_thrown_in_shows_nothing_between", FRAMES),
    Fact("test_a_limit_leaves_the_oldest_frames_of_a_traceback", FRAMES),
    Fact("test_get_stack_of_a_failed_task_shows_where_it_failed", FRAMES),
    Fact("test_no_error_in_a_chain_shows_more_than_native_s", FRAMES),
    Fact("test_get_coro_is_the_coroutine_that_was_given", ATTRIBUTE, r"-context\]$", native=False),
    Fact("test_the_repr_of_a_task_names_its_coroutine_object_as_asyncio_s_does", ATTRIBUTE, native=False),
    Fact("test_a_mock_of_the_class_has_the_methods", SIGNATURE, native=False, run=False),
    Fact("test_a_task_can_be_neither_copied_nor_pickled", COPIES, run=False),
]


class ExpectFacts:
    """pytest's plugin of the inner run: a fact that does hold there fails it, and so does one that is no test."""

    @staticmethod
    def pytest_collection_modifyitems(items: List[Any]) -> None:
        for fact in FACTS:
            if NATIVE and not fact.native:
                continue
            stated = [item for item in items if item.originalname == fact.name]
            stated = [item for item in stated if re.search(fact.ids, item.name)]
            if not stated:
                raise pytest.UsageError(f"no test is {fact.name}")
            for item in stated:
                item.add_marker(pytest.mark.xfail(strict=True, run=fact.run, reason=fact.reason))


def run_inner_tests(loop: str) -> None:
    """Run them on one loop and exit, in the process in which C is hidden."""
    options = ["-q", "-p", "no:cacheprovider", "--import-mode=importlib", "--tb=short", f"--loop={loop}"]
    modules = {path.name for path in HERE.glob("test_*.py")}
    gone = EXCLUDED.keys() - modules
    if gone:
        raise SystemExit(f"no such modules: {gone}")
    paths = sorted(modules - EXCLUDED.keys())
    sys.exit(pytest.main([*options, "with_python_task.py", *paths], plugins=[ExpectFacts()]))


@pytest.fixture(autouse=True)
def _deadline() -> None:
    """In place of the one that all tests have: each of the inner ones has it."""


def test_the_tests_pass_with_the_python_task(request: pytest.FixtureRequest, loop_class: Any) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HIDING, request.node.callspec.params["loop_class"]],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        # Where no package of the tree stands in front of the installed one.
        cwd=HERE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) > 900
