"""The tasks suite is given the implementation's Task in every place where the C task was, and is not edited."""

from __future__ import annotations

from conformance.records import Implementation, Loop, Mode
from miniatures import Making

pytest_plugins = ["miniatures"]

# On 3.8 the C task takes no context: this one only remembers what it was given.
GENTLE = """
    import asyncio

    class Task(asyncio.Task):
        def __init__(self, coro, *, loop=None, name=None, context=None):
            super().__init__(coro, loop=loop, name=name)
            self.given = context
"""
IMPLEMENTATION = Implementation("gentle", "gentle:Runner", task="gentle:Task")
MODULES = {"gentle": GENTLE + "\n    Runner = object\n"}

SUITE = """
    import asyncio, contextvars, unittest
    import gentle

    async def nothing():
        pass

    class Tests(unittest.TestCase):
        def setUp(self):
            self.loop = asyncio.new_event_loop()

        def tearDown(self):
            self.loop.close()

        def given(self, task):
            self.loop.run_until_complete(task)
            return task.given

        def test_its_names(self):
            self.assertIs(asyncio.Task, asyncio.tasks.Task)
            self.assertIs(asyncio.Task, asyncio.tasks._CTask)
            self.assertTrue(issubclass(asyncio.Task, gentle.Task))
            self.assertEqual(repr(asyncio.Task), "<class 'gentle.Task'>")

        def test_made_by_the_class(self):
            given = self.given(asyncio.Task(nothing(), loop=self.loop))
            self.assertIs(type(given), {kind})

        def test_made_by_the_loop(self):
            given = self.given(self.loop.create_task(nothing()))
            self.assertIs(type(given), {kind})

        def test_made_with_its_own(self):
            context = contextvars.Context()
            self.assertIs(self.given(asyncio.Task(nothing(), loop=self.loop, context=context)), context)

        def test_the_context_is_a_copy_of_the_current_one(self):
            variable = contextvars.ContextVar("variable")
            variable.set("before")
            given = self.given(asyncio.Task(nothing(), loop=self.loop))
            variable.set("after")
            if given is not None:
                self.assertEqual(given[variable], "before")

        def test_python_task(self):
            task = asyncio.tasks._PyTask(nothing(), loop=self.loop)
            self.loop.run_until_complete(task)

        def test_future(self):
            asyncio.Future(loop=self.loop)

        def test_two_kinds(self):
            self.loop.run_until_complete(asyncio.tasks._PyTask(nothing(), loop=self.loop))
            self.loop.run_until_complete(self.loop.create_task(nothing()))
            self.loop.run_until_complete(asyncio.tasks._PyTask(nothing(), loop=self.loop))

        def test_with_a_traceback_of_its_making(self):
            self.loop.set_debug(True)
            task = asyncio.Task(nothing(), loop=self.loop)
            self.loop.run_until_complete(task)
            self.assertEqual(task._source_traceback[-1].name, "__init__")
            self.assertEqual(task._source_traceback[-2].name, "test_with_a_traceback_of_its_making")
"""

OWN_LOOP = """
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    # As a compiled loop does.
    TASK = asyncio.Task

    class Loop(asyncio.SelectorEventLoop):
        hidden = None

        def set_default_executor(self, executor):
            self.hidden = executor

        def run_in_executor(self, executor, func, *args):
            if executor is None:
                executor = self.hidden = self.hidden or ThreadPoolExecutor(1)
            return super().run_in_executor(executor, func, *args)

    def new():
        return Loop()
"""
UTILS = """
    def TestLoop(gen=None):
        raise AssertionError("this loop is mocked")
"""
LOOPS = """
    import asyncio, unittest
    import gentle, own_loop
    from test.test_asyncio import utils

    def clock():
        yield 0

    class Tests(unittest.TestCase):
        def test_mocked_clock(self):
            utils.TestLoop(clock())

        def test_real_loop(self):
            loop = utils.TestLoop()
            self.assertIsInstance(loop, own_loop.Loop)
            loop.close()

        def test_executor_is_visible(self):
            loop = utils.TestLoop()
            self.assertIsNone(loop._default_executor)
            self.assertEqual(loop.run_until_complete(loop.run_in_executor(None, int, "7")), 7)
            loop._default_executor.shutdown(wait=True)
            self.assertIs(loop._default_executor, loop.hidden)
            loop.close()

        def test_default_loop(self):
            loop = asyncio.new_event_loop()
            self.assertIsInstance(loop, own_loop.Loop)
            loop.close()

        def test_the_loop_found_the_task(self):
            self.assertIs(own_loop.TASK, gentle.Task)
"""


def test_the_task_is_the_implementations_in_all_its_places(on_both: Making) -> None:
    suite = SUITE.format(kind="type(None)")
    seen = on_both.tasks(suite, IMPLEMENTATION, modules=MODULES).run()
    assert set(seen.outcomes.values()) == {"passed"}, [result.detail for result in seen.course.results]


def test_with_contexts_every_task_is_made_with_an_explicit_one(on_both: Making) -> None:
    suite = SUITE.format(kind="contextvars.Context")
    seen = on_both.tasks(suite, IMPLEMENTATION, modules=MODULES, mode=Mode.CONTEXT).run()
    assert set(seen.outcomes.values()) == {"passed"}, [result.detail for result in seen.course.results]


def test_what_constructs_a_task_of_the_implementation_is_exercised(on_both: Making) -> None:
    for mode, kind in ((Mode.PLAIN, "type(None)"), (Mode.CONTEXT, "contextvars.Context")):
        making = Making(on_both.folder / mode, on_both.interpreter)
        seen = making.tasks(SUITE.format(kind=kind), IMPLEMENTATION, modules=MODULES, mode=mode).run()
        unexercised = {
            result.test.rpartition(".")[2] for result in seen.course.results if not result.exercised
        }
        assert unexercised == {"test_future", "test_its_names", "test_python_task"}


def test_a_foreign_loop_takes_the_place_of_mocked_ones(on_both: Making) -> None:
    modules = {**MODULES, "own_loop": OWN_LOOP}
    loop = Loop("own", "own_loop:new")
    seen = on_both.tasks(LOOPS, IMPLEMENTATION, loop, modules, utils=UTILS).run()
    outcomes = seen.outcomes
    assert outcomes.pop("test_mocked_clock") == "skipped"
    assert (
        seen["test_mocked_clock"].detail == "the test mocks the clock, which only asyncio's own loop allows"
    )
    assert set(outcomes.values()) == {"passed"}, [result.detail for result in seen.course.results]


def test_native_is_left_as_it_is(making: Making) -> None:
    suite = """
        import _asyncio, asyncio, unittest

        class Tests(unittest.TestCase):
            def test_it(self):
                self.assertIs(asyncio.Task, _asyncio.Task)
    """
    seen = making.tasks(suite).run()
    assert seen.outcomes == {"test_it": "passed"}
