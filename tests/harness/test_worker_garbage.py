"""A test that has ended is gone, with all that it made: who collects garbage later need not look through it."""

from __future__ import annotations

from typing import Any

from conformance.worker import loops
from miniatures import Making

pytest_plugins = ["miniatures"]

ROUND_ABOUT = """
    import gc, unittest, weakref

    class Loop:
        pass

    made = []

    class Tests(unittest.TestCase):
        def test_a(self):
            self.loop = Loop()
            self.loop.task_factory = self.make_task
            made.append(weakref.ref(self.loop))

        def make_task(self):
            pass

        def test_b(self):
            gc.collect()
            self.assertIsNone(made[0]())
"""


def test_a_test_that_its_loop_leads_back_to_is_collected(making: Making) -> None:
    seen = making.runners(ROUND_ABOUT).run()
    assert seen.outcomes == {"test_a": "passed", "test_b": "passed"}


class Foreign:
    """As much of an event loop as keeps its executor to itself."""

    def set_default_executor(self, executor: Any) -> None:
        pass

    def run_in_executor(self, executor: Any, func: Any) -> Any:
        return executor.submit(func)

    def close(self) -> None:
        pass


def test_a_closed_loop_shows_no_executor_whose_threads_a_clean_up_would_wait_for() -> None:
    loop: Any = loops.with_visible_executor(Foreign)()  # type: ignore[arg-type]
    loop.run_in_executor(None, int).result()
    executor = loop._default_executor
    assert executor is not None
    loop.close()
    assert loop._default_executor is None
    executor.shutdown()
