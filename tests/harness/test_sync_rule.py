"""The rule of what is pinned: the closure of imports, the certificates, and a tree that stands alone."""

from __future__ import annotations

import ast
import json
import subprocess
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from attrs import frozen

from conformance.records import Interpreter
from conformance.sync import read_lock
from conformance.sync.failures import SourceFailed
from conformance.sync.rule import NAMES_DATA, SUITE_FILES, bring_needed, imported
from conformance.sync.testids import test_ids as ids_of
from upstream_fixture import LOCK_FOLDER, Get

pytest_plugins = ["upstream_fixture"]

TAGS = read_lock(LOCK_FOLDER).tags
PACKAGE = "Lib/test/test_asyncio/__init__.py"
MODULE = "Lib/test/test_asyncio/test_tasks.py"


@frozen
class Written:
    """A source whose tag has just these files."""

    files: dict[str, str]
    source: str = "git"
    label: str = "a written tree"

    def names(self) -> frozenset[str]:
        return frozenset(self.files)

    def bring(self, paths: Collection[str], into: Path) -> None:
        for path in paths:
            (into / path).parent.mkdir(parents=True, exist_ok=True)
            (into / path).write_text(self.files[path])


SUITES = dict.fromkeys(SUITE_FILES, "import asyncio\n")


@pytest.mark.parametrize(
    ("path", "text", "module"),
    [
        (MODULE, "import test.x", "Lib/test/x.py"),
        (MODULE, "import os, test.x as y", "Lib/test/x.py"),
        (MODULE, "from test import x", "Lib/test/x.py"),
        (MODULE, "from test import (\n    a,  # not (x)\n    x,\n)", "Lib/test/x.py"),
        (MODULE, "from test import a, \\\n    x", "Lib/test/x.py"),
        (MODULE, "from test.x import name", "Lib/test/x.py"),
        (MODULE, "from test.x import name", "Lib/test/__init__.py"),
        (MODULE, "import test.x.y", "Lib/test/x/__init__.py"),
        (MODULE, "def f():\n    from test.x import name\n", "Lib/test/x.py"),
        (MODULE, "try: import test.x\nexcept ImportError: pass", "Lib/test/x.py"),
        (MODULE, "a = 1; import test.x", "Lib/test/x.py"),
        (MODULE, "from . import x", "Lib/test/test_asyncio/x.py"),
        (PACKAGE, "from . import x", "Lib/test/test_asyncio/x.py"),
        (MODULE, "from .. import x", "Lib/test/x.py"),
        (MODULE, "from ..x.y import name", "Lib/test/x/y.py"),
        (MODULE, "x = f'{a + ']' + f'}'\nfrom test import x", "Lib/test/x.py"),
    ],
)
def test_every_form_of_import_is_followed(path: str, text: str, module: str) -> None:
    assert module in imported(text, path)


@pytest.mark.parametrize(
    "text",
    ["import tests.x", "from testing import x", "# import test.x", "important test.x", "import of test.x"],
)
def test_what_is_no_import_of_test_is_not_followed(text: str) -> None:
    assert imported(text, MODULE) == set()


def test_imports_are_followed_from_file_to_file(tmp_path: Path) -> None:
    tree = Written(
        {
            **SUITES,
            "Lib/test/__init__.py": "",
            PACKAGE: "def load():\n    from test import one\n",
            "Lib/test/one.py": "from test.two import name\n",
            "Lib/test/two.py": "import test.three.four\n",
            "Lib/test/three/__init__.py": "",
            "Lib/test/three/four.py": "",
            "Lib/test/three/five.py": "",
            "Lib/test/support/late.py": "",
            "Lib/test/support/data.txt": "",
            MODULE: "from test.test_asyncio import nothing\n",
        }
    )
    needed = bring_needed(tree, "3.10", tmp_path)
    assert needed == tree.names() - {"Lib/test/three/five.py", "Lib/test/support/data.txt"}
    assert all((tmp_path / path).is_file() for path in needed)


@pytest.mark.parametrize("where", ["Lib/test", "Lib/test/certdata"])
def test_certificates_are_found_by_their_names_wherever_they_lie(tmp_path: Path, where: str) -> None:
    tree = Written(
        {
            **SUITES,
            MODULE: "from test.test_asyncio import utils\n",
            NAMES_DATA: "KEY = data_file('certdata', \"one.pem\")\n",
            f"{where}/one.pem": "",
            f"{where}/two.pem": "",
        }
    )
    assert bring_needed(tree, "3.10", tmp_path) == tree.names() - {f"{where}/two.pem"}


def test_a_certificate_that_the_source_lacks_is_named(tmp_path: Path) -> None:
    tree = Written(
        {**SUITES, MODULE: "from test.test_asyncio import utils\n", NAMES_DATA: "KEY = 'one.pem'\n"}
    )
    with pytest.raises(SourceFailed, match=r"^git: a written tree has no one\.pem, which the tests need$"):
        bring_needed(tree, "3.10", tmp_path)


def test_a_root_that_the_source_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceFailed, match=r"has no Lib/unittest/async_case\.py, which the tests need"):
        bring_needed(Written(SUITES), "3.11", tmp_path)


def test_only_series_311_has_the_asynchronous_test_case() -> None:
    expected = {"Lib/unittest/async_case.py", "Lib/unittest/test/test_async_case.py"}
    for entry in read_lock(LOCK_FOLDER).entries:
        beside = {path for path in entry.files if not path.startswith("Lib/test/")}
        assert beside == (expected if entry.tag == "v3.11.7" else set())


LOAD = """
import json, sys, unittest
sys.path.insert(0, sys.argv[1])
ids = {}
for name in ("test_runners", "test_tasks"):
    module = __import__("test.test_asyncio." + name, fromlist=["*"])
    for case in unittest.defaultTestLoader.loadTestsFromModule(module):
        for test in case:
            ids.setdefault(name, []).append(test.id().replace("test.test_asyncio.", "", 1))
import pkgutil, test.support
files = [m.__file__ for n, m in sys.modules.items() if n == "test" or n.startswith("test.")]
print(json.dumps([ids, files, unittest.__file__]))
"""


@pytest.mark.parametrize("tag", TAGS)
def test_a_synced_tree_stands_alone_and_its_ids_are_those_that_unittest_loads(
    tag: str, get: Get, cpython: Callable[[str], Interpreter]
) -> None:
    interpreter = cpython(tag)
    library = get(tag, having=[interpreter])[tag]
    command = [str(interpreter.executable), "-B", "-c", LOAD, str(library)]
    loaded, files, unittest_file = json.loads(
        subprocess.run(command, check=True, capture_output=True, cwd=library).stdout
    )
    assert [file for file in files if not file.startswith(str(library))] == []
    assert not unittest_file.startswith(str(library))
    for suite, ids in loaded.items():
        assert ids_of((library / f"test/test_asyncio/{suite}.py").read_bytes(), suite) == set(ids)


@pytest.mark.parametrize("tag", TAGS)
def test_no_import_of_a_whole_parse_is_missed(
    tag: str, get: Get, cpython: Callable[[str], Interpreter]
) -> None:
    library = get(tag, having=[cpython(tag)])[tag]
    parsed = 0
    for path in library.rglob("*.py"):
        text = path.read_text()
        try:
            whole = ast.parse(text)
        except SyntaxError:
            continue  # newer than this Python, the very reason why the rule does not parse files as a whole
        parsed += 1
        alone = [
            ast.unparse(node) for node in ast.walk(whole) if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        name = path.relative_to(library.parent).as_posix()
        assert imported("\n".join(alone), name) <= imported(text, name)
    assert parsed >= 8
