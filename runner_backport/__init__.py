"""Python 3.11's ``asyncio.Runner`` for 3.8, 3.9 and 3.10; on 3.11 and newer, the native objects themselves.

But for ``run`` on 3.11, which has the native Runner and 3.12's parameter ``loop_factory``.
"""

import sys

if sys.version_info >= (3, 11):
    from asyncio import Runner, Task, create_task
else:
    from ._loops import create_task
    from ._runner import Runner
    from ._tasks import Task

if sys.version_info >= (3, 12):
    from asyncio import run
else:
    # 3.11 has the native Runner, but its asyncio.run takes no loop_factory yet (gh-99388).
    from ._run import run

__all__ = ["Runner", "Task", "create_task", "run"]
