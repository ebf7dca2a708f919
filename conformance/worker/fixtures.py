"""The fixtures of classes and modules: whether there are any, and which it was that ended the worker."""

import contextlib
import unittest
from typing import Any, Callable, Iterator, List, Type

from .details import shown

# Bound before the judged code is there, which may put its own in their place.
_PLAIN = {name: getattr(unittest.TestCase, name).__func__ for name in ("setUpClass", "tearDownClass")}


class EscapedError(BaseException):
    """A fixture raised what unittest does not catch, such as SystemExit, and was told of."""


class Suite(unittest.TestSuite):
    """A suite that calls ``tell(where, detail)`` of what escapes from a fixture, and raises EscapedError then.

    unittest makes an error of each exception but lets through what is no Exception, with which the
    class's name would be lost.
    """

    def __init__(self, tests: List[unittest.TestCase], tell: Callable[[str, str], None]) -> None:
        super().__init__(tests)
        self._tell = tell

    def _handleModuleFixture(self, test: Any, result: Any) -> None:  # noqa: N802  # unittest's name
        with self._telling("setUpModule", type(test).__module__):
            super()._handleModuleFixture(test, result)  # type: ignore[misc]

    def _handleClassSetUp(self, test: Any, result: Any) -> None:  # noqa: N802  # unittest's name
        with self._telling("setUpClass", _name(type(test))):
            super()._handleClassSetUp(test, result)  # type: ignore[misc]

    def _tearDownPreviousClass(self, test: Any, result: Any) -> None:  # noqa: N802  # unittest's name
        with self._telling("tearDownClass", _name(result._previousTestClass)):
            super()._tearDownPreviousClass(test, result)  # type: ignore[misc]

    def _handleModuleTearDown(self, result: Any) -> None:  # noqa: N802  # unittest's name
        with self._telling("tearDownModule", getattr(result._previousTestClass, "__module__", "")):
            super()._handleModuleTearDown(result)  # type: ignore[misc]

    @contextlib.contextmanager
    def _telling(self, fixture: str, scope: str) -> Iterator[None]:
        try:
            yield
        except (Exception, EscapedError):
            raise
        except BaseException as escaped:
            self._tell(f"{fixture} ({scope})", shown((type(escaped), escaped, escaped.__traceback__)))
            raise EscapedError from escaped


def may_run_between(before: Type[unittest.TestCase], after: Type[unittest.TestCase]) -> bool:
    """Whether anything but unittest's own runs between a test of one class and one of another."""
    return (
        before.__module__ != after.__module__
        or _has_own("tearDownClass", before)
        or _has_own("setUpClass", after)
    )


def _has_own(fixture: str, of_class: Any) -> bool:
    return getattr(getattr(of_class, fixture), "__func__", None) is not _PLAIN[fixture]


def _name(of_class: Any) -> str:
    return f"{getattr(of_class, '__module__', '')}.{getattr(of_class, '__qualname__', '')}"
