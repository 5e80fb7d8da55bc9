"""The ground that all servers stand on: one MongoDB with the same data, kept from one run to the next."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bson import ObjectId
from pymongo import ReplaceOne
from rich.console import Console

from benchmarks import homes, people
from graphql_api.auth.minting import mint
from graphql_api.auth.tokens import TokenRules
from graphql_api.demo.seeding import seed
from graphql_api.embedded.mongod import Mongod
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES
from models.advisor.user import USERS
from models.clock import now
from models.store.connection import Database, connect, open_rows
from models.store.indexes import sync
from models.tables import TABLES

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache" / "bench"
DATABASE = "bench"
SEEDED = CACHE / "seeded-2"
"""Stands when the data do; its name changes with what is seeded, so that older data are thrown away."""

LISTED = CACHE / "data" / "listings-1.made"
"""Stands when the listings do, which were added later; its name changes with what they are."""

SECRET = "a secret of the benchmark, long enough for HS256"  # noqa: S105  # guards nothing but the benchmark
RULES = TokenRules("HS256", "https://auth.localhost/", "graphql-api", 30, secret=SECRET)
TOKEN_SECONDS = 24 * 3600
CACHE_GIGABYTES = 4.0
"""Room for all that is asked for and, twenty times over, for what the writes make: with one gigabyte MongoDB's workers
threw pages out while it was written to, which cost as much as half a write again, and met each server as it came."""

console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation to ask for, with the times that lists can start at (Unix milliseconds)."""

    key: ObjectId
    updatedAt: int
    messages: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a token; conversations newest first."""

    subject: str
    profile: ObjectId
    token: str
    conversations: Sequence[Conversation]
    long: ObjectId
    """The conversation with the most messages."""
    starts: Sequence[int]
    """When every hundredth of its messages was sent, in Unix milliseconds."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The MongoDB at `uri` with everybody in one of its databases."""

    uri: str
    database: str
    readers: Sequence[Person]
    writers: Sequence[Person]


@contextmanager
def mongod() -> Iterator[str]:
    """The URI of the benchmark's MongoDB, empty unless it was seeded before."""
    CACHE.mkdir(parents=True, exist_ok=True)
    for log in CACHE.glob("*.log"):
        log.unlink()
    if not SEEDED.exists():
        shutil.rmtree(CACHE / "data", ignore_errors=True)
    with Mongod(CACHE / "data", cache_gigabytes=CACHE_GIGABYTES) as uri:
        yield uri


@asynccontextmanager
async def database(uri: str, name: str = DATABASE) -> AsyncIterator[Database]:
    """One of the benchmark's databases, with rows opened."""
    async with connect(uri) as client:
        found = client[name]
        await open_rows(found, TABLES)
        yield found


def prepare(uri: str) -> Ground:
    """Seed the database unless that was done before, and say who is in it."""
    return asyncio.run(_prepare(uri))


async def _prepare(uri: str) -> Ground:
    async with database(uri) as found:
        if not SEEDED.exists():
            with console.status("Seeding the benchmark's data, once"):
                await sync(found, TABLES)
                await seed(found, size="medium", issuer=RULES.issuer, now=now())
                await people.settle(found, RULES.issuer, now())
            SEEDED.touch()
        if not LISTED.exists():
            with console.status(f"Making {homes.NUMBER:,} listings, once"):
                await homes.settle(found, now())
            LISTED.touch()
        readers = [await person(found, subject) for subject in people.READERS]
        writers = [await person(found, subject) for subject in people.WRITERS]
        await clean(found, writers)
        await leave_alone(found, writers)
        return Ground(uri, DATABASE, readers, writers)


async def person(found: Database, subject: str) -> Person:
    """The person of this subject, with a token."""
    profile = await found[USERS.collection].find_one({"clerkId": f"{RULES.issuer} {subject}"}, {"_id": 1})
    assert profile is not None, f"{subject} is missing; remove {SEEDED.name} in .cache/bench to seed again."  # noqa: S101
    rows = found[CONVERSATIONS.collection].find({"userId": profile["_id"]}, sort=[("updatedAt", -1), ("_id", -1)])
    told = [Conversation(row["_id"], row["updatedAt"], row["messageCount"]) for row in await rows.to_list()]
    long = max(told, key=lambda conversation: conversation.messages).key
    messages = found[MESSAGES.collection].find({"conversationId": long}, {"createdAt": 1}, sort=[("createdAt", 1)])
    starts = [row["createdAt"] for row in (await messages.to_list())[::100]]
    return Person(subject, profile["_id"], mint(RULES, subject, lifetime_seconds=TOKEN_SECONDS), told, long, starts)


async def clean(found: Database, writers: Sequence[Person]) -> None:
    """Take what was written out of the writers' conversations, so that each round begins as the first one did."""
    owners = {"userId": {"$in": [writer.profile for writer in writers]}}
    messages, conversations = found[MESSAGES.collection], found[CONVERSATIONS.collection]
    # The seeded messages have an advisor that answers; each question of theirs is as old as its conversation.
    touched = [row async for row in conversations.find({**owners, "messageCount": {"$gt": SEEDED_MESSAGES}})]
    keys = [row["_id"] for row in touched]
    answers = messages.find(
        {"conversationId": {"$in": keys}, "sender": "advisor"}, {"conversationId": 1, "createdAt": 1}
    )
    ended = {row["conversationId"]: row["createdAt"] async for row in answers}
    for key, last in ended.items():
        await messages.delete_many({"conversationId": key, "createdAt": {"$gt": last}})
    if touched:
        await conversations.bulk_write([ReplaceOne({"_id": row["_id"]}, _restored(row, ended)) for row in touched])
        # What was written goes to the disk now, not while the next server is measured.
        await found.client.admin.command("fsync")


async def leave_alone(found: Database, writers: Sequence[Person]) -> None:
    """Let nobody answer in the writers' conversations: an answer that begins with its message is no peer's work."""
    owners = {"userId": {"$in": [writer.profile for writer in writers]}}
    await found[CONVERSATIONS.collection].update_many(owners, {"$unset": {"activeAdvisorId": ""}})


SEEDED_MESSAGES = 2
"""Messages in a writer's conversation as it was seeded: a question and its answer."""


def _restored(row: Mapping[str, Any], ended: Mapping[ObjectId, int]) -> dict[str, Any]:
    return {**row, "messageCount": SEEDED_MESSAGES, "updatedAt": ended[row["_id"]]}
