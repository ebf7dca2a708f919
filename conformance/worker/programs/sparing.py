"""Have the interpreter spend less on what no program can observe; to be called before what is judged is imported.

That is where each handle and coroutine of a loop in debug mode was made, of which no trace tells, and which members of
enumerations signals and their standard handlers are, which signal looks for anew at each call.
"""

import asyncio
import asyncio.constants
import asyncio.format_helpers
import signal
import traceback
from typing import Any, Dict, Tuple

_STACK_DEPTH = 1
"""Not 0: that there is such a stack can be seen."""
_STACK = (traceback.FrameSummary("", 1, "", lookup_line=False, line=""),)


def spare() -> None:
    """For good."""
    stand_in: Any = asyncio.constants
    stand_in.DEBUG_STACK_DEPTH = _STACK_DEPTH
    stand_in = asyncio.format_helpers
    stand_in.extract_stack = _extract_stack
    # What futures and uvloop's handles take their stacks by.
    stand_in = traceback
    stand_in.walk_stack = _first_of(traceback.walk_stack)
    stand_in = signal
    # A private one, which all versions have had so far.
    if hasattr(signal, "_int_to_enum"):
        stand_in._int_to_enum = _remembering(stand_in._int_to_enum)


def _first_of(stock: Any) -> Any:
    def walk_stack(frame: Any) -> Any:
        return stock(None) if frame is None else iter([(frame, frame.f_lineno)])

    return walk_stack


def _extract_stack(_frame: Any = None, _limit: Any = None) -> Any:
    return traceback.StackSummary(_STACK)


def _remembering(stock: Any) -> Any:
    known: Dict[Tuple[Any, Any], Any] = {}

    def int_to_enum(value: Any, kind: Any) -> Any:
        if type(value) is not int:
            # A handler, of which the interpreter may compute the repr (gh-112559): it can be seen to.
            return stock(value, kind)
        key = value, kind
        found = known.get(key)
        if found is None:
            found = known[key] = stock(value, kind)
        return found

    return int_to_enum
