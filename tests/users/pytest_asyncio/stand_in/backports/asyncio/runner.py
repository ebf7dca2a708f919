"""The module that pytest-asyncio imports below 3.11, with runner_backport's Runner."""

from runner_backport import Runner

__all__ = ["Runner"]
