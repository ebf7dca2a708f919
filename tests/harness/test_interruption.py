"""What ends a run from outside is noted at any moment, and raised only where nothing can be lost by it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag

import pytest

from conformance.commands.interruption import Interruption
from conformance.errors import ExitStatus
from miniatures import PATIENCE_SECONDS

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
IMPATIENT = """
import atexit, os, signal, sys
from conformance import cli

def interrupted(**_options):
    raise KeyboardInterrupt

def done(**_options):
    return 1

def impatient():
    os.kill(os.getpid(), int(sys.argv[1]))

def echo(*arguments, **options):
    impatient()
    said(*arguments, **options)

cli.commands.main = globals()[sys.argv[2]]
said, cli.click.echo = cli.click.echo, echo
atexit.register(impatient)
cli.main()
"""


@pytest.fixture(autouse=True)
def unharmed() -> Iterator[None]:
    """Without the interruption in place these signals would end the tests."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        signal.signal(number, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_is_only_noted(number: signal.Signals) -> None:
    with Interruption() as interruption:
        assert not interruption.noted()
        interruption.check()
        signal.raise_signal(number)
        assert interruption.noted()
        with pytest.raises(KeyboardInterrupt):
            interruption.check()


@pytest.mark.parametrize("number", SIGNALS)
def test_where_nothing_can_be_lost_it_is_raised_at_once(number: signal.Signals) -> None:
    after = []

    def wait(interruption: Interruption) -> None:
        with interruption.raising():
            signal.raise_signal(number)
            after.append("it went on")

    with Interruption() as interruption:
        with pytest.raises(KeyboardInterrupt):
            wait(interruption)
        assert interruption.noted()
    assert not after


def test_what_came_before_such_a_place_is_raised_on_the_way_in() -> None:
    with Interruption() as interruption:
        signal.raise_signal(signal.SIGINT)
        place = interruption.raising()
        with pytest.raises(KeyboardInterrupt):
            place.__enter__()


def test_a_second_signal_does_not_disturb_the_clean_up_after_the_first() -> None:
    cleaned = []

    def wait(interruption: Interruption) -> None:
        with interruption.raising():
            try:
                signal.raise_signal(signal.SIGINT)
            finally:
                signal.raise_signal(signal.SIGINT)
                signal.raise_signal(signal.SIGTERM)
                cleaned.append("up")

    with Interruption() as interruption, pytest.raises(KeyboardInterrupt):
        wait(interruption)
    assert cleaned


def test_what_is_lost_in_a_finalizer_is_raised_behind_it() -> None:
    class Finalized:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)

    def wait(interruption: Interruption) -> None:
        with interruption.raising():
            Finalized()
            Flag().wait(PATIENCE_SECONDS)
            pytest.fail("it went on")

    with Interruption() as interruption, pytest.raises(KeyboardInterrupt):
        wait(interruption)


def test_behind_such_a_place_it_is_only_noted_again() -> None:
    with Interruption() as interruption:
        with interruption.raising():
            pass
        signal.raise_signal(signal.SIGINT)
        assert interruption.noted()


def test_what_is_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with Interruption() as interruption:
        signal.raise_signal(signal.SIGHUP)
        assert not interruption.noted()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_without_a_signal_the_handlers_of_before_are_back_afterwards() -> None:
    with Interruption():
        pass
    for number in SIGNALS:
        assert signal.getsignal(number) is signal.default_int_handler


@pytest.mark.parametrize("number", SIGNALS)
def test_behind_a_signal_no_other_has_a_say(number: signal.Signals) -> None:
    with Interruption():
        signal.raise_signal(number)
    assert [signal.getsignal(each) for each in SIGNALS] == [signal.SIG_IGN] * len(SIGNALS)


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("interrupted", ExitStatus.INTERRUPTED, "conformance: interrupted\n"),
        ("done", ExitStatus.UNEXPECTED_VERDICT, ""),
    ],
)
@pytest.mark.parametrize("number", SIGNALS)
def test_signals_on_the_way_out_leave_the_status(
    number: signal.Signals, command: str, status: ExitStatus, said: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPATIENT, str(int(number)), command],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (status, said)
