"""What a test does to its worker is blamed on that test alone; the rest of its cell goes on in a fresh one."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.execute import restarts, worker
from miniatures import Making

pytest_plugins = ["miniatures"]

BETWEEN_OTHERS = """
    import os, signal, sys, threading, time, unittest

    class Tests(unittest.TestCase):
        def test_a(self):
            pass

        def test_b(self):
            print("so far", os.getpid())
            {deed}

        def test_c(self):
            self.fail("in its own way")
"""


@pytest.mark.parametrize(
    ("deed", "status"),
    [
        ("os._exit(0)", "the worker ended with status 0"),
        ("os._exit(1)", "the worker ended with status 1"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "the worker was ended by SIGSEGV"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "the worker was ended by SIGKILL"),
        ("os.kill(os.getpid(), signal.SIGRTMIN + 1)", "the worker was ended by signal"),
    ],
)
def test_a_test_that_ends_its_interpreter_is_crashed(making: Making, deed: str, status: str) -> None:
    seen = making.runners(BETWEEN_OTHERS.format(deed=deed)).run()
    assert seen.outcomes == {"test_a": "passed", "test_b": "crashed", "test_c": "failed"}
    assert seen["test_b"].detail.startswith(status)
    assert "so far" in seen["test_b"].output


def test_a_segmentation_fault_is_shown_with_its_place(making: Making) -> None:
    deed = "os.kill(os.getpid(), signal.SIGSEGV)"
    seen = making.runners(BETWEEN_OTHERS.format(deed=deed)).run()
    assert "in test_b" in seen["test_b"].output


def test_a_test_that_ends_its_interpreter_while_a_copy_of_it_lives_is_crashed_at_once(making: Making) -> None:
    # The copy has all descriptors of the worker, so that the end of its pipe does not come.
    deed = """if os.fork() == 0:
                signal.pause()
            os._exit(7)"""
    seen = making.runners(BETWEEN_OTHERS.format(deed=deed)).run(seconds=60)
    assert seen.outcomes == {"test_a": "passed", "test_b": "crashed", "test_c": "failed"}
    assert seen["test_b"].detail == "the worker ended with status 7"


@pytest.mark.parametrize(
    "deed",
    [
        "while True: pass",
        "time.sleep(1000)",
        "threading.Lock().acquire(timeout=1000) and threading.Event().wait()",
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()",
    ],
    ids=["in Python", "in sleep", "on a lock", "for a signal"],
)
def test_a_hanging_test_ends_by_the_time_limit_and_shows_where_it_hung(making: Making, deed: str) -> None:
    seen = making.runners(BETWEEN_OTHERS.format(deed=deed)).run(seconds=1)
    assert seen.outcomes == {"test_a": "passed", "test_b": "timed-out", "test_c": "failed"}
    assert seen["test_b"].detail == "ended after its limit of 1 seconds"
    assert "so far" in seen["test_b"].output
    assert "in test_b" in seen["test_b"].output


def test_a_hang_that_no_signal_but_the_last_can_end(making: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_GRACES", dict.fromkeys(worker._GRACES, 0.1))
    deed = """import faulthandler
            faulthandler.disable()
            for number in signal.SIGINT, signal.SIGUSR2, signal.SIGTERM:
                signal.signal(number, signal.SIG_IGN)
            signal.pause()"""
    seen = making.runners(BETWEEN_OTHERS.format(deed=deed)).run(seconds=1)
    assert seen.outcomes == {"test_a": "passed", "test_b": "timed-out", "test_c": "failed"}


@pytest.mark.parametrize(
    "handled",
    [
        "pass",
        "signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.default_int_handler)",
    ],
    ids=["by SIGINT", "by SIGTERM"],
)
def test_a_hanging_test_may_clean_up(making: Making, handled: str) -> None:
    deed = f"""{handled}
            try:
                time.sleep(1000)
            finally:
                print("cleaned up")"""
    seen = making.runners(BETWEEN_OTHERS.format(deed=deed)).run(seconds=1)
    assert seen.outcomes == {"test_a": "passed", "test_b": "timed-out", "test_c": "failed"}
    assert seen["test_b"].output.endswith("cleaned up\n")


def test_a_child_of_a_hanging_test_is_asked_to_end_with_it(making: Making) -> None:
    deed = """command = "trap 'echo asked; exit' TERM; trap '' INT; echo ready; sleep 1000 & wait"
            for number in signal.SIGINT, signal.SIGTERM:
                signal.signal(number, lambda *_: None)
            os.system(command)
            time.sleep(1000)"""
    seen = making.runners(BETWEEN_OTHERS.format(deed=deed)).run(seconds=1)
    assert "asked\n" in seen["test_b"].output


@pytest.mark.parametrize(
    "deed",
    [
        "raise KeyboardInterrupt",
        "os.kill(os.getpid(), signal.SIGINT); time.sleep(1000)",
        # A subtest that passed before has told an outcome already.
        """with self.subTest(number=1):
                pass
            raise KeyboardInterrupt""",
    ],
    ids=["raised", "sent", "after a subtest"],
)
def test_a_keyboard_interrupt_that_escapes_is_errored_and_the_rest_goes_on(making: Making, deed: str) -> None:
    seen = making.runners(BETWEEN_OTHERS.format(deed=deed)).run()
    assert seen.outcomes == {"test_a": "passed", "test_b": "errored", "test_c": "failed"}
    assert "in test_b" in seen["test_b"].detail
    assert seen["test_b"].detail.endswith("KeyboardInterrupt\n")


def test_what_a_subtest_told_before_a_crash_is_kept(making: Making) -> None:
    deed = """with self.subTest(number=1):
                self.fail("told")
            os._exit(1)"""
    seen = making.runners(BETWEEN_OTHERS.format(deed=deed)).run()
    assert seen["test_b"].outcome.value == "crashed"
    assert [one.parameters for one in seen["test_b"].subtests] == ["(number=1)"]


def test_a_death_between_two_tests_costs_no_test_and_is_told(making: Making) -> None:
    suite = """
        import os, unittest

        class A(unittest.TestCase):
            @classmethod
            def tearDownClass(cls):
                os._exit(3)

            def test_a(self):
                pass

        class B(unittest.TestCase):
            def test_b(self):
                pass
    """
    seen = making.runners(suite).run()
    assert (seen.outcomes["test_a"], seen.outcomes["test_b"]) == ("passed", "passed")
    (after,) = [result for result in seen.course.results if result.test.endswith("A.test_a (after it)")]
    assert (after.outcome.value, after.detail) == ("crashed", "the worker ended with status 3")


TEAR_DOWN = """
    import os, signal, unittest

    class A(unittest.TestCase):
        def test_a(self):
            pass

    def tearDownModule():
        {deed}
"""


@pytest.mark.parametrize(
    ("deed", "outcome", "name"),
    [
        ("raise LookupError('in the end')", "errored", "test_runners (tear-down)"),
        ("os._exit(0)", "crashed", "test_runners.A.test_a (after it)"),
        ("signal.pause()", "timed-out", "test_runners.A.test_a (after it)"),
    ],
    ids=["raises", "dies", "hangs"],
)
def test_trouble_after_the_last_test_is_told(making: Making, deed: str, outcome: str, name: str) -> None:
    seen = making.runners(TEAR_DOWN.format(deed=deed)).run(seconds=1)
    test, after = seen.course.results
    assert (test.test, test.outcome.value) == ("test_runners.A.test_a", "passed")
    assert (after.test, after.outcome.value) == (name, outcome)


SET_UP = """
    import os, signal, unittest

    class A(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            {deed}

        def test_a(self):
            pass

    class B(unittest.TestCase):
        def test_b(self):
            pass
"""


def test_a_death_before_a_first_test_is_blamed_on_it(making: Making) -> None:
    seen = making.runners(SET_UP.format(deed="os._exit(3)")).run()
    assert seen.outcomes == {"test_a": "crashed", "test_b": "passed"}
    assert "the worker ended with status 3" in seen["test_a"].detail
    assert "before" in seen["test_a"].detail


def test_a_death_before_the_first_test_of_a_later_worker_is_blamed_on_it(making: Making) -> None:
    suite = """
        import os, unittest

        class A(unittest.TestCase):
            def test_a(self):
                os._exit(1)

        class B(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                os._exit(3)

            def test_b(self):
                pass

        class C(unittest.TestCase):
            def test_c(self):
                pass
    """
    seen = making.runners(suite).run()
    assert seen.outcomes == {"test_a": "crashed", "test_b": "crashed", "test_c": "passed"}
    assert seen["test_b"].detail == "the worker ended with status 3, before the test could start"


def test_a_hang_before_a_first_test_is_blamed_on_it_with_its_place(making: Making) -> None:
    seen = making.runners(SET_UP.format(deed="signal.pause()")).run(seconds=1)
    assert seen.outcomes == {"test_a": "timed-out", "test_b": "passed"}
    assert "before" in seen["test_a"].detail
    assert "in setUpClass" in seen["test_a"].output


def test_a_worker_that_is_lost_while_it_loads_has_a_second_one_load(making: Making, tmp_path: Path) -> None:
    suite = f"""
        import os, pathlib, signal, unittest

        mark = pathlib.Path({str(tmp_path / "mark")!r})
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)

        class Tests(unittest.TestCase):
            def test_a(self):
                pass
    """
    seen = making.runners(suite).run()
    assert seen.outcomes == {"test_a": "passed"}
    assert seen.course.broken == ""


def test_the_restarts_of_a_cell_are_counted(making: Making, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restarts, "_RESTARTS", 2)
    suite = """
        import os, unittest

        class Tests(unittest.TestCase):
            pass

        for number in range(9):
            setattr(Tests, f"test_{number}", lambda self: os._exit(1))
    """
    seen = making.runners(suite).run()
    assert set(seen.outcomes.values()) == {"crashed"}
    assert len(seen.outcomes) == 9
    assert seen.watch.started == [f"test_runners.Tests.test_{number}" for number in range(3)]
    assert seen["test_2"].detail == "the worker ended with status 1"
    for number in range(3, 9):
        assert seen[f"test_{number}"].detail == (
            "not run: 3 workers of this cell were lost before it, the last one so: the worker ended with status 1"
        )


def test_a_suite_that_can_be_imported_once_alone_keeps_what_it_did(making: Making) -> None:
    miniature = making.runners("""
        import os, pathlib, unittest

        trace = pathlib.Path(__file__).with_suffix(".trace")
        if trace.exists():
            raise LookupError("only once")
        trace.touch()

        class Tests(unittest.TestCase):
            def test_a(self):
                pass

            def test_b(self):
                os._exit(1)

            def test_c(self):
                pass
    """)
    seen = miniature.run()
    assert seen.course.broken == ""
    assert seen.outcomes == {"test_a": "passed", "test_b": "crashed", "test_c": "errored"}
    assert "LookupError: only once" in seen["test_c"].detail
