"""Take the picture of a report that the README shows: a program of its own, run by ``nox -s pictures``.

python pictures.py INDEX PICTURE
"""

from __future__ import annotations

import sys
from pathlib import Path

from browsers import no_browser, start
from reader import Reader

_WIDE, _HIGH = 1400, 1080
"""The screen, in pixels: as high as it takes is what is shown then."""
_MOST_BYTES = 300_000
"""What is committed is cloned by everyone."""


def main(index: Path, picture: Path) -> None:
    """Open the report's page and write what of it a screen shows."""
    with start() as chrome:
        reader = Reader(chrome)
        reader.screen(_WIDE, _HIGH)
        reader.light()
        reader.open(index.resolve())
        reader.wait(lambda: reader.shown)
        # Down to the matrix's last line.
        end = reader.run("return document.querySelector('.legend').getBoundingClientRect().bottom")
        reader.screen(_WIDE, round(end) + 12)
        image = chrome.get_screenshot_as_png()
    if len(image) > _MOST_BYTES:
        sys.exit(
            f"The picture has {len(image):,} bytes, and {_MOST_BYTES:,} are the most: show less of the page."
        )
    picture.write_bytes(image)


if __name__ == "__main__":
    if missing := no_browser():
        sys.exit(missing)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
