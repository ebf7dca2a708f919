"""Judge implementations of ``asyncio.Runner`` against CPython's own tests, as native CPython runs them."""

__version__ = "0.1.0"
