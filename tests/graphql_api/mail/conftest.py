"""An SMTP server, an outbox without mails, and workers that are stopped when their test is over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from graphql_api.mail.addresses import SmtpServer, sender
from graphql_api.mail.delivery import Delivery
from graphql_api.mail.smtp import Smtp
from graphql_api.mail.worker import LEASE_SECONDS, Worker
from models.ending import ended
from models.mail.mail import MAILS, Mail
from models.mail.outbox import post
from models.store import Store
from models.store.connection import Database
from tests.graphql_api.mail.server import Server, serving

WAIT_SECONDS = 20
SENDER = "Our Product <no-reply@product.example>"
SECRET = "https://app.example/setup#one-time-secret"

Start = Callable[..., Awaitable[asyncio.Task[None]]]
Stored = dict[str, Any]


class Outbox:
    """The mails that wait."""

    def __init__(self, store: Store, database: Database) -> None:
        self.store = store
        self.rows = database[MAILS.collection]

    async def post(self, to: str = "ann@example.com", subject: str = "Welcome", text: str = SECRET) -> Stored:
        """A mail that waits."""
        await post(self.store, Mail(to, subject, text, "setup"))
        row = await self.rows.find_one({}, sort=[("_id", -1)])
        assert row is not None
        return row

    async def only(self) -> Stored:
        """The one mail that waits."""
        [row] = await self.rows.find({}).to_list()
        return row

    async def until(self, condition: Callable[[list[Stored]], bool]) -> list[Stored]:
        """The mails that wait once it is so."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not condition(found := await self.rows.find({}).to_list()):  # noqa: ASYNC110  # no event for it
                await asyncio.sleep(0.02)
        return found

    async def emptied(self) -> None:
        """Wait until none is left."""
        await self.until(lambda rows: not rows)


@pytest.fixture
async def outbox(store: Store, database: Database, empty: None) -> Outbox:
    """The outbox, empty."""
    return Outbox(store, database)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A server that takes all mails."""
    async with serving(Server()) as server:
        yield server


def smtp(server: Server, **values: Any) -> Smtp:
    """The way to the server."""
    return Smtp(SmtpServer("127.0.0.1", server.port, values.pop("tls", False), **values), sender(SENDER))


@pytest.fixture
async def start(outbox: Outbox) -> AsyncIterator[Start]:
    """Starts a worker; all are stopped at the end."""
    started: list[asyncio.Task[None]] = []

    async def begin(
        delivery: Delivery, *, lease_seconds: float = LEASE_SECONDS, at: Store = outbox.store
    ) -> asyncio.Task[None]:
        worker = Worker(at.mails, delivery, lease_seconds=lease_seconds, poll=0.02)
        started.append(asyncio.create_task(worker.run()))
        return started[-1]

    yield begin
    await ended(started)
