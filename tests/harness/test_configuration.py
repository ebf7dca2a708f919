"""Bring your own implementation: four lines are enough, and every wrong one is answered with what is right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

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
    assert {"asyncio", "uvloop", "rloop"} == set(configuration.loops)


def test_the_third_loop_is_judged_where_it_is_asked_for_alone(configure: Configure) -> None:
    assert read_configuration().default_loops == ("asyncio", "uvloop")
    assert configure(FOUR_LINES).default_loops == ("asyncio", "uvloop")


def test_a_loop_that_a_user_declares_is_one_of_the_default_ones(configure: Configure) -> None:
    own = configure('[[loop]]\nname = "own"\nfactory = "own:new"\n')
    assert own.default_loops == ("asyncio", "uvloop", "own")


@pytest.mark.parametrize("python", ["3.9", "3.10", "3.11", "3.12", "3.13"])
def test_one_release_of_the_third_loop_is_for_each_interpreter_that_it_is_for(python: str) -> None:
    rloop = read_configuration().loops["rloop"]
    assert SpecifierSet(rloop.python).contains(python)
    markers = [Requirement(one).marker for one in rloop.requires]
    fitting = [marker for marker in markers if marker is None or marker.evaluate({"python_version": python})]
    assert len(fitting) == 1


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
        context = false
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
        context=False,
    )


def test_a_users_declaration_goes_over_ours_of_the_same_name(configure: Configure) -> None:
    configuration = configure(
        '[[implementation]]\nname = "taskgroup"\nrunner = "mine:Runner"\nrequires = ["mine"]\n'
    )
    assert configuration.implementations["taskgroup"] == Implementation(
        "taskgroup", "mine:Runner", requires=("mine",)
    )
    assert configuration.default == ("taskgroup",)


KEYS = "Known keys: name, runner, run, task, requires, path, python, context."
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
        ("runner = 7", f"runner is 7. {OBJECT}"),
        ("run = true", f"run is True. {OBJECT}"),
        ("task = ['mine:Task']", f"task is ['mine:Task']. {OBJECT}"),
        (
            "path = 7",
            "path is 7. Give a folder with a pyproject.toml, or the file of one module, such as mine.py, as a string.",
        ),
        (
            "path = ''",
            "path is ''. Give a folder with a pyproject.toml, or the file of one module, such as mine.py, as a string.",
        ),
        ("requires = 7", 'requires is 7. Give a list of requirements, such as ["a==1"].'),
        ("python = ''", "python is ''. Give a range, such as '>=3.8,<3.11', as a string."),
        ("runner = ''", f"runner is ''. {OBJECT}"),
        ("python = 3.8", "python is 3.8. Give a range, such as '>=3.8,<3.11', as a string."),
        ("python = '3.8'", "python is '3.8'. Give a range, such as '>=3.8,<3.11'."),
        ("requires = 'mine'", "requires is 'mine'. Give a list of requirements, such as [\"a==1\"]."),
        ("requires = ['=1']", "requires is ['=1']. Give a list of requirements, such as [\"a==1\"]."),
        ("runner = '1mine:2Runner'", f"runner is '1mine:2Runner'. {OBJECT}"),
        (
            "requires = ['mine @ file:///srv/mine']",
            "requires has 'mine @ file:///srv/mine', which is local. Give it as path.",
        ),
        ("context = 'no'", "context is 'no'. Give false for a task that takes no context, or true."),
        (
            "context = false",
            "context is false, and there is no task that it is about. "
            "Give task = 'module:attribute' beside it, or leave context out.",
        ),
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
        (
            "[[implementation]]\nname = 'a'",
            ", implementation 'a': there is neither a runner nor a task to judge. Give runner = 'module:attribute', or task, or both.",
        ),
        (
            "[[implementation]]\nname = 'a'\nrun = 'a:b'\ntask = 'a:c'",
            ", implementation 'a': run is 'a:b', and there is no runner that it runs. Give runner = 'module:attribute' beside it.",
        ),
        ("[[implementation]]\nrunner = 'a:b'", ", implementation '?': the key 'name' is missing. Needed keys: name."),
        ("[[loop]]\nname = 'a'", ", loop 'a': the key 'factory' is missing. Needed keys: name, factory."),
        (
            "[[loop]]\nname = 'a'\nfactory = 'a:b'\npath = '.'",
            ", loop 'a': the key 'path' is not known. Known keys: name, factory, requires, python.",
        ),
        (
            "[[loop]]\nname = 'a'\nfactory = 'a:b'\nrequires = ['a @ file:///srv/a']",
            ", loop 'a': requires has 'a @ file:///srv/a', which is local. Name a release, such as 'own-loop==1.0'.",
        ),
        ("[[loop]]\nname = 'a b'\nfactory = 'a:b'", f", loop 'a b': the name is not usable. {NAME}"),
        ("[[loop]]\nname = 'a/b'\nfactory = 'a:b'", f", loop 'a/b': the name is not usable. {NAME}"),
        ("implementation = [1]", ": an implementation is not a table. Write it under [[implementation]]."),
        (
            "[[implementation]]\nname = 'a'\nrunner = 'a:b'",
            ", implementation 'a': nothing says where 'a' comes from. "
            "Give path, a folder with a pyproject.toml or one module's file, or requires, what to install.",
        ),
        ("[[loop]]\nname = \"\\u001b[2J\"\nfactory = 'a:b'", r", loop '\x1b[2J': the name is not usable. " + NAME),
        ("loop = [1]", ": a loop is not a table. Write it under [[loop]]."),
        ("[loop]\nname = 'a'", ": 'loop' is no list of tables. Write it under [[loop]]."),
        ("implementation = 1", ": 'implementation' is no list of tables. Write it under [[implementation]]."),
        ("[[loops]]", " has 'loops', which is not known. A configuration holds [[loop]] and [[implementation]] tables alone."),
        (
            "[[implementation]]\nname = 'native'\nrunner = 'a:b'\nrequires = ['a']",
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


SOURCE = "Name a folder with a pyproject.toml, or the file of one module, such as mine.py."


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nothing", "there is no {folder}/nothing."),
        ("nothing.py", "there is no {folder}/nothing.py."),
        ("bare", "there is no pyproject.toml in {folder}/bare."),
        ("pyproject.toml", "{folder}/pyproject.toml is no file of a module that can be imported."),
        ("mine-own.py", "{folder}/mine-own.py is no file of a module that can be imported."),
        ("mine.py/sub", "there is no {folder}/mine.py/sub."),
        ("a\\u0000b", "path is 'a\\x00b': embedded null byte."),
    ],
)
def test_a_source_that_is_none_is_answered(configure: Configure, file: Path, path: str, said: str) -> None:
    folder = file.parent.resolve()
    (folder / "bare").mkdir()
    for name in ("pyproject.toml", "mine-own.py", "mine.py"):
        (folder / name).touch()
    with pytest.raises(UsageError) as told:
        configure(f"[[implementation]]\nname = 'mine'\nrunner = 'mine:b'\npath = \"{path}\"")
    assert str(told.value) == f"{file}, implementation 'mine': {said.format(folder=folder)} {SOURCE}"


def test_a_source_may_be_one_modules_file(configure: Configure, file: Path) -> None:
    (file.parent / "mine.py").touch()
    configuration = configure("[[implementation]]\nname = 'mine'\nrunner = 'mine:Runner'\npath = 'mine.py'")
    assert configuration.implementations["mine"].path == file.parent.resolve() / "mine.py"


@pytest.mark.parametrize("name", ["asyncio.py", "queue.py", "test.py"])
def test_a_module_of_a_name_that_python_has_itself_is_answered(
    configure: Configure, file: Path, name: str
) -> None:
    (file.parent / name).touch()
    with pytest.raises(
        UsageError, match=f"{name} has the name of one of Python's own modules.* another name"
    ):
        configure(f"[[implementation]]\nname = 'mine'\nrunner = '{name[:-3]}:Runner'\npath = '{name}'")


def test_a_module_goes_by_the_name_of_its_link(configure: Configure, file: Path) -> None:
    write(file.parent / "elsewhere" / "other.py", "")
    (file.parent / "mine.py").symlink_to(file.parent / "elsewhere" / "other.py")
    configuration = configure("[[implementation]]\nname = 'mine'\nrunner = 'mine:Runner'\npath = 'mine.py'")
    assert configuration.implementations["mine"].path == file.parent.resolve() / "mine.py"


@pytest.mark.parametrize("key", ["runner", "run", "task"])
def test_what_one_modules_file_cannot_have_is_answered(configure: Configure, file: Path, key: str) -> None:
    (file.parent / "mine.py").touch()
    named = {"runner": "mine:Runner", key: "other:it"}
    lines = ["[[implementation]]", "name = 'mine'", "path = 'mine.py'"]
    with pytest.raises(UsageError) as told:
        configure("\n".join([*lines, *(f"{name} = '{value}'" for name, value in named.items())]))
    assert str(told.value) == (
        f"{file}, implementation 'mine': {key} is 'other:it', which is not in mine.py. "
        "Give 'mine:attribute', or say under requires what has it."
    )


def test_beside_requirements_a_modules_file_need_not_have_all(configure: Configure, file: Path) -> None:
    (file.parent / "mine.py").touch()
    mine = "[[implementation]]\nname = 'mine'\npath = 'mine.py'\nrequires = ['other']\n"
    configuration = configure(f"{mine}runner = 'mine:Runner'\nrun = 'other:run'")
    assert configuration.implementations["mine"].run == "other:run"


def test_a_task_alone_is_enough(configure: Configure) -> None:
    configuration = configure("[[implementation]]\nname = 'mine'\ntask = 'mine:Task'\nrequires = ['mine']")
    assert configuration.implementations["mine"] == Implementation(
        "mine", task="mine:Task", requires=("mine",)
    )


def test_without_a_checkout_nothing_is_judged_by_default(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conformance.configuration.CHECKOUT", None)
    assert read_configuration().default == ()
    assert {"native", "taskgroup"} < set(read_configuration().implementations)
    assert "runner_backport" not in read_configuration().implementations
    assert configure('[[loop]]\nname = "own"\nfactory = "own:new"\n').default == ()
    assert configure(FOUR_LINES).default == ("mine",)


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
