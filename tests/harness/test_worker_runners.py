"""The runners suite is given the implementation's Runner and run, and loops of the wanted kind, and is not edited."""

from __future__ import annotations

import pytest

from conformance.records import Implementation, Loop
from miniatures import DRIVER, Making

pytest_plugins = ["miniatures"]

GENTLE = """
    import asyncio

    made = []

    class Runner:
        def __init__(self, *, debug=None):
            self.debug = debug
            self.closed = False
            made.append(self)

        def __enter__(self):
            return self

        def __exit__(self, *error):
            self.closed = True

        def run(self, coro):
            loop = asyncio.new_event_loop()
            try:
                return loop.run_until_complete(coro)
            finally:
                loop.close()

    def run(main, *, debug=None):
        main.close()
        return "the implementation's"
"""
SUITE = """
    import asyncio, unittest
    import gentle

    async def answer():
        return "the coroutine's"

    class Tests(unittest.TestCase):
        def test_neither(self):
            asyncio.new_event_loop().close()

        def test_run(self):
            self.assertEqual(asyncio.run(answer()), {from_run!r})

        def test_runner(self):
            with asyncio.Runner(debug=True) as runner:
                self.assertEqual(runner.run(answer()), "the coroutine's")
            self.assertIsInstance(runner, gentle.Runner)
            self.assertIs(runner.debug, True)
"""
DERIVED = """
    import asyncio, unittest
    import gentle

    async def answer():
        return 42

    async def run_within():
        coroutine = answer()
        try:
            asyncio.run(coroutine)
        finally:
            coroutine.close()

    class Tests(unittest.TestCase):
        def setUp(self):
            gentle.made.clear()

        def test_closes(self):
            self.assertEqual(asyncio.run(answer(), debug=True), 42)
            [runner] = gentle.made
            self.assertIs(runner.debug, True)
            self.assertIs(runner.closed, True)

        def test_refuses_within_a_loop(self):
            loop = asyncio.new_event_loop()
            with self.assertRaisesRegex(RuntimeError, "cannot be called from a running event loop"):
                loop.run_until_complete(run_within())
            loop.close()
            self.assertEqual(gentle.made, [])
"""
OWN_LOOP = """
    import asyncio

    class Loop(asyncio.SelectorEventLoop):
        pass

    def new():
        return Loop()
"""
LOOPS = """
    import asyncio, unittest
    import own_loop

    class BaseTest(unittest.TestCase):
        def new_loop(self):
            self.fail("this loop is mocked")

    class Tests(BaseTest):
        def test_its_loop_is_real(self):
            loop = self.new_loop()
            self.assertIsInstance(loop, own_loop.Loop)
            self.assertIs(loop.shutdown_ag_run, False)
            loop.run_until_complete(loop.shutdown_asyncgens())
            self.assertIs(loop.shutdown_ag_run, True)
            loop.close()

        def test_the_default_loop_is_the_same_kind(self):
            loop = asyncio.new_event_loop()
            self.assertIsInstance(loop, own_loop.Loop)
            loop.close()
"""

RUNNER_AND_RUN = Implementation("gentle", "gentle:Runner", run="gentle:run")
RUNNER_ALONE = Implementation("gentle", "gentle:Runner")


def test_runner_and_run_are_the_implementations(on_both: Making) -> None:
    suite = SUITE.format(from_run="the implementation's")
    seen = on_both.runners(suite, RUNNER_AND_RUN, modules={"gentle": GENTLE}).run()
    assert set(seen.outcomes.values()) == {"passed"}
    assert seen.course.hello["native"] == {"Runner": False, "run": False}


@pytest.mark.parametrize(
    ("implementation", "from_run"),
    [(RUNNER_AND_RUN, "the implementation's"), (RUNNER_ALONE, "the coroutine's")],
)
def test_what_constructs_the_implementation_is_exercised(
    making: Making, implementation: Implementation, from_run: str
) -> None:
    seen = making.runners(SUITE.format(from_run=from_run), implementation, modules={"gentle": GENTLE}).run()
    exercised = {result.test.rpartition(".")[2]: result.exercised for result in seen.course.results}
    assert exercised == {"test_neither": False, "test_run": True, "test_runner": True}


def test_an_implementation_without_run_gets_the_documented_one(on_both: Making) -> None:
    seen = on_both.runners(DERIVED, RUNNER_ALONE, modules={"gentle": GENTLE}).run()
    assert set(seen.outcomes.values()) == {"passed"}, [result.detail for result in seen.course.results]
    assert seen["test_closes"].exercised is True
    # That was our own refusal: it says nothing about the implementation.
    assert seen["test_refuses_within_a_loop"].exercised is False


def test_native_is_left_as_it_is(making: Making) -> None:
    if DRIVER.release < (3, 11):
        pytest.skip("asyncio.Runner came with 3.11")
    suite = """
        import asyncio, unittest

        class Tests(unittest.TestCase):
            def test_it(self):
                self.assertIsInstance(asyncio.Runner, type)
                self.assertIs(asyncio.Runner, asyncio.runners.Runner)
                self.assertIs(asyncio.run, asyncio.runners.run)
    """
    seen = making.runners(suite).run()
    assert seen.outcomes == {"test_it": "passed"}
    assert seen.course.hello["native"] == {}


def test_what_is_natives_own_is_told(making: Making) -> None:
    reexport = Implementation("gentle", "gentle:Runner", run="gentle:run")
    modules = {"gentle": "from asyncio import Runner, run"}
    assert making.runners("", reexport, modules=modules).run().course.hello["native"] == {
        "Runner": True,
        "run": True,
    }


def test_a_foreign_loop_takes_the_place_of_mocked_ones(on_both: Making) -> None:
    loop = Loop("own", "own_loop:new")
    seen = on_both.runners(LOOPS, RUNNER_ALONE, loop, {"gentle": GENTLE, "own_loop": OWN_LOOP}).run()
    assert set(seen.outcomes.values()) == {"passed"}, [result.detail for result in seen.course.results]


@pytest.mark.parametrize(
    ("implementation", "loop", "word"),
    [
        (
            Implementation("gentle", "not_there:Runner"),
            "asyncio:new_event_loop",
            "No module named 'not_there'",
        ),
        (Implementation("gentle", "gentle:Walker"), "asyncio:new_event_loop", "has no attribute 'Walker'"),
        (
            Implementation("gentle", "gentle:Runner", run="gentle:walk"),
            "asyncio:new_event_loop",
            "has no attribute 'walk'",
        ),
        (RUNNER_ALONE, "not_there:new", "No module named 'not_there'"),
        (RUNNER_ALONE, "gentle:new", "has no attribute 'new'"),
    ],
)
def test_what_is_not_there_makes_the_cell_broken(
    making: Making, implementation: Implementation, loop: str, word: str
) -> None:
    seen = making.runners(LOOPS, implementation, Loop("a", loop), {"gentle": GENTLE}).run()
    assert word in seen.course.broken


WRAPPERS = """
    import asyncio

    class Runner:
        def __init__(self, **options):
            self._inner = asyncio.Runner(**options)

        def __enter__(self):
            self._inner.__enter__()
            return self

        def __exit__(self, *error):
            self._inner.close()

        def run(self, coro):
            return self._inner.run(coro)

    def run(main, *, debug=None):
        return asyncio.run(main, debug=debug)
"""


@pytest.mark.parametrize("suite", ["runners", "async_case"])
def test_an_implementation_may_stand_on_natives(making: Making, suite: str) -> None:
    tests = """
        import asyncio, unittest
        import gentle

        async def answer():
            return 42

        class Tests(unittest.TestCase):
            def test_runner(self):
                with asyncio.Runner() as runner:
                    self.assertEqual(runner.run(answer()), 42)
                self.assertIsInstance(runner, gentle.Runner)

            def test_run(self):
                self.assertEqual(asyncio.run(answer()), 42)
    """
    implementation = Implementation("gentle", "gentle:Runner", "gentle:run")
    make = getattr(making, suite)
    seen = make(tests, implementation=implementation, modules={"gentle": WRAPPERS}).run()
    assert seen.outcomes == {"test_runner": "passed", "test_run": "passed"}


QUIET = "import unittest"


@pytest.mark.parametrize(
    ("implementation", "said"),
    [
        (Implementation("gentle", "gentle:asyncio"), "gentle:asyncio is a module, and cannot be called"),
        (Implementation("gentle", "gentle:Runner", "gentle:__name__"), "gentle:__name__ is a str, and cannot be called"),
    ],
)  # fmt: skip
def test_what_is_of_the_wrong_kind_is_not_judged(
    making: Making, implementation: Implementation, said: str
) -> None:
    seen = making.runners(QUIET, implementation=implementation, modules={"gentle": GENTLE}).run()
    assert f"TypeError: {said}" in seen.course.broken


def test_a_task_that_is_no_class_is_not_judged(making: Making) -> None:
    implementation = Implementation("gentle", task="gentle:run")
    seen = making.tasks(QUIET, implementation=implementation, modules={"gentle": GENTLE}).run()
    assert "TypeError: gentle:run is a function, and no class" in seen.course.broken


def test_what_makes_no_loop_is_not_judged_by(making: Making) -> None:
    seen = making.runners(QUIET, loop=Loop("list", "builtins:list")).run()
    assert "TypeError: builtins:list makes a list, and no event loop" in seen.course.broken
