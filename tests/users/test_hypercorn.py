"""hypercorn under our Runner: a site, a visitor, and an end by trigger or by Ctrl-C. Supports 3.8 (its 0.17.3 does)."""

from typing import Any

VISITS = ["lifespan.startup", "200 /first", "200 /second"]


def test_its_trigger_ends_the_program(start: Any) -> None:
    assert start("hypercorn_site").printed() == [*VISITS, "lifespan.shutdown", "served"]


def test_an_interrupt_ends_the_program(start: Any) -> None:
    program = start("hypercorn_site", "endless")
    program.interrupt_at("visited")
    assert program.printed() == [*VISITS, "visited", "lifespan.shutdown", "interrupted"]


def test_its_own_handler_of_an_interrupt_is_left_alone(start: Any) -> None:
    program = start("hypercorn_site", "own-trigger")
    program.interrupt_at("visited")
    assert program.printed() == [*VISITS, "visited", "lifespan.shutdown", "served"]
