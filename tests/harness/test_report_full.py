"""A full disk is told of, and costs no line of a document that was whole."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, NoReturn

import pytest

from conformance.errors import DocumentError, ExitStatus
from conformance.records import Outcome
from conformance.report import DocumentWriter, read_document
from results import of_baseline, of_subject
from test_report_document import HEADER, NOW, write_whole
from writers import PATIENCE_SECONDS, names, started


def full(*_arguments: object, **_options: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_fills_up_is_told_of_and_what_was_written_stays(tmp_path: Path) -> None:
    with DocumentWriter(tmp_path / "run.jsonl", HEADER) as writer:
        writer.result(of_baseline())
        assert writer._place is not None
        number = writer._place._file.fileno()
        document = os.dup(number)
        with Path("/dev/full").open("wb") as device:
            os.dup2(device.fileno(), number)
        with pytest.raises(DocumentError) as caught:
            writer.result(of_subject())
        assert f"{tmp_path / 'run.jsonl'} could not be written to its end" in str(caught.value)
        assert os.strerror(errno.ENOSPC) in str(caught.value)
        assert caught.value.status is ExitStatus.NOT_COMPLETED
        # Something is missing there now: nothing goes behind it, even where there is room again.
        os.dup2(document, number)
        os.close(document)
        with pytest.raises(DocumentError):
            writer.finish(NOW, ExitStatus.AS_EXPECTED)
    assert read_document(tmp_path / "run.jsonl").results == (of_baseline(),)
    assert not read_document(tmp_path / "run.jsonl").complete


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_device_is_told_of() -> None:
    with pytest.raises(DocumentError, match="/dev/full could not be written"):
        DocumentWriter(Path("/dev/full"), HEADER).__enter__()


LIMITED = """\
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    with DocumentWriter(path, HEADER, done=[of_baseline(test=f"done{n}") for n in range(DONE)]) as writer:
        for number in range(1000):
            writer.result(of_baseline(test=f"t{number}"))
except ConformanceError as error:
    sys.exit(f"{int(error.status)} {error}")
"""


def ended(program: str, path: Path) -> str:
    """Run the program to its end and return what it said last."""
    with started(program, path) as writer:
        return writer.communicate(timeout=PATIENCE_SECONDS)[1]


def test_half_a_line_for_want_of_room_is_cut_off_again(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    said = ended(LIMITED.replace("DONE", "0"), path)
    assert said == (
        f"3 The report document {path} could not be written to its end: File too large. "
        "What stands in it is good; make room and run again.\n"
    )
    content = path.read_bytes()
    assert content.endswith(b"}\n")
    assert 19_000 < len(content) < 20_000
    document = read_document(path)
    assert [result.test for result in document.results] == [f"t{n}" for n in range(len(document.results))]
    assert not document.complete


@pytest.mark.parametrize("older", [True, False])
def test_no_room_for_what_is_done_leaves_what_stood_there(tmp_path: Path, older: bool) -> None:
    path = tmp_path / "run.jsonl"
    if older:
        write_whole(path)
    before = path.read_bytes() if older else b""
    said = ended(LIMITED.replace("DONE", "1000"), path)
    assert said == (
        f"3 The report document {path} could not be written: File too large. "
        "What stood there before is untouched; make room and run again.\n"
    )
    assert names(tmp_path) == (["run.jsonl"] if older else [])
    assert not older or path.read_bytes() == before


@pytest.mark.parametrize("call", ["fsync", "open"])
def test_a_disk_too_full_to_begin_is_told_of_and_what_stood_there_stays(
    tmp_path: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.jsonl"
    write_whole(path)
    monkeypatch.setattr(os, call, full)
    with pytest.raises(DocumentError, match="What stood there before is untouched"):
        DocumentWriter(path, HEADER).__enter__()
    monkeypatch.undo()
    assert read_document(path).complete
    assert names(tmp_path) == ["run.jsonl"]


def test_a_footer_that_does_not_reach_the_disk_is_no_footer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with DocumentWriter(tmp_path / "run.jsonl", HEADER) as writer:
        writer.result(of_baseline())
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(DocumentError, match="could not be written to its end"):
            writer.finish(NOW, ExitStatus.AS_EXPECTED)
    document = read_document(tmp_path / "run.jsonl")
    assert (document.results, document.footer) == ((of_baseline(),), None)


def test_an_interrupt_in_the_midst_of_a_line_takes_the_line_back(tmp_path: Path) -> None:
    class Interrupted:
        """A file that is interrupted when half of a line is written."""

        def __init__(self, file: IO[bytes]) -> None:
            self.truncate: Callable[[int], int] = file.truncate
            self._file = file

        def write(self, line: bytes) -> NoReturn:
            self._file.write(line[: len(line) // 2])
            raise KeyboardInterrupt

    with DocumentWriter(tmp_path / "run.jsonl", HEADER) as writer:
        writer.result(of_baseline())
        assert writer._place is not None
        file = writer._place._file
        writer._place._file = Interrupted(file)  # type: ignore[assignment]  # all that is asked of it
        with pytest.raises(KeyboardInterrupt):
            writer.result(of_subject())
        writer._place._file = file
        writer.result(of_subject(Outcome.FAILED))
        writer.interrupt(NOW)
    assert read_document(tmp_path / "run.jsonl").results == (of_baseline(), of_subject(Outcome.FAILED))
