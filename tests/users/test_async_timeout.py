"""async_timeout under our Runner: a server that answers in time, or not. Supports 3.8 (its 5.0.1 does)."""

from typing import Any

ANSWERS = ["no answer in time", r"b'hello\n'"]


def test_the_program_ends(start: Any) -> None:
    assert start("async_timeout_lookup").printed() == [*ANSWERS, "server closed"]


def test_an_interrupt_after_an_expired_limit_ends_the_program(start: Any) -> None:
    program = start("async_timeout_lookup", "endless")
    program.interrupt_at("waiting")
    assert program.printed() == [*ANSWERS, "waiting", "server closed", "interrupted"]
