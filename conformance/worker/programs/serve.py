"""The life of a worker of the differential suite: load what is judged, say hello, perform the programs asked for."""

import traceback
from typing import Any, Dict, Optional

from .. import loops, measuring, surroundings
from ..channel import Channel
from ..details import shortened
from ..objects import resolve
from ..policies import Policies
from . import ordered, sparing
from .implementation import Implementation
from .session import Session


def serve(options: Any, channel: Channel) -> None:
    """Serve the driver until it says stop or goes away; ``options`` are those of the command line."""
    packages = surroundings.installed()
    # Before what is judged is imported, which may keep what it finds.
    ordered.keep_order()
    sparing.spare()
    try:
        save_coverage = measuring.start(options)
        names = {"Runner": options.runner, "run": options.run, "Task": options.task}
        native = surroundings.native_names(names, resolve)
        implementation = Implementation(
            loop=options.loop, runner=options.runner, run=options.run, control=options.control
        )
        policies = Policies()
        if options.loop != loops.ASYNCIO:
            policies.use(implementation.factory)
        session = Session(implementation, policies)
        surroundings.freeze()
    except BaseException:  # noqa: BLE001  # whatever the judged code raises here is its outcome
        channel.send("broken", detail=shortened(traceback.format_exc()))
        return
    channel.send("hello", tests=[], native=native, **surroundings.describe(packages))
    while True:
        command: Optional[Dict[str, Any]] = channel.receive()
        if command is None or command["command"] == "stop":
            return
        for name, program in command["programs"]:
            channel.send("finished", program=name, trace=session.perform(program))
            if save_coverage is not None:
                save_coverage()
        channel.send("idle")
        # While the driver has its own to do.
        session.sweep()
