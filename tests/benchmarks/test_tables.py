"""The README's tables from made-up measurements: what is said of a bound, of a peer, of what was not measured."""

from pathlib import Path
from typing import Any, Dict, List, Tuple

import pyperf
import pytest

import table
from measured import Measured, read
from subjects import OURS, STOCK

Interpreters = Dict[Tuple[int, ...], Dict[Tuple[str, str, str], Measured]]


def child_steps(ours: float, **others: Tuple[float, str]) -> Interpreters:
    """Steps of children on 3.8 and asyncio: ours takes so many times as long as stock, each peer likewise."""
    taken = {STOCK: (1.0, "nothing"), OURS: (ours, "nothing"), **others}
    results = {
        ("child_step", "asyncio", subject): Measured([value] * 3, lacks)
        for subject, (value, lacks) in taken.items()
    }
    return {(3, 8): results}


def cells(lines: List[str], *titles: str) -> List[str]:
    """What stands in the row with these titles, after them."""
    (row,) = [line for line in lines if line.startswith(f"| {' | '.join(titles)} |")]
    return [cell.strip() for cell in row.strip("|").split("|")][len(titles) :]


@pytest.mark.parametrize(
    ("ours", "shown", "is_missed"), [(1.03, "1.03", False), (1.034, "1.03", False), (1.04, "**1.04**", True)]
)
def test_a_bound(ours: float, shown: str, is_missed: bool) -> None:
    missed: List[str] = []
    lines = table.over_stock(child_steps(ours), missed)
    assert cells(lines, "a step of a child", "asyncio", "1.03") == [shown]
    assert missed == ["3.8, asyncio: a step of a child: 1.04, and 1.03 was to be kept."] * is_missed


def test_the_median_is_of_the_ratios_of_one_time_each() -> None:
    results = {
        ("child_step", "asyncio", STOCK): Measured([1.0, 10.0, 100.0], "nothing"),
        ("child_step", "asyncio", OURS): Measured([3.0, 20.0, 100.0], "nothing"),
    }
    assert cells(table.over_stock({(3, 9): results}, []), "a step of a child", "asyncio", "1.03") == [
        "**2.00**"
    ]


def test_what_was_not_measured_has_a_dash() -> None:
    lines = table.over_stock(child_steps(1.0), [])
    assert cells(lines, "a step of a child", "uvloop", "1.03") == ["–"]
    assert cells(lines, "a step of the main task", "asyncio", "1.05") == ["–"]


def test_a_runner_is_compared_where_there_is_native_s() -> None:
    results = {
        ("run", "asyncio", subject): Measured([value], "nothing")
        for subject, value in ((STOCK, 2.0), (OURS, 1.0))
    }
    lines = table.over_stock({(3, 10): results, (3, 11): results}, [])
    assert cells(lines, "`runner.run(noop())`", "asyncio", "1.00") == ["–", "0.50"]


def test_what_is_not_compared_is_in_milliseconds() -> None:
    missed: List[str] = []
    results = {("import_time", "asyncio", OURS): Measured([0.0012, 0.006, 0.0071], "nothing")}
    lines = table.over_stock({(3, 8): results}, missed)
    assert cells(lines, "import, in addition to `import asyncio`", "", "5.0 ms") == ["**6.0 ms**"]
    assert len(missed) == 1


@pytest.mark.parametrize(
    ("peer", "shown", "is_missed"),
    [
        ((2.0, "nothing"), "2.00", False),
        ((0.9, "nothing"), "**0.90**", True),
        ((0.9, "children count"), "(0.90)", False),
        (None, "fails", False),
    ],
    ids=["slower", "faster", "faster, does less", "fails"],
)
def test_a_peer(peer: Any, shown: str, is_missed: bool) -> None:
    missed: List[str] = []
    lines = table.over_peers(child_steps(1.0, **({} if peer is None else {"taskgroup": peer})), missed)
    assert cells(lines, "a step of a child", "asyncio", "taskgroup") == [shown]
    assert bool(missed) is is_missed


def test_peers_have_no_column_where_native_s_runner_is() -> None:
    (steps,) = child_steps(1.0).values()
    assert cells(table.over_peers({(3, 10): steps, (3, 11): steps}, []), "a peer ÷ ours", "loop", "peer") == [
        "3.10"
    ]


def test_the_tables_are_put_between_the_marks(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    table.write(readme, "new")
    table.write(readme, "newer")
    assert readme.read_text() == f"before\n{table.BEGIN}\n\nnewer\n\n{table.END}\nafter\n"


def test_without_the_marks_nothing_is_written(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("no marks\n")
    with pytest.raises(SystemExit, match="has not the two lines"):
        table.write(readme, "new")
    assert readme.read_text() == "no marks\n"


def test_the_readme_has_the_marks() -> None:
    text = (table.ROOT / "README.md").read_text()
    assert text.count(table.BEGIN) == text.count(table.END) == 1


@pytest.mark.parametrize("content", ["{", None], ids=["half a file", "no file"])
def test_what_bench_has_not_written_is_told_in_a_sentence(content: Any, tmp_path: Path) -> None:
    file = tmp_path / "3.8.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SystemExit, match=r"3\.8\.json is not what bench\.py writes .*: measure again"):
        read(file)


def test_what_was_measured_of_another_state_of_the_package_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = {"name": f"child_step-asyncio-{OURS}", "lacks": "nothing", "package": "another"}
    run = pyperf.Run([1.0], metadata=metadata)
    pyperf.BenchmarkSuite([pyperf.Benchmark([run])]).dump(str(tmp_path / "x.json"))
    monkeypatch.setattr("sys.argv", ["table.py", str(tmp_path / "x.json")])
    before = (table.ROOT / "README.md").read_text()
    assert table.main() == 0
    assert (
        "of this state of the package is not measured yet: 3.10, 3.11, 3.12, 3.13, 3.8, 3.9"
        in capsys.readouterr().out
    )
    assert (table.ROOT / "README.md").read_text() == before
