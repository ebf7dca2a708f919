"""What the judged code replaces, breaks or closes in the worker's process does not disturb what the worker tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from miniatures import Making, Seen

pytest_plugins = ["miniatures"]

HEAD = """
import _signal, _thread, asyncio, gc, io, json, os, re, signal, sys, threading, time, traceback, unittest

{before}

class Tests(unittest.TestCase):
    def test_a(self):
{lines}

    def test_b(self):
        self.fail("in its own way")
"""
EVENTS = "int(open('/proc/self/cmdline').read().split('--events\\0')[1].split('\\0')[0])"


def run(making: Making, *lines: str, before: str = "") -> Seen:
    """Run a test that does what the lines say, and another after it."""
    text = HEAD.format(before=before, lines="\n".join(f"        {line}" for line in lines))
    seen = making.runners(text).run()
    assert seen.outcomes["test_b"] == "failed"
    assert "in its own way" in seen["test_b"].detail
    return seen


@pytest.mark.parametrize(
    "names",
    [
        ["time.monotonic", "time.perf_counter", "time.sleep"],
        ["os._exit", "os.fstat", "os.getcwd", "os.listdir", "os.read", "os.umask", "os.waitid", "os.write"],
        ["os.environ"],
        ["json.JSONDecoder", "json.JSONEncoder", "json.dumps", "json.loads"],
        ["sys.exc_info", "sys.gettrace", "sys.stderr", "sys.stdout"],
        ["_signal.getsignal", "_signal.set_wakeup_fd", "signal.Signals", "signal.getsignal"],
        ["threading.Thread", "threading.enumerate"],
        ["asyncio.DefaultEventLoopPolicy", "asyncio.events", "asyncio.set_event_loop_policy"],
    ],
    ids=["time", "os", "environ", "json", "sys", "signal", "threading", "asyncio"],
)
def test_replaced_attributes_are_told_of_and_do_no_harm(on_both: Making, names: list[str]) -> None:
    seen = run(on_both, *(f"{name} = None" for name in names))
    assert seen.outcomes["test_a"] == "passed", seen["test_a"].detail
    assert seen["test_a"].leaks == tuple(names)


def test_an_exception_is_shown_when_what_shows_exceptions_is_broken(on_both: Making) -> None:
    seen = run(on_both, "traceback.TracebackException = None", "raise LookupError('really')")
    assert seen.outcomes["test_a"] == "errored"
    assert "in test_a" in seen["test_a"].detail
    assert seen["test_a"].detail.endswith("LookupError: really\n")


def test_an_exception_that_cannot_be_shown_is_an_outcome(on_both: Making) -> None:
    before = "class Hidden(Exception):\n    def __str__(self): raise KeyError\n    __repr__ = __str__"
    seen = run(on_both, "traceback.TracebackException = None", "raise Hidden", before=before)
    assert seen.outcomes["test_a"] == "errored"
    assert "Hidden" in seen["test_a"].detail


def test_streams_that_cannot_be_flushed_do_no_harm(on_both: Making) -> None:
    lines = (
        "class Stream:",
        "    def write(self, text): pass",
        "    def flush(self): raise LookupError",
        "sys.stdout.close()",
        "sys.stdout = sys.stderr = Stream()",
    )
    seen = run(on_both, *lines)
    assert seen.outcomes["test_a"] == "passed"
    assert seen["test_a"].leaks == ("sys.stderr", "sys.stdout", "sys.stdout (closed)")


def test_what_is_printed_is_in_the_output_although_the_stream_was_replaced_after_it(on_both: Making) -> None:
    seen = run(on_both, "sys.stdout.write('so far')", "sys.stdout = io.StringIO()", "self.fail()")
    assert "so far" in seen["test_a"].output


def test_the_worker_ends_when_the_descriptor_of_its_events_is_closed(on_both: Making) -> None:
    seen = run(on_both, f"os.close({EVENTS})")
    assert seen.outcomes["test_a"] == "crashed"
    assert seen["test_a"].detail == "the worker ended with status 1"


def test_the_worker_writes_no_event_into_what_took_the_descriptors_place(
    on_both: Making, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    lines = f"file = os.open({str(mine)!r}, os.O_WRONLY | os.O_CREAT)", f"os.dup2(file, {EVENTS})"
    seen = run(on_both, *lines)
    assert seen.outcomes["test_a"] == "crashed"
    assert mine.read_bytes() == b""


def test_a_copy_of_the_worker_that_comes_back_from_a_test_says_nothing(on_both: Making) -> None:
    # The copy goes on first: the original waits for it to end.
    seen = run(on_both, "copy = os.fork()", "if copy:", "    os.waitpid(copy, 0)", "    self.fail('told')")
    assert seen.outcomes == {"test_a": "failed", "test_b": "failed"}


def test_the_worker_shows_where_it_is_when_it_is_asked_and_goes_on(on_both: Making) -> None:
    # A test may also have closed stderr, and threads are shown too.
    lines = (
        "ending = threading.Event()",
        "thread = threading.Thread(target=ending.wait, name='other')",
        "thread.start()",
        "os.close(2)",
        "os.kill(os.getpid(), signal.SIGUSR2)",
        "ending.set()",
        "thread.join()",
        "self.fail('and goes on')",
    )
    seen = run(on_both, *lines)
    assert "and goes on" in seen["test_a"].detail
    assert "in test_a" in seen["test_a"].output
    assert seen["test_a"].output.count("hread 0x") == 2


def test_a_crash_is_shown_with_its_place_although_stderr_is_closed(on_both: Making) -> None:
    seen = run(on_both, "os.close(2)", "os.kill(os.getpid(), signal.SIGSEGV)")
    assert seen.outcomes["test_a"] == "crashed"
    assert "in test_a" in seen["test_a"].output
