"""The command line: options in, exit status out. What a command does is in ``commands``, imported when it runs."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from conformance import __version__
from conformance.commands.interruption import ENDINGS
from conformance.errors import ConformanceError, ExitStatus
from conformance.places import COMMAND, DOCUMENT, STORE, shown
from conformance.process import settle

Command = TypeVar("Command", bound=Callable[..., Any])

_FILE = click.Path(path_type=Path)
_NO_ROOM = contextlib.suppress(OSError)
"""Where standard error takes nothing, the exit status says it alone."""
_NO_THREAD = "can't start new thread"
"""All that Python says of a limit of processes that was reached."""

_CELLS = (
    click.option(
        "--python",
        "pythons",
        multiple=True,
        metavar="GLOB",
        help="Interpreters: 3.8, 3.8.18, '3.1*' or a path.",
    ),
    click.option("--loop", "loops", multiple=True, metavar="GLOB", help="Event loops, such as uvloop."),
    click.option("--implementation", "implementations", multiple=True, metavar="GLOB", help="What to judge."),
)
_CONFIG = click.option(
    "--config", type=_FILE, metavar="FILE", help="Your own [[implementation]] and [[loop]] tables."
)
_SELECTION = (
    *_CELLS,
    click.option("--suite", "suites", multiple=True, metavar="GLOB", help="runners, tasks or async_case."),
    _CONFIG,
)
_TIMEOUT_OF_PROGRAMS = click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=10.0,
    show_default=True,
    help="Seconds for each program.",
)
_JOBS_OF_PROGRAMS = click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Workers at once.  [default: 2 a core; one that hangs keeps none waiting]",
)
_COVERAGE = click.option(
    "--coverage", type=_FILE, metavar="DIR", help="Measure the implementation; data files go there."
)
_SOURCE = (
    click.option(
        "--source",
        type=click.Choice(["auto", "git", "interpreter"]),
        default="auto",
        show_default=True,
        help="Where upstream files come from; auto tries git, then an installed interpreter of that release.",
    ),
    click.option("--remote", metavar="URL", help="The git remote or local mirror instead of CPython's own."),
)


def _with(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options at once, in the order in which help shows them."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 all as expected, 1 an unexpected verdict, 2 wrong usage, 3 the run could not be "
    "completed, 130 interrupted.",
)
@click.version_option(__version__, prog_name="conformance")
def commands() -> None:
    """Judge implementations of asyncio.Runner by CPython's own tests, against native CPython."""


@commands.command(epilog=f"Example: {COMMAND} run --python 3.8 --loop uvloop --suite runners")
@_with(*_SELECTION)
@click.option(
    "-k", "pattern", metavar="TEST", help="Only tests whose id holds this text, or matches this glob."
)
@click.option(
    "--jobs", type=click.IntRange(1), help="Workers at once.  [default: 10 a core; the suites mostly sleep]"
)
@click.option(
    "--timeout", type=click.FloatRange(1), default=60.0, show_default=True, help="Seconds for each test."
)
@click.option(
    "--memory",
    type=click.IntRange(0),
    default=4096,
    show_default=True,
    metavar="MIB",
    help="Address space of each worker; 0 for no limit.",
)
@click.option(
    "--repeat",
    # Each of them is a course in memory, from the beginning on.
    type=click.IntRange(1, 10_000),
    default=1,
    metavar="N",
    help="Run each test N times, and say how steady it is.",
)
@click.option(
    "--shuffle", type=int, metavar="SEED", help="Run the tests of each cell in an order drawn from SEED."
)
@click.option("--shard", metavar="I/N", help="Only part I of N; 'report' merges the parts' documents.")
@click.option(
    "--resume",
    type=_FILE,
    metavar="FILE",
    help="Finish the run that left this document, with the options that it had.",
)
@click.option(
    "--store",
    type=_FILE,
    metavar="FILE",
    help=f"Where results are kept.  [default: {shown(STORE)}]",
)
@click.option(
    "--no-cache", "cache", flag_value=False, default=True, help="Run also what the store has a result of."
)
@click.option(
    "--pass-env",
    multiple=True,
    metavar="NAME",
    help="Environment variables that workers get too, by name or glob; never TMPDIR or PYTHON*.",
)
@click.option("--out", type=_FILE, metavar="FILE", help=f"The report document.  [default: {shown(DOCUMENT)}]")
@click.option(
    "--expectations", type=_FILE, metavar="FILE", help="Declared verdicts instead of the project's own."
)
@_COVERAGE
@_with(*_SOURCE)
@click.pass_context
def run(context: click.Context, /, **options: Any) -> ExitStatus:
    """Run the plan and report: the main command."""
    from conformance.commands.run import start  # noqa: PLC0415  # what it needs is slow to import

    return start(context, options)


@commands.command(epilog=f"Example: {COMMAND} plan --python '3.1*' --format json")
@_with(*_SELECTION)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "github"]),
    default="table",
    show_default=True,
    help="github: a workflow's matrix of what is listed, not of what is installed here, for $GITHUB_OUTPUT.",
)
@click.option(
    "--may-fail",
    multiple=True,
    metavar="VERSION",
    help="With --format github: an interpreter that is in the matrix too, and may fail.",
)
def plan(**options: Any) -> ExitStatus:
    """Show the cells that run would run, without running."""
    from conformance.commands.plan import show_plan  # noqa: PLC0415  # likewise

    return show_plan(**options)


@commands.command(epilog=f"Example: {COMMAND} sync --source git --remote /srv/mirrors/cpython.git")
@_with(*_SOURCE)
@click.option(
    "--update", "tags", multiple=True, metavar="TAG", help="Pin this tag in the lock instead of syncing."
)
def sync(**options: Any) -> ExitStatus:
    """Bring the upstream files in that the lock pins, verified by their git blob ids."""
    from conformance.commands.sync import bring_in  # noqa: PLC0415  # likewise

    return bring_in(**options)


@commands.command(
    epilog=f"Example: {COMMAND} report shard-1.jsonl shard-2.jsonl fuzz.json --html report --junit junit.xml "
    "--markdown summary.md --badge badge.svg"
)
@click.argument("documents", type=_FILE, nargs=-1, required=True, metavar="FILE...")
@click.option("--html", type=_FILE, metavar="DIR", help="Static pages; open DIR/index.html from the disk.")
@click.option(
    "--junit", type=_FILE, metavar="FILE", help="JUnit XML for GitLab, Jenkins and GitHub's actions."
)
@click.option(
    "--markdown", type=_FILE, metavar="FILE", help="A summary of at most 1 MiB, such as $GITHUB_STEP_SUMMARY."
)
@click.option(
    "--badge",
    "badges",
    type=_FILE,
    multiple=True,
    metavar="FILE",
    help=".json for shields.io's endpoint, .svg for a picture; may be given for both.",
)
def report(documents: tuple[Path, ...], **options: Any) -> ExitStatus:
    """Show the report of a document that run wrote, or of several as of one run; fuzz's documents may stand beside.

    Several are the shards of one plan, or runs with the same options on other interpreters and loops. What they
    lack for a whole is said, and is exit status 3: an incomplete document, a shard that is not named. So is a
    form that could not be written; the others are written all the same.

    The badge counts what was decided: of the tests that native passes and that use the implementation, those that
    it passes too.
    """
    from conformance.commands.report import Targets, show_report  # noqa: PLC0415  # likewise

    return show_report(documents, Targets(**options))


@commands.command(epilog=f"Example: {COMMAND} diff before.jsonl after.jsonl --format markdown")
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "markdown", "json"]),
    default="table",
    show_default=True,
)
def diff(**options: Any) -> ExitStatus:
    """Show which verdicts changed from the document OLD to the document NEW, test by test and cell by cell.

    Both are documents of run, or both of fuzz. Worse is what was conformant and is not, what has become flaky or
    divergent, and what was expected and is not. What one of them did not run is said, and is no change.

    Exit status: 0 nothing is worse, 1 a verdict is worse or a new test is unexpected, 2 wrong usage, 3 nothing that
    is known is worse, but a document is incomplete or damaged, or the two have no test in common.
    """
    from conformance.commands.diff import show_diff  # noqa: PLC0415  # likewise

    return show_diff(**options)


@commands.command(epilog=f"Example: {COMMAND} fuzz --examples 2000 --seed 1 --python 3.8")
@_with(*_CELLS, _CONFIG)
@click.option("--examples", type=click.IntRange(1), metavar="N", help="Draw N programs.  [default: 2000]")
@click.option(
    "--seconds",
    type=click.FloatRange(0, min_open=True),
    metavar="S",
    help="Draw programs for S seconds, or until there are as many as --examples asks for.",
)
@click.option(
    "--seed", type=click.IntRange(0), metavar="N", help="Which programs are drawn.  [default: at random]"
)
@_JOBS_OF_PROGRAMS
@_TIMEOUT_OF_PROGRAMS
@click.option("--out", type=_FILE, metavar="FILE", help="Write all that was found there too, as JSON.")
@_COVERAGE
def fuzz(**options: Any) -> ExitStatus:
    """Run generated programs on all cells at once: each must do what native 3.11 does.

    The saved programs come first, and always. Each difference is made small and kept, for 'replay'.
    """
    from conformance.commands.fuzz import start  # noqa: PLC0415  # likewise

    return start(options)


@commands.command(epilog=f"Example: {COMMAND} replay difference.json --python 3.8 --loop uvloop")
@click.argument("file", type=_FILE, metavar="FILE")
@_with(*_CELLS, _CONFIG)
@_JOBS_OF_PROGRAMS
@_TIMEOUT_OF_PROGRAMS
def replay(**options: Any) -> ExitStatus:
    """Run one program on the selected cells, and show what it did there and on native 3.11 side by side.

    FILE is one that 'fuzz' has kept, the id of a drawn program, such as 1.17 of --seed 1, or the name of a saved one, such as gh-93896.
    """
    from conformance.commands.replay import start  # noqa: PLC0415  # likewise

    return start(**options)


@commands.command(epilog=f"Example: {COMMAND} doctor")
def doctor() -> ExitStatus:
    """Say what is found and what is missing on this machine, and what to do about it."""
    from conformance.commands.doctor import examine  # noqa: PLC0415  # likewise

    return examine()


@commands.group(epilog=f"Example: {COMMAND} expectations update {shown(DOCUMENT)}")
def expectations() -> None:
    """Look after the file of declared verdicts."""


@expectations.command(epilog=f"Example: {COMMAND} expectations update {shown(DOCUMENT)} --since before.jsonl")
@click.argument("documents", type=_FILE, nargs=-1, required=True, metavar="DOCUMENT...")
@click.option(
    "--since",
    type=_FILE,
    metavar="OLD",
    help="The document of a run before upstream files were updated: what is new in them is declared.",
)
@click.option(
    "--expectations", type=_FILE, metavar="FILE", help="The file to renew instead of the project's own."
)
@click.option(
    "--config",
    type=_FILE,
    metavar="FILE",
    help="Your own [[implementation]] and [[loop]] tables, as for run.",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
def update(**options: Any) -> ExitStatus:
    """Remove what no longer comes true by the document of a run, or by those of its shards, and list what is unexpected.

    An entry that still comes true in some cells, or that is about cells that were not run, is narrowed to them.
    Nothing is added but tests that are new in an updated upstream file.
    """
    from conformance.commands.expectations import update_expectations  # noqa: PLC0415  # likewise

    return update_expectations(**options)


def main() -> None:
    """Run the command line and exit with its status."""
    settle()
    try:
        for number in ENDINGS:
            # By SIGTERM's own action a command would leave running what it has started.
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, signal.default_int_handler)
        status = commands.main(standalone_mode=False)
    except click.ClickException as error:
        with _NO_ROOM:
            error.show()
        status = ExitStatus.WRONG_USAGE
    except ConformanceError as error:
        _say(str(error))
        status = error.status
    except (click.Abort, KeyboardInterrupt):
        _ignore_endings()
        _say("interrupted")
        status = ExitStatus.INTERRUPTED
    except SystemExit:
        # click's answer to a reader that has gone away, with the status of an unexpected verdict.
        status = ExitStatus.NOT_COMPLETED
    except Exception as error:  # noqa: BLE001  # see there
        status = _explain(error)
    _ignore_endings()
    sys.exit(int(status or ExitStatus.AS_EXPECTED))


def _ignore_endings() -> None:
    """Whoever is impatient changes nothing any more, least of all the status; `run` sees to that itself."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)


def _say(sentence: str) -> None:
    with _NO_ROOM:
        click.echo(f"conformance: {sentence}", err=True)


def _explain(error: Exception) -> ExitStatus:
    """Say what no command has an answer to; none of it is to be taken for a verdict."""
    from conformance.commands.console import ReaderGoneError  # noqa: PLC0415  # slow to import

    if isinstance(error, (ReaderGoneError, BrokenPipeError)):
        # What is left in the buffer has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    elif isinstance(error, BlockingIOError) or _NO_THREAD in str(error):
        _say("The system starts no more processes. Use fewer --jobs, or raise its limit (ulimit -u).")
    elif isinstance(error, OSError):
        _say(f"{error}. Make room or mend the permissions, and run again.")
    else:
        # A defect of ours, said in full.
        with _NO_ROOM:
            traceback.print_exception(error)
    return ExitStatus.NOT_COMPLETED
