"""Run tests with their classes' and modules' fixtures, and tell which fixture it was that ended the worker."""

import contextlib
import unittest
from typing import Any, Callable, Iterator, List

from .details import shown


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


def _name(of_class: Any) -> str:
    return f"{getattr(of_class, '__module__', '')}.{getattr(of_class, '__qualname__', '')}"
