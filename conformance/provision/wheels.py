"""Build the wheel of an implementation that is a local source: what is judged is what users install."""

from __future__ import annotations

import hashlib
import sys
import tempfile
import zipfile
from pathlib import Path

from attrs import frozen

from conformance.errors import ProvisionError
from conformance.provision.modules import pack_module
from conformance.provision.pruning import BEING_MADE
from conformance.provision.uv import call_uv


@frozen
class Wheel:
    """A built wheel and the hash of the files in it, which stands for the source that it was built from."""

    path: Path
    sha256: str


def build_wheel(source: Path, folder: Path) -> Wheel:
    """Build the project in ``source``, or pack the module's file, into ``folder``/<hash>/ and return the wheel.

    Nothing is written to ``source``. Raises ProvisionError when it does not build.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=BEING_MADE, dir=folder) as work:
        if source.is_file():
            pack_module(source, Path(work))
        else:
            _build(source, Path(work))
        built = list(Path(work).glob("*.whl"))
        if len(built) != 1:
            raise ProvisionError(
                f"Building {source} made {len(built)} wheels.", "Its build has to make exactly one."
            )
        digest = _content(built[0])
        kept = folder / digest / built[0].name
        kept.parent.mkdir(exist_ok=True)
        # A rename within the folder: a run beside this one finds the whole wheel or none.
        built[0].replace(kept)
    return Wheel(path=kept, sha256=digest)


def _build(source: Path, work: Path) -> None:
    # setuptools, alone of the build backends, works in the folder that it builds, and reads this file for where else.
    elsewhere = work / "setup.cfg"
    elsewhere.write_text(
        f"[build]\nbuild_base = {work / 'build'}\n[egg_info]\negg_base = {work}\n", encoding="utf-8"
    )
    call_uv(
        # Our own Python: the folder may ask for one that is not here, and the wheel is for all of them.
        ["build", "--wheel", "--python", sys.executable, "--out-dir", work, source],
        failing=f"The wheel of {source} could not be built",
        variables={"DIST_EXTRA_CONFIG": str(elsewhere)},
    )


def _content(wheel: Path) -> str:
    """A hash of names and contents alone: some builds put the time into each archive that they make."""
    digest = hashlib.sha256()
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            digest.update(f"{name}\0{archive.getinfo(name).file_size}\0".encode() + archive.read(name))
    return digest.hexdigest()
