"""Fixtures of the real-estate platform's tests: clients of one server from several addresses."""

from collections.abc import AsyncIterator

import httpx
import pytest

from graphql_api.app import build_app
from models.store.connection import Database
from tests.fixtures.wire import SETTINGS, Api, Calls


@pytest.fixture
async def crowd(watched: tuple[Database, Calls], empty: None) -> AsyncIterator[list[Api]]:
    """Clients of one server from three addresses."""
    app = build_app(SETTINGS, watched[0])
    clients = [
        httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(address, 1)), base_url="http://testserver")
        for address in ("192.0.2.1", "192.0.2.2", "192.0.2.3")
    ]
    yield [Api(client, watched[1]) for client in clients]
    for client in clients:
        await client.aclose()
