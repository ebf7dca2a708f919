"""The interpreter takes the steps of a script, keeps contexts and jobs as it is told, and says how everything is then."""

from __future__ import annotations

import pytest

from performing import Performer, op, run

pytest_plugins = ["performing"]

DEBUG = {"debug": True, "factory": True}
OF_POLICY = {"debug": None, "factory": False}
STUCK = (op("future", label=9), op("await", of=9))


def test_runs_share_the_context_of_the_runner(perform: Performer) -> None:
    seen = perform(run(op("set", value="x", token=1)), run(op("get"), op("reset", token=1)), op("get"))
    assert seen.values("t0:0") == ["x", "x"]
    assert seen.at("t0:1") == [["reset", "unset"]]
    assert seen.values("s2") == ["unset"]


def test_a_run_is_given_a_context(perform: Performer) -> None:
    seen = perform(
        op("copy_context", context=1),
        run(op("set", value="x"), context=1),
        op("context_run", context=1, body=[op("get")]),
        run(context=2),
    )
    assert seen.values("s2.0.0") == ["x"]
    assert seen.at("s3") == [["nothing"]]


def test_a_token_of_another_context_is_refused(perform: Performer) -> None:
    seen = perform(run(op("create", label=1, body=[op("set", token=1)]), op("sleep"), op("reset", token=1)))
    assert seen.at("t0:2") == [["raised", "ValueError"]]


def test_a_loop_is_made_when_it_is_needed(perform: Performer) -> None:
    seen = perform(op("enter"), op("get_loop"), op("get_loop"), op("exit"))
    assert len(seen.all("loop factory")) == 1
    assert seen.at("s0") == [["begin enter"], ["loop factory"], ["enter", True]]
    assert seen.at("s1")[0][2:] == [False, False, False]
    assert seen.state("s3")["runners"] == ["closed"]


def test_a_closed_runner_runs_no_more(perform: Performer) -> None:
    seen = perform(run(), op("close"), op("close"), run())
    assert seen.classes("s3") == ["RuntimeError"]
    assert ["warned", "RuntimeWarning", "coroutine 'program' was never awaited"] in seen.at("s3")


def test_runners_are_as_they_were_asked_for(perform: Performer) -> None:
    seen = perform(run(), run(runner=1), runners=[DEBUG, OF_POLICY])
    assert len(seen.all("loop factory")) == 1
    assert seen.state("s0")["runners"] == ["open debug", "no loop seen"]
    assert seen.state("s0")["loop"] == "none"
    assert seen.state("s1")["runners"] == ["open debug", "open"]
    assert seen.state("s1")["loop"] == "open"


@pytest.mark.parametrize("factory", [True, False])
def test_the_run_function_runs_once(perform: Performer, factory: bool) -> None:
    seen = perform(op("run_function", label=3, body=[op("return", value=1)], factory=factory))
    assert seen.at("t3")[-1] == ["returned", 1]
    assert bool(seen.all("loop factory")) is factory


@pytest.mark.parametrize("debug", [True, False, None])
def test_the_debug_mode_that_the_run_function_is_asked_for_is_told(
    perform: Performer, debug: bool | None
) -> None:
    seen = perform(op("run_function", label=3, body=[], debug=debug))
    # Nothing else shows it: of its loop no state tells, since it is closed by then.
    assert (["debug mode"] in seen.at("s0")) is (debug is True)


@pytest.mark.parametrize("what", ["future", "function", "null"])
def test_what_is_no_coroutine_is_refused(perform: Performer, what: str) -> None:
    assert perform(op("run_wrong", what=what)).classes("s0") == ["ValueError"]


def test_a_run_in_a_run_is_refused(perform: Performer) -> None:
    seen = perform(run(op("nested_run", runner=0), op("nested_run"), op("run_close"), op("get")))
    assert [seen.classes(f"t0:{index}") for index in range(3)] == [["RuntimeError"]] * 3
    assert seen.at("t0:3")


@pytest.mark.parametrize("kind", ["legacy", "keywords"])
def test_a_task_factory_makes_the_tasks(backport: Performer, kind: str) -> None:
    seen = backport(op("task_factory", kind=kind), run(op("create", label=1), op("sleep")))
    assert len(seen.all("task factory")) == 2
    assert seen.at("t1")[-1] == ["returned", None]


def test_an_exception_handler_hears_reports(perform: Performer) -> None:
    failing = op("create", label=1, body=[op("raise", error="ValueError")])
    seen = perform(op("exception_handler"), run(op("report"), failing, op("future", label=2)), op("close"))
    told = [event[2] for event in seen.all("handler")]
    assert told[0] == {"message": "reported", "exception": None, "task": None}
    assert not seen.all("logged")


def test_an_error_that_nobody_looks_at_is_logged(perform: Performer) -> None:
    failing = op("create", label=1, body=[op("raise", error="ValueError")])
    [logged] = perform(run(failing, op("sleep"), op("sleep")), op("close")).all("logged")
    assert logged == ["end", "logged", "ERROR", "Task exception was never retrieved", "builtins.ValueError"]


def test_a_thread_has_its_own_loop(perform: Performer) -> None:
    seen = perform(op("thread", body=[run(op("return", value=1)), op("close")]), op("get"))
    assert seen.at("t0")[-1] == ["returned", 1]
    assert seen.state("s0.0.1")["runners"] == ["closed"]
    assert seen.at("s0")[-1] == ["thread ended"]


def test_a_job_ends_when_it_is_released(perform: Performer) -> None:
    job = op("job", label=1, until="release", body=[op("set", value="x"), op("get")])
    seen = perform(
        run(op("set", value=0), job, op("state", of=1), op("release", of=1), op("await", of=1), job)
    )
    assert seen.values("t0:1.0.1") == ["x"]
    assert seen.at("t0:2") == [["state", "task 1", "pending"]]
    assert seen.at("t0:4") == [["begin await", "task 1"], ["got", 0]]


def test_what_a_job_sets_no_later_job_sees(perform: Performer) -> None:
    jobs = [op("job", label=1, until="release", body=[op("get"), op("set", value="x")]), op("release", of=1)]
    seen = perform(run(*jobs * 4))
    assert [seen.values(f"t0:{index}.0.0") for index in (0, 2, 4, 6)] == [["unset"]] * 4


def test_a_job_raises(perform: Performer) -> None:
    job = op("job", label=1, until="release", body=[op("raise", error="LookupError")])
    assert perform(run(job, op("release", of=1), op("await", of=1))).classes("t0:2") == ["LookupError"]


def test_close_ends_all_jobs(perform: Performer) -> None:
    jobs = [op("job", label=label, until=until) for label, until in ((1, "close"), (2, "release"))]
    seen = perform(run(*jobs, op("release", of=1), op("state", of=1)), op("close"))
    assert seen.at("t0:2") == [["nothing"]]
    assert seen.at("t0:3") == [["state", "task 1", "pending"]]
    [shutdowns] = seen.state("s1")["executors"]
    assert shutdowns[0] is True
    assert not seen.all("stuck")


def test_what_waits_for_nothing_is_cancelled(perform: Performer) -> None:
    seen = perform(run(*STUCK))
    assert seen.at("s0")[2] == ["stuck"]
    assert seen.classes("s0") == ["CancelledError"]


def test_what_resists_is_stopped_at_the_third_time(perform: Performer) -> None:
    resisting = STUCK[1]
    for _ in range(4):
        resisting = op("try", body=[resisting], catch="CancelledError", handler=list(STUCK))
    seen = perform(run(STUCK[0], resisting), run(op("get")))
    assert len(seen.all("stuck")) == 3
    assert seen.classes("s0") == ["RuntimeError"]
    assert seen.at("t0:0")


def test_leftovers_that_resist_are_stopped_at_close(perform: Performer) -> None:
    resisting = STUCK[1]
    for _ in range(5):
        resisting = op("try", body=[resisting], catch="CancelledError", handler=list(STUCK))
    seen = perform(run(op("create", label=1, body=[STUCK[0], resisting]), op("sleep")), op("close"))
    assert len(seen.all("stuck")) == 3
    assert seen.classes("s1") == ["RuntimeError"]
    assert seen.state("s1")["runners"] == ["closed"]


def test_a_run_has_a_budget_of_events(perform: Performer) -> None:
    many = op(
        "async_for",
        label=1,
        items=[[]] * 20,
        body=[op("async_for", label=2, items=[[]] * 20, body=[op("get")])],
    )
    seen = perform(run(many), run(op("get"), label=5))
    assert seen.at("s0")[-3:-1] == [["loop factory"], ["budget"]]
    assert len(seen.trace) < 330
    assert seen.values("t5:0") == ["unset"]


def test_the_state_tells_of_all_that_is_left(perform: Performer) -> None:
    seen = perform(
        op("set", var=1, value=1), run(op("future", label=1), op("create", label=2, body=[op("sleep")]))
    )
    state = seen.state("s1")
    assert state["sigint"] == "default"
    assert state["tasks"] == {"0": ["done", 0], "1": ["pending", None], "2": ["pending", 0]}
    assert state["variables"] == ["unset", 1, "unset"]
    assert state["threads"] == 0


def test_the_control_gives_a_context_and_counts(control: Performer) -> None:
    inside = op(
        "create", label=1, how="loop_create_task", context=1, body=[op("set", value="x"), op("sleep")]
    )
    seen = control(
        run(
            op("copy_context", context=1),
            inside,
            op("sleep"),
            op("cancel", of=1, message="x"),
            op("cancelling", of=1),
            op("uncancel", of=1),
            op("context_run", context=1, body=[op("get")]),
        )
    )
    assert [seen.values(f"t0:{index}") for index in (4, 5)] == [[1], [0]]
    assert seen.values("t0:6.0.0") == ["x"]
