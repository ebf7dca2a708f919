"""Of a local source the files count that a cell can load, on its interpreter, and nothing less."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from conformance.store.reach import reached
from miniatures import write

OURS = {
    "ours/__init__.py": "import sys\nif sys.version_info < (3, 11):\n    from ._runner import Runner\n",
    "ours/_runner.py": "from ._base import base\n\ndef run():\n    from . import _late\n",
    "ours/_base.py": "base = 1\n",
    "ours/_late.py": "",
    "ours/_other.py": "",
    "ours/data.json": "{}",
}
OLD, NEW = (3, 8, 18), (3, 11, 7)
ALL = set(OURS)


def install(site: Path, name: str, files: Mapping[str, str], *, local: bool) -> None:
    """Put a distribution there as an installer does."""
    info = f"{name}-1.0.dist-info"
    told = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n\nWords.\n",
        **({"direct_url.json": "{}"} if local else {}),
    }
    for path, text in {**files, **{f"{info}/{path}": text for path, text in told.items()}}.items():
        write(site / path, text)
    write(site / info / "RECORD", "".join(f"{path},,\n" for path in (*files, f"{info}/METADATA")))


def found(
    site: Path, files: Mapping[str, str], modules: tuple[str, ...] = ("ours",), release: tuple[int, ...] = OLD
) -> set[str]:
    """Install the files and return the paths of those that count."""
    install(site, "ours", files, local=True)
    listed = reached(site, modules, release)
    assert listed is not None
    return {path for path, _hash in listed} - {"metadata"}


def test_what_is_imported_counts_wherever_the_import_stands(tmp_path: Path) -> None:
    assert found(tmp_path, OURS) == ALL - {"ours/_other.py"}


def test_what_only_another_interpreter_imports_does_not_count(tmp_path: Path) -> None:
    assert found(tmp_path, OURS, release=NEW) == {"ours/__init__.py", "ours/data.json"}


def test_a_module_is_loaded_with_the_packages_that_it_is_in(tmp_path: Path) -> None:
    assert found(tmp_path, OURS, ("ours._base",), NEW) == {
        "ours/__init__.py",
        "ours/_base.py",
        "ours/data.json",
    }


@pytest.mark.parametrize(
    ("condition", "counts"),
    [
        ("sys.version_info >= (3, 8)", True),
        ("sys.version_info > (3, 8)", True),
        ("sys.version_info <= (3, 8)", False),
        ("sys.version_info >= (3, 9)", False),
        ("sys.version_info < (3, 9)", True),
        ("sys.version_info >= (3, 9) or flag", True),
        ("sys.platform == 'nowhere'", True),
    ],
)
def test_only_a_condition_on_the_version_alone_is_decided(
    tmp_path: Path, condition: str, counts: bool
) -> None:
    ours = {**OURS, "ours/__init__.py": f"import sys\nif {condition}:\n    from . import _other\n"}
    assert ("ours/_other.py" in found(tmp_path, ours)) is counts


@pytest.mark.parametrize(
    "first",
    [
        "from ._other import thing",
        "from . import _other",
        "from ours import _other",
        "import ours._other",
        "import ours._other as something",
        "try:\n    from ._other import thing\nexcept ImportError:\n    pass",
        "class A:\n    def f(self):\n        return [(lambda: 1) for _ in ()]\n    from ._other import thing",
        "async def f():\n    if True:\n        from ._other import thing",
        "if 1 > 2:\n    pass\nelse:\n    from ._other import thing",
    ],
)
def test_every_way_to_import_is_seen(tmp_path: Path, first: str) -> None:
    assert "ours/_other.py" in found(tmp_path, {**OURS, "ours/__init__.py": first})


@pytest.mark.parametrize(
    "first",
    [
        "import importlib",
        "from importlib import import_module",
        "import os, importlib.util as u",
        "def f(name):\n    return __import__(name)",
        "import builtins\nbuiltins.__import__('ours._' + 'other')",
        "exec('from ._other import thing')",
        "from ._base import *",
        "here = __file__",
        "import builtins\ngetattr(builtins, '__import__')('ours' '._other')",
        "__builtins__['__import__']('ours._other')",
        "from unittest import mock\nmock.patch('ours._other.thing').start()",
        "import pickle\npickle.loads(b'cours._other\\nthing\\n.')",
        "load(b'cours._other\\nthing\\n.')",
        "import pydoc\npydoc.locate('ours._' + 'other')",
        "import subprocess\nsubprocess.run(['python', '-m', 'ours._' + 'other'])",
        "import sys\nopen(sys.path[-1] + '/ou' 'rs' '/_other.py')",
        "open('lib/ours/_other.py')",
        "match = case = \x00",
        "this is of another language",
    ],
)
def test_where_it_cannot_be_said_all_count(tmp_path: Path, first: str) -> None:
    assert found(tmp_path, {**OURS, "ours/__init__.py": first}) == ALL


def test_all_count_where_another_package_may_import_them(tmp_path: Path) -> None:
    install(tmp_path, "theirs", {"theirs.py": "import ours._other\n"}, local=False)
    assert found(tmp_path, OURS, release=NEW) == ALL


def test_all_count_where_a_module_stands_for_one_of_pythons(tmp_path: Path) -> None:
    assert found(tmp_path, {**OURS, "asyncio/__init__.py": ""}, release=NEW) == {
        *ALL,
        "asyncio/__init__.py",
    }


def test_all_count_where_the_module_is_not_among_them(tmp_path: Path) -> None:
    assert found(tmp_path, OURS, ("theirs",)) == ALL


def test_a_docstring_may_name_any_module(tmp_path: Path) -> None:
    ours = {**OURS, "ours/__init__.py": '"""See ours._other."""\nfrom . import _base\n'}
    assert found(tmp_path, ours) == {"ours/__init__.py", "ours/_base.py", "ours/data.json"}


def test_what_python_starts_with_always_counts(tmp_path: Path) -> None:
    more = {**OURS, "sitecustomize.py": ""}
    assert found(tmp_path, more, release=NEW) == {"ours/__init__.py", "ours/data.json", "sitecustomize.py"}


@pytest.mark.parametrize("name", ["ours.pth", "ours/_fast.so", "ours/_fast.pyd", "ours/_old.pyc"])
def test_all_count_beside_what_may_import_and_is_no_source(tmp_path: Path, name: str) -> None:
    assert found(tmp_path, {**OURS, name: "import ours._other\n"}, release=NEW) == {*ALL, name}


def test_bytecode_that_python_made_itself_does_not_count(tmp_path: Path) -> None:
    more = {**OURS, "ours/__pycache__/_other.cpython-311.pyc": ""}
    assert found(tmp_path, more, release=NEW) == {"ours/__init__.py", "ours/data.json"}


def test_a_package_of_a_registry_is_known_by_its_version(tmp_path: Path) -> None:
    install(tmp_path, "theirs", {"theirs.py": ""}, local=False)
    assert reached(tmp_path, ("theirs",), OLD) is None


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("Words.", "Other words.", True),
        ("Version: 1.0", "Version: 1.1", False),
    ],
)
def test_of_the_metadata_all_counts_but_the_description(
    tmp_path: Path, old: str, new: str, same: bool
) -> None:
    install(tmp_path, "ours", OURS, local=True)
    before = reached(tmp_path, ("ours",), OLD)
    metadata = tmp_path / "ours-1.0.dist-info" / "METADATA"
    metadata.write_text(metadata.read_text().replace(old, new))
    assert (reached(tmp_path, ("ours",), OLD) == before) is same
