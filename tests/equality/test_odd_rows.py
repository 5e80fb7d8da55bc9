"""Rows that no write of ours would make, in every column of every type: both ways show the same, errors and all.

The rows are changed behind the server's back: by an older version of it, by hand, or by a program that imports.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import orjson
import pytest
from graphql import GraphQLObjectType
from pymongo.errors import WriteError

from models import global_id
from models.store.connection import Database
from models.table import Table
from tests.equality.dataset import Dataset
from tests.equality.oddities import MISSING, ODDITIES, SELF, everything, spots
from tests.equality.ways import Bench
from tests.laws.test_tables import SHOWN

PLACES = {
    "Account": ("viewer { account { ...All } }",),
    "Advisor": ("advisorsMine(first: 4) { nodes { ...All } edges { cursor } }",),
    "AdvisorConversation": ("advisorConversations(first: 5) { edges { cursor node { ...All } } }",),
    "AdvisorMemory": ("advisorConversation(id: $talk) { memories(first: 9) { nodes { ...All } totalCount } }",),
    "AdvisorMessage": ("advisorConversation(id: $talk) { messages(last: 9) { edges { cursor node { ...All } } } }",),
    "AdvisorSelection": ("advisorBoard(first: 20) { nodes { ...All } pageInfo { endCursor } }",),
    "AdvisorTeamTemplate": ("advisorTeamTemplates(first: 4) { nodes { ...All } edges { cursor } }",),
    "AdvisorThreadSummary": ("advisorConversation(id: $talk) { summaries { edges { cursor node { ...All } } } }",),
    "AdvisorTypingIndicator": ("advisorConversation(id: $talk) { typing { edges { cursor node { ...All } } } }",),
    "AdvisorUser": ("advisorMe { ...All }", "viewer { advisorUser { ...All } }"),
    "AdvisorUserPresence": ("advisorPresence(userIds: $people) { ...All }",),
}
"""Where a type's rows are shown besides `node`: each an operation of its own, since two root fields that fail race."""

VARIABLES = {"$id": "ID!", "$talk": "ID!", "$people": "[ID!]!"}

TALK = "Talk 4"
"""The conversation that has something of everything."""


def test_every_type_has_its_places() -> None:
    assert set(PLACES) == {table.type_name for table in SHOWN}


@pytest.mark.parametrize("table", SHOWN, ids=lambda table: table.type_name)
async def test_odd_values_are_shown_alike(
    table: Table[Any],
    bench: Bench,
    dataset: Dataset,
    database: Database,
) -> None:
    kind = bench.operations.schema.type_map[table.type_name]
    assert isinstance(kind, GraphQLObjectType)
    ann = dataset.actors["ann"].profiles["advisor"]
    row = await _row_of(database, table, ann)
    variables = await _variables(database, table, row, ann)
    differences, codes = [], Counter[str]()
    for path, name, value in _cases(kind, table, row):
        async with _changed(database, table, row, path, value):
            answers = await asyncio.gather(*(bench.both(text, variables, "ann") for text in _documents(kind, path)))
        for one, other in answers:
            codes.update(orjson.loads(error)["extensions"]["code"] for error in other.errors)
            if one != other:
                differences.append(f"{path}: {name}\ncompiled {one}\nstock    {other}")
    assert not differences, f"{len(differences)} differences:\n" + "\n".join(differences[:3])
    assert codes["INTERNAL"] > len(table.columns), "The odd values are no longer met."


def _documents(kind: GraphQLObjectType, path: str) -> Iterator[str]:
    """Operations that show a column in each of the type's places, and the whole row unless it is a part of a column."""
    column, _, inside = path.partition(".")
    if not inside:
        yield _document(kind, "node(id: $id) { id ...All }", everything(kind))
    for place in PLACES[kind.name][-1:] if inside else PLACES[kind.name]:
        yield _document(kind, place, everything(kind, column))


def _document(kind: GraphQLObjectType, place: str, shown: str) -> str:
    used = ", ".join(f"{name}: {needed}" for name, needed in VARIABLES.items() if name in place)
    return f"query{f'({used})' if used else ''} {{ {place} }} fragment All on {kind.name} {{ {shown} }}"


def _cases(kind: GraphQLObjectType, table: Table[Any], row: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for path, oddities in spots(kind, table.columns):
        for name in oddities:
            value = ODDITIES[name]
            yield path, name, [row.get(path)] if value is SELF else value


@asynccontextmanager
async def _changed(
    database: Database, table: Table[Any], row: dict[str, Any], path: str, value: Any
) -> AsyncIterator[None]:
    update = {"$unset": {path: 1}} if value is MISSING else {"$set": {path: value}}
    with suppress(WriteError):
        # MongoDB itself keeps some out: its indexes take one array a row, and text indexes fewer.
        await database[table.collection].update_one({"_id": row["_id"]}, update)
    yield
    await database[table.collection].replace_one({"_id": row["_id"]}, row)


async def _row_of(database: Database, table: Table[Any], person: Any) -> dict[str, Any]:
    """A row that the person sees in all of the type's places."""
    wanted: dict[str, dict[str, Any]] = {
        "Account": {"subject": "ann"},
        "Advisor": {"ownerId": person, "status": "active"},
        "AdvisorConversation": {"userId": person, "title": TALK},
        "AdvisorTeamTemplate": {"slug": "team-1"},
        "AdvisorUser": {"_id": person},
    }
    talk = await _talk(database, person)
    below = {"conversationId": talk} if "conversationId" in table.columns else {}
    condition = wanted.get(table.type_name, {"userId": person, **below})
    row = await database[table.collection].find_one(condition, sort=[("_id", -1)])
    assert row is not None
    return row


async def _variables(database: Database, table: Table[Any], row: dict[str, Any], person: Any) -> dict[str, Any]:
    talk = global_id.encode("aCon", await _talk(database, person))
    return {"id": global_id.encode(table.tag, row["_id"]), "talk": talk, "people": [global_id.encode("aUsr", person)]}


async def _talk(database: Database, person: Any) -> Any:
    found = await database["advisor_conversations"].find_one({"userId": person, "title": TALK})
    assert found is not None
    return found["_id"]
