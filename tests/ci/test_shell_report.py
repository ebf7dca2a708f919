"""The job that reports: what the other jobs have uploaded becomes one report, its summary and one verdict."""

from __future__ import annotations

from results import part_of
from test_report_command import write

from sandbox import Sandbox
from workflow_files import step

REPORT = step(".github/workflows/ci.yml", "Merge and render", "report")


def download(sandbox: Sandbox, *numbers: int) -> None:
    """Put the documents of these parts where download-artifact does."""
    folder = sandbox.checkout / "documents"
    folder.mkdir()
    for number in numbers:
        write(folder, f"{number}.jsonl", part_of(number))


def test_the_documents_become_a_page_a_file_for_machines_and_the_summary(sandbox: Sandbox) -> None:
    download(sandbox, 1, 2, 3)
    done = sandbox.run(REPORT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (sandbox.checkout / "report" / "index.html").is_file()
    assert (sandbox.checkout / "junit.xml").is_file()
    assert "3 of 3" in sandbox.summary


def test_a_job_without_a_document_is_missed(sandbox: Sandbox) -> None:
    download(sandbox, 1, 3)
    done = sandbox.run(REPORT)
    assert done.returncode == 3
    assert "shard 2/3 is missing" in done.stderr
    assert (sandbox.checkout / "report" / "index.html").is_file()


def test_what_it_uploads_is_what_it_writes() -> None:
    kept = step(".github/workflows/ci.yml", "Keep the report", "report").written["with"]["path"].split()
    words = (REPORT.script or "").split()
    assert kept == [f"{words[words.index('--html') + 1]}/", words[words.index("--junit") + 1]]
