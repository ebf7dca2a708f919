"""The private pair of file descriptors on which driver and worker exchange JSON Lines."""

import json
import os
from typing import Any, Dict, NoReturn, Optional, Tuple

# Bound before the judged code is there: what it makes of these modules does not reach us.
_encode, _decode = json.JSONEncoder().encode, json.JSONDecoder().decode
_read, _write, _fstat, _getpid, _exit = os.read, os.write, os.fstat, os.getpid, os._exit


class Channel:
    """Messages to and from the driver; ``commands`` and ``events`` are file descriptors.

    Neither is inherited by programs that the judged code starts, and neither is a Python file object
    that the judged code could find by looking at ``sys``. When it closed one all the same, or the driver is
    gone, there is nobody to serve: the process ends at once, and writes to nothing that has the number now.
    """

    def __init__(self, commands: int, events: int) -> None:
        for descriptor in (commands, events):
            os.set_inheritable(descriptor, False)
        self._commands = commands
        self._events = events
        self._lead_to = {descriptor: _identity(descriptor) for descriptor in (commands, events)}
        self._owner = _getpid()
        self._buffer = b""

    def send(self, event: str, **fields: Any) -> None:
        """Write one event; the driver has it when this returns, whatever happens to the worker next."""
        line = memoryview(_encode({"event": event, **fields}).encode() + b"\n")
        try:
            while line:
                self._require(self._events)
                line = line[_write(self._events, line) :]
        except OSError:
            _give_up()

    def receive(self) -> Optional[Dict[str, Any]]:
        """Wait for one command; None when the driver is gone."""
        while b"\n" not in self._buffer:
            try:
                self._require(self._commands)
                chunk = _read(self._commands, 1 << 16)
            except OSError:
                _give_up()
            if not chunk:
                return None
            self._buffer += chunk
        line, self._buffer = self._buffer.split(b"\n", 1)
        command: Dict[str, Any] = _decode(line.decode())
        return command

    def _require(self, descriptor: int) -> None:
        """Raise OSError if the descriptor is closed; end the process if it leads to something else.

        So does a copy of the process that a test made by forking and let go on: the driver knows the original.
        """
        if _getpid() != self._owner or _identity(descriptor) != self._lead_to[descriptor]:
            _give_up()


def _identity(descriptor: int) -> Tuple[int, int]:
    status = _fstat(descriptor)
    return status.st_dev, status.st_ino


def _give_up() -> NoReturn:
    _exit(1)
