"""An ASGI application served by hypercorn, and a client: it is stopped by its trigger or by Ctrl-C."""

# ruff: noqa: T201  # what it prints is what it is known by

import asyncio
import socket
import sys
from typing import Any

import aiohttp
from hypercorn.asyncio import serve
from hypercorn.config import Config
from loops import endless, loop_factory

from runner_backport import Runner


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        while True:
            phase = (await receive())["type"]
            print(phase)
            await send({"type": f"{phase}.complete"})
            if phase == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


def listening() -> Any:
    """A configuration with a socket that takes connections already, and its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.loglevel = "WARNING"
    return config, port


async def visit(port: int, stop: asyncio.Event) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("/first", "/second"):
            async with session.get(f"http://127.0.0.1:{port}{path}") as response:
                print(response.status, await response.text())
    if endless() or sys.argv[2:] == ["own-trigger"]:
        print("visited")
    else:
        stop.set()


async def main() -> None:
    config, port = listening()
    stop = asyncio.Event()
    visitor = asyncio.create_task(visit(port, stop))
    # Without a trigger of ours hypercorn takes SIGINT for one.
    trigger = None if sys.argv[2:] == ["own-trigger"] else stop.wait
    await serve(app, config, shutdown_trigger=trigger)
    await visitor
    print("served")


if __name__ == "__main__":
    try:
        with Runner(loop_factory=loop_factory) as runner:
            runner.run(main())
    except KeyboardInterrupt:
        print("interrupted")
