"""The page around the list: markup, light and dark, narrow and printed, without scripts, and generated programs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from programs_results import difference, programs_of
from results import BACKPORT, CELL, PEER, document_of, judgement, plan_of, subject_cell
from selenium.webdriver.common.by import By

from conformance.records import Outcome, Result, Verdict
from conformance.report import Document
from miniature import CLASS, miniature
from reader import Reader

Opened = Callable[..., Reader]
MARKUP = "<img src=x onerror='window.reached=1'></pre><script>window.reached=1</script><b>&amp;"
CONTRAST = """
    const parse = (text) => text.match(/[\\d.]+/g).map(Number);
    const over = (top, ground) => top.slice(0, 3).map((one, at) => one * (top[3] ?? 1) + ground[at] * (1 - (top[3] ?? 1)));
    const ground = (at) => {
      const own = parse(getComputedStyle(at).backgroundColor);
      const alpha = own[3] ?? 1;
      if (alpha === 1 || !at.parentElement) return own.slice(0, 3);
      return over([...own.slice(0, 3), alpha], ground(at.parentElement));
    };
    const bright = (color) => {
      const [r, g, b] = color.map((one) => (one / 255 <= 0.03928 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const poor = [];
    for (const at of document.querySelectorAll("body *")) {
      const own = [...at.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
      if (!own || !at.checkVisibility() || at.closest(".faded")) continue;
      const below = ground(at);
      const text = over(parse(getComputedStyle(at).color), below);
      const [light, dark] = [bright(text), bright(below)].sort((one, other) => other - one);
      const ratio = (light + 0.05) / (dark + 0.05);
      if (ratio < 4.5) poor.push(`${at.tagName}.${at.className}: ${ratio.toFixed(2)} ${at.textContent.slice(0, 30)}`);
    }
    return [...new Set(poor)]"""


def all_open(page: Reader) -> None:
    page.run("document.querySelectorAll('details').forEach((each) => (each.open = true))")


def test_it_opens_from_disk_without_an_error_and_without_a_network(opened: Opened) -> None:
    page = opened(miniature())
    assert "conformant 7 of 11" in page.find("#verdict").text
    # What the fixture asserts at the end, beside a page that is known to be there.
    assert page.errors() == []
    assert page.asked() == []


def test_the_browser_would_have_said_what_goes_wrong(reader: Reader, tmp_path: Path) -> None:
    index = tmp_path / "index.html"
    index.write_text("<script src='gone.js'></script><script>nothing.at.all</script>")
    reader.open(index)
    assert len(reader.errors()) >= 2


def document_with_markup() -> Document:
    subject = Result(CELL.name, f"{CLASS}.test_{MARKUP}", Outcome.FAILED, MARKUP, output=MARKUP)
    found = judgement(Verdict.DIVERGENT, test=subject.test, expected=False, subject=subject, reason=MARKUP)
    return document_of(found, pattern=MARKUP)


def test_markup_does_nothing_on_the_page(opened: Opened) -> None:
    page = opened(document_with_markup())
    all_open(page)
    assert MARKUP in page.find("#unexpected").text
    assert page.run("return window.reached") is None


def test_markup_does_nothing_in_the_list_and_in_the_details(opened: Opened) -> None:
    page = opened(document_with_markup())
    assert page.tests == [f"test_{MARKUP}".rpartition(".")[2]]
    page.cell(0, 0).click()
    assert page.details.count(MARKUP) >= 3
    assert page.run("return window.reached") is None
    assert page.run("return document.querySelectorAll('img, b b').length") == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(opened: Opened, tmp_path: Path, theme: str) -> None:
    page = opened(miniature(), programs_of(tmp_path, differences=[difference()]))
    getattr(page, theme)()
    all_open(page)
    assert page.run(CONTRAST) == []
    page.cell(0, 2).click()
    assert page.details
    assert page.run(CONTRAST) == []


def ground(page: Reader) -> str:
    found: str = page.run("return getComputedStyle(document.body).backgroundColor")
    return found


def test_dark_is_the_systems_choice_until_the_reader_has_one(opened: Opened) -> None:
    page = opened(miniature())
    light = ground(page)
    page.dark()
    dark = ground(page)
    assert light == "rgb(255, 255, 255)"
    assert dark != light
    switch = page.find("#theme")
    switch.click()
    assert (switch.text, ground(page)) == ("Theme: light", light)
    page.light()
    switch.click()
    assert (switch.text, ground(page)) == ("Theme: dark", dark)
    page.again()
    assert ground(page) == dark
    page.find("#theme").click()
    assert ground(page) == light


@pytest.mark.parametrize("width", [320, 390, 1400])
def test_no_page_scrolls_sideways(opened: Opened, tmp_path: Path, width: int) -> None:
    page = opened(miniature(), programs_of(tmp_path, differences=[difference()]))
    page.screen(width, 800)
    all_open(page)
    assert page.run("return document.documentElement.scrollWidth") <= width
    page.run("document.getElementById('tests').scrollIntoView()")
    page.cell(0, -1).click()
    assert page.details
    assert (
        page.run("const at = document.getElementById('details'); return at.scrollWidth - at.clientWidth") <= 0
    )
    assert page.run("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [390, 800, 1100])
def test_a_matrix_wider_than_the_screen_scrolls_by_itself(opened: Opened, width: int) -> None:
    subjects = [
        subject_cell(f"3.8.{number}", implementation=(BACKPORT, PEER)[number % 2]) for number in range(30)
    ]
    page = opened(
        document_of(*(judgement(Verdict.CONFORMANT, cell) for cell in subjects), plan=plan_of(*subjects))
    )
    page.screen(width, 800)
    assert page.run("return document.documentElement.scrollWidth") <= width
    assert page.find("#matrix .matrix td a").is_displayed()


def test_a_narrow_screen_shows_names_and_verdicts(opened: Opened) -> None:
    page = opened(miniature())
    page.screen(390, 800)
    page.wait(lambda: page.cell(0, 2).is_displayed())
    name, verdict = page.cell(0, -1).rect, page.cell(0, 2).rect
    assert verdict["y"] > name["y"]
    assert verdict["x"] + verdict["width"] <= 390


def test_without_scripts_there_are_verdict_matrix_and_what_was_not_expected(
    opened: Opened, reader: Reader
) -> None:
    reader.scripts(allowed=False)
    page = opened(miniature())
    body = page.chrome.find_element(By.TAG_NAME, "body").text
    assert "conformant 7 of 11" in body
    assert "3 of 4" in page.find("#matrix").text
    assert "AssertionError: None != 'done'" in page.find("#unexpected").text
    assert "The list of all tests needs JavaScript" in body


def test_on_paper_the_unexpected_is_open_and_nothing_is_to_be_pressed(opened: Opened) -> None:
    page = opened(miniature())
    page.run("document.querySelector('#unexpected > details').open = false")
    page.run("window.dispatchEvent(new Event('beforeprint'))")
    page.paper()
    assert not page.find(".bar").is_displayed()
    assert not page.find("#filter").is_displayed()
    assert page.cell(4, 0).is_displayed()
    assert page.run("return document.querySelectorAll('#unexpected > details:not([open])').length") == 0
    page.run("window.dispatchEvent(new Event('afterprint'))")
    page.light()
    assert page.find("#filter").is_displayed()


def test_a_difference_shows_its_program_both_traces_and_how_to_see_it_again(
    opened: Opened, tmp_path: Path
) -> None:
    page = opened(miniature(), programs_of(tmp_path, differences=[difference()], status=1))
    told = page.find("#programs").text
    assert "runner0.get_loop()" in told
    row = page.find("#programs .traces tr.differs").text
    assert "s0: get_loop new" in row
    assert "s0: get_loop old" in row
    assert "conformance replay" in told


def test_programs_alone_make_a_page(opened: Opened, tmp_path: Path) -> None:
    nothing = document_of(plan=type(miniature().header.plan)(()), whole=())
    page = opened(nothing, programs_of(tmp_path))
    assert page.chrome.title == "✓ Conformance of generated programs"
    assert page.all("#tests") == []
