"""Debian's chromium without a screen, for the browser's tests and for the pictures."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_DRIVER = "chromedriver"


def no_browser() -> str:
    """Return what is missing, and what to do about it, in a sentence; nothing where all is there."""
    missing = [] if _found() else ["chromium"]
    missing += [] if shutil.which(_DRIVER) else [_DRIVER]
    if not missing:
        return ""
    names = " and no ".join(missing)
    return f"There is no {names} on the PATH: install them, on Debian by 'apt-get install chromium chromium-driver'."


@contextlib.contextmanager
def start() -> Iterator[Chrome]:
    """Start a browser that notes what it loads and what goes wrong, and end it."""
    options = ChromeOptions()
    options.binary_location = _found() or ""
    # Without a sandbox, as root in a container has none; what it opens is ours.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=Service(shutil.which(_DRIVER)))
    try:
        yield driver
    finally:
        driver.quit()


def _found() -> str | None:
    return next(filter(None, map(shutil.which, _BROWSERS)), None)
