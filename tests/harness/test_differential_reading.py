"""Answers of a round are read once each, and not kept beyond it."""

from __future__ import annotations

from conformance.differential.judging import Judge
from conformance.differential.reading import Reader
from conformance.execute.programs import Answer

TEXT = b'[["s0", "get", 1]]'


def test_equal_answers_are_read_once() -> None:
    reader = Reader()
    one, other = Answer(TEXT), Answer(bytes(bytearray(TEXT)))
    assert reader.trace(one) is reader.trace(other)
    assert reader.alignable(one) is reader.alignable(other)


def test_what_is_no_trace_is_read_as_a_crash() -> None:
    assert Reader().trace(Answer(b"[1]")) == [["", "crashed", "the worker wrote what is no trace"]]


def test_what_was_read_is_forgotten() -> None:
    reader = Reader()
    first = reader.trace(Answer(TEXT))
    reader.forget()
    assert reader.trace(Answer(TEXT)) is not first


def test_the_judge_forgets_with_its_reader() -> None:
    judge = Judge()
    assert judge.differs(Answer(TEXT), Answer(b"[]"))
    first = judge.reader.trace(Answer(TEXT))
    judge.forget()
    assert judge.reader.trace(Answer(TEXT)) is not first


def test_answers_that_are_equal_to_the_byte_are_not_read_at_all() -> None:
    assert not Judge().differs(Answer(b"no JSON"), Answer(b"no JSON"))
