"""Wheel and sdist as they would be published: built, and looked into."""

from __future__ import annotations

import subprocess
import zipfile
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import EmailPolicy
from pathlib import Path

from attrs import frozen

from conformance.provision.uv import call_uv

ROOT = Path(__file__).parents[2]


@frozen
class Distribution:
    """The archives, and what the wheel holds by name."""

    wheel: Path
    sdist: Path
    files: dict[str, bytes]

    @property
    def metadata(self) -> EmailMessage:
        (name,) = [name for name in self.files if name.endswith(".dist-info/METADATA")]
        # A header's line is not to be folded into one that is shorter than it was written.
        parser = BytesParser(EmailMessage, policy=EmailPolicy(utf8=True, max_line_length=None))
        return parser.parsebytes(self.files[name])


def build(source: Path, folder: Path, kind: str) -> Path:
    """Build a wheel or an sdist of ``source``, and return it."""
    call_uv(
        ["build", f"--{kind}", "--out-dir", folder, source],
        failing=f"The {kind} of {source} could not be built",
    )
    (built,) = [path for path in folder.iterdir() if path.suffix in {".whl", ".gz"}]
    return built


def contents(wheel: Path) -> dict[str, bytes]:
    """What a wheel holds."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def tracked(*paths: str) -> set[str]:
    """The files of the repository below ``paths``."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", *paths], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    return {name for name in listed if name and (ROOT / name).is_file()}
