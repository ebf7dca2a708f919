"""One module's file becomes a wheel that any installer takes, the same for the same content."""

from __future__ import annotations

import base64
import csv
import hashlib
import zipfile
from pathlib import Path

import pytest

from conformance.errors import ProvisionError
from conformance.provision.modules import pack_module

TEXT = "VALUE = 'мой'\r\n"


@pytest.fixture
def module(tmp_path: Path) -> Path:
    file = tmp_path / "mine.py"
    file.write_bytes(TEXT.encode())
    return file


def test_the_file_is_in_it_byte_for_byte(module: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(pack_module(module, tmp_path)) as wheel:
        assert wheel.read("mine.py") == TEXT.encode()
        assert [name for name in wheel.namelist() if "/" not in name] == ["mine.py"]


def test_the_same_content_is_the_same_wheel_at_any_time(module: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(pack_module(module, tmp_path)) as wheel:
        assert {info.date_time for info in wheel.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    first = pack_module(module, tmp_path).read_bytes()
    module.write_bytes(TEXT.encode())
    assert pack_module(module, tmp_path).read_bytes() == first
    module.write_text("VALUE = 'other'\n")
    assert pack_module(module, tmp_path).read_bytes() != first


def test_every_file_stands_in_its_record_with_its_hash(module: Path, tmp_path: Path) -> None:
    """https://packaging.python.org/specifications/recording-installed-packages/#the-record-file."""
    with zipfile.ZipFile(pack_module(module, tmp_path)) as wheel:
        [record] = [name for name in wheel.namelist() if name.endswith("/RECORD")]
        rows = {
            name: (digest, size) for name, digest, size in csv.reader(wheel.read(record).decode().split())
        }
        assert set(rows) == set(wheel.namelist())
        assert rows.pop(record) == ("", "")
        for name, (digest, size) in rows.items():
            content = wheel.read(name)
            encoded = digest.removeprefix("sha256=")
            assert base64.urlsafe_b64decode(f"{encoded}=") == hashlib.sha256(content).digest()
            assert "=" not in encoded
            assert int(size) == len(content)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProvisionError) as told:
        pack_module(tmp_path / "gone.py", tmp_path)
    assert str(told.value) == (
        f"The module {tmp_path / 'gone.py'} cannot be read: No such file or directory. Mend that, and run again."
    )
