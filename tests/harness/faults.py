"""Everything that a test may do to its worker, planted one at a time, and what the harness made of it.

One table, `FAULTS`, for test_execute_faults.py and for the closing table: ``python tests/harness/faults.py``
plants each three times and prints Markdown.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from conformance.records import Outcome
from planting import Fault, plant

_SHORT = {"seconds": 0.5}
_LIMIT = "ended after its limit of 0.5 seconds"
_PASSED, _FAILED, _ERRORED = Outcome.PASSED, Outcome.FAILED, Outcome.ERRORED
_CRASHED, _TIMED_OUT = Outcome.CRASHED, Outcome.TIMED_OUT
_SMALL = {"memory": 512 << 20}


def _hang(name: str, deed: str, *words: str) -> Fault:
    return Fault(name, deed, _TIMED_OUT, (_LIMIT, *words), order=_SHORT)


FAULTS = [
    Fault("segmentation fault", "ctypes.string_at(0)", _CRASHED, ["by SIGSEGV", "in test_fault"]),
    Fault("SIGKILL of itself", "os.kill(os.getpid(), signal.SIGKILL)", _CRASHED, ["by SIGKILL"]),
    Fault("os._exit(0)", "os._exit(0)", _CRASHED, ["ended with status 0"]),
    Fault("os._exit(1)", "os._exit(1)", _CRASHED, ["ended with status 1"]),
    _hang("endless loop in Python", "while True: pass", "in test_fault"),
    _hang("endless loop in C", "sum(itertools.repeat(0))", "in test_fault"),
    _hang("endless loop in C that looks for signals", "re.match('(a+)+$', 'a' * 60 + 'b')", "in test_fault"),
    _hang(
        "blocked signal mask, endless loop",
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
        while True: pass
        """,
    ),
    _hang(
        "every signal ignored, endless loop",
        """
        for number in set(range(1, signal.NSIG)) - {signal.SIGKILL, signal.SIGSTOP, 32, 33}:
            signal.signal(number, signal.SIG_IGN)
        while True: pass
        """,
    ),
    _hang(
        "printing without end", "while True: print('x' * 1000)", "bytes are left out here", "in test_fault"
    ),
    _hang("SIGSTOP of itself", "os.kill(os.getpid(), signal.SIGSTOP)", "stopped by SIGSTOP", "in test_fault"),
    Fault("protocol descriptors closed", "os.closerange(3, 1 << 12)", _CRASHED, ["the worker"]),
    Fault("garbage on the protocol", "write_to_all(b'garbage\\n')", _CRASHED, ["b'garbage'"]),
    Fault("nothing but an end of line on the protocol", "write_to_all(b'\\n')", _CRASHED, ["b''"]),
    Fault(
        "flood on the protocol, in one line",
        """
        while True: write_to_all(b"x" * (1 << 16))
        """,
        _CRASHED,
        ["a line without end"],
    ),
    Fault(
        "flood on the protocol, of events",
        """
        event = {"event": "subtest", "parameters": "x" * 60_000, "outcome": "passed", "detail": ""}
        line = json.dumps(event).encode() + b"\\n"
        while True: write_to_all(line)
        """,
        _CRASHED,
        ["more than 32 MiB of events"],
    ),
    Fault(
        "100 MB on stdout",
        """
        for _ in range(100): os.write(1, b"x" * 1_000_000)
        self.fail("loudly")
        """,
        _FAILED,
        ["loudly", "bytes are left out here]\nxxx"],
    ),
    Fault("standard output full", "os.ftruncate(1, 1 << 30); print('x')", _ERRORED, ["File too large"]),
    Fault(
        "20 MB in a failure's message", "self.fail('x' * 20_000_000)", _FAILED, ["characters are left out"]
    ),
    Fault(
        "limit of open files lowered",
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))",
        _PASSED,
    ),
    Fault(
        "memory exhausted",
        """
        kept = []
        while True: kept.append(bytearray(1 << 20))
        """,
        _ERRORED,
        ["MemoryError"],
        order=_SMALL,
    ),
    Fault("one object larger than the limit", "bytearray(1 << 40)", _ERRORED, ["MemoryError"]),
    Fault(
        "thread left alive",
        "threading.Thread(target=time.sleep, args=(1000,)).start()",
        _PASSED,
    ),
    Fault(
        "daemon thread left alive",
        "threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()",
        _PASSED,
    ),
    Fault("child left alive", "self.child = subprocess.Popen(SLEEPING)", _PASSED),
    Fault(
        "child left alive in a session of its own",
        "self.child = subprocess.Popen(SLEEPING, start_new_session=True)",
        _PASSED,
    ),
    Fault("daemon left alive", "leave_a_daemon()", _PASSED),
    Fault("daemon left alive, os._exit(1)", "leave_a_daemon(); os._exit(1)", _CRASHED, ["with status 1"]),
    _hang("daemon left alive, endless loop", "leave_a_daemon()\nwhile True: pass", "in test_fault"),
    Fault("working directory changed", "os.chdir('/')", _PASSED),
    Fault("working directory removed", "os.rmdir(os.getcwd())", _PASSED),
    Fault("files left in the working directory", "os.mkdir('x'); open('x/y', 'w').close()", _PASSED),
    Fault(
        "recursion without end",
        """
        def again(): again()
        again()
        """,
        _ERRORED,
        ["RecursionError"],
    ),
    Fault(
        "recursion without end in C",
        """
        sys.setrecursionlimit(1 << 30)
        nested = []
        for _ in range(1_000_000): nested = [nested]
        repr(nested)
        """,
        _CRASHED,
        ["by SIGSEGV"],
    ),
    Fault("sys.stdout and sys.stderr replaced", "sys.stdout = sys.stderr = None", _PASSED),
    Fault(
        "attributes of signal replaced",
        "signal.signal = signal.getsignal = signal.SIGINT = signal.pthread_sigmask = None",
        _PASSED,
    ),
    Fault(
        "attributes of asyncio replaced",
        "asyncio.Runner = asyncio.run = asyncio.new_event_loop = asyncio.Task = None",
        _PASSED,
    ),
    Fault(
        "what the worker itself uses replaced",
        "time.perf_counter = json.dumps = json.loads = os.write = os.read = os.fstat = None",
        _PASSED,
    ),
    Fault("locale changed", "locale.setlocale(locale.LC_ALL, 'C')", _PASSED),
    Fault("clock changed", "time.time = time.monotonic = time.perf_counter = lambda: 0.0", _PASSED),
    Fault(
        "sys.exit() in the set-up of a class",
        "pass",
        _ERRORED,
        ["SystemExit: 3"],
        set_up="sys.exit(3)",
    ),
    Fault(
        "death between two tests",
        "pass",
        _CRASHED,
        ["ended with status 3"],
        blamed="B.test_fault (after it)",
        tear_down="os._exit(3)",
    ),
    Fault(
        "keeper killed",
        "leave_a_daemon(); os.kill(os.getppid(), signal.SIGKILL); time.sleep(1000)",
        _CRASHED,
        ["the worker's keeper was ended by SIGKILL"],
    ),
    Fault("keeper stopped", "leave_a_daemon(); os.kill(os.getppid(), signal.SIGSTOP)", _PASSED),
    Fault(
        "keeper sent every signal that can be blocked",
        """
        for number in set(range(1, signal.NSIG)) - {signal.SIGKILL, signal.SIGSTOP, 32, 33}:
            os.kill(os.getppid(), number)
        # Which it has survived when it reaps an orphan.
        orphan = leave_a_daemon()
        os.kill(orphan, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            while True:
                os.kill(orphan, 0)
                time.sleep(0.001)
        """,
        _PASSED,
    ),
    Fault("worker killed while idle", "pass", _PASSED, while_idle=True),
]


def _row(fault: Fault, folder: Path) -> str:
    seen = [plant(fault, folder / str(number)) for number in range(3)]
    blamed = {result.test: result.outcome.value for one in seen if (result := one.blamed) is not None}
    columns = [
        fault.name,
        ", ".join(sorted(set(blamed.values()))),
        ", ".join(f"`{test}`" for test in blamed),
        str(sum(len(one.lost) for one in seen)),
        str(sum(len(one.processes) for one in seen)),
        f"{statistics.median(one.recovery for one in seen) * 1000:.0f}",
    ]
    return f"| {' | '.join(columns)} |"


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Plant all faults and print what became of them."""
    _print("| fault | outcome | test blamed | results lost | processes left | time to recover, ms |")
    _print("|---|---|---|--:|--:|--:|")
    for fault in FAULTS:
        with tempfile.TemporaryDirectory() as folder:
            _print(_row(fault, Path(folder)))


if __name__ == "__main__":
    main()
