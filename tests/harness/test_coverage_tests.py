"""Coverage of a cell of upstream's tests: what is saved, when, and that nothing else is other than without it."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from measured import OWN, install, lines
from miniatures import Making, Seen

pytest_plugins = ["miniatures"]

MODULE = """\
class Runner: pass
def first():
    return 1
def second():
    return 2
def third():
    return 3
def last():
    return 4
"""

SUITE = """
    import asyncio, os, signal, unittest
    import own

    class Tests(unittest.TestCase):
        @classmethod
        def tearDownClass(cls):
            own.last()

        def test_a(self):
            own.first()

        def test_b(self):
            {second}

        def test_c(self):
            own.third()
"""

MANY = """
    import asyncio, os, signal, sys, threading, unittest
    from own import Runner

    class Tests(unittest.TestCase):
        def test_passes(self):
            Runner()

        def test_fails(self):
            self.assertEqual(Runner, 1)

        def test_errs(self):
            Runner(1)

        def test_skips(self):
            self.skipTest("today")

        def test_subtests(self):
            for number in range(3):
                with self.subTest(number=number):
                    self.assertNotEqual(number, 1)

        def test_exits(self):
            os._exit(3)

        def test_dies(self):
            os.kill(os.getpid(), signal.SIGKILL)

        def test_is_interrupted(self):
            signal.raise_signal(signal.SIGINT)

        def test_leaves_a_trace_function(self):
            threading.settrace(lambda *_: None)
            sys.settrace(lambda *_: None)

        def test_leaves_no_descriptors(self):
            import resource
            hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))

        def test_runs_in_a_thread(self):
            thread = threading.Thread(target=Runner)
            thread.start()
            thread.join()

        def test_counts_its_depth(self):
            def deeper(depth):
                return deeper(depth + 1) if depth < 500 else depth
            self.assertEqual(deeper(0), 500)
"""


BODIES_OF = {"first": 3, "second": 5, "third": 7, "last": 9}


def reached(making: Making, folder: Path, second: str = "own.second()") -> tuple[Seen, list[str]]:
    """Run the suite, whose second test is so, and see which functions of the package were saved as reached."""
    miniature = making.runners(SUITE.format(second=second), OWN, modules={"own": MODULE})
    install(miniature.python)
    seen = miniature.run(coverage=folder)
    [(context, found)] = lines(folder).items()
    assert context == miniature.cell.name
    return seen, [name for name, line in BODIES_OF.items() if line in found]


def test_all_is_saved_under_the_cells_name_the_fixtures_behind_the_last_test_too(
    making: Making, tmp_path: Path
) -> None:
    _, saved = reached(making, tmp_path)
    assert saved == ["first", "second", "third", "last"]


def test_a_killed_worker_loses_the_test_that_it_was_running_alone(making: Making, tmp_path: Path) -> None:
    seen, saved = reached(making, tmp_path, "own.second(); os.kill(os.getpid(), signal.SIGKILL)")
    assert seen.outcomes["test_b"] == "crashed"
    assert saved == ["first", "third", "last"]


def test_what_a_spoiled_worker_did_is_saved(making: Making, tmp_path: Path) -> None:
    seen, saved = reached(making, tmp_path, "own.second(); signal.signal(signal.SIGUSR1, signal.SIG_IGN)")
    assert seen["test_b"].leaks
    assert saved == ["first", "second", "third", "last"]


def test_it_changes_no_outcome_no_detail_and_no_leak(making: Making, tmp_path: Path) -> None:
    miniature = making.runners(MANY, OWN, modules={"own": "class Runner: pass"})
    install(miniature.python)
    without, measured = miniature.run(), miniature.run(coverage=tmp_path / "data")
    assert len({result.outcome for result in without.course.results}) == 5
    plain, with_it = (
        [evolve(result, seconds=0.0, output="") for result in seen.course.results]
        for seen in (without, measured)
    )
    assert with_it == plain
    assert list((tmp_path / "data").iterdir())


REFUSING = """
class Coverage:
    def __init__(self, **options):
        pass

    def start(self):
        pass

    def save(self):
        raise OSError("no room")
"""


@pytest.mark.parametrize(
    "module", [REFUSING, REFUSING.replace("OSError", "Warning")], ids=["error", "warning"]
)
def test_what_cannot_be_saved_costs_no_test_its_outcome(making: Making, tmp_path: Path, module: str) -> None:
    modules = {"own": MODULE, "coverage": module}
    seen = making.runners(SUITE.format(second="own.second()"), OWN, modules=modules).run(coverage=tmp_path)
    assert seen.outcomes == dict.fromkeys(["test_a", "test_b", "test_c"], "passed")
