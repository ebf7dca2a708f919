"""The one line that says most: what a reader would look for in a detail."""

import pytest

from conformance.judge.why import why
from conformance.records import Outcome, Result, Subtest


def detail_of(*exceptions: str) -> str:
    return "".join(
        f'Traceback (most recent call last):\n  File "t.py", line 1, in test\n    f()\n    ^^^\n{exception}\n'
        for exception in exceptions
    )


def line(outcome: Outcome, detail: str, *subtests: Subtest) -> str:
    return why(Result("cell", "test", outcome, detail, subtests=subtests))


def test_a_skipped_test_says_its_reason() -> None:
    assert line(Outcome.SKIPPED, "needs a mocked clock") == "skipped: needs a mocked clock"


@pytest.mark.parametrize("outcome", [Outcome.CRASHED, Outcome.TIMED_OUT])
def test_a_test_that_was_ended_says_the_first_line(outcome: Outcome) -> None:
    assert line(outcome, "\n signal 11\nFatal Python error\n") == f"{outcome}: signal 11"


def test_a_stack_that_a_test_was_ended_at_is_no_exception_of_its_own() -> None:
    assert line(Outcome.TIMED_OUT, "after 60 s\n" + detail_of("E: of the stack")) == "timed-out: after 60 s"


def test_a_message_of_many_lines_is_known_by_its_first() -> None:
    assert line(Outcome.FAILED, detail_of("AssertionError: 'a' != 'b'\n- a\n+ b")) == (
        "failed: AssertionError: 'a' != 'b'"
    )


def test_of_chained_exceptions_the_one_that_got_out_counts() -> None:
    for words in (
        "During handling of the above exception, another exception occurred:",
        "The above exception was the direct cause of the following exception:",
    ):
        detail = detail_of(f"KeyError: 1\n\n{words}\n", "ValueError: closed")
        assert line(Outcome.ERRORED, detail) == "errored: ValueError: closed"


def test_what_the_tear_down_says_afterwards_does_not_count() -> None:
    assert line(Outcome.ERRORED, detail_of("ValueError: closed", "AssertionError: leak")) == (
        "errored: ValueError: closed"
    )


def test_a_detail_that_is_no_traceback_says_its_first_line() -> None:
    assert line(Outcome.FAILED, "unexpected success\nindeed") == "failed: unexpected success"


def test_a_test_that_failed_in_a_subtest_says_why_that_did() -> None:
    passed, failed = Subtest("(i=1)", Outcome.PASSED), Subtest("(i=2)", Outcome.FAILED, detail_of("E: no"))
    assert line(Outcome.FAILED, "", passed, failed) == "failed: E: no"


def test_where_nothing_was_said_the_outcome_has_to_do() -> None:
    assert line(Outcome.SKIPPED, "") == "skipped"
