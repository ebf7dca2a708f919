"""anyio under our Runner: a pipeline of streams, threads and a time limit. Supports 3.8 (its 4.5.2 does)."""

from typing import Any


def test_the_program_ends(start: Any) -> None:
    assert start("anyio_pipeline").printed() == [
        "moved on True",
        "a consumer ended",
        "a consumer ended",
        "results [0, 1, 4, 9, 16] False",
        "what was left over ended",
        "threads left 0",
    ]


def test_an_interrupt_ends_the_program(start: Any) -> None:
    program = start("anyio_pipeline", "endless")
    program.interrupt_at("all sent")
    assert program.printed() == [
        "moved on True",
        "all sent",
        "a consumer ended",
        "a consumer ended",
        "what was left over ended",
        "interrupted",
        "threads left 0",
    ]
