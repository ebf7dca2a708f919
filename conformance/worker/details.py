"""The texts that a worker tells of its tests: exceptions as they are shown, addresses left out, none too long."""

import re
import traceback
from typing import Any

_LONGEST = 1 << 14
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")

_show = traceback.format_exception


def shortened(text: str) -> str:
    """The text, or its beginning and its end if it is longer than anybody reads."""
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{text[:half]}\n[{len(text) - 2 * half} characters are left out here]\n{text[-half:]}"


def without_addresses(text: str) -> str:
    """The text without what is different in every run."""
    return _ADDRESS.sub("at 0x…", text)


def shown(err: Any) -> str:
    """What Python shows of an exception, or less where that fails for what the judged code replaced."""
    try:
        return "".join(_show(*err))
    except Exception:  # noqa: BLE001  # a broken module or exception: whatever it raises
        return shown_plainly(err)


def shown_plainly(err: Any) -> str:
    """An exception with its places, by nothing that can be replaced; it may not have a working ``str`` either."""
    kind, value, places = err
    lines = []
    while places is not None:
        code = places.tb_frame.f_code
        lines.append(f'  File "{code.co_filename}", line {places.tb_lineno}, in {code.co_name}')
        places = places.tb_next
    try:
        text = str(value)
    except Exception:  # noqa: BLE001  # as above
        text = "it cannot be shown"
    return "\n".join([*lines, f"{kind.__name__}: {text}", ""])
