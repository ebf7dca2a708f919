"""The list of tests as a reader uses it: open it from disk, filter, and go through it by mouse and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from miniature import miniature
from reader import Reader

Opened = Callable[..., Reader]
ALL = ["test_crash", "test_debug", "test_wait", "test_zero", "test_repr"]


@pytest.fixture
def page(opened: Opened) -> Reader:
    return opened(miniature())


def test_it_shows_every_test_with_its_letters(page: Reader) -> None:
    assert page.tests == ALL
    assert [page.letters(place) for place in range(5)] == ["C C D!", "C I C", "F C C", "C . .", "U . ."]
    assert page.shown == "5 of 5 tests, 11 verdicts, 3 columns"


def test_text_leaves_the_tests_whose_names_have_all_words(page: Reader) -> None:
    page.type("runnertests DEB")
    assert page.tests == ["test_debug"]
    assert page.shown == "1 of 5 tests, 3 verdicts, 3 columns"


def test_a_suite_leaves_its_tests_and_their_columns(page: Reader) -> None:
    page.choose("suite", "tasks")
    assert page.tests == ["test_repr"]
    assert page.shown == "1 of 5 tests, 1 verdict, 1 column"


def test_an_implementation_and_a_loop_leave_their_columns(page: Reader) -> None:
    page.choose("implementation", "peer")
    assert page.tests == ALL[:3]
    assert page.letters(0) == "D!"
    page.choose("implementation", "runner_backport")
    page.choose("loop", "uvloop")
    assert page.letters(1) == "I"


def test_verdicts_leave_the_tests_that_have_one_of_them(page: Reader) -> None:
    page.tick("verdict", "F")
    assert page.tests == ["test_wait"]
    page.tick("verdict", "I")
    assert page.tests == ["test_debug", "test_wait"]


def test_only_differences_leaves_what_differs_from_native(page: Reader) -> None:
    page.tick("only", "differences")
    assert page.tests == ["test_crash", "test_wait"]


def test_only_unexpected_leaves_what_nobody_declared(page: Reader) -> None:
    page.tick("only", "unexpected")
    assert page.tests == ["test_crash"]


def test_nothing_that_fits_is_said(page: Reader) -> None:
    page.type("nowhere")
    assert page.tests == []
    assert page.shown == "None of 5 tests is like that."


def test_show_all_takes_every_filter_away(page: Reader) -> None:
    page.type("debug")
    page.tick("verdict", "I")
    page.find("#filter button[type=reset]").click()
    page.wait(lambda: page.tests == ALL)


def test_the_verdicts_are_counted_under_the_other_filters(page: Reader) -> None:
    counts = "return [...document.querySelectorAll('[data-count]')].map((one) => one.textContent).join(' ')"
    assert page.run(counts) == "7 1 1 1 1"
    page.choose("loop", "uvloop")
    assert page.run(counts) == "2 0 0 1 0"


def test_the_address_keeps_the_filter(page: Reader) -> None:
    page.type("wait")
    page.tick("verdict", "F")
    page.again()
    assert page.tests == ["test_wait"]
    assert page.find("input[name=text]").get_property("value") == "wait"


def test_an_entry_of_the_matrix_leads_to_its_tests(page: Reader) -> None:
    page.find("#matrix td.bad a").click()
    page.wait(lambda: page.tests == ALL[:3])
    assert page.letters(0) == "D!"


def test_a_click_on_a_verdict_opens_its_details(page: Reader) -> None:
    page.cell(0, 2).click()
    told = page.details
    assert "test_runners.RunnerTests.test_crash" in told
    assert "divergent – unexpected · peer on 3.8.18, asyncio" in told
    assert "native, the baseline passed" in told
    assert "peer failed" in told
    assert "AssertionError: None != 'done'" in told
    command = "python -m conformance run --no-cache -k test_runners.RunnerTests.test_crash --python 3.8.18 --loop asyncio"
    assert f"{command} --implementation peer --suite runners" in told


def test_a_click_on_a_name_opens_what_tells_most(page: Reader) -> None:
    page.cell(2, -1).click()
    assert "flaky · runner_backport on 3.8.18, asyncio" in page.details
    assert "timing" in page.details


def test_the_source_is_a_link_to_upstream_at_the_tag(page: Reader) -> None:
    page.cell(0, 2).click()
    assert page.details
    link = page.find("#details .facts a").get_attribute("href") or ""
    assert link.startswith(
        "https://github.com/python/cpython/blob/v3.11.7/Lib/test/test_asyncio/test_runners.py"
    )


def test_other_columns_are_a_click_away(page: Reader) -> None:
    page.cell(1, 0).click()
    assert "conformant · runner_backport on 3.8.18, asyncio" in page.details
    page.find("#details .strip button[title^=inapplicable]").click()
    page.wait(lambda: "a mocked clock" in page.details)


def test_details_close_by_their_button_and_by_a_click_beside_them(page: Reader) -> None:
    page.cell(0, 0).click()
    assert page.details
    page.find("#details .close").click()
    page.wait(lambda: page.closed)


def test_all_of_it_by_keyboard_alone(page: Reader) -> None:
    page.press("/")
    assert page.focused["name"] == "text"
    page.press("crash")
    assert page.tests == ["test_crash"]
    # Behind the text come four lists, seven ticks and a button; the list of tests is one stop.
    page.press(*[Keys.TAB] * 13)
    assert (page.focused["place"], page.focused["column"]) == ("0", "-1")
    page.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ENTER)
    assert "peer on 3.8.18, asyncio" in page.details
    page.press(Keys.ARROW_LEFT)
    page.wait(lambda: "runner_backport on 3.8.18, uvloop" in page.details)
    page.press(Keys.ESCAPE)
    page.wait(lambda: page.closed)
    assert (page.focused["place"], page.focused["column"]) == ("0", "2")


def test_the_keyboard_stays_within_the_list(page: Reader) -> None:
    page.cell(0, -1).click()
    assert page.details
    page.press(Keys.ESCAPE)
    page.wait(lambda: page.closed)
    page.press(Keys.ARROW_UP, Keys.ARROW_LEFT)
    assert (page.focused["place"], page.focused["column"]) == ("0", "-1")
    page.press(Keys.END, *[Keys.ARROW_RIGHT] * 5, Keys.ARROW_DOWN)
    assert (page.focused["place"], page.focused["column"]) == ("4", "2")


def test_details_have_an_address_of_their_own(page: Reader) -> None:
    page.cell(0, 2).click()
    assert page.details
    page.again()
    assert "peer on 3.8.18, asyncio" in page.details


def test_data_that_are_gone_are_said_to_be_gone(page: Reader, tmp_path: Path) -> None:
    (tmp_path / "report" / "details-0.js").unlink()
    page.cell(0, 0).click()
    assert "details-0.js cannot be read: it belongs beside this page." in page.details
    assert len(page.errors()) == 1


def test_every_verdict_says_what_it_is_to_who_does_not_see_it(page: Reader) -> None:
    said = [page.cell(0, column).get_attribute("aria-label") for column in range(3)]
    assert said == [
        "conformant, runner_backport 3.8.18 asyncio",
        "conformant, runner_backport 3.8.18 uvloop",
        "divergent, unexpected, peer 3.8.18 asyncio",
    ]
