"""Bring your own implementation: four lines are enough, and every wrong one is answered with what is right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.configuration import Configuration, read_configuration
from conformance.errors import UsageError
from conformance.records import Implementation, Loop
from miniatures import write

Configure = Callable[[str], Configuration]

FOUR_LINES = """
    [[implementation]]
    name = "mine"
    requires = ["mine==1.0"]
    runner = "mine:Runner"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.toml"


@pytest.fixture
def configure(file: Path) -> Configure:
    def read(text: str) -> Configuration:
        write(file, text)
        return read_configuration(file)

    return read


def test_a_runner_and_its_four_lines(configure: Configure) -> None:
    configuration = configure(FOUR_LINES)
    assert configuration.implementations["mine"] == Implementation(
        "mine", runner="mine:Runner", requires=("mine==1.0",)
    )


def test_the_harnesss_own_are_there_beside_it(configure: Configure) -> None:
    configuration = configure(FOUR_LINES)
    assert set(configuration.implementations) == {*read_configuration().implementations, "mine"}
    assert {"native", "runner_backport"} < set(configuration.implementations)
    assert {"asyncio", "uvloop"} == set(configuration.loops)


def test_what_a_users_file_declares_is_what_is_judged_by_default(configure: Configure) -> None:
    assert configure(FOUR_LINES).default == ("mine",)
    assert configure(FOUR_LINES + FOUR_LINES.replace('"mine"', '"more"')).default == ("mine", "more")


def test_without_a_users_implementation_the_backport_is_judged_by_default(configure: Configure) -> None:
    default = read_configuration().default
    assert default == ("runner_backport", "runner_backport-own")
    assert set(default) <= set(read_configuration().implementations)
    assert configure('[[loop]]\nname = "own"\nfactory = "own:new"\n').default == default


def test_all_keys_of_both_tables(configure: Configure, file: Path) -> None:
    write(file.parent / "source" / "pyproject.toml", "")
    configuration = configure("""
        [[loop]]
        name = "own"
        requires = ["own-loop>=2; python_version < '3.12'"]
        python = ">=3.9"
        factory = "own.loops:new.one"

        [[implementation]]
        name = "mine"
        path = "source"
        requires = []
        python = ">=3.8,<3.11"
        runner = "mine:Runner"
        run = "mine.running:run"
        task = "mine:Task"
    """)
    assert configuration.loops["own"] == Loop(
        "own", "own.loops:new.one", ("own-loop>=2; python_version < '3.12'",), ">=3.9"
    )
    assert configuration.implementations["mine"] == Implementation(
        "mine",
        "mine:Runner",
        run="mine.running:run",
        task="mine:Task",
        path=file.parent.resolve() / "source",
        python=">=3.8,<3.11",
    )


def test_a_users_declaration_goes_over_ours_of_the_same_name(configure: Configure) -> None:
    configuration = configure('[[implementation]]\nname = "taskgroup"\nrunner = "mine:Runner"\n')
    assert configuration.implementations["taskgroup"] == Implementation("taskgroup", "mine:Runner")
    assert configuration.default == ("taskgroup",)


KEYS = "Known keys: name, runner, run, task, requires, path, python."
OBJECT = "Give 'module:attribute', such as 'taskgroup:Runner'."
NAME = "Use letters, digits and . _ + - alone."


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("walker = 'mine:walk'", f"the key 'walker' is not known. {KEYS}"),
        ("runner = 'mine.Runner'", f"runner is 'mine.Runner'. {OBJECT}"),
        ("runner = 'mine:'", f"runner is 'mine:'. {OBJECT}"),
        ("runner = 'mine:a:b'", f"runner is 'mine:a:b'. {OBJECT}"),
        ("runner = '.mine:a'", f"runner is '.mine:a'. {OBJECT}"),
        ("runner = 'mine:a..b'", f"runner is 'mine:a..b'. {OBJECT}"),
        ("run = ' mine:run'", f"run is ' mine:run'. {OBJECT}"),
        ("task = 'Task'", f"task is 'Task'. {OBJECT}"),
        ("runner = 7", "runner is 7. Give a string that is not empty."),
        ("runner = ''", "runner is ''. Give a string that is not empty."),
        ("python = 3.8", "python is 3.8. Give a string that is not empty."),
        ("python = '3.8'", "python is '3.8'. Give a range, such as '>=3.8,<3.11'."),
        ("requires = 'mine'", "requires is 'mine'. Give a list of requirements, such as [\"a==1\"]."),
        ("requires = ['=1']", "requires is ['=1']. Give a list of requirements, such as [\"a==1\"]."),
        ("requires = [1]", 'requires is [1]. Give a list of requirements, such as ["a==1"].'),
    ],
)
def test_a_wrong_key_is_answered_with_file_entry_key_and_what_is_accepted(
    configure: Configure, file: Path, line: str, said: str
) -> None:
    key = line.partition(" ")[0]
    lines = [
        "[[implementation]]",
        'name = "mine"',
        line,
        *(['runner = "mine:Runner"'] if key != "runner" else []),
    ]
    with pytest.raises(UsageError) as told:
        configure("\n".join(lines))
    assert str(told.value) == f"{file}, implementation 'mine': {said}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[implementation]]\nname = 'a'", ", implementation 'a': the key 'runner' is missing. Needed keys: name, runner."),
        ("[[implementation]]\nrunner = 'a:b'", ", implementation '?': the key 'name' is missing. Needed keys: name, runner."),
        ("[[loop]]\nname = 'a'", ", loop 'a': the key 'factory' is missing. Needed keys: name, factory."),
        (
            "[[loop]]\nname = 'a'\nfactory = 'a:b'\npath = '.'",
            ", loop 'a': the key 'path' is not known. Known keys: name, factory, requires, python.",
        ),
        ("[[loop]]\nname = 'a b'\nfactory = 'a:b'", f", loop 'a b': the name is not usable. {NAME}"),
        ("[[loop]]\nname = 'a/b'\nfactory = 'a:b'", f", loop 'a/b': the name is not usable. {NAME}"),
        ("loop = [1]", ": a loop is not a table. Write it under [[loop]]."),
        ("[loop]\nname = 'a'", ": 'loop' is no list of tables. Write it under [[loop]]."),
        ("implementation = 1", ": 'implementation' is no list of tables. Write it under [[implementation]]."),
        ("[[loops]]", " has 'loops', which is not known. A configuration holds [[loop]] and [[implementation]] tables alone."),
        (
            "[[implementation]]\nname = 'native'\nrunner = 'a:b'",
            ", implementation 'native': native is what the others are judged against. Give it another name.",
        ),
        (
            "[[loop]]\nname = 'a'\nfactory = 'a:b'\n[[loop]]\nname = 'a'\nfactory = 'a:c'",
            ", loop 'a': the name is there twice. Give each loop a name of its own.",
        ),
    ],
)  # fmt: skip
def test_a_wrong_table_is_answered(configure: Configure, file: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as told:
        configure(text)
    assert str(told.value) == f"{file}{said}"


def test_a_source_folder_that_cannot_be_built_is_named(configure: Configure, file: Path) -> None:
    with pytest.raises(UsageError) as told:
        configure("[[implementation]]\nname = 'mine'\nrunner = 'a:b'\npath = 'source'")
    where = file.parent.resolve() / "source"
    assert str(told.value) == (
        f"{file}, implementation 'mine': there is no pyproject.toml in {where}. Name a folder that can be built."
    )


@pytest.mark.parametrize("content", [b"[[", b"\xff", b"a = 1\na = 2"])
def test_a_file_that_is_no_toml_is_named(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(UsageError) as told:
        read_configuration(file)
    assert str(told.value).startswith(f"{file} is not valid TOML: ")
    assert str(told.value).endswith("Mend the file that --config names.")


def test_a_file_that_is_not_there_is_named(file: Path) -> None:
    with pytest.raises(UsageError, match=r"mine\.toml.*Name a file of"):
        read_configuration(file)
