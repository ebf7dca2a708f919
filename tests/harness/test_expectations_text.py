"""The text of the file of expectations: what is renewed in it, and what is left as its author wrote it."""

from __future__ import annotations

import pytest
from attrs import evolve
from packaging.specifiers import SpecifierSet

from conformance.judge import Expectation
from conformance.judge.expectations_text import NotTablesError, block, edit
from conformance.records import Verdict

FIRST = Expectation(1, "a.*", Verdict.DIVERGENT, "first", suite="runners")
SECOND = Expectation(2, "b", Verdict.FLAKY, "second")
TEXT = """\
# What this file is for.

# About the first.
[[expectation]]
suite = "runners"   # for now
test = "a.*"
verdict = "divergent"
reason = "first"

# A heading of what follows.

# About the second.
[[expectation]]
test = "b"
verdict = "flaky"
reason = "second"
# still about the second
"""


def test_without_changes_the_text_is_what_it_was() -> None:
    assert edit(TEXT, {}, ()) == TEXT


def test_with_an_entry_its_own_comments_go_and_no_others() -> None:
    assert edit(TEXT, {1: ()}, ()) == TEXT.replace(
        TEXT[TEXT.index("# About the first") : TEXT.index("# A heading")], ""
    )


def test_with_the_last_entry_its_own_comments_go_and_no_others() -> None:
    assert edit(TEXT, {2: ()}, ()) == TEXT[: TEXT.index("\n# About the second")]


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_after_the_last_entries_are_gone_no_blank_lines_stay_at_the_end(end: str) -> None:
    assert edit(f"# A file.\n\n{block(FIRST)}\n{block(SECOND)}{end}", {1: (), 2: ()}, ()) == "# A file.\n"
    assert edit(f"{block(FIRST)}\n{block(SECOND)}{end}", {1: (), 2: ()}, ()) == ""


def test_comments_between_two_entries_without_a_blank_line_go_with_the_second() -> None:
    text = f"{block(FIRST)}# About the second.\n{block(SECOND)}"
    assert edit(text, {1: ()}, ()) == f"# About the second.\n{block(SECOND)}"
    assert edit(text, {2: ()}, ()) == block(FIRST)


def test_a_narrowed_entry_keeps_its_comments_and_the_order_of_its_keys() -> None:
    narrowed = evolve(FIRST, suite="tasks", loop="uvloop", python=SpecifierSet("<3.11,>=3.9"))
    assert edit(TEXT, {1: (narrowed,)}, ()) == TEXT.replace(
        '[[expectation]]\nsuite = "runners" ',
        '[[expectation]]\nloop = "uvloop"\npython = ">=3.9,<3.11"\nsuite = "tasks" ',
    )


def test_a_condition_that_is_gone_is_taken_out() -> None:
    assert edit(TEXT, {1: (evolve(FIRST, suite="*"),)}, ()) == TEXT.replace(
        'suite = "runners"   # for now\n', ""
    )


def test_of_the_entries_that_one_becomes_the_first_has_the_comments_above_and_the_last_those_below() -> None:
    pieces = (evolve(SECOND, test="b1"), evolve(SECOND, test="b2"))
    table = TEXT[TEXT.rindex("[[expectation]]") : TEXT.index("# still about")]
    first, second = table.replace('"b"', '"b1"'), table.replace('"b"', '"b2"')
    assert edit(TEXT, {2: pieces}, ()) == TEXT.replace(table, f"{first}\n{second}")


def test_a_line_of_a_text_is_no_comment_below_its_entry() -> None:
    text = f'{block(FIRST)}link = """\nhttps://example.org\n# 7"""\n# About it.\n'
    changed = edit(text, {1: (evolve(FIRST, suite="tasks"),)}, ())
    assert changed == text.replace('"runners"', '"tasks"')


@pytest.mark.parametrize("text", ["", "# Only a comment.\n", TEXT, TEXT.rstrip("\n"), f"{TEXT}\n"])
def test_what_is_added_stands_at_the_end_with_a_line_between(text: str) -> None:
    added = edit(text, {}, (SECOND, FIRST))
    before = f"{text.rstrip()}\n\n" if text else ""
    assert added == f"{before}{block(SECOND)}\n{block(FIRST)}"


def test_an_entry_is_written_conditions_first_and_its_texts_as_toml_has_them() -> None:
    entry = evolve(FIRST, reason='"so"', link="https://example.org", python=SpecifierSet("<3.11,>=3.9"))
    assert block(entry) == (
        '[[expectation]]\nsuite = "runners"\npython = ">=3.9,<3.11"\ntest = "a.*"\nverdict = "divergent"\n'
        'reason = "\\"so\\""\nlink = "https://example.org"\n'
    )


def test_the_ends_of_lines_stay_those_of_the_file() -> None:
    text = TEXT.replace("\n", "\r\n")
    changed = edit(text, {1: (evolve(FIRST, loop="uvloop"), FIRST)}, (SECOND,))
    assert changed.count("\r\n") == changed.count("\n")


def test_a_line_within_a_text_is_no_beginning_of_an_entry() -> None:
    text = '[[expectation]]\ntest = "a"\nverdict = "flaky"\nreason = """\n[[expectation]]\n"""\n'
    with pytest.raises(NotTablesError):
        edit(text, {1: ()}, ())


@pytest.mark.parametrize(
    "text",
    [
        'expectation = [{test = "a", verdict = "flaky", reason = "r"}]\n',
        'expectation = [\n  # [[expectation]]\n  {test = "a", verdict = "flaky", reason = "r"},\n]\n',
    ],
)
def test_entries_in_another_form_are_not_edited(text: str) -> None:
    with pytest.raises(NotTablesError):
        edit(text, {1: ()}, ())
