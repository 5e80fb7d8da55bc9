"""Index sync: what is missing is made, what differs is reported, and nothing is dropped unasked; images as well."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from bson import ObjectId
from pymongo import AsyncMongoClient

from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES
from models.store import inspection
from models.store.connection import Database
from models.store.indexes import IMAGES, declarations, existing, images, sync
from models.store.inspection import IndexState
from models.table import index
from models.tables import TABLES
from tests.fixtures.wire import Calls

WATCHED = sorted(table.collection for table in TABLES if table.watched)


@pytest.fixture
async def bare(client: AsyncMongoClient[dict[str, Any]]) -> AsyncIterator[Database]:
    """A database without a single index."""
    name = f"test_{secrets.token_hex(6)}"
    yield client[name]
    await client.drop_database(name)


async def test_makes_every_declared_index_once(bare: Database) -> None:
    declared = sorted(
        f"{collection}.{index.name}" for collection, indexes in declarations(TABLES).items() for index in indexes
    )
    first = await sync(bare, TABLES)
    assert sorted(first.created) == declared
    assert (first.differing, first.unknown, first.dropped) == ([], [], [])
    second = await sync(bare, TABLES)
    assert (second.created, second.imaged, second.differing, second.unknown, second.dropped) == ([], [], [], [], [])


async def test_keeps_uniqueness_conditions_and_expiry(bare: Database) -> None:
    await sync(bare, TABLES)
    messages = await existing(bare, "advisor_messages")
    assert messages["by_client_message"]["unique"] is True
    assert messages["by_client_message"]["partialFilterExpression"] == {"clientMessageId": {"$type": "string"}}
    assert dict(messages["page_conversation_created"]["key"]) == {"conversationId": 1, "createdAt": 1, "_id": 1}
    assert messages["search_messages"]["default_language"] == "none"
    typing = await existing(bare, "advisor_typing_indicators")
    assert typing["ttl_expires"]["expireAfterSeconds"] == 0


async def _disturbed(bare: Database) -> None:
    """One index as nobody declares it, one with other columns, one that came by hand."""
    await bare["advisor_conversations"].create_index([("userId", -1)], name="by_user")
    await bare["advisor_conversations"].create_index([("title", 1)], name="by_hand")
    await bare["advisor_user_presence"].create_index([("userId", 1)], name="by_user")


async def test_reports_what_differs_and_leaves_it(bare: Database) -> None:
    await _disturbed(bare)
    report = await sync(bare, TABLES)
    assert sorted(report.differing) == ["advisor_conversations.by_user", "advisor_user_presence.by_user"]
    assert report.unknown == ["advisor_conversations.by_hand"]
    assert report.dropped == []
    there = await existing(bare, "advisor_conversations")
    assert dict(there["by_user"]["key"]) == {"userId": -1}
    assert "by_hand" in there


async def test_drops_when_told(bare: Database) -> None:
    await _disturbed(bare)
    report = await sync(bare, TABLES, drop=True)
    assert sorted(report.dropped) == [
        "advisor_conversations.by_hand",
        "advisor_conversations.by_user",
        "advisor_user_presence.by_user",
    ]
    there = await existing(bare, "advisor_conversations")
    assert dict(there["by_user"]["key"]) == {"userId": 1}
    assert "by_hand" not in there
    assert (await existing(bare, "advisor_user_presence"))["by_user"]["unique"] is True


HOUSES = replace(
    CONVERSATIONS,
    indexes=(
        index("byPlace", "place:2dsphere", covered=("status",)),
        index("page_status", "status", "_id", covered=("price", "at.lat")),
    ),
    watched=False,
)


async def test_places_and_covered_columns_are_made_and_then_as_declared(bare: Database) -> None:
    collection = HOUSES.collection
    first = await sync(bare, (HOUSES,))
    assert {f"{collection}.byPlace", f"{collection}.page_status"} <= set(first.created)
    there = await existing(bare, collection)
    assert dict(there["byPlace"]["key"]) == {"place": "2dsphere", "status": 1}
    assert there["byPlace"]["2dsphereIndexVersion"] == 3
    assert dict(there["page_status"]["key"]) == {"status": 1, "_id": 1, "price": 1, "at.lat": 1}
    second = await sync(bare, (HOUSES,))
    assert (second.created, second.differing, second.unknown) == ([], [], [])
    fewer = replace(HOUSES, indexes=(index("byPlace", "place:2dsphere"), index("page_status", "status", "_id")))
    third = await sync(bare, (fewer,))
    assert sorted(third.differing) == [f"{collection}.byPlace", f"{collection}.page_status"]


async def test_places_are_reported_as_they_are_declared(bare: Database) -> None:
    await sync(bare, (HOUSES,))
    facts = await inspection.table(bare, HOUSES.collection, HOUSES.indexes)
    columns = {index.name: index.columns for index in facts.indexes}
    assert columns["byPlace"] == ("place:2dsphere", "status")
    assert columns["page_status"] == ("status", "_id", "price", "at.lat")
    assert {index.state for index in facts.indexes} == {IndexState.DECLARED}


async def test_no_collection_has_no_indexes(bare: Database) -> None:
    assert await existing(bare, "nowhere") == {}


async def _seen(database: Database, collection: str) -> list[tuple[str, Any, Any]]:
    """What a stream that demands images tells of a row's life: each operation with the row before and after."""
    stages = [{"$match": {"operationType": {"$in": ["insert", "update", "delete"]}}}]
    async with await database[collection].watch(
        stages, full_document="required", full_document_before_change="required"
    ) as stream:
        key = ObjectId()
        await database[collection].insert_one({"_id": key, "probe": 1})
        await database[collection].update_one({"_id": key}, {"$set": {"probe": 2}})
        await database[collection].delete_one({"_id": key})
        told = [await stream.next() for _ in range(3)]
    rows = [(change.get("fullDocumentBeforeChange"), change.get("fullDocument")) for change in told]
    return [
        (change["operationType"], before and before["probe"], after and after["probe"])
        for change, (before, after) in zip(told, rows, strict=True)
    ]


LIFE = [("insert", None, 1), ("update", 1, 2), ("delete", 2, None)]


async def test_watched_tables_are_told_of_with_images(bare: Database) -> None:
    report = await sync(bare, TABLES)
    assert sorted(report.imaged) == WATCHED
    assert MESSAGES.collection in WATCHED
    kept = await images(bare)
    assert sorted(name for name in kept if kept[name]) == WATCHED
    assert set(kept) == set(declarations(TABLES))
    for collection in WATCHED:
        # Unique indexes take a row without columns once, and it is gone before the next.
        assert await _seen(bare, collection) == LIFE


async def test_the_tests_own_database_has_images(watched: tuple[Database, Calls], empty: None) -> None:
    assert await _seen(watched[0], MESSAGES.collection) == LIFE


async def test_collections_that_are_there_get_images_and_keep_their_rows(bare: Database) -> None:
    await bare[MESSAGES.collection].insert_one({"_id": 1, "probe": 0})
    await bare.command({"create": "advisor_advisors", IMAGES: {"enabled": True}})
    assert sorted((await sync(bare, TABLES)).imaged) == sorted(set(WATCHED) - {"advisor_advisors"})
    assert await _seen(bare, MESSAGES.collection) == LIFE
    assert await bare[MESSAGES.collection].find().to_list() == [{"_id": 1, "probe": 0}]


async def test_processes_may_start_together(bare: Database) -> None:
    await asyncio.gather(*(sync(bare, TABLES) for _ in range(3)))
    kept = await images(bare)
    assert sorted(name for name in kept if kept[name]) == WATCHED


async def test_images_that_no_table_declares_are_ended_only_when_told(bare: Database) -> None:
    await bare.command({"create": "advisor_memories", IMAGES: {"enabled": True}})
    await bare.command({"create": "idempotency_keys", IMAGES: {"enabled": True}})
    named = [f"advisor_memories.{IMAGES}", f"idempotency_keys.{IMAGES}"]
    report = await sync(bare, TABLES)
    assert (sorted(report.differing), report.dropped) == (named, [])
    assert (await images(bare))["advisor_memories"] is True
    report = await sync(bare, TABLES, drop=True)
    assert (sorted(report.differing), sorted(report.dropped)) == (named, named)
    kept = await images(bare)
    assert sorted(name for name in kept if kept[name]) == WATCHED
    assert (await sync(bare, TABLES)).differing == []
