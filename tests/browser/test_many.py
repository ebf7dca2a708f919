"""A hundred thousand results: the list opens, filters and scrolls. How fast is told, and no test's business."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from selenium.webdriver.common.keys import Keys

from miniature import many
from reader import Reader

FILTER = """
    const field = document.querySelector("input[name=text]");
    const begun = performance.now();
    field.value = arguments[0];
    field.dispatchEvent(new Event("input", { bubbles: true }));
    document.getElementById("grid").getBoundingClientRect();
    return performance.now() - begun"""
OPENED = """
    const [page] = performance.getEntriesByType("navigation");
    return page.loadEventEnd"""


def test_a_hundred_thousand_results_open_and_filter(
    opened: Callable[..., Reader], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    page = opened(many(100_000))
    page.wait(lambda: page.run(OPENED) > 0)
    assert page.shown == "8,334 of 8,334 tests, 100,008 verdicts, 12 columns"
    figures = {
        "MB on disk": sum(path.stat().st_size for path in (tmp_path / "report").iterdir()) / 1e6,
        "ms to open": page.run(OPENED),
        "ms to filter by text": page.run(FILTER, "number_4321"),
    }
    assert page.tests == ["test_what_number_4321_does"]
    figures["ms to filter by a letter"] = page.run(FILTER, "e")
    page.tick("only", "differences")
    assert page.shown.startswith("167 of 8,334 tests, 2,004 verdicts")
    figures["ms to show all"] = page.run(FILTER, "")
    for name, figure in figures.items():
        record_property(name, figure)
    sys.stdout.write(", ".join(f"{figure:.1f} {name}" for name, figure in figures.items()) + "\n")


def test_the_last_of_many_is_reached_and_opened_by_keyboard(opened: Callable[..., Reader]) -> None:
    page = opened(many(20_000))
    # As many rows are made as fit, not as there are.
    assert len(page.tests) < 200
    page.cell(0, 0).click()
    assert page.details
    page.press(Keys.ESCAPE, Keys.END)
    assert len(page.tests) < 200
    last = page.focused["place"]
    assert int(last) == 1666
    page.press(Keys.ENTER)
    assert "conformant · runner_backport on 3.8.0, asyncio" in page.details
