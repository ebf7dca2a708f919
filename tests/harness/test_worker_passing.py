"""What a test leaves for a moment only, garbage and threads that are about to end, or what a fixture left, is no leak."""

from __future__ import annotations

from pathlib import Path

from conformance.records import Implementation
from miniatures import Making, Seen

pytest_plugins = ["miniatures"]

HEAD = """
import _thread, gc, signal, socket, threading, unittest

class Tests(unittest.TestCase):
    def test_it(self):
"""


def run(making: Making, *lines: str) -> Seen:
    """Run one test that does what the lines say."""
    seen = making.runners(HEAD + "".join(f"        {line}\n" for line in lines)).run()
    assert seen.outcomes == {"test_it": "passed"}, seen["test_it"].detail
    return seen


def test_garbage_is_no_leak(on_both: Making) -> None:
    lines = "class Cycle: pass", "one = Cycle()", "one.itself, one.held = one, socket.socket()"
    assert run(on_both, *lines)["test_it"].leaks == ()


def test_a_thread_that_ends_a_moment_later_is_no_leak(on_both: Making) -> None:
    # The comparison itself lets it end, when it collects the garbage.
    lines = (
        "ending = threading.Event()",
        "class Cycle:",
        "    def __del__(self): ending.set()",
        "one = Cycle()",
        "one.itself = one",
        "gc.disable()",
        "threading.Thread(target=ending.wait).start()",
    )
    assert run(on_both, *lines)["test_it"].leaks == ()


def test_a_thread_that_threading_does_not_know_and_that_ends_is_no_leak(on_both: Making) -> None:
    # It takes longer than one look.
    lines = (
        "run = threading.Lock()",
        "run.acquire()",
        "_thread.start_new_thread(lambda: (run.release(), sum(range(3_000_000))), ())",
        "run.acquire()",
    )
    assert run(on_both, *lines)["test_it"].leaks == ()


def test_a_descriptor_that_another_thread_closes_a_moment_later_is_no_leak(on_both: Making) -> None:
    # The thread was there before, as one of a class's fixture, so that nobody waits for its end.
    suite = """
        import os, threading, unittest

        class Cycle:
            def __del__(self):
                Tests.collected.set()

        class Tests(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                cls.wanted, cls.opened, cls.collected = (threading.Event() for _ in range(3))
                threading.Thread(target=cls.open).start()

            @classmethod
            def open(cls):
                cls.wanted.wait()
                descriptor = os.open(__file__, os.O_RDONLY)
                cls.opened.set()
                cls.collected.wait()
                sum(range(3_000_000))
                os.close(descriptor)

            def test_it(self):
                one = Cycle()
                one.itself = one
                self.wanted.set()
                self.opened.wait()
    """
    seen = on_both.runners(suite).run()
    assert (seen.outcomes, seen["test_it"].leaks) == ({"test_it": "passed"}, ())


def test_garbage_that_a_thread_held_until_it_ended_is_no_leak(on_both: Making) -> None:
    lines = (
        "ending = threading.Event()",
        "class Cycle:",
        "    def __del__(self): ending.set()",
        "one = Cycle()",
        "one.itself = one",
        "def hold():",
        "    class Held: pass",
        "    held = Held()",
        "    held.itself, held.socket = held, socket.socket()",
        "    ending.wait()",
        "gc.disable()",
        "threading.Thread(target=hold).start()",
    )
    assert run(on_both, *lines)["test_it"].leaks == ()


FIXTURES = """
    import asyncio, os, signal, socket, threading, unittest

    class Before(unittest.TestCase):
        def test_before(self):
            pass

    class Fixtures:
        @classmethod
        def setUpClass(cls):
            cls.socket = socket.socket()
            cls.ending = threading.Event()
            cls.thread = threading.Thread(target=cls.ending.wait)
            cls.thread.start()
            cls.sleep = asyncio.sleep
            asyncio.sleep = None
            os.environ["SET"] = ""
            signal.setitimer(signal.ITIMER_REAL, 1000)

        @classmethod
        def tearDownClass(cls):
            cls.socket.close()
            cls.ending.set()
            cls.thread.join()
            asyncio.sleep = cls.sleep
            del os.environ["SET"]
            signal.setitimer(signal.ITIMER_REAL, 0)

    class Tests(Fixtures, unittest.TestCase):
        def test_a(self):
            pass

        def test_b(self):
            signal.setitimer(signal.ITIMER_REAL, 0)

    class TestsAfter(unittest.TestCase):
        def test_c(self):
            self.addClassCleanup(setattr, asyncio, "run", None)

    class TestsLast(unittest.TestCase):
        def test_d(self):
            pass
"""


def test_what_the_fixtures_of_a_class_change_is_no_leak_of_its_tests(on_both: Making) -> None:
    seen = on_both.runners(FIXTURES).run()
    assert seen.outcomes == dict.fromkeys(["test_before", "test_a", "test_b", "test_c", "test_d"], "passed")
    assert [result.leaks for result in seen.course.results] == [()] * 5


OTHER_MODULE = """
import asyncio, unittest

def setUpModule():
    asyncio.sleep = None

class Other(unittest.TestCase):
    def test_other(self):
        pass

class Runner:
    pass
"""


def test_what_the_fixtures_of_a_module_change_is_no_leak_of_its_tests(on_both: Making) -> None:
    suite = """
        import unittest
        from own import Other

        class Before(unittest.TestCase):
            def test_before(self):
                pass
    """
    own = Implementation("own", "own:Runner", run=None, task=None)
    seen = on_both.runners(suite, own, modules={"own": OTHER_MODULE}).run()
    assert seen.outcomes == {"test_before": "passed", "test_other": "passed"}
    assert [result.leaks for result in seen.course.results] == [(), ()]


def test_a_thread_that_takes_the_place_of_a_fixtures_own_is_a_leak_of_its_test(on_both: Making) -> None:
    # Unknown ones are only counted: there are as many as before.
    suite = """
        import _thread, signal, threading, unittest

        class Tests(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                cls.ending = threading.Event()
                cls.thread = threading.Thread(target=cls.ending.wait)
                cls.thread.start()

            def test_a(self):
                self.ending.set()
                self.thread.join()

            def test_b(self):
                run = threading.Lock()
                run.acquire()
                _thread.start_new_thread(lambda: (run.release(), signal.pause()), ())
                run.acquire()
    """
    seen = on_both.runners(suite).run()
    assert [result.leaks for result in seen.course.results] == [(), ("thread unknown to threading",)]


COVERAGE = """
class Coverage:
    "It keeps a file open more with each time that it saves, and prepares for that."

    def __init__(self, **options):
        self.opened = []

    def start(self):
        pass

    def save(self):
        self.opened.append(open(__file__))
        import json
        json.of_coverage = len(self.opened)
"""


def test_what_saving_the_coverage_changes_is_no_leak(on_both: Making, tmp_path: Path) -> None:
    suite = """
        import unittest

        class Tests(unittest.TestCase):
            def test_a(self):
                pass

            def test_b(self):
                pass
    """
    own = Implementation("own", "own:Runner", run=None, task=None)
    modules = {"own": "class Runner: pass", "coverage": COVERAGE}
    seen = on_both.runners(suite, own, modules=modules).run(coverage=tmp_path / "data")
    assert [result.leaks for result in seen.course.results] == [(), ()]
