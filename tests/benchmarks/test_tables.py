"""The README's tables from made-up measurements: what is said of a bound, of a peer, of what was not measured."""

from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

import pyperf
import pytest

import table
from measured import NOTHING, Measured, read, state_of
from rows import ROWS
from subjects import OURS, STOCK

Interpreters = Dict[Tuple[int, ...], Dict[Tuple[str, str, str], Measured]]


def child_steps(ours: float, fails: str = NOTHING, **others: Tuple[float, str]) -> Interpreters:
    """Steps of children on 3.8 and asyncio: ours takes so many times as long as stock, each peer likewise."""
    taken = {STOCK: (1.0, NOTHING), OURS: (ours, NOTHING), **others}
    results = {
        ("child_step", "asyncio", subject): Measured([value] * 3, lacks, fails)
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
        ("child_step", "asyncio", STOCK): Measured([1.0, 10.0, 100.0], NOTHING),
        ("child_step", "asyncio", OURS): Measured([3.0, 20.0, 1000.0], NOTHING),
    }
    assert cells(table.over_stock({(3, 9): results}, []), "a step of a child", "asyncio", "1.03") == [
        "**3.00**"
    ]


def test_what_was_not_measured_has_a_dash() -> None:
    lines = table.over_stock(child_steps(1.0), [])
    assert cells(lines, "a step of a child", "uvloop", "1.03") == ["–"]
    assert cells(lines, "a step of the main task", "asyncio", "1.05") == ["–"]


def test_a_runner_is_compared_where_there_is_native_s() -> None:
    results = {
        ("run", "asyncio", subject): Measured([value], NOTHING)
        for subject, value in ((STOCK, 2.0), (OURS, 1.0))
    }
    lines = table.over_stock({(3, 10): results, (3, 11): results}, [])
    assert cells(lines, "`runner.run(noop())`", "asyncio", "1.00") == ["–", "0.50"]


def test_what_is_not_compared_is_in_milliseconds() -> None:
    missed: List[str] = []
    results = {("import_time", "asyncio", OURS): Measured([0.0012, 0.006, 0.0071], NOTHING)}
    lines = table.over_stock({(3, 8): results}, missed)
    assert cells(lines, "import, in addition to `import asyncio`", "", "5.0 ms") == ["**6.0 ms**"]
    assert len(missed) == 1


@pytest.mark.parametrize(
    ("peer", "shown", "is_missed"),
    [
        ((2.0, NOTHING), "2.00", False),
        ((0.9, NOTHING), "**0.90**", True),
        ((0.9, "children count"), "(0.90)", False),
        (None, "–", False),
    ],
    ids=["slower", "faster", "faster, does less", "not measured"],
)
def test_a_peer(peer: Any, shown: str, is_missed: bool) -> None:
    missed: List[str] = []
    lines = table.over_peers(child_steps(1.0, **({} if peer is None else {"taskgroup": peer})), missed)
    assert cells(lines, "a step of a child", "asyncio", "taskgroup") == [shown]
    assert bool(missed) is is_missed


def test_a_peer_that_fails() -> None:
    lines = table.over_peers(child_steps(1.0, fails="backports.asyncio.runner, taskgroup"), [])
    assert cells(lines, "a step of a child", "asyncio", "taskgroup") == ["fails"]


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


@pytest.mark.parametrize("content", ["{", "[]", None], ids=["half a file", "something else", "no file"])
def test_what_bench_has_not_written_is_told_in_a_sentence(content: Any, tmp_path: Path) -> None:
    file = tmp_path / "3.8.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SystemExit, match=r"3\.8\.json is not what bench\.py writes .*: measure again"):
        read(file)


def full(series: Tuple[int, ...], value: float = 1.0) -> List[pyperf.Benchmark]:
    """All that is measured of ours and of stock on an interpreter, each as often as it has to be."""
    benchmarks = []
    for row in ROWS:
        for loop in row.loops:
            for subject in row.subjects(series):
                metadata = {"name": f"{row.program}-{loop}-{subject}", "lacks": NOTHING, "fails": NOTHING}
                metadata.update(
                    package=state_of(table.ROOT / OURS), python_version=".".join(map(str, series))
                )
                runs = [
                    pyperf.Run([value] * row.effort.values, metadata=metadata, collect_metadata=False)
                    for _ in range(row.effort.processes)
                ]
                benchmarks.append(pyperf.Benchmark(runs))
    return benchmarks


@pytest.fixture
def write_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Make the tables of all files in the folder, for a README of the test's own."""
    (tmp_path / OURS).symlink_to(table.ROOT / OURS)
    (tmp_path / ".python-version").write_text("3.8\n3.11\n")
    (tmp_path / "README.md").write_text(f"{table.BEGIN}\n{table.END}\n")
    monkeypatch.setattr(table, "ROOT", tmp_path)

    def write() -> int:
        monkeypatch.setattr("sys.argv", ["table.py", *map(str, sorted(tmp_path.glob("*.json")))])
        return table.main()

    return write


def dump(benchmarks: List[pyperf.Benchmark], file: Path) -> None:
    pyperf.BenchmarkSuite(benchmarks).dump(str(file))


def test_the_readme_is_written_when_all_is_measured(tmp_path: Path, write_tables: Callable[[], int]) -> None:
    dump(full((3, 8), 0.001), tmp_path / "3.8.json")
    dump(full((3, 11), 0.001), tmp_path / "3.11.json")
    assert write_tables() == 0
    assert "| a step of a child | asyncio | 1.03 | 1.00 | – |" in (tmp_path / "README.md").read_text()


def test_a_bound_that_is_not_kept_is_exit_status_1(
    tmp_path: Path, write_tables: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    # Of all bounds it is the one in seconds that a second breaks.
    dump(full((3, 8), 1.0), tmp_path / "3.8.json")
    assert write_tables() == 1
    assert "3.8, asyncio: import, in addition to `import asyncio`: 1000.0 ms, and" in capsys.readouterr().out


def test_without_files_it_is_said_what_makes_them(write_tables: Callable[[], int]) -> None:
    with pytest.raises(SystemExit, match="`nox -s bench` does it"):
        write_tables()


def one_row(benchmarks: List[pyperf.Benchmark]) -> List[pyperf.Benchmark]:
    return [each for each in benchmarks if each.get_name().startswith("run-")]


def without_ours(benchmarks: List[pyperf.Benchmark]) -> List[pyperf.Benchmark]:
    return [each for each in benchmarks if not each.get_name().endswith(OURS)]


def once_each(benchmarks: List[pyperf.Benchmark]) -> List[pyperf.Benchmark]:
    return [pyperf.Benchmark(each.get_runs()[:1]) for each in benchmarks]


def of_another_state(benchmarks: List[pyperf.Benchmark]) -> List[pyperf.Benchmark]:
    for each in benchmarks:
        each.update_metadata({"package": "another"})
    return benchmarks


@pytest.mark.parametrize(
    "part", [one_row, without_ours, once_each, of_another_state], ids=lambda part: part.__name__
)
def test_the_readme_is_left_as_it_is_when_something_is_not_measured(
    part: Any, tmp_path: Path, write_tables: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    dump(part(full((3, 8), 0.001)), tmp_path / "3.8.json")
    dump(full((3, 11), 0.001), tmp_path / "3.11.json")
    assert write_tables() == 0
    assert "The README is left as it is" in capsys.readouterr().out
    assert "|" not in (tmp_path / "README.md").read_text()
