"""Pack an implementation that is one module's file into a wheel, as a project's own build would; provision does it.

No build backend takes part, so it needs no network; the tests of an implementation then find it where they find
any other, in the site-packages of its environment.
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

from conformance.errors import ProvisionError

_NAME = "judged_module"
"""One name serves all: an environment holds one such wheel at most, and a module's own may be another package's."""
_INFO = f"{_NAME}-0.dist-info"
_METADATA = f"Metadata-Version: 2.1\nName: {_NAME}\nVersion: 0\n"
_WHEEL = "Wheel-Version: 1.0\nGenerator: conformance\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def pack_module(source: Path, folder: Path) -> Path:
    """Write a wheel that holds the file ``source`` alone into ``folder``, and return it.

    It is the same, byte for byte, for the same content. Raises ProvisionError for a file that cannot be read.
    """
    try:
        module = source.read_bytes()
    except OSError as error:
        raise ProvisionError(
            f"The module {source} cannot be read: {error.strerror}.", "Mend that, and run again."
        ) from error
    files = {
        source.name: module,
        f"{_INFO}/METADATA": _METADATA.encode(),
        f"{_INFO}/WHEEL": _WHEEL.encode(),
    }
    record = [f"{name},sha256={_digest(content)},{len(content)}\n" for name, content in files.items()]
    files[f"{_INFO}/RECORD"] = "".join([*record, f"{_INFO}/RECORD,,\n"]).encode()
    wheel = folder / f"{_NAME}-0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return wheel


def _digest(content: bytes) -> str:
    """As the format of RECORD wants it: https://packaging.python.org/specifications/binary-distribution-format/."""
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
