"""The composite action's shell parts: what a caller gives reaches the harness as it was given, and nothing else."""

from __future__ import annotations

import re

import pytest
import yaml
from results import part_of
from test_report_command import write

from conformance.cli import commands
from sandbox import Sandbox
from workflow_files import ACTIONS, ROOT, read, step

INSTALL = step("action.yml", "Install the harness")
JUDGE = step("action.yml", "Judge")
NOTHING = {"CONFIG": "mine.toml", "PYTHONS": "", "LOOPS": "", "SUITES": ""}


@pytest.fixture
def harness(sandbox: Sandbox) -> Sandbox:
    """A sandbox in which the harness is installed: one that records, and judges as the test says."""
    ends_with(sandbox, 0)
    return sandbox


def ends_with(sandbox: Sandbox, status: int, *, document: bool = True) -> None:
    """Let `conformance run` end with this status, and write its document or not."""
    written = write(sandbox.folder, "written.jsonl", part_of(1)) if document else ""
    then = f"""
if sys.argv[1] == "run":
    import shutil
    out = next(word.partition("=")[2] for word in sys.argv if word.startswith("--out="))
    if {written!r}:
        shutil.copy({written!r}, out)
    sys.exit({status})
open(sys.argv[sys.argv.index("--markdown") + 1], "w").write("the summary")
sys.exit({status})
"""
    sandbox.stand_in("conformance", then, sandbox.folder / "temp" / "conformance" / "bin")


def run_arguments(sandbox: Sandbox) -> list[str]:
    (arguments,) = [call[2:] for call in sandbox.calls if call[:2] == ["conformance", "run"]]
    return arguments


def test_the_harness_beside_the_action_is_installed(sandbox: Sandbox) -> None:
    sandbox.stand_in("python", "", sandbox.folder / "temp" / "conformance" / "bin")
    assert sandbox.run(INSTALL, VERSION="").returncode == 0
    assert sandbox.calls[-1] == ["python", "-m", "pip", "install", str(sandbox.checkout / "conformance")]


def test_a_release_of_the_harness_is_installed_where_one_is_named(sandbox: Sandbox) -> None:
    sandbox.stand_in("python", "", sandbox.folder / "temp" / "conformance" / "bin")
    assert sandbox.run(INSTALL, VERSION="0.1.0").returncode == 0
    assert sandbox.calls[-1] == ["python", "-m", "pip", "install", "runner_backport-conformance==0.1.0"]


def test_what_is_not_given_is_the_harness_s_to_choose(harness: Sandbox) -> None:
    assert harness.run(JUDGE, **NOTHING).returncode == 0
    document = harness.folder / "temp" / "conformance" / "results.jsonl"
    assert run_arguments(harness) == ["--config=mine.toml", f"--out={document}"]


def test_each_line_is_an_option_of_its_own(harness: Sandbox) -> None:
    given = {"PYTHONS": "3.8\n  3.12  \n\n", "LOOPS": "asyncio\nuv*", "SUITES": "runners"}
    assert harness.run(JUDGE, **{**NOTHING, **given}).returncode == 0
    assert run_arguments(harness)[2:] == [
        "--python=3.8",
        "--python=3.12",
        "--loop=asyncio",
        "--loop=uv*",
        "--suite=runners",
    ]


def test_the_harness_knows_what_it_is_given(harness: Sandbox) -> None:
    given = {"PYTHONS": "3.8", "LOOPS": "asyncio", "SUITES": "runners"}
    harness.run(JUDGE, **{**NOTHING, **given})
    for name in ("run", "report"):
        (arguments,) = [call[2:] for call in harness.calls if call[:2] == ["conformance", name]]
        assert commands.commands[name].make_context(name, arguments).params


@pytest.mark.parametrize(
    "given", ['"; touch taken; "', "$(touch taken)", "`touch taken`", "a b", "*", "--no-cache", "'\\"]
)
def test_nothing_that_is_given_is_taken_for_a_command_or_another_option(harness: Sandbox, given: str) -> None:
    before = sorted(harness.checkout.iterdir())
    done = harness.run(JUDGE, CONFIG=given, PYTHONS=given, LOOPS=given, SUITES=given)
    assert done.returncode == 0, done.stderr
    config, _out, *others = run_arguments(harness)
    assert config == f"--config={given}"
    assert others == [f"--python={given}", f"--loop={given}", f"--suite={given}"]
    assert sorted(harness.checkout.iterdir()) == before


@pytest.mark.parametrize("status", [0, 1, 3])
def test_it_ends_as_the_run_does_and_says_so(sandbox: Sandbox, status: int) -> None:
    ends_with(sandbox, status)
    assert sandbox.run(JUDGE, **NOTHING).returncode == status
    document = sandbox.folder / "temp" / "conformance" / "results.jsonl"
    assert sandbox.outputs == {"status": str(status), "document": str(document)}
    assert document.is_file()
    assert sandbox.summary == "the summary"


def test_where_nothing_was_judged_there_is_nothing_to_summarize(sandbox: Sandbox) -> None:
    ends_with(sandbox, 2, document=False)
    assert sandbox.run(JUDGE, **NOTHING).returncode == 2
    assert sandbox.outputs["status"] == "2"
    assert [call[1] for call in sandbox.calls] == ["run"]


def test_a_document_of_an_earlier_step_is_not_taken_for_this_one_s(sandbox: Sandbox) -> None:
    ends_with(sandbox, 0)
    sandbox.run(JUDGE, **NOTHING)
    ends_with(sandbox, 2, document=False)
    sandbox.run(JUDGE, **NOTHING)
    assert not (sandbox.folder / "temp" / "conformance" / "results.jsonl").exists()


def test_every_input_and_every_output_says_what_it_is() -> None:
    action = read(ACTIONS[0])
    assert list(action["inputs"]) == ["config", "python", "loop", "suite", "version"]
    assert list(action["outputs"]) == ["document", "status"]
    assert all(
        one["description"].endswith(".") for one in [*action["inputs"].values(), *action["outputs"].values()]
    )


def test_the_page_about_it_has_its_inputs_and_outputs_and_ten_lines_that_use_it() -> None:
    page = (ROOT / "docs" / "action.md").read_text(encoding="utf-8")
    action = read(ACTIONS[0])
    for name in [*action["inputs"], *action["outputs"]]:
        assert re.search(rf"^\| `{name}` \|", page, re.MULTILINE)
    example = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)[0]
    assert len(example.splitlines()) <= 10
    used = yaml.safe_load(example)["jobs"]["conformance"]["steps"][-1]
    assert set(used["with"]) <= set(action["inputs"])
