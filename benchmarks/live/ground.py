"""The ground of the live benchmark, made anew for every server: people with a conversation each."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from benchmarks.ground import CACHE, CACHE_GIGABYTES, RULES, TOKEN_SECONDS, Ground, database
from benchmarks.live.asked import Talk
from graphql_api.auth.minting import mint
from graphql_api.demo.people import OPERATOR, Keys, Person, account_rows, user_row
from graphql_api.embedded.mongod import Mongod
from models import global_id
from models.account.account import ACCOUNTS
from models.advisor.conversation import CONVERSATIONS, ConversationRow
from models.advisor.message import MESSAGES, MessageRow, MessageSender
from models.advisor.user import USERS
from models.clock import now
from models.store import bulk
from models.store.connection import Database
from models.store.indexes import IMAGES, sync
from models.table import document
from models.tables import TABLES

DATABASE = "live"
SEEDED_MESSAGES = 12
"""Messages of each conversation: more than a list begins with, so that each list is cut as real ones are."""

MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Stage:
    """Where servers are measured: `talks` are the conversations, each of another person."""

    ground: Ground
    talks: Sequence[Talk]


@contextmanager
def mongod() -> Iterator[str]:
    """The URI of a MongoDB for this benchmark alone."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with Mongod(CACHE / "live", cache_gigabytes=CACHE_GIGABYTES) as uri:
        yield uri


def settle(uri: str, conversations: int, *, images: bool) -> Stage:
    """A fresh database with so many people; `images` says whether MongoDB keeps rows as they were, as our feed needs.

    The other servers do without, and so without what that costs.
    """
    return asyncio.run(_settle(uri, conversations, images=images))


async def _settle(uri: str, conversations: int, *, images: bool) -> Stage:
    async with database(uri, DATABASE) as found:
        await found.client.drop_database(DATABASE)
        await sync(found, TABLES)
        for table in TABLES if not images else ():
            await found.command({"collMod": table.collection, IMAGES: {"enabled": False}})
        talks = await _people(found, [f"talker-{place}" for place in range(conversations)])
    return Stage(Ground(uri, DATABASE, [], []), talks)


async def _people(found: Database, subjects: Sequence[str]) -> Sequence[Talk]:
    ids, time = Keys({}, {}), now()
    people = tuple(Person(subject, subject.title()) for subject in subjects)
    accounts = [row for row in account_rows(people, ids, RULES.issuer, time) if row.subject != OPERATOR]
    await bulk.insert(found, ACCOUNTS, [document(row) for row in accounts])
    await bulk.insert(found, USERS, [document(user_row(one, ids, RULES.issuer, time, [])) for one in people])
    # Without an advisor: nobody is to answer, so that a message is the same work for every server.
    rows = [_conversation(ids.profile(subject), time) for subject in subjects]
    await bulk.insert(found, CONVERSATIONS, rows)
    await bulk.insert(found, MESSAGES, [message for row in rows for message in _messages(row)])
    return [
        Talk(
            global_id.encode(CONVERSATIONS.tag, row["_id"]),
            mint(RULES, subject, lifetime_seconds=TOKEN_SECONDS),
        )
        for subject, row in zip(subjects, rows, strict=True)
    ]


def _conversation(owner: ObjectId, time: int) -> dict[str, Any]:
    begun = time - (SEEDED_MESSAGES + 1) * MINUTE
    row = ConversationRow(
        id=ObjectId(),
        userId=owner,
        title="On several devices",
        messageCount=SEEDED_MESSAGES,
        createdAt=begun,
        updatedAt=time - MINUTE,
    )
    return document(row)


def _messages(conversation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for place in range(SEEDED_MESSAGES):
        at = conversation["createdAt"] + (place + 1) * MINUTE
        row = MessageRow(
            id=ObjectId(),
            conversationId=conversation["_id"],
            userId=conversation["userId"],
            sender=MessageSender.USER,
            content=f"Something that was said before, for the {place + 1}. time.",
            createdAt=at,
            updatedAt=at,
        )
        yield document(row)
