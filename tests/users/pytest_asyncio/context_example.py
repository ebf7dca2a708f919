"""A user's tests of context variables that asynchronous fixtures set; a conftest.py beside it chooses the loop."""

import asyncio
import contextvars

import pytest
import pytest_asyncio

VAR = contextvars.ContextVar("var", default="unset")


@pytest_asyncio.fixture
async def by_return():
    VAR.set("by return")


@pytest_asyncio.fixture
async def by_yield():
    token = VAR.set("by yield")
    yield
    VAR.reset(token)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def of_module():
    VAR.set("of module")


@pytest.mark.asyncio
async def test_fixture_that_returns(by_return):
    assert VAR.get() == "by return"


@pytest.mark.asyncio
async def test_fixture_that_yields(by_yield):
    assert VAR.get() == "by yield"


def test_that_is_not_asynchronous(by_return):
    assert VAR.get() == "by return"


@pytest.mark.asyncio(loop_scope="module")
async def test_fixture_of_the_module(of_module):
    assert VAR.get() == "of module"


@pytest.mark.asyncio
async def test_the_loop(loop_module):
    assert type(asyncio.get_running_loop()).__module__.startswith(loop_module)
