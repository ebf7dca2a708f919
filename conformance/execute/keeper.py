"""Stand between the driver and one worker, and leave nothing of what that starts; the lowest part of execute.

    python -I -S keeper.py FOLDER MEMORY COMMANDS EVENTS PROGRAM [ARGUMENT...]

It runs the program in the new and empty FOLDER, with at most MEMORY bytes of address space (0: no limit) and the
two file descriptors. It is a process of its own so that it outlives a driver that is killed. On its standard input
it takes orders, a line each: ``worker NUMBER`` sends that signal to the program, ``group NUMBER`` to its whole
process group. When the input ends, because the driver wants no more of it or is gone, or when the program ends, it
kills every descendant, removes the folder and ends. On its standard output it tells news, a line each:

    failed REASON       the program could not be started
    stopped NUMBER      the program was stopped by that signal, and
    continued           goes on
    ended STATUS        it ended, by the signal of that number if negative

Standard library only, and little of it, since each worker waits for its imports. On Linux descendants are found
whatever session they are in, since orphans become children of this process; elsewhere, as on macOS, which has
nothing of the kind, the process group of the program is killed, and what left that is not found.
"""

# Importing pathlib would take as long as all that is imported here.
# ruff: noqa: PTH102, PTH106, PTH123
from __future__ import annotations

import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable

_LARGEST_FILE = 1 << 30
_KILLING_SECONDS = 5.0
"""After that what is left cannot be killed: it waits for a disk that does not answer, say."""
_AGAIN_SECONDS = 0.01

# Of <sys/prctl.h>, which Python does not know.
_SET_PDEATHSIG = 1
_SET_CHILD_SUBREAPER = 36


def main(arguments: list[str]) -> None:
    """Keep one worker, from its start until nothing of it is left."""
    folder, memory, commands, events, *program = arguments
    # A test may send its parent whatever it likes; a signal that cannot be blocked takes the worker along.
    signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals() - {signal.SIGCHLD})
    news = os.dup(1)
    awake = _wake_on_a_child()
    prctl = _prctl()
    prctl(_SET_CHILD_SUBREAPER, 1)
    keeper = os.getpid()
    worker = 0
    try:
        os.mkdir(folder, 0o700)
        worker = os.fork()
        if worker == 0:
            prctl(_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() == keeper:
                _become(program, folder, int(memory), (int(commands), int(events)), news)
            os._exit(1)
        os.close(int(commands))
        os.close(int(events))
        status = _attend(worker, awake, news)
        if status is not None:
            _tell(news, f"ended {status}")
    except OSError as error:
        _tell(news, f"failed {error.strerror}")
    finally:
        if worker:
            _kill_descendants(worker, awake)
        _remove(folder)


def _become(program: list[str], folder: str, memory: int, descriptors: tuple[int, ...], news: int) -> None:
    """Be the program, in the state that a process has which nobody has touched."""
    try:
        os.setsid()
        os.chdir(folder)
        signal.set_wakeup_fd(-1)
        # Also what the driver was to ignore, as it is under nohup.
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(2, 1)
        for descriptor in descriptors:
            os.set_inheritable(descriptor, True)
        _limit(resource.RLIMIT_CORE, 0)
        _limit(resource.RLIMIT_FSIZE, _LARGEST_FILE)
        if memory:
            _limit(resource.RLIMIT_AS, memory)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.execv(program[0], program)  # noqa: S606  # which has no shell in it
    except OSError as error:
        _tell(news, f"failed {error.strerror}: '{program[0]}'")
    os._exit(127)


def _limit(what: int, most: int) -> None:
    """Set a limit, or leave the lower one that there is."""
    try:
        most = min([most, *(limit for limit in resource.getrlimit(what) if limit != resource.RLIM_INFINITY)])
        resource.setrlimit(what, (most, most))
    except (ValueError, OSError):
        # macOS refuses some of them.
        pass


def _attend(worker: int, awake: int, news: int) -> int | None:
    """Pass on what is asked for until the worker ends; returns its status, or None when the driver wants no more."""
    orders = b""
    while True:
        ready, _, _ = select.select([0, awake], [], [])
        # First: once it has ended, its number may be another process's.
        if awake in ready:
            os.read(awake, 1 << 10)
            status = _look_after(worker, news)
            if status is not None:
                return status
        if 0 in ready:
            chunk = os.read(0, 1 << 10)
            if not chunk:
                return None
            *lines, orders = (orders + chunk).split(b"\n")
            for line in lines:
                whom, number = line.split()
                send = os.killpg if whom == b"group" else os.kill
                _attempt(send, worker, int(number))


def _look_after(worker: int, news: int) -> int | None:
    """Hear what became of the children, orphans among them; returns the worker's status if it ended."""
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
        if pid == 0:
            return None
        if pid != worker:
            continue
        if os.WIFSTOPPED(status):
            _tell(news, f"stopped {os.WSTOPSIG(status)}")
        elif os.WIFCONTINUED(status):
            _tell(news, "continued")
        else:
            return os.waitstatus_to_exitcode(status)


def _kill_descendants(worker: int, awake: int) -> None:
    """Kill all that is left: children first, then theirs, whom their death makes children of this process."""
    deadline = time.monotonic() + _KILLING_SECONDS
    while time.monotonic() < deadline:
        _attempt(os.killpg, worker, signal.SIGKILL)
        for child in _children():
            _attempt(os.kill, child, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        if select.select([awake], [], [], _AGAIN_SECONDS)[0]:
            os.read(awake, 1 << 10)


def _children() -> list[int]:
    me = os.getpid()
    try:
        with open(f"/proc/self/task/{me}/children", encoding="ascii") as children:
            return [int(child) for child in children.read().split()]
    except OSError:
        return []


def _remove(folder: str) -> None:
    try:
        os.rmdir(folder)
    except FileNotFoundError:
        pass
    except NotADirectoryError:
        # A test has put something else in its place, such as a link to what is not ours.
        _attempt(os.unlink, folder)
    except OSError:
        import shutil  # noqa: PLC0415  # only for the few workers that leave something

        # A folder whose owner may not look into it cannot be emptied.
        _attempt(os.chmod, folder, 0o700)
        for parent, folders, _ in os.walk(folder):
            for name in folders:
                path = os.path.join(parent, name)  # noqa: PTH118
                if not os.path.islink(path):  # noqa: PTH114
                    _attempt(os.chmod, path, 0o700)
        shutil.rmtree(folder, ignore_errors=True)


def _wake_on_a_child() -> int:
    """A descriptor that can be read when a child has ended, stopped or gone on."""
    awake, wake = os.pipe()
    for end in (awake, wake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    return awake


def _prctl() -> Callable[[int, int], object]:
    """Linux's prctl(2); elsewhere nothing that does nothing."""
    if sys.platform != "linux":
        return lambda _option, _value: None
    import ctypes  # noqa: PLC0415  # takes long, and only Linux needs it

    function = ctypes.CDLL(None).prctl

    def prctl(option: int, value: int) -> object:
        return function(option, ctypes.c_ulong(value))

    return prctl


def _tell(news: int, line: str) -> None:
    # The driver may be gone.
    _attempt(os.write, news, f"{line}\n".encode())


def _attempt(function: Callable[..., object], *arguments: object) -> None:
    """Call it; that there is nobody any more whom it is about does not matter."""
    try:  # noqa: SIM105  # importing contextlib takes as long as os and signal do together
        function(*arguments)
    except OSError:
        pass


if __name__ == "__main__":
    main(sys.argv[1:])
    # Nothing is left to be tidied up in here, and the driver waits.
    os._exit(0)
