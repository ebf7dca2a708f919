"""What the event loop policy knows reaches no other test: each begins with what the one before it found."""

from __future__ import annotations

import pytest

from conformance.records import Loop
from miniatures import ASYNCIO, Making

pytest_plugins = ["miniatures"]

OWN = Loop("own", "own_loop:new")
MODULES = {"own_loop": "import asyncio\n\nnew = asyncio.SelectorEventLoop"}
SUITE = """
    import asyncio, unittest, warnings

    def known():
        "The current loop, and whether one was ever set."
        local = asyncio.get_event_loop_policy()._local
        return local._loop, local._set_called

    class Tests(unittest.TestCase):
        def test_a(self):
            {deed}

        def test_b(self):
            self.assertEqual(known(), (None, False))
            policy = asyncio.get_event_loop_policy()
            self.assertFalse(hasattr(policy, "left"))
            policy.new_event_loop().close()
"""


@pytest.mark.parametrize("loop", [ASYNCIO, OWN], ids=["stock", "foreign"])
@pytest.mark.parametrize(
    "deed",
    [
        "loop = asyncio.new_event_loop(); asyncio.set_event_loop(loop); loop.close()",
        # Not closed: it is garbage once it is not the current one.
        "asyncio.set_event_loop(asyncio.new_event_loop())",
        "asyncio.set_event_loop(None)",
        "asyncio.set_event_loop_policy(None); asyncio.set_event_loop(None)",
        "asyncio.get_event_loop_policy().left = True",
        "asyncio.get_event_loop_policy()._loop_factory = None",
        "asyncio.get_event_loop_policy()._local = None",
    ],
)
def test_what_a_policy_knows_is_no_leak_and_reaches_no_other_test(
    on_both: Making, deed: str, loop: Loop
) -> None:
    seen = on_both.async_case(SUITE.format(deed=deed), loop=loop, modules=MODULES).run()
    assert seen.outcomes == {"test_a": "passed", "test_b": "passed"}, seen["test_b"].detail
    assert seen["test_a"].leaks == ()


def test_a_class_of_policies_that_is_changed_is_a_leak(on_both: Making) -> None:
    seen = on_both.runners(SUITE.format(deed="asyncio.DefaultEventLoopPolicy._loop_factory = None")).run()
    assert seen.outcomes == {"test_a": "passed", "test_b": "passed"}
    assert seen["test_a"].leaks == ("asyncio.unix_events._UnixDefaultEventLoopPolicy._loop_factory",)


def test_what_a_fixture_tells_the_policy_stays_for_all_its_tests(on_both: Making) -> None:
    suite = """
        import asyncio, unittest

        class Tests(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                cls.loop = asyncio.new_event_loop()
                asyncio.set_event_loop(cls.loop)

            @classmethod
            def tearDownClass(cls):
                asyncio.set_event_loop(None)
                cls.loop.close()

            def test_a(self):
                self.assertIs(asyncio.get_event_loop_policy().get_event_loop(), self.loop)
                asyncio.set_event_loop(None)

            def test_b(self):
                self.assertIs(asyncio.get_event_loop_policy().get_event_loop(), self.loop)
                asyncio.set_event_loop_policy(None)

            test_c = test_b
    """
    seen = on_both.runners(suite).run()
    assert seen.outcomes == dict.fromkeys(["test_a", "test_b", "test_c"], "passed")
    assert [result.leaks for result in seen.course.results] == [(), (), ()]
