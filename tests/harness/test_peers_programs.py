"""What generated programs found in the peers: each kind under its fact, with the smallest program, and nothing that comes and goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.differential.program import Program
from conformance.errors import UsageError
from peers.programs import Programs, explained, read_programs, shown
from peers.programs_facts import Fact, read_facts
from peers.telling import by_lines
from performing import op, program, run

SMALL = program(run())
LARGE = program(run(op("sleep"), op("sleep")))
NATIVE = [["s0", "begin run"], ["s0", "returned", None]]
SUBJECT = [["s0", "begin run"], ["s0", "returned", 1]]
KIND = "run: returned"
FACT = Fact("peer", (KIND,), "the peer is lost")


def cell(version: str = "3.8.18", loop: str = "asyncio", peer: str = "peer") -> str:
    return f"differential/{peer}/{version}/{loop}"


def difference(
    kind: str = KIND, of: Program = SMALL, steady: bool | None = True, shrunk: bool = True, **cells: Any
) -> dict[str, Any]:
    """A difference as ``fuzz`` tells of it."""
    return {
        "difference": kind,
        "cell": cell(**cells),
        "cells": {cell(**cells): 1},
        "shrunk": shrunk,
        "steady": steady,
        "file": "kept.json",
        "program": of,
        "native": NATIVE,
        "subject": SUBJECT,
        "control": None,
    }


def read(tmp_path: Path, *differences: dict[str, Any], **changes: Any) -> Programs:
    path = tmp_path / "programs.json"
    whole = {"programs": 21, "seed": 1, "status": 1, "complete": True, "judged": [cell()], "given up": {}}
    found = {"saved": [{}, {}], "differences": differences, "broken": []}
    path.write_text(json.dumps({**whole, **found, **changes}))
    return read_programs(path)


def section(programs: Programs, *facts: Fact) -> list[str]:
    return list(shown("peer", programs, explained(programs, facts)))


def test_a_kind_is_shown_under_its_fact_with_where_it_is_seen(tmp_path: Path) -> None:
    found = [difference(), difference(version="3.10.13"), difference(loop="uvloop")]
    lines = section(read(tmp_path, *found), FACT)
    assert lines[2:6] == [
        "19 programs drawn by seed 1 and 2 saved ones in 1 cell. What they found, each with a program that was made as small as it can be:",
        "",
        "- The peer is lost.",
        f"  - On asyncio 3.8, 3.10; uvloop 3.8: `{KIND}`, `{KIND}`, `{KIND}`.",
    ]


def test_the_smallest_program_is_shown_with_what_native_and_the_peer_do(tmp_path: Path) -> None:
    lines = section(read(tmp_path, difference(of=LARGE), difference(of=SMALL)), FACT)
    assert lines[7:] == [
        "        1  runner0 = Runner(loop_factory=new_loop)",
        "        2  runner0.run(task0 as follows):",
        "        3      pass",
        "",
        "        native  line 2: returned null",
        "        peer    line 2: returned 1",
    ]


def test_of_the_kinds_of_a_fact_the_first_is_told_of(tmp_path: Path) -> None:
    other = difference("run: raised", of=SMALL)
    fact = Fact("peer", (KIND, "run: raised"), "the peer is lost")
    lines = section(read(tmp_path, other, difference(of=LARGE)), fact)
    assert lines[5] == f"  - On asyncio 3.8: `{KIND}`, `run: raised`."
    assert lines[-2:] == ["        native  line 2: returned null", "        peer    line 2: returned 1"]


def test_a_program_that_was_not_made_small_is_shown_for_want_of_others_alone(tmp_path: Path) -> None:
    other = "run: raised"
    fact = Fact("peer", (other, KIND), "the peer is lost")
    drawn = difference(other, of=LARGE, shrunk=False)
    assert "        4      await sleep(0)" in section(read(tmp_path, drawn), fact)
    assert "        3      pass" in section(read(tmp_path, drawn, difference()), fact)


@pytest.mark.parametrize(
    ("shown", "told"),
    [
        ("s0: returned null", "line 2: returned null"),
        ("t0:1: slept", "line 4: slept"),
        ("t0: begin", "task0: begin"),
        ("end: warned", "at the end: warned"),
        ("–", "–"),
        (
            "s0: raised ValueError(), context LookupError() [the one of t0:0 caught], the one of t0 raised, time 2",
            "line 2: raised ValueError(), context LookupError() [the one that line 3 caught], the one that task0 raised, time 2",
        ),
    ],
)
def test_an_event_is_told_by_the_lines_of_the_program(shown: str, told: str) -> None:
    assert by_lines(shown, LARGE) == told


def test_of_a_state_only_what_differs_is_shown(tmp_path: Path) -> None:
    told = difference("run: state, differs in tasks: more")
    told["native"], told["subject"] = (
        [["s0", "state", {"loop": "open", "tasks": {"0": ["done", count], "1": ["done", 7]}}]]
        for count in (0, 5)
    )
    fact = Fact("peer", (told["difference"],), "the peer miscounts")
    assert section(read(tmp_path, told), fact)[-2:] == [
        '        native  line 2: state tasks: 0: ["done", 0]',
        '        peer    line 2: state tasks: 0: ["done", 5]',
    ]


def test_a_promise_that_is_broken_is_a_kind_too(tmp_path: Path) -> None:
    broken = [
        {"cell": cell(), "invariant": "runs end", "says": "runs end: not this", "first": "1.0", "times": 3}
    ]
    fact = Fact("peer", ("broken: runs *",), "the peer runs on")
    lines = section(read(tmp_path, broken=broken), fact)
    assert lines[-2:] == ["- The peer runs on.", "  - On asyncio 3.8: `broken: runs end`."]


def test_what_was_not_found_again_needs_no_fact(tmp_path: Path) -> None:
    assert section(read(tmp_path, difference(steady=False))) == [
        "### Generated programs on peer",
        "",
        "19 programs drawn by seed 1 and 2 saved ones in 1 cell: each did what it does natively.",
    ]


def test_what_was_not_asked_again_needs_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Nothing explains what peer does"):
        section(read(tmp_path, difference(steady=None)))


def test_what_comes_and_goes_is_neither_shown_nor_needed(tmp_path: Path) -> None:
    fact = Fact("peer", (KIND,), "the peer is lost", sometimes=("* logged",))
    with_it = section(read(tmp_path, difference(), difference("close: – → logged")), fact)
    assert with_it == section(read(tmp_path, difference()), fact)


def test_of_facts_that_fit_the_last_one_explains(tmp_path: Path) -> None:
    first, last = Fact("peer", ("*",), "it is so"), Fact("peer", (KIND,), "it is otherwise")
    found = read(tmp_path, difference(), difference("close: raised"))
    by_fact = explained(found, [first, last])
    assert [[each.kind for each in by_fact[fact]] for fact in (first, last)] == [["close: raised"], [KIND]]


def test_a_kind_that_nothing_explains_is_refused(tmp_path: Path) -> None:
    other = Fact("another", ("*",), "it is so")
    with pytest.raises(
        UsageError, match=r"what peer does in differential/peer/3\.8\.18/asyncio: run: returned\..*kept\.json"
    ):
        explained(read(tmp_path, difference()), [other])


def test_a_fact_that_explains_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"says of peer was not found: it is gone\. Take it out"):
        explained(read(tmp_path, difference()), [FACT, Fact("peer", ("close: *",), "it is gone")])


@pytest.mark.parametrize("changes", [{"complete": False}, {"given up": {cell(): "it hangs"}}, {"status": 3}])
def test_a_campaign_that_was_not_whole_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="is not of a whole campaign"):
        read(tmp_path, **changes)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"complete": true}'])
def test_what_is_no_document_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "programs.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=r"programs\.json is no document of 'fuzz --out'"):
        read_programs(path)


RIGHT = {"implementation": '"peer"', "kinds": '["run: *"]', "reason": '"it is so"'}


def facts_of(tmp_path: Path, **entry: str) -> tuple[Fact, ...]:
    path = tmp_path / "facts.toml"
    path.write_text("[[fact]]\n" + "".join(f"{key} = {value}\n" for key, value in entry.items()))
    return read_facts(path)


def test_a_fact_is_read_with_all_that_it_says(tmp_path: Path) -> None:
    [fact] = facts_of(tmp_path, **RIGHT, sometimes='["close: *"]', link='"https://a.example"')
    assert fact == Fact("peer", ("run: *",), "it is so", ("close: *",), "https://a.example")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kinds": '"run: *"'},
        {"kinds": "[]"},
        {"kinds": "[1]"},
        {"reason": '""'},
        {"sometimes": '"close: *"'},
        {"link": "1"},
        {"because": '"of it"'},
    ],
)
def test_a_fact_that_is_wrong_is_refused_by_its_number(tmp_path: Path, wrong: dict[str, str]) -> None:
    with pytest.raises(
        UsageError, match=r"facts\.toml, fact 1 is not a fact\. Give it implementation, kinds, reason"
    ):
        facts_of(tmp_path, **{**RIGHT, **wrong})
