"""Make the virtual environments of a plan, or find them made: the third step of the pipeline."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from conformance.errors import ProvisionError
from conformance.provision.failing import what_fails, what_to_do
from conformance.provision.pruning import BEING_MADE, note_use, prune
from conformance.provision.uv import Uv
from conformance.provision.wheels import Wheel, build_wheel
from conformance.records import Cell, Environment

_AT_ONCE = 4
"""How many environments are made at once: uv itself downloads and unpacks in parallel."""


def provide(
    cells: Iterable[Cell],
    folder: Path,
    *,
    extra: tuple[str, ...] = (),
    say: Callable[[str], None] = lambda _line: None,
) -> Mapping[Environment, Path]:
    """The Python executable of each cell's environment, made in ``folder`` where it is not there yet.

    ``extra`` are requirements to install beside each environment's own; ``say`` is told what is made.
    An environment is named by all that is in it, so it is made once, never changed, and never stale. What
    nothing has used for long is removed.
    Raises ProvisionError.
    """
    uv = Uv()
    try:
        return _provided(uv, cells, folder, extra, say)
    except OSError as error:
        raise ProvisionError(
            f"Environments cannot be made in {folder}: {error}.", "Make room there, and run again."
        ) from error


def _provided(
    uv: Uv, cells: Iterable[Cell], folder: Path, extra: tuple[str, ...], say: Callable[[str], None]
) -> Mapping[Environment, Path]:
    cells_of: dict[Environment, list[Cell]] = {}
    for cell in cells:
        cells_of.setdefault(cell.environment, []).append(cell)
    environments = sorted(cells_of, key=str)
    wheels = {}
    for source in sorted({environment.path for environment in environments if environment.path}):
        say(f"building the wheel of {source}")
        wheels[source] = build_wheel(source, folder / "wheels")
    packed = [wheel.path.parent for wheel in wheels.values()]
    folders = {environment: folder / _name(environment, wheels, extra) for environment in environments}
    needed = [environment for environment in environments if not _is_whole(folders[environment])]
    note_use([folder / "wheels", *packed, *folders.values()])
    if needed:
        say(f"making {len(needed)} of {len(environments)} environments")
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            making = [
                pool.submit(_make, uv, cells_of[environment], folders[environment], wheels, extra)
                for environment in needed
            ]
            for made in making:
                made.result()
        except BaseException:
            # Whoever interrupts, or has to mend something, does not want to wait for the others.
            uv.stop()
            pool.shutdown(cancel_futures=True)
            raise
    prune(folder / "wheels")
    prune(folder)
    return {environment: _python(path) for environment, path in folders.items()}


def _name(environment: Environment, wheels: Mapping[Path, Wheel], extra: tuple[str, ...]) -> str:
    """A name that two environments share only if they hold the same."""
    interpreter = environment.interpreter
    wheel = wheels[environment.path].sha256 if environment.path else ""
    content = [str(interpreter.executable), interpreter.build, environment.requires, extra, wheel]
    return f"{interpreter.version}-{hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]}"


def _make(
    uv: Uv, cells: Sequence[Cell], folder: Path, wheels: Mapping[Path, Wheel], extra: tuple[str, ...]
) -> None:
    """Make it aside and move it into place whole: what has the name is complete, whatever interrupts us."""
    environment = cells[0].environment
    executable = environment.interpreter.executable
    failing = what_fails(cells)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=BEING_MADE, dir=folder.parent))
    try:
        uv.call(["venv", "--quiet", "--relocatable", "--python", executable, aside / "env"], failing=failing)
        requirements: list[str | Path] = [*environment.requires, *extra]
        if environment.path:
            requirements.append(wheels[environment.path].path)
        if requirements:
            python = _python(aside / "env")
            uv.call(
                ["pip", "install", "--quiet", "--python", python, *requirements],
                failing=failing,
                advise=partial(what_to_do, cells),
            )
        try:
            (aside / "env").rename(folder)
        except OSError:
            # Another run was quicker; what it made is the same.
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    """Whether the environment is there; one whose Python somebody has taken away makes room for a new one."""
    if _python(folder).exists():
        return True
    shutil.rmtree(folder, ignore_errors=True)
    return False


def _python(folder: Path) -> Path:
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"
