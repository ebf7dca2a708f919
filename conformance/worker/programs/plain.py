"""Make plain data, the same in each run, of what a program observes; all that is written into a trace goes through here."""

import re
from typing import Any, Dict, List, Optional

_MARK = "_conformance_shown"
_NUMBERED = re.compile(r"\b(Task|Thread|Dummy|ThreadPoolExecutor|asyncio_waitpid|waitpid)-\d+(_\d+)?")
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_FILE = re.compile(r"(?:[\w.~<>-]*/)+[\w.-]+\.py(:\d+)?")
_WORD = re.compile(r"[\w.]+")
_PLAIN = (type(None), bool, int, float)
_LINKS = 4
"""How many links of an exception's chain are told of."""


def text(given: Any) -> str:
    """``given`` as one line without what changes from run to run: addresses, files, counters, what reprs tell."""
    line = str(given)
    if "\n" in line:
        line = line.split("\n", 1)[0]
    if "<" in line:
        line = _without_reprs(line)
    if "/" in line:
        line = _FILE.sub("FILE", line)
    if "-" in line:
        line = _NUMBERED.sub(r"\1-N", line)
    return _ADDRESS.sub("", line) if "0x" in line else line


def _without_reprs(line: str) -> str:
    """Keep of each outermost ``<…>`` its first word."""
    kept: List[str] = []
    depth = begin = 0
    for index, letter in enumerate(line):
        if letter == "<":
            if depth == 0:
                kept.append(line[begin:index])
                begin = index + 1
            depth += 1
        elif letter == ">" and depth:
            depth -= 1
            if depth == 0:
                word = _WORD.match(line, begin, index)
                kept.append(f"<{word.group() if word else ''}>")
                begin = index + 1
    if depth:
        # What logs cut short is not closed.
        word = _WORD.match(line, begin)
        kept.append(f"<{word.group() if word else ''}")
        begin = len(line)
    kept.append(line[begin:])
    return "".join(kept)


def class_name(error: BaseException) -> str:
    """The qualified name of its class."""
    kind = type(error)
    return f"{kind.__module__}.{kind.__qualname__}"


class Plain:
    """What one program's trace is made with: it numbers the exception objects that the program shows."""

    def __init__(self) -> None:
        self._shown = 0

    def value(self, given: Any) -> Any:
        """A result or an argument, without asking an object for its repr."""
        kind = type(given)
        if kind in _PLAIN:
            return given
        if kind is str:
            return text(given)
        if kind in (list, tuple):
            return [self.value(each) for each in given]
        if isinstance(given, BaseException):
            return self.error(given)
        return f"<{kind.__name__}>"

    def error(self, error: BaseException) -> Dict[str, Any]:
        """What can be seen of an exception; the same object has the same number wherever it is shown."""
        cause, context = error.__cause__, error.__context__
        return {
            "class": class_name(error),
            "args": self._arguments(error),
            "object": self._number(error),
            "cause": None if cause is None else self._link(cause, _LINKS),
            "context": None if context is None or error.__suppress_context__ else self._link(context, _LINKS),
        }

    def _link(self, error: BaseException, left: int) -> Dict[str, Any]:
        """One of a chain, and the next one that Python would show, of which ``by`` says which way that leads."""
        following: Optional[Dict[str, Any]] = None
        if left > 1:
            cause, context = error.__cause__, error.__context__
            if cause is not None:
                following = {"by": "cause", **self._link(cause, left - 1)}
            elif context is not None and not error.__suppress_context__:
                following = {"by": "context", **self._link(context, left - 1)}
        return {
            "class": class_name(error),
            "given": self._arguments(error),
            "object": self._number(error),
            "next": following,
        }

    def _arguments(self, error: BaseException) -> List[Any]:
        return [
            class_name(each) if isinstance(each, BaseException) else self.value(each) for each in error.args
        ]

    def maybe(self, error: Optional[BaseException]) -> Optional[Dict[str, Any]]:
        return None if error is None else self.error(error)

    def _number(self, error: BaseException) -> int:
        # A mark on it, as nothing here may keep it alive, and not every exception can be referred to weakly.
        attributes = error.__dict__
        owner, identity, number = attributes.get(_MARK, (None, 0, 0))
        # A copy has the mark of what it was copied from, whose identity it cannot have.
        if owner is not self or identity != id(error):
            self._shown += 1
            number = self._shown
            attributes[_MARK] = self, id(error), number
        return int(number)
