"""What ends a worker before its first test, a class's fixture or the suite itself, costs no other class its tests."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from conformance.execute import supervise
from miniatures import Making
from talking import Talk

pytest_plugins = ["miniatures", "talking"]

# More than there are restarts.
MANY = 25
SUITE = """
    import os, signal, sys, unittest

    class A(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            {set_up}

        @classmethod
        def tearDownClass(cls):
            {tear_down}

    for number in range(25):
        setattr(A, f"test_{{number:02}}", lambda self: None)

    class B(unittest.TestCase):
        def test_b(self):
            pass
"""


def suite(set_up: str = "pass", tear_down: str = "pass") -> str:
    return SUITE.format(set_up=set_up, tear_down=tear_down)


def test_a_death_in_the_set_up_of_a_class_is_that_of_all_its_tests(making: Making) -> None:
    seen = making.runners(suite("os._exit(3)")).run()
    assert seen.outcomes.pop("test_b") == "passed"
    assert Counter(result.outcome.value for result in seen.course.results) == {"crashed": MANY, "passed": 1}
    assert seen["test_24"].detail == "the worker ended with status 3, before the test could start"


def test_a_hang_in_the_set_up_of_a_class_costs_the_time_limit_once(making: Making) -> None:
    seen = making.runners(suite("print('so far'); signal.pause()")).run(seconds=1)
    assert Counter(result.outcome.value for result in seen.course.results) == {"timed-out": MANY, "passed": 1}
    assert "in setUpClass" in seen["test_24"].output
    assert seen["test_24"].output.count("so far") == 1


@pytest.mark.parametrize("deed", ["sys.exit(3)", "raise KeyboardInterrupt"])
def test_what_unittest_lets_through_from_the_set_up_of_a_class_is_told_for_its_tests(
    on_both: Making, deed: str
) -> None:
    seen = on_both.runners(suite(deed)).run()
    assert Counter(result.outcome.value for result in seen.course.results) == {"errored": MANY, "passed": 1}
    assert seen["test_24"].detail.startswith("setUpClass (test.test_asyncio.test_runners.A)\nTraceback")
    assert f"in setUpClass\n    {deed}\n" in seen["test_24"].detail


def test_what_unittest_lets_through_from_a_tear_down_has_a_result_of_its_own(on_both: Making) -> None:
    seen = on_both.runners(suite(tear_down="sys.exit(3)")).run()
    assert Counter(result.outcome.value for result in seen.course.results) == {
        "passed": MANY + 1,
        "errored": 1,
    }
    assert seen.course.results[-1].test == "test_runners.A (tear-down)"
    assert seen.course.results[-1].detail.endswith("SystemExit: 3\n")


MODULE = """
    import sys, unittest

    def {fixture}():
        sys.exit(3)

    class A(unittest.TestCase):
        def test_a(self):
            pass
"""


def test_what_unittest_lets_through_from_the_set_up_of_a_module_is_told_for_all_tests(
    on_both: Making,
) -> None:
    [seen] = on_both.runners(MODULE.format(fixture="setUpModule")).run().course.results
    assert (seen.outcome.value, seen.test) == ("errored", "test_runners.A.test_a")
    assert seen.detail.startswith("setUpModule (test.test_asyncio.test_runners)\n")


def test_what_unittest_lets_through_from_the_tear_down_of_a_module_has_a_result_of_its_own(
    on_both: Making,
) -> None:
    test, seen = on_both.runners(MODULE.format(fixture="tearDownModule")).run().course.results
    assert (test.outcome.value, seen.outcome.value) == ("passed", "errored")
    assert seen.test == "test_runners (tear-down)"


def test_a_death_in_the_set_up_of_a_module_is_that_of_all_its_tests(making: Making) -> None:
    module = """
        import os, unittest

        def setUpModule():
            os.kill(os.getpid(), 9)

        class A(unittest.TestCase):
            def test_a(self):
                pass

        class B(unittest.TestCase):
            def test_b(self):
                pass
    """
    seen = making.runners(module).run()
    assert seen.outcomes == {"test_a": "crashed", "test_b": "crashed"}
    assert seen["test_b"].detail == "the worker was ended by SIGKILL, before the test could start"


def test_a_death_in_the_set_up_of_a_later_class_costs_no_test_before_it(making: Making) -> None:
    before = """
    class Before(unittest.TestCase):
        def test_before(self):
            pass

    class Later(A):
        pass

    del A
"""
    seen = making.runners(suite("os._exit(3)") + before).run()
    # Whose fixture it was that came behind it is not known then.
    assert seen.outcomes["test_before (after it)"] == "crashed"
    assert (seen.outcomes["test_b"], seen.outcomes["test_before"]) == ("passed", "passed")
    assert Counter(result.outcome.value for result in seen.course.results) == {
        "crashed": MANY + 1,
        "passed": 2,
    }


LOADED_ONCE = """
import pathlib
loads = pathlib.Path({loads!r})
with loads.open("a") as file:
    file.write("load ")
if loads.read_text() != "load ":
    {again}
tell("hello", tests=["T.a", "T.b", "U.c", "V.d"])
tell("started", test=asked()[0], output=0)
"""


@pytest.mark.parametrize(
    ("again", "outcome"), [("signal.pause()", "timed-out"), ("os._exit(4)", "crashed")], ids=["hangs", "dies"]
)
def test_a_suite_that_cannot_be_loaded_again_is_tried_twice(
    talking: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: str, outcome: str
) -> None:
    monkeypatch.setattr(supervise, "START_SECONDS", 1.0)
    loads = tmp_path / "loads"
    seen = talking(LOADED_ONCE.format(loads=str(loads), again=again)).run()
    assert loads.read_text() == "load load load "
    assert seen.outcomes == {"a": "crashed", "b": outcome, "c": outcome, "d": outcome}
    assert "two workers in a row did not load the suite again" in seen["d"].detail


def test_the_signal_of_the_time_limit_may_be_handled_by_an_earlier_test(on_both: Making) -> None:
    deeds = """
    import signal, unittest

    class Tests(unittest.TestCase):
        def test_a(self):
            signal.signal(signal.SIGUSR2, signal.signal(signal.SIGUSR2, print))

        def test_b(self):
            signal.pause()
    """
    seen = on_both.runners(deeds).run(seconds=1)
    assert seen.outcomes == {"test_a": "passed", "test_b": "timed-out"}
    assert "in test_b" in seen["test_b"].output


def test_the_signal_of_the_time_limit_stays_with_a_fixture_that_handles_it(on_both: Making) -> None:
    deeds = """
    import os, signal, unittest

    class Tests(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            cls.heard = []
            signal.signal(signal.SIGUSR2, lambda *told: cls.heard.append(told))

        def test_a(self):
            os.kill(os.getpid(), signal.SIGUSR2)
            self.assertEqual(len(self.heard), 1)
    """
    assert on_both.runners(deeds).run().outcomes == {"test_a": "passed"}
