"""What the judged code finds around it in a worker: the tree first, nothing of the harness, signals as usual."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from miniatures import Making, Seen

pytest_plugins = ["miniatures"]


@pytest.fixture
def hostile_signals() -> Iterator[None]:
    """What a background job of a shell inherits, and worse."""
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGUSR1, signal.SIGALRM])
    yield
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    signal.signal(signal.SIGINT, handler)


def run(making: Making, *lines: str, seconds: float = 10.0) -> Seen:
    """Run one test that does what the lines say."""
    body = "\n".join(f"        {line}" for line in lines)
    head = "import os, signal, subprocess, sys, unittest\n\nclass Tests(unittest.TestCase):\n    def test_it(self):\n"
    return making.runners(head + body + "\n").run(seconds=seconds)


def test_the_tree_is_first_on_the_path(on_both: Making) -> None:
    tree = str(on_both.folder / "Lib")
    seen = run(on_both, f"self.assertEqual(sys.path[0], {tree!r})", "import test", "self.fail(test.__file__)")
    assert f"{tree}{os.sep}test" in seen["test_it"].detail


@pytest.mark.parametrize(
    "name", ["conformance", "channel", "suites", "objects", "serve", "outcomes", "worker"]
)
def test_nothing_of_the_harness_can_be_imported(
    making: Making, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Also not from the folder that the driver happens to be in.
    monkeypatch.chdir(Path(__file__).parents[2])
    seen = run(making, "import importlib.util", f"self.assertIsNone(importlib.util.find_spec({name!r}))")
    assert seen.outcomes == {"test_it": "passed"}


def test_a_module_of_the_judged_side_may_have_the_name_of_one_of_ours(making: Making) -> None:
    modules = {name: f"NAME = {name!r}" for name in ("channel", "suites", "conformance")}
    suite = """
        import unittest
        import channel, conformance, suites

        class Tests(unittest.TestCase):
            def test_it(self):
                self.assertEqual((channel.NAME, conformance.NAME, suites.NAME), ("channel", "conformance", "suites"))
    """
    assert making.runners(suite, modules=modules).run().outcomes == {"test_it": "passed"}


def test_interrupts_are_as_usual_whatever_the_driver_inherited(
    on_both: Making, hostile_signals: None
) -> None:
    seen = run(
        on_both,
        "self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)",
        "self.assertEqual(signal.pthread_sigmask(signal.SIG_BLOCK, []), set())",
        "with self.assertRaises(KeyboardInterrupt):",
        "    os.kill(os.getpid(), signal.SIGINT)",
        "    signal.pause()",
    )
    assert seen.outcomes == {"test_it": "passed"}


def test_the_protocol_is_not_inherited(on_both: Making) -> None:
    seen = run(
        on_both,
        "code = 'import os; print(sorted(int(fd) for fd in os.listdir(\"/dev/fd\")))'",
        "command = [sys.executable, '-IS', '-c', code]",
        "said = subprocess.run(command, close_fds=False, stdout=subprocess.PIPE, check=True).stdout",
        # The fourth is the one that it lists them with.
        "self.assertEqual(said, b'[0, 1, 2, 3]\\n')",
    )
    assert seen.outcomes == {"test_it": "passed"}, seen["test_it"].detail


def test_the_command_line_and_the_input_are_empty(on_both: Making) -> None:
    seen = run(on_both, "self.assertEqual(len(sys.argv), 1)", "self.assertEqual(sys.stdin.read(), '')")
    assert seen.outcomes == {"test_it": "passed"}


def test_a_worker_has_one_thread(on_both: Making) -> None:
    # Upstream's clean-up counts them.
    seen = run(on_both, "import threading", "self.assertEqual(threading.active_count(), 1)")
    assert seen.outcomes == {"test_it": "passed"}


def test_what_was_imported_is_out_of_garbage_collection(on_both: Making) -> None:
    seen = run(on_both, "import gc", "self.assertGreater(gc.get_freeze_count(), 1000)")
    assert seen.outcomes == {"test_it": "passed"}


def test_a_suite_from_another_place_than_the_tree_is_refused(making: Making, tmp_path: Path) -> None:
    miniature = making.runners("")
    elsewhere = tmp_path / "elsewhere" / "test_runners.py"
    elsewhere.parent.mkdir()
    elsewhere.touch()
    package = miniature.suite_file.with_name("__init__.py")
    miniature.suite_file.unlink()
    package.write_text(f"__path__.append({str(elsewhere.parent)!r})\n")
    seen = miniature.run()
    assert "ImportError" in seen.course.broken
    assert str(elsewhere) in seen.course.broken
