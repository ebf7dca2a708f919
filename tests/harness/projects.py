"""Small projects that build without a registry: each brings its own build backend, a few lines long."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from miniatures import write

_BACKEND = '''\
import pathlib
import zipfile

INFO = "{name}-1.0.dist-info"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Pack what lies beside this file, the same bytes each time."""
    {first}
    files = {{path.name: path.read_text() for path in pathlib.Path().glob("*.py")}}
    files[INFO + "/METADATA"] = "Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n"
    files[INFO + "/WHEEL"] = "Wheel-Version: 1.0\\nGenerator: us\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    files[INFO + "/RECORD"] = "".join(path + ",,\\n" for path in [*files, INFO + "/RECORD"])
    wheel = pathlib.Path(wheel_directory, "{name}-1.0-py3-none-any.whl")
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path), text)
    return wheel.name
'''
_PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["build-backend"]

[project]
name = "{name}"
version = "1.0"
"""


def make_project(folder: Path, name: str, modules: Mapping[str, str], *, first: str = "pass") -> Path:
    """Write a project of the modules and return its folder; ``first`` is what its build does first."""
    write(folder / "pyproject.toml", _PYPROJECT.format(name=name))
    write(folder / "build-backend" / "backend.py", _BACKEND.format(name=name, first=first))
    for module, text in modules.items():
        write(folder / f"{module}.py", text)
    return folder
