"""The worker's life: settle, load, say hello, run what is asked for, stop."""

import argparse
import os
import sys
import traceback
from typing import Any, Dict, List

from . import measuring, suites, surroundings
from .channel import Channel
from .details import shortened
from .exercise import Exercise
from .fixtures import EscapedError, Suite
from .objects import resolve
from .outcomes import Reporter, test_id
from .policies import Policies
from .state import State

_PROGRAMS = "differential"
_exit = os._exit


def main(arguments: List[str]) -> None:
    """Serve the driver until it says stop or goes away; ``arguments`` are those of the command line."""
    options = _parse(arguments)
    del sys.argv[1:]
    channel = Channel(options.commands, options.events)
    be_ready_to_dump = surroundings.settle()
    if options.suite == _PROGRAMS:
        _serve_programs(options, channel)
        return
    packages = surroundings.installed()
    exercise, policies = Exercise(), Policies()
    names = {"Runner": options.runner, "run": options.run, "Task": options.task}
    try:
        save_coverage = measuring.start(options)
        native = surroundings.native_names(names, resolve)
        sys.path.insert(0, options.tree)
        module = suites.load(_request(options), exercise, policies)
        # It remembers much of what is in all modules: before the freeze, too.
        state = State()
        surroundings.freeze()
        # Behind it: a test that its loop leads back to would stay for good, and each one's loop with it.
        tests = {test_id(test): test for test in suites.tests_of(module)}
    except BaseException:  # noqa: BLE001  # whatever the judged code raises here is its outcome
        channel.send("broken", detail=shortened(traceback.format_exc()))
        return
    channel.send("hello", tests=list(tests), native=native, **surroundings.describe(packages))
    reporter = Reporter(channel, exercise, state, policies, be_ready_to_dump, save_coverage)
    while True:
        command = channel.receive()
        if command is None or command["command"] == "stop":
            return
        try:
            # With the classes' and the module's fixtures, as unittest runs them, which drops each test that has
            # ended, and so have we: with all their loops, each garbage collection would take longer.
            Suite([tests.pop(name) for name in command["tests"]], reporter.tell_escaped).run(reporter)
        except EscapedError:
            pass
        except BaseException:
            # If it escaped from a test, that has told of it. The fixtures were skipped.
            if not reporter.interrupted:
                raise
        if save_coverage is not None:
            # Behind the last test there were fixtures.
            save_coverage()
        if reporter.spoiled:
            reporter.flush()
            # The last word: who hears it ends us at once, without waiting for what the test left.
            channel.send("spoiled")
            _exit(0)
        channel.send("idle")


def _serve_programs(options: argparse.Namespace, channel: Channel) -> None:
    """The same for programs, which need none of what upstream's tests do."""
    from .programs.serve import serve  # noqa: PLC0415  # nor do those need any of it

    serve(options, channel)


def _parse(arguments: List[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="conformance worker")
    parser.add_argument("--commands", type=int, required=True, help="file descriptor to read commands from")
    parser.add_argument("--events", type=int, required=True, help="file descriptor to write events to")
    parser.add_argument("--tree", help="folder that holds the upstream test package; none for programs")
    parser.add_argument("--suite", choices=[*suites.LOADERS, _PROGRAMS], required=True)
    parser.add_argument("--mode", choices=["plain", "context"], default="plain")
    parser.add_argument("--loop", required=True, help="module:callable")
    parser.add_argument("--runner", help="module:attribute; none for the native one")
    parser.add_argument("--run", help="module:attribute")
    parser.add_argument("--task", help="module:attribute")
    parser.add_argument(
        "--control", action="store_true", help="run programs with stock tasks, in the place of all"
    )
    parser.add_argument(
        "--coverage", help="what data files to measure into begin with; with the coverage package"
    )
    parser.add_argument("--coverage-context", help="what the data is told apart by")
    parser.add_argument("--coverage-source", help="package to measure")
    options = parser.parse_args(arguments)
    if options.tree is None and options.suite != _PROGRAMS:
        parser.error("--tree is required for upstream's suites")
    return options


def _request(options: argparse.Namespace) -> suites.Request:
    fields: Dict[str, Any] = {
        name: getattr(options, name) for name in ("suite", "mode", "loop", "runner", "run", "task")
    }
    return suites.Request(**fields)
