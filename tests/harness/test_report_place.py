"""Where a document is written: by one run alone, by whole lines, and over an older one only when it may be."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Barrier, Lock, Thread

import pytest
from attrs import evolve

from conformance.errors import ExitStatus, UsageError
from conformance.records import Outcome, Verdict
from conformance.report import Document, DocumentWriter, place, read_document
from results import CELL, judgement, of_baseline, of_subject
from test_report_document import HEADER, NOW, write_whole
from writers import PATIENCE_SECONDS, names, started


def test_an_older_document_is_replaced(tmp_path: Path) -> None:
    write_whole(tmp_path / "run.jsonl")
    with DocumentWriter(tmp_path / "run.jsonl", HEADER):
        pass
    assert len((tmp_path / "run.jsonl").read_bytes().splitlines()) == 1
    assert names(tmp_path) == ["run.jsonl"]


def test_a_document_that_another_run_is_writing_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    with DocumentWriter(path, HEADER):
        before = path.read_bytes()
        with pytest.raises(UsageError, match="Another run is writing"), DocumentWriter(path, HEADER):
            pytest.fail("two runs wrote one document")
        assert path.read_bytes() == before
    with DocumentWriter(path, HEADER):
        assert path.read_bytes() == before


def test_where_nobody_named_the_path_the_next_free_name_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    write_whole(tmp_path / "results-3.jsonl")
    with (
        DocumentWriter(path, HEADER, only_default=True) as first,
        DocumentWriter(path, HEADER, only_default=True) as second,
        DocumentWriter(path, HEADER, only_default=True) as third,
    ):
        third.result(of_baseline())
    assert [writer.path.name for writer in (first, second, third)] == [
        "results.jsonl",
        "results-2.jsonl",
        "results-3.jsonl",
    ]
    assert read_document(third.path).results == (of_baseline(),)
    with DocumentWriter(path, HEADER, only_default=True) as again:
        assert again.path == path


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    with DocumentWriter(tmp_path / "a" / "b" / "run.jsonl", HEADER):
        pass
    assert read_document(tmp_path / "a" / "b" / "run.jsonl").header == HEADER


@pytest.mark.parametrize("only_default", [False, True])
def test_a_place_that_cannot_be_written_is_refused_before_anything_runs(
    tmp_path: Path, only_default: bool
) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "run.jsonl", tmp_path, tmp_path / ("x" * 300)):
        with (
            pytest.raises(UsageError) as caught,
            DocumentWriter(path, HEADER, only_default=only_default),
        ):
            pytest.fail("the run began")
        assert f"The report document {path} cannot be written: " in str(caught.value)
        assert "--out" in str(caught.value)


def test_behind_a_link_it_is_the_file_that_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    write_whole(tmp_path / "there" / "run.jsonl")
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "there" / "run.jsonl")
    with DocumentWriter(tmp_path / "link.jsonl", HEADER):
        pass
    assert (tmp_path / "link.jsonl").is_symlink()
    assert not read_document(tmp_path / "there" / "run.jsonl").complete


def test_a_pipe_gets_the_lines(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()), daemon=True)
    reader.start()
    write_whole(tmp_path / "pipe")
    reader.join(PATIENCE_SECONDS)
    write_whole(tmp_path / "file")
    assert read == [(tmp_path / "file").read_bytes()]
    assert names(tmp_path) == ["file", "pipe"]


def test_what_is_done_stands_in_the_new_document_when_it_takes_the_old_one_s_place(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    seen: list[Document] = []
    write_whole(path)

    class Looking(place.Place):
        def settle(self) -> None:
            seen.append(read_document(path))
            super().settle()
            seen.append(read_document(path))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, "Place", Looking)
        done = [evolve(of_baseline(), cached=True), of_subject()]
        with DocumentWriter(path, HEADER, done=done, keys={CELL.name: "1"}) as writer:
            with pytest.raises(ValueError, match="two results of"):
                writer.result(of_subject(Outcome.FAILED))
            writer.judgement(judgement(Verdict.CONFORMANT, baseline=done[0], subject=done[1]))
    old, new = seen
    assert old.complete
    assert new.results == tuple(done)
    assert new.keys == {CELL.name: "1"}
    assert read_document(path).results == tuple(done)


def test_a_resumed_document_that_another_run_has_finished_meanwhile_is_refused_and_stays(
    tmp_path: Path,
) -> None:
    path = tmp_path / "run.jsonl"
    with DocumentWriter(path, HEADER) as writer:
        writer.result(of_baseline())
    read = read_document(path)
    with DocumentWriter(path, HEADER, resumed=read, done=read.results) as faster:
        faster.finish(NOW, ExitStatus.AS_EXPECTED)
    with (
        pytest.raises(UsageError, match="since it was read"),
        DocumentWriter(path, HEADER, resumed=read, done=read.results),
    ):
        pytest.fail("a complete document was replaced by less")
    assert read_document(path).complete


def test_a_beginning_that_fails_leaves_what_stood_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    write_whole(path)
    before = path.read_bytes()
    with (
        pytest.raises(ValueError, match="two results"),
        DocumentWriter(path, HEADER, done=[of_baseline()] * 2),
    ):
        pytest.fail("the run began")
    assert path.read_bytes() == before
    assert names(tmp_path) == ["run.jsonl"]
    with DocumentWriter(path, HEADER) as writer:
        assert writer.path == path


def test_kill_9_before_the_old_document_is_replaced_leaves_it_and_disturbs_no_later_run(
    tmp_path: Path,
) -> None:
    path = tmp_path / "run.jsonl"
    write_whole(path)
    before = path.read_bytes()
    held = started(
        "def settle(self):\n    print('aside', flush=True)\n    sys.stdin.read()\n"
        "place.Place.settle = settle\n"
        "DocumentWriter(path, HEADER, done=[of_baseline()]).__enter__()\n",
        path,
    )
    with held:
        assert held.stdout is not None
        assert held.stdout.readline() == "aside\n"
        with pytest.raises(UsageError, match="Another run is writing"), DocumentWriter(path, HEADER):
            pytest.fail("two runs began in one place")
        assert path.read_bytes() == before
        held.kill()
    assert path.read_bytes() == before
    assert len(names(tmp_path)) == 2
    with DocumentWriter(path, HEADER):
        assert names(tmp_path) == ["run.jsonl"]
    assert read_document(path).results == ()


def test_a_run_that_opened_the_old_document_too_late_is_refused_by_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    write_whole(path)
    faster: list[DocumentWriter] = []
    lock = place._lock

    def overtaken(number: int) -> None:
        """Let another run begin between opening and locking, which is when the file has lost its place."""
        if not faster:
            faster.append(DocumentWriter(path, HEADER))
            faster[0].__enter__()
            faster[0].result(of_baseline())
        lock(number)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, "_lock", overtaken)
        with pytest.raises(UsageError, match="Another run is writing"), DocumentWriter(path, HEADER):
            pytest.fail("two runs wrote one document")
    faster[0].__exit__(None, None, None)
    assert read_document(path).results == (of_baseline(),)


@pytest.mark.parametrize("only_default", [False, True])
def test_of_runs_that_begin_at_once_no_two_write_one_document(tmp_path: Path, only_default: bool) -> None:
    path, count = tmp_path / "run.jsonl", 6
    together, guard = Barrier(count, timeout=PATIENCE_SECONDS), Lock()
    writing: list[Path] = []
    refused: list[str] = []

    def begin(name: str) -> None:
        together.wait()
        try:
            with DocumentWriter(path, HEADER, only_default=only_default) as writer:
                with guard:
                    writing.append(writer.path)
                writer.result(of_baseline(test=name))
                together.wait()
        except UsageError:
            refused.append(name)
            together.wait()

    for _round in range(10):
        writing.clear()
        refused.clear()
        threads = [Thread(target=begin, args=(name,)) for name in "abcdef"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(writing)) == len(writing) == (count if only_default else 1)
        assert len(refused) == count - len(writing)
        for each in writing:
            (result,) = read_document(each).results
            assert result.test not in refused
