"""Databases of growing size for the growth tables: conversations of many people, with the server's own indexes."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bson import ObjectId
from rich.console import Console

from benchmarks.ground import CACHE, RULES, Ground, database, person
from graphql_api.demo.people import OPERATOR, Keys, Person, account_rows, user_row
from models.account.account import ACCOUNTS
from models.advisor.conversation import CONVERSATIONS, ConversationRow
from models.advisor.user import USERS
from models.clock import now
from models.store import bulk
from models.store.connection import Database
from models.store.indexes import sync
from models.table import document
from models.tables import TABLES

EACH = 250
"""Conversations of one person."""

ASKING = 64
"""People that ask, at most; the others only fill the table."""

SENT = 20_000
"""Rows that are made before they are sent."""

MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Size:
    """A database of `rows` conversations; each person has `each` of them."""

    rows: int
    each: int = EACH

    @property
    def name(self) -> str:
        """The name of the database."""
        return f"grown_{self.rows}_{self.each}"

    @property
    def subjects(self) -> Sequence[str]:
        """The people that ask, spread over the table."""
        owners = self.rows // self.each
        step = max(1, owners // ASKING)
        return [f"owner-{place}" for place in range(0, owners, step)][:ASKING]


SIZES = tuple(Size(10**power) for power in (3, 4, 5, 6))
DEEP = Size(60_000, each=60_000)
"""One person's list that is more than 1,000 pages long."""


def ground(uri: str, size: Size, console: Console) -> Ground:
    """The database of this size, made unless it is there already."""
    return asyncio.run(_ground(uri, size, console))


async def _ground(uri: str, size: Size, console: Console) -> Ground:
    made = CACHE / "data" / f"{size.name}.made"
    async with database(uri, size.name) as found:
        if not made.exists():
            with console.status(f"Making a table of {size.rows:,} rows, once"):
                await found.client.drop_database(size.name)
                await _make(found, size)
            made.touch()
        people = [await person(found, subject) for subject in size.subjects]
    return Ground(uri, size.name, people, [])


async def _make(found: Database, size: Size) -> None:
    ids, time = Keys({}, {}), now()
    people = tuple(Person(subject, subject.title()) for subject in size.subjects)
    accounts = [row for row in account_rows(people, ids, RULES.issuer, time) if row.subject != OPERATOR]
    await bulk.insert(found, ACCOUNTS, [document(row) for row in accounts])
    users = [user_row(one, ids, RULES.issuer, time, []) for one in people]
    await bulk.insert(found, USERS, [document(row) for row in users])
    rows = _conversations(size, ids, time)
    while batch := list(islice(rows, SENT)):
        await bulk.insert(found, CONVERSATIONS, batch)
    # At the end, when they are built in one go.
    await sync(found, TABLES)


def _conversations(size: Size, ids: Keys, time: int) -> Iterator[dict[str, Any]]:
    """The people's rows in turn, so that those of one lie apart as they do when all write at the same time."""
    asking = frozenset(size.subjects)
    names = [f"owner-{place}" for place in range(size.rows // size.each)]
    owners = [ids.profile(name) if name in asking else ObjectId() for name in names]
    like = document(ConversationRow(userId=owners[0], title="A conversation of many", activeAdvisorId=ObjectId()))
    for place in range(size.rows):
        begun = time - (size.rows - place) * MINUTE
        owner = owners[place % len(owners)]
        yield {**like, "_id": ObjectId(), "userId": owner, "createdAt": begun, "updatedAt": begun + MINUTE}
