"""The stages of the stories, and the worker that matches saved searches."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from graphql_api.matching.letter import letters
from graphql_api.matching.worker import TRAIL, Worker
from models.buyer import TABLES as BUYER
from models.ending import ended
from models.store.connection import Database
from models.store.trails import COLLECTION
from tests.fixtures.estate import Parties
from tests.fixtures.live import SECONDS, Lists
from tests.fixtures.wire import Api, People
from tests.story.people import around_ann, bystanders
from tests.story.scene import Scene


@pytest.fixture
async def scene(
    api: Api, lists: Lists, people: People, parties: Parties, database: Database, matching: None
) -> AsyncIterator[Scene]:
    """The stage, with everybody who is there before."""
    found = Scene(api, lists, database, await bystanders(people, parties))
    yield found
    await found.over()


@pytest.fixture
async def chat_scene(
    api: Api, lists: Lists, people: People, parties: Parties, database: Database
) -> AsyncIterator[Scene]:
    """The same for a buyer's chat, where Ann is an agent already."""
    cast = {**await bystanders(people, parties), **await around_ann(people, parties)}
    found = Scene(api, lists, database, cast, BUYER)
    yield found
    await found.over()


@pytest.fixture
async def matching(lists: Lists, database: Database) -> AsyncIterator[None]:
    """A worker that matches what is offered with what was saved, from now on."""
    trails = database[COLLECTION]
    await trails.delete_many({})
    worker = asyncio.create_task(Worker(lists.server.store, letters("https://homes.example/")).run())
    async with asyncio.timeout(SECONDS):
        while not ((await trails.find_one({"_id": TRAIL})) or {}).get("place"):  # noqa: ASYNC110  # no event for it
            await asyncio.sleep(0.02)
    yield
    await ended([worker])
