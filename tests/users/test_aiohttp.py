"""aiohttp under our Runner: server and client, started, used and stopped in three runs. Supports 3.8 (its 3.10.11 does)."""

from typing import Any

HANDLERS = ["handler ended"] * 5
STOPPED = ["cleaned up", "settings none"]


def test_the_program_ends(start: Any) -> None:
    answers = [f"customer {number} by house rules" for number in range(5)]
    assert start("aiohttp_service").printed() == [*HANDLERS, *answers, *STOPPED]


def test_an_interrupt_ends_the_requests_and_the_service_is_stopped_after_it(start: Any) -> None:
    program = start("aiohttp_service", "endless")
    program.interrupt_at("all in")
    printed = program.printed()
    # Whether a handler ends before or after the run that its client's end has ended is the sockets' business.
    assert [line for line in printed if line != "interrupted"] == ["all in", *HANDLERS, *STOPPED]
    assert "interrupted" in printed
