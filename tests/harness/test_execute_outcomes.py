"""What the tests of a cell came to, as execute tells it: each test when it starts and when it finishes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from miniatures import DRIVER, Making

pytest_plugins = ["miniatures"]

ALL_OUTCOMES = """
    import unittest

    class Tests(unittest.TestCase):
        def test_errors(self):
            raise LookupError("no such thing")

        def test_expected_failure(self):
            self.fail("as it should")
        test_expected_failure = unittest.expectedFailure(test_expected_failure)

        def test_fails(self):
            self.assertEqual(1, 2)

        def test_fails_and_then_errors(self):
            def clean_up():
                raise LookupError("while cleaning up")
            self.addCleanup(clean_up)
            self.fail("at first")

        def test_passes(self):
            pass

        def test_skips(self):
            self.skipTest("not today")

        @unittest.skip("never")
        def test_skipped_by_decorator(self):
            pass

        def test_unexpected_success(self):
            pass
        test_unexpected_success = unittest.expectedFailure(test_unexpected_success)
"""

SUBTESTS = """
    import unittest

    class Thing:
        pass

    class Tests(unittest.TestCase):
        def test_all_pass(self):
            for number in (1, 2):
                with self.subTest(number=number):
                    pass

        def test_one_errors(self):
            with self.subTest("first", kind="bad"):
                raise LookupError("no such thing")
            with self.subTest("second"):
                self.fail("another way")

        def test_one_fails(self):
            for thing in (Thing(), Thing()):
                with self.subTest(thing=thing):
                    pass
            with self.subTest(thing=Thing()):
                self.fail("not this one")
"""

FIXTURES = """
    import unittest

    class A_Fails(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            raise LookupError("no database")

        def test_a(self):
            pass

        def test_b(self):
            pass

    class B_Skips(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            raise unittest.SkipTest("no network")

        def test_c(self):
            pass

    class C_IsWell(unittest.TestCase):
        def test_d(self):
            pass
"""


def test_every_test_is_told_as_it_starts_and_as_it_finishes(on_both: Making) -> None:
    seen = on_both.runners(ALL_OUTCOMES).run()
    assert seen.outcomes == {
        "test_errors": "errored",
        "test_expected_failure": "passed",
        "test_fails": "failed",
        "test_fails_and_then_errors": "errored",
        "test_passes": "passed",
        "test_skips": "skipped",
        "test_skipped_by_decorator": "skipped",
        "test_unexpected_success": "failed",
    }
    assert seen.watch.totals == [len(seen.outcomes)]
    assert seen.watch.started == seen.watch.finished
    assert seen.watch.started[0] == "test_runners.Tests.test_errors"


def test_the_detail_says_why(on_both: Making) -> None:
    seen = on_both.runners(ALL_OUTCOMES).run()
    assert seen["test_passes"].detail == ""
    assert seen["test_skips"].detail == "not today"
    assert seen["test_skipped_by_decorator"].detail == "never"
    assert "AssertionError: 1 != 2" in seen["test_fails"].detail
    assert "in test_errors" in seen["test_errors"].detail
    assert "LookupError: no such thing" in seen["test_errors"].detail
    assert "marked as an expected failure" in seen["test_unexpected_success"].detail
    both = seen["test_fails_and_then_errors"].detail
    assert "at first" in both
    assert "while cleaning up" in both


def test_a_failing_subtest_makes_its_test_fail(on_both: Making) -> None:
    seen = on_both.runners(SUBTESTS).run()
    assert seen.outcomes == {
        "test_all_pass": "passed",
        "test_one_errors": "errored",
        "test_one_fails": "failed",
    }
    assert [one.outcome.value for one in seen["test_one_errors"].subtests] == ["errored", "failed"]
    assert "LookupError: no such thing" in seen["test_one_errors"].subtests[0].detail
    assert "not this one" in seen["test_one_fails"].detail


def test_subtests_are_named_by_their_parameters_without_addresses(on_both: Making) -> None:
    seen = on_both.runners(SUBTESTS).run()
    # Below 3.11 unittest tells passed subtests at the end of a test that passed, and only then.
    passed = [one.parameters for one in seen["test_all_pass"].subtests]
    assert passed == ["(number=1)", "(number=2)"]
    assert seen["test_one_errors"].subtests[0].parameters == "[first] (kind='bad')"
    named = {one.parameters for one in seen["test_one_fails"].subtests}
    assert named == {"(thing=<test.test_asyncio.test_runners.Thing object at 0x…>)"}


def test_a_class_that_cannot_be_set_up_is_told_for_each_of_its_tests_alone(on_both: Making) -> None:
    seen = on_both.runners(FIXTURES).run()
    assert seen.outcomes == {
        "test_a": "errored",
        "test_b": "errored",
        "test_c": "skipped",
        "test_d": "passed",
    }
    for test in ("test_a", "test_b"):
        assert "LookupError: no database" in seen[test].detail
        assert "setUpClass" in seen[test].detail
        assert "no network" not in seen[test].detail
    assert "no network" in seen["test_c"].detail


def test_a_module_that_cannot_be_set_up_is_told_for_each_test(on_both: Making) -> None:
    suite = """
        import unittest

        def setUpModule():
            raise LookupError("no machine")

        class Tests(unittest.TestCase):
            def test_a(self):
                pass
    """
    seen = on_both.runners(suite).run()
    assert seen.outcomes == {"test_a": "errored"}
    assert "setUpModule" in seen["test_a"].detail
    assert "LookupError: no machine" in seen["test_a"].detail


def test_only_the_tests_that_are_wanted_run(making: Making) -> None:
    def but_one(test: str) -> bool:
        return not test.endswith("test_errors")

    left_out = ["test_runners.Tests.test_fails", "test_runners.Tests.test_of_another_time"]
    seen = making.runners(ALL_OUTCOMES).run(only=but_one, leave_out=left_out)
    assert "test_errors" not in seen.outcomes
    assert "test_fails" not in seen.outcomes
    assert seen.course.left_out == ("test_runners.Tests.test_fails",)
    assert seen.watch.totals == [len(seen.outcomes)] == [6]


def test_all_tests_of_the_suite_are_listed_before_any_begins(making: Making) -> None:
    miniature = making.runners(ALL_OUTCOMES)
    seen = miniature.run(only=lambda test: test.endswith("passes"))
    assert seen.watch.listed == {miniature.cell.name: seen.course.tests}
    assert [test.rpartition(".")[2] for test in seen.course.tests] == [
        "test_errors",
        "test_expected_failure",
        "test_fails",
        "test_fails_and_then_errors",
        "test_passes",
        "test_skipped_by_decorator",
        "test_skips",
        "test_unexpected_success",
    ]


def test_shuffled_tests_run_in_an_order_of_their_seed_cell_and_attempt(making: Making) -> None:
    miniature = making.runners(ALL_OUTCOMES)
    unshuffled = miniature.run().course
    for attempt in (1, 2):
        wanted = [result.test for result in unshuffled.results]
        random.Random(f"7/{miniature.cell.name}/{attempt}").shuffle(wanted)
        seen = miniature.run(shuffle=7, attempt=attempt)
        assert seen.watch.started == wanted != list(unshuffled.tests)
        assert seen.course.tests == unshuffled.tests


def test_results_carry_their_cell_and_attempt_and_time(making: Making) -> None:
    miniature = making.runners(ALL_OUTCOMES)
    seen = miniature.run(attempt=2)
    assert {(result.cell, result.attempt) for result in seen.course.results} == {(miniature.cell.name, 2)}
    assert all(0 < result.seconds < 10 for result in seen.course.results)


def test_a_worker_says_what_it_is(making: Making) -> None:
    hello = making.runners(ALL_OUTCOMES).run().course.hello
    assert hello["interpreter"] == DRIVER.version
    assert hello["packages"] == {}


@pytest.mark.parametrize(
    ("suite", "word"),
    [
        ("import no_such_module_at_all", "ModuleNotFoundError: No module named 'no_such_module_at_all'"),
        ("def broken(:", "SyntaxError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise SystemExit(0)", "SystemExit"),
        ("import os; print('last words', flush=True); os._exit(0)", "last words"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
    ],
)
def test_a_suite_that_cannot_be_imported_is_broken_with_the_reason(
    making: Making, suite: str, word: str
) -> None:
    seen = making.runners(suite).run()
    assert word in seen.course.broken
    assert seen.course.results == []
    assert seen.course.hello == {}


def test_the_upstream_file_is_not_touched(making: Making) -> None:
    miniature = making.runners(ALL_OUTCOMES)
    before = _contents(miniature.tree)
    outcomes = miniature.run().outcomes
    assert outcomes
    assert _contents(miniature.tree) == before


def _contents(tree: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in tree.rglob("*.py")}
