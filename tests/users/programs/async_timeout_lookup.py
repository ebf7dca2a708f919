"""Ask a local server with async_timeout's limits: one answer comes in time, one does not."""

# ruff: noqa: T201  # what it prints is what it is known by

import asyncio
from typing import Any

from async_timeout import timeout
from loops import endless, forever, loop_factory

from runner_backport import Runner


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Echo each line, but for "hold": that one is never answered."""
    try:
        async for line in reader:
            if line != b"hold\n":
                writer.write(line)
                await writer.drain()
    finally:
        writer.close()


async def ask(port: int, question: bytes, limit: float) -> Any:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with timeout(limit):
            writer.write(question)
            return await reader.readline()
    except asyncio.TimeoutError:
        return "no answer in time"
    finally:
        writer.close()
        await writer.wait_closed()


async def main() -> None:
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        print(await ask(port, b"hold\n", 0.01))
        print(await ask(port, b"hello\n", 3600))
        if endless():
            print("waiting")
            async with timeout(3600):
                await forever()
    finally:
        server.close()
        await server.wait_closed()
        print("server closed")


if __name__ == "__main__":
    try:
        with Runner(loop_factory=loop_factory) as runner:
            runner.run(main())
    except KeyboardInterrupt:
        print("interrupted")
