"""Declared divergences: what each takes, what it leaves, and when it is out of date."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from packaging.specifiers import SpecifierSet

from conformance.differential.corpus import read_corpus
from conformance.differential.divergences import Divergence, EventPattern, HunkPattern, explain, unneeded
from conformance.differential.divergences_file import DIVERGENCES, read_divergences
from conformance.differential.events import Trace
from conformance.differential.hunks import Hunk, hunks
from conformance.errors import UsageError
from conformance.records import Cell, Loop
from results import subject_cell
from traces import error

CANCELLED = "asyncio.exceptions.CancelledError"
INTERRUPT = "builtins.KeyboardInterrupt"
PROGRAM: dict[str, Any] = {
    "runners": [{"debug": None, "factory": False}],
    "script": [
        {"op": "task_factory", "runner": 0, "kind": "legacy"},
        {"op": "run", "runner": 0, "label": 1, "context": None, "body": [{"op": "await", "of": 2}]},
    ],
}
NATIVE: Trace = [["t1:0", "raised", error(CANCELLED, "x")], ["s1", "raised", error(CANCELLED)]]
SUBJECT: Trace = [["t1:0", "raised", error(CANCELLED)], ["s1", "raised", error(INTERRUPT)]]
MESSAGE, END = hunks(NATIVE, SUBJECT)
TAKES_END = HunkPattern("run", EventPattern("raised", (CANCELLED,)), EventPattern("raised", (INTERRUPT,)))
TAKES_MESSAGE = HunkPattern(
    "await", EventPattern("raised", (CANCELLED,)), EventPattern("raised", (CANCELLED,)), "args"
)
DECLARED = Divergence("it", "a reason", "a link", "a-witness", (TAKES_END,))
CELL = subject_cell()


def left(*declared: Divergence, cell: Cell = CELL) -> list[Hunk]:
    return list(explain([MESSAGE, END], PROGRAM, cell, declared).left)


def test_a_declaration_takes_the_hunk_that_fits_and_leaves_the_others() -> None:
    found = explain([MESSAGE, END], PROGRAM, CELL, [DECLARED])
    assert (found.left, found.declared) == ((MESSAGE,), {"it": (END,)})


@pytest.mark.parametrize(
    "other",
    [
        evolve(TAKES_END, operation="await"),
        evolve(TAKES_END, native=EventPattern("returned")),
        evolve(TAKES_END, native=EventPattern("raised", (INTERRUPT,))),
        evolve(TAKES_END, native=EventPattern("raised")),
        evolve(TAKES_END, native=EventPattern("raised", (CANCELLED, CANCELLED))),
        evolve(TAKES_END, native=EventPattern("raised", (CANCELLED,), '*"x"*')),
        evolve(TAKES_END, native=None),
        evolve(TAKES_END, subject=None),
        evolve(TAKES_END, field="args"),
        evolve(TAKES_MESSAGE, field=""),
        evolve(TAKES_MESSAGE, field="object"),
        evolve(TAKES_MESSAGE, native=EventPattern("raised", (CANCELLED,), '*"y"*')),
    ],
)
def test_a_pattern_that_fits_in_all_but_one_thing_takes_nothing(other: HunkPattern) -> None:
    assert left(evolve(DECLARED, takes=(other,))) == [MESSAGE, END]


def test_a_pattern_of_a_field_takes_the_hunk_of_that_field() -> None:
    assert left(evolve(DECLARED, takes=(TAKES_MESSAGE,))) == [END]


def test_a_pattern_without_a_side_takes_what_is_missing_or_new() -> None:
    missing = hunks(NATIVE, NATIVE[:1])
    pattern = evolve(TAKES_END, subject=None)
    assert explain(missing, PROGRAM, CELL, [evolve(DECLARED, takes=(pattern,))]).left == ()
    new = hunks(NATIVE[:1], NATIVE)
    pattern = HunkPattern("run", None, EventPattern("raised", (CANCELLED,)))
    assert explain(new, PROGRAM, CELL, [evolve(DECLARED, takes=(pattern,))]).left == ()


@pytest.mark.parametrize(
    ("conditions", "applies"),
    [
        ({"implementation": "runner_*"}, True),
        ({"implementation": "native"}, False),
        ({"loop": "asyncio"}, True),
        ({"loop": "uvloop"}, False),
        ({"python": SpecifierSet(">=3.8,<3.11")}, True),
        ({"python": SpecifierSet("==3.11.*")}, False),
    ],
)
def test_a_declaration_takes_nothing_on_cells_that_it_does_not_name(
    conditions: dict[str, Any], applies: bool
) -> None:
    cell = evolve(
        CELL,
        implementation=evolve(CELL.implementation, name="runner_backport"),
        loop=Loop("asyncio", "asyncio:new_event_loop"),
        interpreter=evolve(CELL.interpreter, version="3.9.18"),
    )
    assert (left(evolve(DECLARED, **conditions), cell=cell) == [MESSAGE]) is applies


@pytest.mark.parametrize(
    ("needs", "applies"),
    [
        ([{"op": "task_factory"}], True),
        ([{"op": "task_factory", "kind": "legacy"}, {"op": "run"}], True),
        ([{"op": "task_factory", "kind": "keywords"}], False),
        ([{"op": "run"}, {"op": "close"}], False),
        ([{"op": "task_factory", "runner": False}], False),
    ],
)
def test_a_declaration_takes_nothing_of_programs_without_the_operations_that_it_needs(
    needs: list[dict[str, Any]], applies: bool
) -> None:
    assert (left(evolve(DECLARED, needs=tuple(needs))) == [MESSAGE]) is applies


def test_a_hunk_is_taken_by_the_first_declaration_that_explains_it() -> None:
    second = evolve(DECLARED, name="second", takes=(TAKES_END, TAKES_MESSAGE))
    found = explain([MESSAGE, END], PROGRAM, CELL, [DECLARED, second])
    assert found.declared == {"second": (MESSAGE,), "it": (END,)}


def test_a_declaration_is_out_of_date_on_each_cell_where_its_witness_does_not_show_it() -> None:
    other = evolve(CELL, loop=Loop("another", "another:new_event_loop"))
    shown = {("a-witness", other.name, "it"), ("another-program", CELL.name, "it")}
    [found] = unneeded([DECLARED], [CELL, other], shown)
    assert (found.divergence, found.cell) == ("it", CELL.name)
    assert str(found) == (
        f"it is declared for {CELL.name}, where its witness a-witness does not show it (any more)."
    )


def test_a_declaration_is_not_out_of_date_for_cells_where_it_does_not_apply() -> None:
    assert unneeded([evolve(DECLARED, loop="uvloop")], [CELL], set()) == []


ENTRY = """
[[divergence]]
name = "it"
python = ">=3.8,<3.11"
reason = "a reason"
link = "https://github.com/python/cpython/issues/1"
witness = "a-witness"
needs = [{op = "task_factory", kind = "legacy"}]

[[divergence.takes]]
operation = "run"
native = {what = "raised", classes = ["asyncio.exceptions.CancelledError"]}
subject = {what = "raised", classes = ["builtins.KeyboardInterrupt"]}
"""


def read(tmp_path: Path, text: str) -> tuple[Divergence, ...]:
    path = tmp_path / "divergences.toml"
    path.write_text(text)
    return read_divergences(path, {"a-witness"})


def test_a_file_says_what_each_declaration_takes(tmp_path: Path) -> None:
    [found] = read(tmp_path, ENTRY)
    assert found == Divergence(
        name="it",
        reason="a reason",
        link="https://github.com/python/cpython/issues/1",
        witness="a-witness",
        takes=(TAKES_END,),
        python=SpecifierSet(">=3.8,<3.11"),
        needs=({"op": "task_factory", "kind": "legacy"},),
    )


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('reason = "a reason"\n', "", "entry 1 (it) has no reason. Every entry has name, reason"),
        ('reason = "a reason"', 'reason = " "', "has reason = ' '. It must be a text that is not empty."),
        ('reason = "a reason"', "reason = 1", "has reason = 1."),
        ("link =", "url =", "has unknown key 'url'. The keys are: name,"),
        ('"a-witness"', '"none"', "has witness = 'none', which no saved program is called."),
        (">=3.8,<3.11", "old", "has python = 'old'. It must be like"),
        ("task_factory", "factory", "has needs with op = 'factory'. There is: run,"),
        ("legacy", "own", "has needs of task_factory with kind = 'own'. No program can have that."),
        ('kind = "legacy"', "kinds = 1", "has needs of task_factory: unknown key 'kinds'."),
        ('operation = "run"\n', "", "has takes 1: no operation."),
        ('native = {what = "raised"', 'native = {what = "*"', "native.what = '*'. Say what happened"),
        ('native = {what = "raised"', 'native = {says = "raised"', "takes 1: native: unknown key 'says'."),
        ('["asyncio.exceptions.CancelledError"]', '"x"', "classes = 'x'. Give a list of qualified names."),
        ("native = {", "other = {", "has takes 1: unknown key 'other'."),
        (
            "needs =",
            'when = "sometimes"\nneeds =',
            "has when = 'sometimes'. There is: released, awaited late, handled outside, of the control.",
        ),
        ("needs =", 'control = "yes"\nneeds =', "has control = 'yes'. It is true, where the control shows"),
        ("[[divergence.takes]]", "[[divergence.taken]]", "has unknown key 'taken'."),
        ("[[divergence]]", "[[divergences]]", "has the unknown key 'divergences'."),
        ("[[divergence]]", "[[divergence", "is not valid TOML"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_what_is_right(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    assert old in ENTRY
    with pytest.raises(UsageError, match=re.escape(complaint)) as caught:
        read(tmp_path, ENTRY.replace(old, new, 1))
    assert str(tmp_path / "divergences.toml") in str(caught.value)


def test_a_file_says_when_and_whether_the_control_shows_it(tmp_path: Path) -> None:
    [found] = read(tmp_path, ENTRY.replace("needs =", 'when = "released"\ncontrol = true\nneeds ='))
    assert (found.when, found.control) == ("released", True)


def test_a_declaration_that_takes_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no takes"):
        read(tmp_path, ENTRY.partition("[[divergence.takes]]")[0])


def test_a_pattern_of_neither_side_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither native nor subject"):
        read(tmp_path, ENTRY.partition("native =")[0])


def test_a_field_of_an_event_that_only_one_side_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="field of an event that only one of the two has"):
        read(tmp_path, ENTRY.partition("subject =")[0] + 'field = "args"')


def test_a_name_is_given_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="entry 2 has the name it of an earlier one"):
        read(tmp_path, ENTRY + ENTRY)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_divergences(tmp_path / "none.toml", ())


def test_the_project_s_own_declarations_can_be_read() -> None:
    names = {saved.name for saved in read_corpus()}
    declared = read_divergences(DIVERGENCES, names)
    assert declared
    assert all(each.witness == f"divergence-{each.name}" for each in declared)


def test_each_saved_program_that_is_called_a_divergence_is_declared() -> None:
    names = {saved.name for saved in read_corpus()}
    witnesses = {each.witness for each in read_divergences(DIVERGENCES, names)}
    assert {name for name in names if name.startswith(("divergence-", "departure-"))} == witnesses
