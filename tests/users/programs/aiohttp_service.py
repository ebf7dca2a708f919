"""A service by aiohttp and its client in one loop: started, used and stopped in three runs of one Runner.

The settings are a context variable of the first run, which the last one resets; each request has a variable of its own.
"""

# ruff: noqa: T201  # what it prints is what it is known by

import asyncio
import contextvars
from typing import Any, List

import aiohttp
from aiohttp import web
from loops import endless, forever, loop_factory

from runner_backport import Runner

CLIENTS = 5

settings: "contextvars.ContextVar[str]" = contextvars.ContextVar("settings", default="none")
customer: "contextvars.ContextVar[str]" = contextvars.ContextVar("customer")


class Service:
    """The server, and what tells that all requests are in it at the same time."""

    def __init__(self) -> None:
        self.arrived: List[str] = []
        self.everybody = asyncio.Event()
        app = web.Application(middlewares=[self.identify])
        app.add_routes([web.get("/", self.greet)])
        app.on_cleanup.append(self.clean_up)
        # A handler whose client has gone away is cancelled.
        self.runner = web.AppRunner(app, handler_cancellation=True)
        self.port = 0

    async def start(self) -> None:
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.port = self.runner.addresses[0][1]

    @staticmethod
    @web.middleware
    async def identify(request: web.Request, handler: Any) -> Any:
        customer.set(request.headers["Customer"])
        return await handler(request)

    async def greet(self, request: web.Request) -> web.Response:
        self.arrived.append(customer.get())
        if len(self.arrived) == CLIENTS:
            self.everybody.set()
        await self.everybody.wait()
        try:
            if endless():
                self.arrived.pop()
                if not self.arrived:
                    print("all in")
                await forever()
        finally:
            print("handler ended")
        return web.Response(text=f"{customer.get()} by {settings.get()}")

    async def clean_up(self, app: web.Application) -> None:
        print("cleaned up")


async def begin() -> Any:
    token = settings.set("house rules")
    service = Service()
    await service.start()
    return service, token


async def greet(session: aiohttp.ClientSession, port: int, name: str) -> str:
    async with session.get(f"http://127.0.0.1:{port}/", headers={"Customer": name}) as response:
        return await response.text()


async def use(service: Service) -> None:
    async with aiohttp.ClientSession() as session:
        for answer in await asyncio.gather(
            *(greet(session, service.port, f"customer {number}") for number in range(CLIENTS))
        ):
            print(answer)


async def stop(service: Service, token: Any) -> None:
    await service.runner.cleanup()
    settings.reset(token)
    print("settings", settings.get())


if __name__ == "__main__":
    with Runner(loop_factory=loop_factory) as runner:
        opened, before = runner.run(begin())
        try:
            runner.run(use(opened))
        except KeyboardInterrupt:
            print("interrupted")
        runner.run(stop(opened, before))
