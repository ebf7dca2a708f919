"""A worker in which a test left something changed runs no other test, tears its class down, says so, and ends."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

import conformance
from conformance.records import Loop
from miniatures import Making, Miniature

pytest_plugins = ["miniatures"]

SCRIPT = Path(conformance.__file__).parent / "worker" / "__main__.py"

SUITE = """
    import os, signal, threading, time, unittest

    def setUpModule():
        print("module set up", flush=True)

    def tearDownModule():
        print(" module torn down", end="")

    class Tests(unittest.TestCase):
        @classmethod
        def tearDownClass(cls):
            print("class torn down", end="")

        def test_a(self):
            pass

        def test_b(self):
            {deed}

        def test_c(self):
            pass
"""
THREAD = "threading.Thread(target=signal.pause, name='endless').start()"


class Conversation:
    """What a worker says when it is asked for all of its tests and to stop then, and how it ends."""

    def __init__(self, miniature: Miniature) -> None:
        commands, mine = os.pipe()
        heard, events = os.pipe()
        tests = [f"test_runners.Tests.test_{letter}" for letter in "abc"]
        for command in ({"command": "run", "tests": tests}, {"command": "stop"}):
            os.write(mine, json.dumps(command).encode() + b"\n")
        self.process = subprocess.Popen(
            [
                *(miniature.python, SCRIPT, "--commands", str(commands), "--events", str(events)),
                *("--tree", miniature.tree, "--suite", "runners", "--loop", "asyncio:new_event_loop"),
            ],
            pass_fds=(commands, events),
            # As the driver starts it: a variable of Python's own would have it write unbuffered.
            env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        os.close(commands)
        os.close(events)
        try:
            self.output, _ = self.process.communicate(timeout=20)
        finally:
            self.process.kill()
            os.close(mine)
        with os.fdopen(heard, encoding="utf-8") as lines:
            self.events: list[dict[str, Any]] = [json.loads(line) for line in lines]

    @property
    def names(self) -> list[str]:
        return [event["event"] for event in self.events]


@pytest.fixture
def endless(on_both: Making) -> Conversation:
    return Conversation(on_both.runners(SUITE.format(deed=THREAD)))


def test_a_spoiled_worker_says_so_and_runs_no_other_test(endless: Conversation) -> None:
    told = ["hello", "started", "finished", "started", "finished", "spoiled"]
    assert endless.names == told
    assert [event["leaks"] for event in endless.events if event["event"] == "finished"] == [
        [],
        ["thread endless"],
    ]


def test_a_spoiled_worker_ends_at_once_whatever_lives_on_in_it(endless: Conversation) -> None:
    assert endless.process.returncode == 0


def test_a_spoiled_worker_tears_down_its_class_and_module_and_keeps_their_output(
    endless: Conversation,
) -> None:
    assert endless.output == "module set up\nclass torn down module torn down"


def test_a_keyboard_interrupt_that_escapes_spoils_the_worker(on_both: Making) -> None:
    said = Conversation(on_both.runners(SUITE.format(deed="raise KeyboardInterrupt")))
    assert said.names[-2:] == ["finished", "spoiled"]
    assert (said.events[-2]["outcome"], said.process.returncode) == ("errored", 0)


def test_a_worker_that_nothing_was_left_in_stays_for_the_next_command(on_both: Making) -> None:
    said = Conversation(on_both.runners(SUITE.format(deed="os.close(os.dup(0))")))
    assert said.names[-1] == "idle"
    assert said.names.count("finished") == 3


def test_the_rest_goes_on_in_a_fresh_worker_and_only_then(making: Making) -> None:
    suite = SUITE.format(deed="os.environ['LEFT'] = ''").replace("pass", "self.fail(str(os.getpid()))")
    seen = making.runners(suite + "\n        test_d = test_c").run()
    assert seen.outcomes == {"test_a": "failed", "test_b": "passed", "test_c": "failed", "test_d": "failed"}
    assert seen["test_b"].leaks == ("os.environ: LEFT",)
    workers = [seen[test].detail.splitlines()[-1] for test in ("test_a", "test_c", "test_d")]
    assert workers[0] != workers[1] == workers[2]


OWN_LOOP = """
    import asyncio, os

    kept = []

    class Loop(asyncio.SelectorEventLoop):
        pass

    def new():
        if not kept:
            # As uvloop has it: once for the process.
            kept.extend(os.pipe())
        return Loop()
"""
OWN = Loop("own", "own_loop:new")


def test_what_a_loop_opens_once_for_the_process_is_no_leak(on_both: Making) -> None:
    suite = """
        import asyncio, unittest

        class Tests(unittest.TestCase):
            def test_it(self):
                asyncio.new_event_loop().close()
    """
    seen = on_both.async_case(suite, loop=OWN, modules={"own_loop": OWN_LOOP}).run()
    assert seen.outcomes == {"test_it": "passed"}
    assert seen["test_it"].leaks == ()


def test_a_loop_that_cannot_be_made_is_not_judged_by(on_both: Making) -> None:
    suite = """
        import unittest

        class Tests(unittest.TestCase):
            def test_it(self):
                pass
    """
    module = "def new():\n    raise LookupError('no loop')"
    seen = on_both.async_case(suite, loop=OWN, modules={"own_loop": module}).run()
    assert "LookupError: no loop" in seen.course.broken


POLICIES = """
    import asyncio, unittest
    import own_loop

    def check():
        loop = asyncio.new_event_loop()
        loop.close()
        assert isinstance(loop, own_loop.Loop), loop

    class Tests(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            asyncio.set_event_loop_policy(None)

        @classmethod
        def tearDownClass(cls):
            check()

        def test_a(self):
            check()
            asyncio.set_event_loop_policy(None)

        def test_b(self):
            check()
            asyncio.set_event_loop_policy(None)
            asyncio.get_event_loop_policy()

        def test_c(self):
            check()
            asyncio.set_event_loop_policy(None)
"""


def test_a_foreign_loop_stays_the_default_when_tests_put_asyncios_own_in_place(on_both: Making) -> None:
    seen = on_both.async_case(POLICIES, loop=OWN, modules={"own_loop": OWN_LOOP}).run()
    assert seen.outcomes == dict.fromkeys(["test_a", "test_b", "test_c"], "passed")
    assert all(result.leaks == () for result in seen.course.results)
