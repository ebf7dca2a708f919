"""What a reader does with the report in a browser, and sees there: the words that the tests are written in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

SECONDS = 20
"""The longest that a reader waits for what is to come."""
_LOCAL = ("file:", "data:", "about:", "blob:", "chrome:")


class Reader:
    """A reader before one page."""

    def __init__(self, chrome: Chrome) -> None:
        self.chrome = chrome

    def screen(self, width: int, height: int) -> None:
        """Have a screen of so many pixels."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        # What a page makes anew for another screen it makes in its next frame.
        self.chrome.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")

    def light(self) -> None:
        self._media(scheme="light")

    def dark(self) -> None:
        self._media(scheme="dark")

    def paper(self) -> None:
        self._media(scheme="light", medium="print")

    def scripts(self, *, allowed: bool) -> None:
        self.chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    def open(self, index: Path, address: str = "") -> None:
        """Open a page from disk, at an address in it."""
        self.chrome.get("about:blank")
        self._load(lambda: self.chrome.get(index.as_uri() + address))

    def again(self) -> None:
        """Load the page anew, from the address that it has now."""
        self._load(self.chrome.refresh)

    def leave(self) -> None:
        self.scripts(allowed=True)
        self.chrome.get("about:blank")

    def run(self, script: str, *arguments: Any) -> Any:
        return self.chrome.execute_script(script, *arguments)

    def wait(self, condition: Callable[[], Any]) -> Any:
        """Wait until something is so, and return it."""
        return WebDriverWait(self.chrome, SECONDS).until(lambda _chrome: condition())

    def find(self, selector: str) -> WebElement:
        """An element, once it is there."""
        found: WebElement = self.wait(lambda: self.chrome.find_element(By.CSS_SELECTOR, selector))
        return found

    def all(self, selector: str) -> list[WebElement]:
        return self.chrome.find_elements(By.CSS_SELECTOR, selector)

    def press(self, *keys: str) -> None:
        """Press keys, wherever the keyboard is now."""
        for key in keys:
            ActionChains(self.chrome).send_keys(key).perform()

    def type(self, text: str) -> None:
        field = self.find("input[name=text]")
        field.clear()
        field.send_keys(text)

    def choose(self, name: str, value: str) -> None:
        """Choose one of a list."""
        self.find(f"select[name={name}] option[value='{value}']").click()

    def tick(self, name: str, value: str) -> None:
        self.find(f"input[name={name}][value={value}]").click()

    @property
    def shown(self) -> str:
        """How much is shown, in the page's words."""
        return self.find("#shown").text

    @property
    def tests(self) -> list[str]:
        """The names of the tests in view, in their order."""
        script = """
            return [...document.querySelectorAll("#grid [role=rowheader]")]
              .sort((one, other) => one.dataset.place - other.dataset.place)
              .map((one) => one.querySelector(".g-test").textContent)"""
        found: list[str] = self.run(script)
        return found

    def cell(self, place: int, column: int) -> WebElement:
        """A verdict in the list, or a test's name in column -1."""
        return self.find(f"#grid [data-place='{place}'][data-column='{column}']")

    def letters(self, place: int) -> str:
        """A row's letters."""
        cells = self.all(f"#grid [data-place='{place}'][role=gridcell]")
        return " ".join(cell.text or "." for cell in cells)

    @property
    def details(self) -> str:
        """The text of the details, once they are open."""
        self.wait(lambda: self.run("return document.getElementById('details').open"))
        return self.find("#details").text

    @property
    def closed(self) -> bool:
        return not self.run("return document.getElementById('details').open")

    @property
    def focused(self) -> dict[str, str]:
        """Where the keyboard is: the place and column of the list, or whatever else is known of the element."""
        found: dict[str, str] = self.run(
            "const at = document.activeElement; return {...at.dataset, tag: at.tagName, name: at.name || ''}"
        )
        return found

    def errors(self) -> list[str]:
        """What the browser has complained of since this was asked last."""
        return [entry["message"] for entry in self._log("browser")]

    def asked(self) -> list[str]:
        """What was asked of a network since this was asked last."""
        messages = (json.loads(entry["message"])["message"] for entry in self._log("performance"))
        sent = (
            each["params"]["request"]["url"]
            for each in messages
            if each["method"] == "Network.requestWillBeSent"
        )
        return [url for url in sent if not url.startswith(_LOCAL)]

    def _load(self, go: Callable[[], None]) -> None:
        # The driver may come back while the page is still being read, or the one before is still there.
        self.run("window.before = true")
        go()
        self.wait(lambda: self.run("return !window.before && document.readyState === 'complete'"))

    def _log(self, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.chrome.get_log(kind)  # type: ignore[no-untyped-call]
        return found

    def _media(self, *, scheme: str, medium: str = "") -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium, "features": features})
