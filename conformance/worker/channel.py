"""The private pair of file descriptors on which driver and worker exchange JSON Lines."""

import json
import os
from typing import Any, Dict, Optional


class Channel:
    """Messages to and from the driver; ``commands`` and ``events`` are file descriptors.

    Neither is inherited by programs that the judged code starts, and neither is a Python file object
    that the judged code could find by looking at ``sys``.
    """

    def __init__(self, commands: int, events: int) -> None:
        for descriptor in (commands, events):
            os.set_inheritable(descriptor, False)
        self._commands = commands
        self._events = events
        self._buffer = b""

    def send(self, event: str, **fields: Any) -> None:
        """Write one event; the driver has it when this returns, whatever happens to the worker next."""
        line = memoryview(json.dumps({"event": event, **fields}).encode() + b"\n")
        while line:
            line = line[os.write(self._events, line) :]

    def receive(self) -> Optional[Dict[str, Any]]:
        """Wait for one command; None when the driver is gone."""
        while b"\n" not in self._buffer:
            chunk = os.read(self._commands, 1 << 16)
            if not chunk:
                return None
            self._buffer += chunk
        line, self._buffer = self._buffer.split(b"\n", 1)
        command: Dict[str, Any] = json.loads(line)
        return command
