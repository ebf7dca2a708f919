"""The async_case suite runs unittest's asynchronous test case of the tree on the implementation's Runner, in the worker alone."""

from __future__ import annotations

import pytest

from conformance.records import Implementation, Loop
from miniatures import DRIVER, Making

pytest_plugins = ["miniatures"]

GENTLE = """
    import asyncio, contextvars

    made = []

    class Runner:
        def __init__(self, *, debug=None):
            made.append(self)
            self.loop = asyncio.new_event_loop()

        # These coroutines await nothing. On 3.8 a loop steps no task in a given context.
        def run(self, coro, *, context=None):
            # A context that nothing was set in yet is false.
            context = contextvars.copy_context() if context is None else context
            try:
                context.run(coro.send, None)
            except StopIteration as ended:
                return ended.value

        def close(self):
            self.loop.close()

    class Fresh(Runner):
        def run(self, coro, *, context=None):
            return super().run(coro)
"""
# With the names of upstream's, and as much of it as has a known verdict: one context for all of a test.
CASE = """
    import asyncio, contextvars, unittest

    class IsolatedAsyncioTestCase(unittest.TestCase):
        def run(self, result=None):
            self.context = contextvars.copy_context()
            self.runner = asyncio.Runner(debug=True)
            try:
                self.runner.run(self.asyncSetUp(), context=self.context)
                return super().run(result)
            finally:
                self.runner.close()

        def await_(self, coro):
            return self.runner.run(coro, context=self.context)
"""
SUITE = """
    import asyncio, contextvars, unittest, unittest.async_case
    import gentle

    variable = contextvars.ContextVar("variable", default="unset")

    class Case(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self):
            variable.set("set up")

        def check(self):
            async def seen():
                return variable.get()

            self.assertEqual(self.await_(seen()), "set up")

    class Tests(unittest.TestCase):
        def test_neither(self):
            pass

        def test_the_context_is_one(self):
            result = Case("check").run()
            self.assertEqual((result.failures, result.errors), ([], []))

        def test_the_runner_is_the_implementation_s(self):
            gentle.made.clear()
            Case("check").run()
            [runner] = gentle.made
            self.assertIsInstance(runner, gentle.Runner)

        def test_the_case_is_the_tree_s(self):
            from unittest.async_case import IsolatedAsyncioTestCase
            self.assertIs(unittest.IsolatedAsyncioTestCase, IsolatedAsyncioTestCase)
            self.assertIs(unittest.async_case.IsolatedAsyncioTestCase, IsolatedAsyncioTestCase)
            self.assertTrue(hasattr(IsolatedAsyncioTestCase, "await_"))
            self.assertTrue(unittest.async_case.__file__.startswith({tree!r}))

        def test_unittest_stays_the_interpreter_s(self):
            self.assertFalse(unittest.__file__.startswith({tree!r}))
            self.assertFalse(unittest.case.__file__.startswith({tree!r}))
"""
OWN_LOOP = """
    import asyncio

    class Loop(asyncio.SelectorEventLoop):
        pass

    def new():
        return Loop()
"""
IMPLEMENTATION = Implementation("gentle", "gentle:Runner")
FRESH = Implementation("gentle", "gentle:Fresh")
MODULES = {"gentle": GENTLE, "own_loop": OWN_LOOP}


def suite_of(making: Making) -> str:
    return SUITE.format(tree=str(making.folder / "Lib"))


def test_the_tree_s_case_runs_on_the_implementation_s_runner(on_both: Making) -> None:
    seen = on_both.async_case(suite_of(on_both), IMPLEMENTATION, modules=MODULES, case=CASE).run()
    assert set(seen.outcomes.values()) == {"passed"}, [result.detail for result in seen.course.results]
    assert len(seen.outcomes) == 5


def test_a_runner_that_runs_each_coroutine_in_a_fresh_context_fails(on_both: Making) -> None:
    seen = on_both.async_case(suite_of(on_both), FRESH, modules=MODULES, case=CASE).run()
    assert {name for name, outcome in seen.outcomes.items() if outcome != "passed"} == {
        "test_the_context_is_one"
    }


def test_what_constructs_the_runner_is_exercised(making: Making) -> None:
    seen = making.async_case(suite_of(making), IMPLEMENTATION, modules=MODULES, case=CASE).run()
    assert {result.test.rpartition(".")[2] for result in seen.course.results if result.exercised} == {
        "test_the_context_is_one",
        "test_the_runner_is_the_implementation_s",
    }


def test_ids_are_those_of_the_file(making: Making) -> None:
    seen = making.async_case(
        """
        import unittest

        class Tests(unittest.TestCase):
            def test_it(self):
                pass
        """
    ).run()
    assert seen.watch.started == ["test_async_case.Tests.test_it"]


def test_a_module_s_tear_down_is_told_by_its_name(making: Making) -> None:
    seen = making.async_case(
        """
        import unittest

        def tearDownModule():
            raise OSError("no such policy")

        class Tests(unittest.TestCase):
            def test_it(self):
                pass
        """
    ).run()
    [_, told] = seen.course.results
    assert told.test == "test_async_case (tear-down)"
    assert "no such policy" in told.detail


def test_native_is_left_as_it_is(making: Making) -> None:
    if DRIVER.release < (3, 11):
        pytest.skip("asyncio.Runner came with 3.11")
    suite = """
        import asyncio, unittest

        class Tests(unittest.TestCase):
            def test_it(self):
                self.assertIsInstance(asyncio.Runner, type)
                self.assertIs(asyncio.Runner, asyncio.runners.Runner)
    """
    assert making.async_case(suite).run().outcomes == {"test_it": "passed"}


def test_a_foreign_loop_is_what_a_runner_gets(on_both: Making) -> None:
    suite = """
        import unittest
        import gentle, own_loop

        class Tests(unittest.TestCase):
            def test_it(self):
                runner = gentle.Runner()
                self.assertIsInstance(runner.loop, own_loop.Loop)
                runner.close()
    """
    seen = on_both.async_case(suite, IMPLEMENTATION, Loop("own", "own_loop:new"), MODULES).run()
    assert seen.outcomes == {"test_it": "passed"}


@pytest.mark.parametrize("name", ["async_case.py", "test/test_async_case.py"])
def test_a_file_that_is_not_there_is_not_taken_from_the_interpreter(making: Making, name: str) -> None:
    made = making.async_case("")
    (made.tree / "unittest" / name).unlink()
    assert "FileNotFoundError" in made.run().course.broken
