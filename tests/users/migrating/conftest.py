"""What the tests of docs/migrating.md share: a Runner of each peer's, or ours, on each loop.

A test says what it sees in one word, and what that is with each peer and here, as the page does.
"""

import asyncio
import contextlib
import importlib
import sys
from typing import Any, Callable, Dict, Iterator, List

import pytest

HERE = "runner_backport"
PEERS = {"backports": "backports.asyncio.runner", "taskgroup": "taskgroup"}
BELOW_3_9 = sys.version_info < (3, 9)


def new_event_loop(name: str) -> Any:
    return (
        asyncio.SelectorEventLoop() if name == "asyncio" else importlib.import_module(name).new_event_loop()
    )


class Subject:
    """One package's Runner on one loop."""

    def __init__(self, package: str, loop_name: str) -> None:
        self.name = package
        self.loop_name = loop_name
        module = PEERS.get(package, package)
        self.package = importlib.import_module(module)
        # As its metadata are filed: 3.8 and 3.9 find them by no other spelling.
        self.distribution = module.replace(".", "_")
        self._opened: List[Any] = []

    def loop_factory(self) -> Any:
        return new_event_loop(self.loop_name)

    def runner(self, set_up: Callable[[Any], None] = lambda loop: None) -> Any:
        """An open Runner, whose loop has been set up by a loop_factory; it is closed when the test ends."""

        def loop_factory() -> Any:
            loop = self.loop_factory()
            set_up(loop)
            return loop

        opened = self.package.Runner(loop_factory=loop_factory)
        self._opened.append(opened)
        return opened.__enter__()

    def run(self, coro: Any, **options: Any) -> Any:
        return self.runner().run(coro, **options)

    def close(self) -> None:
        # A peer's fails on 3.8 and uvloop, where it has closed the loop before: that is a row of its own.
        fails = self.name == "backports" and self.loop_name == "uvloop" and BELOW_3_9
        for opened in self._opened:
            with contextlib.suppress(*[AttributeError] if fails else []):
                opened.close()

    def expected(self, *, backports: Any, taskgroup: Any, here: Any) -> Any:
        """What the page says of this one; where it depends on the loop, by the loop's name."""
        word = {"backports": backports, "taskgroup": taskgroup, HERE: here}[self.name]
        if not isinstance(word, dict):
            return word
        by_loop: Dict[str, Any] = word
        if self.loop_name not in by_loop:
            pytest.skip(f"the page does not say what {self.name} does on {self.loop_name}")
        return by_loop[self.loop_name]


@pytest.fixture(params=[*PEERS, HERE])
def subject(request: pytest.FixtureRequest, loop_name: str) -> Iterator[Subject]:
    """A `Subject`."""
    if request.param in PEERS and sys.version_info >= (3, 11):
        pytest.skip("from 3.11 on asyncio has its own Runner, and ours is that one")
    made = Subject(request.param, loop_name)
    yield made
    made.close()
