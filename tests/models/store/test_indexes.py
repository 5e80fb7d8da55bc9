"""Index sync: what is missing is made, what differs is reported, and nothing is dropped unasked."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from models.store.connection import Database
from models.store.indexes import declarations, existing, sync
from models.tables import TABLES


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
    assert (second.created, second.differing, second.unknown, second.dropped) == ([], [], [], [])


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


async def test_no_collection_has_no_indexes(bare: Database) -> None:
    assert await existing(bare, "nowhere") == {}
