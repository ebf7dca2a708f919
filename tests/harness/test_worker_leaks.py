"""Each thing that a test can leave changed for those after it is found, and has a name that is the same in every run."""

from __future__ import annotations

import pytest

from miniatures import Making, Seen

pytest_plugins = ["miniatures"]

HEAD = """
import _thread, asyncio, concurrent.futures, copy, functools, gc, locale, os, resource, select, selectors, signal
import socket, subprocess, sys, tempfile, threading, time, unittest, weakref
from unittest import mock

kept = []

class Tests(unittest.TestCase):
    def test_it(self):
"""
COMMANDS = "open('/proc/self/cmdline').read().split('--commands\\0')[1].split('\\0')[0]"
SET_LOCALE = "[name for name in ('C', 'C.UTF-8') if locale.setlocale(locale.LC_ALL, name) != before]"


def run(making: Making, *lines: str) -> Seen:
    """Run one test that does what the lines say."""
    seen = making.runners(HEAD + "".join(f"        {line}\n" for line in lines)).run()
    assert seen.outcomes == {"test_it": "passed"}, seen["test_it"].detail
    return seen


@pytest.mark.parametrize(
    ("deed", "name"),
    [
        (
            "asyncio.set_event_loop_policy(type('P', (asyncio.DefaultEventLoopPolicy,), {})())",
            "event loop policy",
        ),
        ("asyncio._set_running_loop(object())", "running event loop"),
        ("asyncio.later = type(asyncio)('asyncio.later')", "asyncio.later"),
        ("signal.signal(signal.SIGUSR1, print)", "handler of SIGUSR1"),
        ("signal.signal(signal.SIGINT, signal.SIG_IGN)", "handler of SIGINT"),
        ("signal.signal(signal.SIGRTMIN + 2, print)", "handler of signal 36"),
        ("signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])", "signal mask: SIGUSR1"),
        ("signal.setitimer(signal.ITIMER_REAL, 1000)", "timer ITIMER_REAL"),
        ("threading.Thread(target=signal.pause, name='worker-1').start()", "thread worker-1"),
        ("threading.Thread(target=signal.pause).start()", "thread Thread (pause)"),
        (
            "run = threading.Lock(); run.acquire()\n"
            "        _thread.start_new_thread(lambda: (run.release(), signal.pause()), ()); run.acquire()",
            "thread unknown to threading",
        ),
        (
            "kept.append(concurrent.futures.ThreadPoolExecutor(1)); kept[0].submit(int)",
            "thread ThreadPoolExecutor",
        ),
        ("kept.append(concurrent.futures.ThreadPoolExecutor(1, 'own')); kept[0].submit(int)", "thread own"),
        ("threading.Thread(target=signal.pause, name='asyncio-waitpid-7').start()", "thread asyncio-waitpid"),
        ("threading.Thread(target=functools.partial(signal.pause)).start()", "thread Thread"),
        ("os.open(os.devnull, os.O_RDONLY)", "descriptor: /dev/null"),
        ("os.open(__file__, os.O_RDONLY)", "descriptor: file"),
        ("os.open('/', os.O_RDONLY)", "descriptor: folder"),
        ("os.pipe()", "descriptor: pipe"),
        ("kept.append(socket.socket())", "descriptor: socket"),
        ("kept.append(select.epoll())", "descriptor: eventpoll"),
        (
            "pipe = os.pipe(); os.dup2(pipe[1], 1); [os.close(one) for one in pipe]",
            "standard output (replaced)",
        ),
        ("os.close(2)", "standard error (closed)"),
        (f"os.close(int({COMMANDS}))", "closed descriptor: pipe"),
        ("kept.append(subprocess.Popen(['sleep', '1000']))", "child process"),
        (
            "os.waitid(os.P_PID, os.spawnlp(os.P_NOWAIT, 'true', 'true'), os.WEXITED | os.WNOWAIT)",
            "child process",
        ),
        ("asyncio.tasks.Task = object", "asyncio.tasks.Task"),
        ("asyncio.Queue.put = None", "asyncio.queues.Queue.put"),
        ("asyncio.Queue.new = None", "asyncio.queues.Queue.new"),
        ("del asyncio.BaseEventLoop.time", "asyncio.base_events.BaseEventLoop.time"),
        ("del asyncio.sleep", "asyncio.sleep"),
        # It says that it is equal to what was there.
        ("asyncio.sleep = mock.ANY", "asyncio.sleep"),
        ("time.time = mock.ANY", "time.time"),
        ("signal.SIGINT = int(signal.SIGINT)", "signal.SIGINT"),
        ("time.tzname = (mock.ANY, mock.ANY)", "time.tzname"),
        (
            "asyncio.iscoroutine.__code__ = (lambda it: None).__code__",
            "asyncio.coroutines.iscoroutine.__code__",
        ),
        ("sys.modules['asyncio'] = None", "sys.modules: asyncio"),
        ("del sys.modules['asyncio.events']", "sys.modules: asyncio.events"),
        ("selectors.DefaultSelector = None", "selectors.DefaultSelector"),
        ("unittest.case._Outcome = None", "unittest.case._Outcome"),
        ("socket.socketpair = None", "socket.socketpair"),
        ("subprocess.Popen = None", "subprocess.Popen"),
        ("concurrent.futures.wait = None", "concurrent.futures.wait"),
        ("weakref.ref = None", "weakref.ref"),
        ("functools.partial = None", "functools.partial"),
        ("resource.setrlimit(resource.RLIMIT_NOFILE, (99, 99))", "limit RLIMIT_NOFILE"),
        ("signal.pause = None", "signal.pause"),
        ("time.time = lambda: 0.0", "time.time"),
        ("os.getpid = None", "os.getpid"),
        ("threading.excepthook = print", "threading.excepthook"),
        ("sys.stdin = None", "sys.stdin"),
        ("sys.stdin.close()", "sys.stdin (closed)"),
        ("sys.excepthook = print", "sys.excepthook"),
        ("sys.unraisablehook = print", "sys.unraisablehook"),
        ("sys.settrace(lambda *_: None)", "trace function"),
        ("sys.setprofile(lambda *_: None)", "profile function"),
        ("sys.setswitchinterval(0.5)", "switch interval"),
        ("sys.setrecursionlimit(900)", "recursion limit"),
        ("sys.set_asyncgen_hooks(firstiter=print)", "hooks of asynchronous generators"),
        ("sys.set_coroutine_origin_tracking_depth(3)", "origin tracking of coroutines"),
        ("os.chdir('/')", "current directory"),
        ("folder = tempfile.mkdtemp(); os.chdir(folder); os.rmdir(folder)", "current directory"),
        ("os.umask(os.umask(0o077) ^ 0o040)", "umask"),
        (f"before = locale.setlocale(locale.LC_ALL); assert {SET_LOCALE}", "locale"),
        ("os.environ['LEFT'] = ''", "os.environ: LEFT"),
        ("del os.environ['PATH']", "os.environ: PATH"),
    ],
)
def test_what_a_test_leaves_has_a_name(on_both: Making, deed: str, name: str) -> None:
    assert run(on_both, deed)["test_it"].leaks == (name,)


def test_a_wake_up_descriptor_is_found_beside_its_pipe(on_both: Making) -> None:
    lines = "kept.extend(os.pipe())", "os.set_blocking(kept[1], False)", "signal.set_wakeup_fd(kept[1])"
    leaks = ("descriptor: pipe", "wake-up descriptor of signals")
    assert run(on_both, *lines)["test_it"].leaks == leaks


def test_a_descriptor_that_was_closed_with_all_others_taken_is_found(on_both: Making) -> None:
    # None is left to list them with.
    lines = (
        "limits = resource.getrlimit(resource.RLIMIT_NOFILE)",
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, limits[1]))",
        "with self.assertRaises(OSError):",
        "    while True: os.dup(0)",
    )
    assert run(on_both, *lines)["test_it"].leaks == ("descriptors", "limit RLIMIT_NOFILE")


def test_many_leaks_of_a_kind_have_one_name_and_all_kinds_are_sorted(on_both: Making) -> None:
    lines = "os.pipe()", "os.pipe()", "os.umask(0)", "asyncio.sleep = None"
    assert run(on_both, *lines)["test_it"].leaks == ("asyncio.sleep", "descriptor: pipe", "umask")


def test_what_cannot_be_compared_is_changed(on_both: Making) -> None:
    lines = (
        "class Unequal:",
        "    def __eq__(self, other): raise LookupError",
        "    __hash__ = None",
        "asyncio.sleep = Unequal()",
        "signal.signal(signal.SIGUSR1, type('Handler', (Unequal,), {'__call__': None})())",
    )
    assert run(on_both, *lines)["test_it"].leaks == ("asyncio.sleep", "handlers of signals")


@pytest.mark.parametrize(
    "deed",
    [
        "pass",
        "asyncio.set_event_loop_policy(None); asyncio.get_event_loop_policy()",
        "asyncio.set_event_loop_policy(None)",
        "asyncio.tasks.__warningregistry__ = {}",
        "asyncio.tasks.__annotations__ = {}; asyncio.Queue.__annotations__ = {}",
        "asyncio.later = sys.modules['asyncio.later'] = type(asyncio)('asyncio.later')",
        "copy.copy(asyncio.AbstractEventLoop())",
        "concurrent.futures.ProcessPoolExecutor",
        "sys.last_value = ValueError()",
        "signal.signal(signal.SIGUSR1, signal.SIG_DFL)",
        "time.tzset()",
        "loop = asyncio.new_event_loop(); loop.run_until_complete(asyncio.sleep(0)); loop.close()",
        "subprocess.run(['true'], check=True)",
    ],
)
def test_a_clean_test_leaves_nothing(on_both: Making, deed: str) -> None:
    assert run(on_both, deed)["test_it"].leaks == ()


def test_what_a_test_changes_and_puts_back_is_no_leak(on_both: Making) -> None:
    lines = (
        "self.addCleanup(signal.signal, signal.SIGUSR1, signal.signal(signal.SIGUSR1, print))",
        "self.enter = mock.patch('asyncio.BaseEventLoop.time')",
        "self.enter.start()",
        "self.addCleanup(self.enter.stop)",
    )
    assert run(on_both, *lines)["test_it"].leaks == ()
