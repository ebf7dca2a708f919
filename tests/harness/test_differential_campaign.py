"""A campaign over fake workers: what differs is found, told from the interpreter's own, made small and kept once."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from rich.console import Console

from conformance.differential.campaign import UNDER_WAY, Campaign
from conformance.differential.findings import Difference, Findings
from conformance.differential.invariants import Invariant, Violation
from conformance.differential.judging import Judge
from conformance.differential.progress import Progress
from conformance.differential.tally import Named
from conformance.errors import ExecuteError
from conformance.execute.programs import Answer, ProgramsWorker
from conformance.plan.differential import DifferentialPlan
from fake_programs import COLLECT, COPY, FATAL, LOOP, Fakes, named, program
from miniatures import PATIENCE_SECONDS

ORACLE = "differential/native/3.11.7/asyncio"


@pytest.fixture
def fakes(tmp_path: Path) -> Fakes:
    return Fakes(tmp_path)


class Watch:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.compared_: list[str] = []
        self.asked: list[int] = []
        self.found_: list[Difference] = []
        self.given_up_: dict[str, str] = {}

    def compared(self, programs: Sequence[Named]) -> None:
        self.compared_ += [each.origin for each in programs]

    def shrinking(self, difference: Difference, asked: int) -> None:
        self.asked.append(asked)

    def found(self, difference: Difference) -> None:
        self.found_.append(difference)

    def given_up(self, cell: str, why: str) -> None:
        self.given_up_[cell] = why


class Run:
    """A campaign that has come to its end."""

    def __init__(self, fakes: Fakes, plan: DifferentialPlan, rounds: Iterable[Sequence[Named]]) -> None:
        self.folder = fakes.folder / "differences"
        self.findings = Findings(self.folder)
        self.watch = Watch()
        with fakes.cells(plan) as cells:
            self.campaign = Campaign(plan, cells, self.findings, Judge(), self.watch)
            self.campaign.start()
            self.campaign.run(rounds)
        self.tally = self.campaign.tally

    @property
    def files(self) -> list[Path]:
        return sorted(self.folder.glob("*")) if self.folder.exists() else []


def test_an_implementation_that_is_right_shows_no_difference(fakes: Fakes) -> None:
    run = Run(fakes, fakes.plan("Right"), [named([LOOP], [COLLECT]), named([COPY])])
    assert run.findings.differences == []
    assert run.files == []
    assert run.tally.programs == len(run.watch.compared_) == 3


def test_a_difference_is_made_small_and_kept(fakes: Fakes) -> None:
    run = Run(fakes, fakes.plan("Wrong"), [named([LOOP, COPY, COLLECT, LOOP])])
    [difference] = run.findings.differences
    assert difference.program["script"] == [COLLECT]
    assert (difference.shrunk, difference.steady, difference.origin) == (True, True, "program 1.0")
    [file] = run.files
    assert file == difference.path
    kept = json.loads(file.read_text())
    assert kept["program"] == program(COLLECT)
    assert (kept["native"], kept["subject"]) == ([["s0", "collect"]], [["s0", "forgotten"]])
    assert kept["cell"] == "differential/wrong/3.11.7/asyncio"
    assert kept["workers"][ORACLE]["python"] == "3.11"


def test_a_difference_that_is_known_is_counted_and_not_shrunk_again(fakes: Fakes) -> None:
    run = Run(fakes, fakes.plan("Wrong"), [named([COLLECT], [LOOP], [LOOP, COLLECT]), named([COLLECT, LOOP])])
    [difference] = run.findings.differences
    assert difference.programs == 3
    assert dict(difference.cells) == {difference.cell: 3}
    assert len(run.files) == len(run.watch.found_) == 1


def test_one_found_on_several_interpreters_is_one(fakes: Fakes) -> None:
    run = Run(fakes, fakes.plan("Wrong", python=">=3.8"), [named([COLLECT])])
    [difference] = run.findings.differences
    assert sorted(difference.cells) == [
        "differential/wrong/3.11.7/asyncio",
        "differential/wrong/3.8.18/asyncio",
    ]


def test_what_the_control_shows_too_is_the_interpreter_s_own(fakes: Fakes) -> None:
    run = Run(fakes, fakes.plan("Right", python="<3.11"), [named([LOOP, COPY])])
    assert run.findings.differences == []
    [(control, kinds)] = run.tally.own.items()
    assert control == "differential/control/3.8.18/asyncio"
    assert [(kind.subject, count, first) for kind, count, first in kinds] == [
        ("the interpreter's own", 1, "program 1.0")
    ]


def test_the_interpreter_s_own_hides_no_difference_of_the_same_program(fakes: Fakes) -> None:
    run = Run(fakes, fakes.plan("Wrong", python="<3.11"), [named([COPY, COLLECT])])
    [difference] = run.findings.differences
    assert difference.kind.subject == "forgotten"
    assert difference.program["script"] == [COLLECT]


def test_a_control_is_not_even_started_where_nothing_differs(fakes: Fakes) -> None:
    Run(fakes, fakes.plan("Right", python="<3.11"), [named([LOOP])])
    # The oracle and the subject.
    assert len(fakes.started()) == 2


@pytest.mark.parametrize(("kind", "how"), [("Dies", "crashed SIGSEGV"), ("Exits", "crashed exit 3")])
def test_a_lost_worker_is_a_difference_like_any_other(fakes: Fakes, kind: str, how: str) -> None:
    run = Run(fakes, fakes.plan(kind), [named([LOOP], [LOOP, COPY, COLLECT], [LOOP])])
    [difference] = run.findings.differences
    assert difference.kind.subject == how
    assert difference.program["script"] == [COLLECT]
    assert run.tally.programs == 3


def test_a_cell_that_loses_too_many_workers_is_asked_no_more(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.differential.asking.RESTARTS", 2)
    run = Run(fakes, fakes.plan("Exits", "Right"), [named([COLLECT], [LOOP]), named([COLLECT], [LOOP])])
    assert list(run.tally.given_up) == ["differential/exits/3.11.7/asyncio"]
    assert run.watch.given_up_ == run.tally.given_up
    [difference] = run.findings.differences
    assert difference.programs == 2
    assert [cell.implementation.name for cell in run.campaign.judged] == ["right"]
    assert run.tally.programs == 4


def test_each_kind_of_difference_of_a_program_is_found(fakes: Fakes) -> None:
    """One that is known hides no other of the same program."""
    run = Run(fakes, fakes.plan("Wrong", "Twice"), [named([COLLECT], [COLLECT, LOOP])])
    found = {(each.cell.split("/")[1], each.kind.subject): each.program for each in run.findings.differences}
    assert found == {
        ("wrong", "forgotten"): program(COLLECT),
        ("twice", "forgotten"): program(COLLECT),
        ("twice", "lost"): program(LOOP),
    }


def test_what_the_smallest_program_shows_beside_is_not_found_apart(fakes: Fakes) -> None:
    run = Run(fakes, fakes.plan("Echoes"), [named([COLLECT, LOOP])])
    [difference] = run.findings.differences
    assert difference.kind.subject == "forgotten"
    assert len(difference.left) == 2


def test_what_shows_only_behind_a_known_one_comes_of_it(fakes: Fakes) -> None:
    """With the loop it has a consequence that the smallest program of it does not show."""
    run = Run(fakes, fakes.plan("Derails"), [named([COLLECT, LOOP], [COLLECT, LOOP, LOOP])])
    [difference] = run.findings.differences
    assert difference.kind.subject == "forgotten"
    assert difference.programs == 2
    assert len(run.files) == 1


def test_a_consequence_is_found_where_it_is_seen_alone(fakes: Fakes) -> None:
    run = Run(fakes, fakes.plan("Echoes"), [named([COLLECT, LOOP], [COPY])])
    assert [each.kind.subject for each in run.findings.differences] == ["forgotten", "echo"]


def test_what_did_not_differ_again_is_looked_for_in_another_program(fakes: Fakes) -> None:
    run = Run(fakes, fakes.plan("Seldom"), [named([LOOP, COLLECT], [COPY, COLLECT])])
    [difference] = run.findings.differences
    assert (difference.steady, difference.origin, difference.programs) == (True, "program 1.1", 2)
    assert difference.program["script"] == [COPY, COLLECT]
    assert len(run.files) == 1


def test_a_difference_that_was_looked_for_again_is_counted_once_while_it_runs(fakes: Fakes) -> None:
    told = io.StringIO()
    console = Console(file=told, width=200)
    plan = fakes.plan("Seldom")
    progress = Progress(console, 1, examples=2, seconds=None, live=False)
    with fakes.cells(plan) as cells, progress:
        campaign = Campaign(plan, cells, Findings(fakes.folder / "differences"), Judge(), progress)
        campaign.start()
        campaign.run([named([LOOP, COLLECT], [COPY, COLLECT])])
    assert "1 difference" in told.getvalue().splitlines()[-1]


def test_what_is_not_asked_about_again_is_not_said_to_be_steady(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.differential.findings.MOST_SHRUNK", 0)
    [difference] = Run(fakes, fakes.plan("Wrong"), [named([COLLECT])]).findings.differences
    assert difference.steady is None


def test_what_does_not_differ_again_is_kept_as_unsteady(fakes: Fakes) -> None:
    run = Run(fakes, fakes.plan("Once"), [named([LOOP, COLLECT])])
    [difference] = run.findings.differences
    assert (difference.steady, difference.shrunk) == (False, False)
    assert run.watch.asked == [0]
    assert difference.program["script"] == [LOOP, COLLECT]
    assert json.loads(run.files[0].read_text())["steady"] is False


def test_an_implementation_that_is_native_s_own_is_not_judged(fakes: Fakes) -> None:
    run = Run(fakes, fakes.plan("Reexport", "Right"), [named([LOOP])])
    assert run.tally.natives == ["differential/reexport/3.11.7/asyncio"]
    assert [cell.implementation.name for cell in run.campaign.judged] == ["right"]


def test_an_implementation_that_loads_nowhere_is_refused(fakes: Fakes) -> None:
    with pytest.raises(ExecuteError, match="there is no fake"):
        Run(fakes, fakes.plan("Broken"), [named([LOOP])])


def test_one_that_does_not_load_does_not_keep_the_others_from_being_judged(fakes: Fakes) -> None:
    run = Run(fakes, fakes.plan("Broken", "Wrong"), [named([COLLECT])])
    assert len(run.findings.differences) == 1
    assert run.tally.given_up == {"differential/broken/3.11.7/asyncio": "ImportError: there is no fake"}


def test_what_was_found_is_kept_where_the_only_cell_gives_up_in_the_first_round(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.differential.asking.RESTARTS", 1)
    run = Run(fakes, fakes.plan("Exits"), [named([COLLECT], [LOOP])])
    assert len(run.findings.differences) == len(run.files) == 1
    assert list(run.tally.given_up) == ["differential/exits/3.11.7/asyncio"]
    assert run.campaign.judged == ()


def test_a_cell_that_loads_no_more_ends_nothing_for_the_others(fakes: Fakes) -> None:
    run = Run(fakes, fakes.plan("Fades", "Wrong"), [named([COLLECT]), named([LOOP])])
    assert run.tally.given_up == {"differential/fades/3.11.7/asyncio": "ImportError: there is no fake"}
    fades, wrong = run.findings.differences
    # How often it shows was not found out.
    assert (fades.kind.subject, fades.steady) == ("crashed exit 3", None)
    assert (wrong.kind.subject, wrong.steady) == ("forgotten", True)
    assert run.tally.programs == 2


def test_nothing_more_is_drawn_once_no_cell_is_left(fakes: Fakes) -> None:
    drawn = []

    def rounds() -> Iterable[Sequence[Named]]:
        for number in range(3 * UNDER_WAY):
            drawn.append(number)
            yield named([COLLECT])

    Run(fakes, fakes.plan("Fades"), rounds())
    assert len(drawn) == UNDER_WAY


def test_a_control_that_does_not_load_is_the_end_of_its_cells_and_not_of_the_others(fakes: Fakes) -> None:
    fakes.without_control()
    run = Run(fakes, fakes.plan("Wrong", python=">=3.8"), [named([COLLECT]), named([COPY])])
    assert run.tally.given_up == {"differential/control/3.8.18/asyncio": "ImportError: there is no fake"}
    assert [cell.name for cell in run.campaign.judged] == ["differential/wrong/3.11.7/asyncio"]
    [difference] = run.findings.differences
    assert list(difference.cells) == ["differential/wrong/3.11.7/asyncio"]


def test_a_native_that_is_given_up_within_a_round_is_still_the_control(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.differential.asking.RESTARTS", 1)
    fakes = Fakes(tmp_path, ("3.11.7", "3.12.1"))
    run = Run(fakes, fakes.plan("Wrong", python=">=3.12"), [named([COLLECT], [COLLECT], [COLLECT])])
    [wrong] = [each for each in run.findings.differences if "wrong" in each.cell]
    assert wrong.programs == 3
    assert list(run.tally.given_up) == ["differential/native/3.12.1/asyncio"]


def test_a_program_that_every_cell_loses_is_counted(fakes: Fakes) -> None:
    run = Run(fakes, fakes.plan("Right"), [named([LOOP], [FATAL], [FATAL])])
    assert run.findings.differences == []
    assert {
        cell: (lost.programs, lost.first, lost.how) for cell, lost in run.tally.lost.items()
    } == dict.fromkeys([ORACLE, "differential/right/3.11.7/asyncio"], (2, "program 1.1", "crashed exit 5"))


def test_one_that_is_known_to_be_lost_is_not(fakes: Fakes) -> None:
    known = Named("saved program fatal", program(FATAL), "fatal", seconds=1.0)
    assert Run(fakes, fakes.plan("Right"), [[known]]).tally.lost == {}


def test_rounds_are_drawn_as_they_are_compared(fakes: Fakes) -> None:
    """No more are under way than the campaign allows, so that it takes no more memory the longer it is."""
    begun = 0
    most = 0
    watch: list[Watch] = []

    def rounds() -> Iterable[Sequence[Named]]:
        nonlocal begun, most
        for _ in range(3 * UNDER_WAY):
            begun += 1
            yield named([LOOP])
            done = len(watch[0].compared_)
            most = max(most, begun - done)

    plan = fakes.plan("Right")
    with fakes.cells(plan) as cells:
        watch.append(Watch())
        campaign = Campaign(plan, cells, Findings(fakes.folder), Judge(), watch[0])
        campaign.start()
        campaign.run(rounds())
    assert len(watch[0].compared_) == 3 * UNDER_WAY
    assert most <= UNDER_WAY


def test_an_interruption_keeps_what_was_found_and_leaves_no_worker(fakes: Fakes) -> None:
    interrupted = False
    findings = Findings(fakes.folder / "differences")

    class Impatient(Watch):
        def shrinking(self, difference: Difference, asked: int) -> None:
            nonlocal interrupted
            interrupted = asked > 0

    plan = fakes.plan("Stalls")
    with fakes.cells(plan) as cells:
        campaign = Campaign(plan, cells, findings, Judge(), Impatient(), lambda: interrupted)
        campaign.start()
        programs = named([LOOP, COLLECT])
        with pytest.raises(KeyboardInterrupt):
            campaign.run([programs])
        assert sorted(fakes.alive()) == ["Right", "Stalls"]
    assert fakes.alive() == []
    [difference] = findings.differences
    assert difference.path is not None
    assert json.loads(difference.path.read_text())["program"] == programs[0].program


def test_an_interruption_ends_the_shrinking_however_quick_the_cells_are(fakes: Fakes) -> None:
    watch = Watch()
    plan = fakes.plan("Wrong")
    with fakes.cells(plan) as cells:
        campaign = Campaign(
            plan, cells, Findings(fakes.folder / "differences"), Judge(), watch, lambda: any(watch.asked)
        )
        campaign.start()
        with pytest.raises(KeyboardInterrupt):
            campaign.run([named([LOOP, COLLECT] * 10)])
    assert len(watch.asked) == len([0, "the first batch"])


def test_an_interruption_ends_a_round_though_all_is_answered(fakes: Fakes) -> None:
    watch = Watch()
    plan = fakes.plan("Wrong")
    with fakes.cells(plan) as cells:
        campaign = Campaign(
            plan, cells, Findings(fakes.folder / "differences"), Judge(), watch, lambda: bool(watch.found_)
        )
        campaign.start()
        with pytest.raises(KeyboardInterrupt):
            campaign.run([named([COLLECT], [COLLECT, LOOP])])
    [difference] = watch.found_
    assert difference.programs == 1


def test_workers_are_ended_all_at_once(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    """One after the other they would take long, since each has its keeper to wait for."""
    plan = fakes.plan("Right", "Wrong")
    names = [cell.name for cell in plan.plan.cells]
    all_of_them = threading.Barrier(len(names))
    end = ProgramsWorker.end

    def end_together(worker: ProgramsWorker) -> None:
        all_of_them.wait(PATIENCE_SECONDS)
        end(worker)

    with fakes.cells(plan) as cells:
        for starting in [cells.start(name) for name in names]:
            starting.result(PATIENCE_SECONDS)
        monkeypatch.setattr(ProgramsWorker, "end", end_together)
    assert fakes.alive() == []


def test_who_waits_for_a_turn_when_the_cells_are_left_gets_none(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    one_runs = threading.Event()

    def run(worker: ProgramsWorker, *_: object, **_more: object) -> list[Answer]:
        ran.append(worker.order.cell.name)
        one_runs.set()
        assert worker.abandoned.wait(PATIENCE_SECONDS)
        return []

    monkeypatch.setattr(ProgramsWorker, "run", run)
    plan = fakes.plan("Right", "Wrong")
    with fakes.cells(plan, jobs=1) as cells:
        asked = [cells.ask(cell.name, [program(LOOP)]) for cell in plan.judged]
        assert one_runs.wait(PATIENCE_SECONDS)
    assert len(ran) == 1
    assert sorted(each.exception() is None for each in asked) == [False, True]


def test_one_that_hangs_keeps_the_others_from_nothing(fakes: Fakes) -> None:
    """With one worker at a time: the hanging one gives up its turn long before it has ended."""
    plan = fakes.plan("Hangs", "Right")
    hangs, right = (cell.name for cell in plan.judged)
    with fakes.cells(plan, jobs=1) as cells:
        hanging = cells.ask(hangs, [program(COLLECT)])
        fine = cells.ask(right, [program(COLLECT)])
        assert [answer.trace() for answer in fine.result(PATIENCE_SECONDS)] == [[["s0", "collect"]]]
        assert not hanging.done()


def test_a_promise_of_the_documentation_that_is_broken_is_counted_by_cell(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    invariant = Invariant("nothing is forgotten", "the page", "the words", lambda _: iter(()))

    def violations(_program: object, trace: list[list[str]]) -> list[Violation]:
        return [
            Violation(invariant, place, "it is")
            for place, event in enumerate(trace)
            if event[1] == "forgotten"
        ]

    monkeypatch.setattr("conformance.differential.tally.violations", violations)
    run = Run(fakes, fakes.plan("Wrong", "Right"), [named([LOOP], [COLLECT], [LOOP, COLLECT])])
    [((cell, name), broken)] = run.tally.broken.items()
    assert (cell, name) == ("differential/wrong/3.11.7/asyncio", "nothing is forgotten")
    assert (broken.programs, broken.first) == (2, "program 1.1")
    assert "the words" in broken.says
