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
from models.buyer.search_transaction import SEARCH_TRANSACTIONS as SEARCHES
from models.estate.saved_search import SAVED_SEARCHES
from models.store.connection import Database
from models.table import Table
from tests.equality.dataset import Dataset
from tests.equality.oddities import MISSING, ODDITIES, SELF, everything, spots
from tests.equality.ways import Bench
from tests.laws.test_tables import SHOWN


def _list(field: str) -> str:
    return f"{field} {{ edges {{ cursor node {{ ...All }} }} }}"


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
    "EstateAgent": (_list("estateAgents(active: true)"), "viewer { estateAgent { ...All } }"),
    "EstateAgentInteraction": (_list("estateAgentInteractions"),),
    "EstateAuditEntry": (_list("estateAuditEntries(agentId: $agent)"),),
    "EstateBuyerSession": (_list("estateBuyerSessions"),),
    "EstateListing": (_list("estateListingsMine"), "estateListingsByIds(ids: [$id]) { ...All }"),
    "EstateOffer": (_list("estateOffers"),),
    "EstatePropertyView": (_list("estatePropertyViews"),),
    "EstateSavedSearch": (_list("estateSavedSearches(buyerSessionId: $buyer)"),),
    "EstateSavedSearchMatch": (_list("estateSavedSearchMatches(savedSearchId: $search)"),),
    "EstateSellerSession": (_list("estateSellerSessions"),),
    "BuyerChatAgentInsight": (_list("buyerChatAgentInsights"),),
    "BuyerChatMessage": (_list("buyerChatMessages(sessionId: $chat)"),),
    "BuyerChatSearchContext": (_list("buyerChatSearchContexts(sessionId: $chat)"),),
    "BuyerChatSession": (_list("buyerChatSessions"),),
    "BuyerProfile": (_list("buyerProfiles"),),
    "BuyerPropertyInteraction": (_list("buyerPropertyInteractions(sessionId: $chat)"),),
    "BuyerPropertyNote": (_list("buyerPropertyNotes(sessionId: $chat)"),),
    "BuyerRepliersListing": (_list("buyerRepliersListings"),),
    "BuyerSearchTransaction": (_list("buyerSearchTransactions(profileId: $profile)"),),
}
"""Where a type's rows are shown besides `node`: each an operation of its own, since two root fields that fail race."""

NAMES = ("agent", "buyer", "search", "chat", "profile")
VARIABLES = {"$id": "ID!", "$talk": "ID!", "$people": "[ID!]!", **{f"${name}": "ID!" for name in NAMES}}

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
    row = await _row_of(database, dataset, table)
    variables = await _variables(database, dataset, table, row)
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
    for path, oddities in spots(kind, table):
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


async def _row_of(database: Database, dataset: Dataset, table: Table[Any]) -> dict[str, Any]:
    """A row that ann sees in all of the type's places."""
    person = dataset.actors["ann"].profiles["advisor"]
    own = dataset.actors["ann"].profiles["estate"]
    wanted: dict[str, dict[str, Any]] = {
        "Account": {"subject": "ann"},
        "Advisor": {"ownerId": person, "status": "active"},
        "AdvisorConversation": {"userId": person, "title": TALK},
        "AdvisorTeamTemplate": {"slug": "team-1"},
        "AdvisorUser": {"_id": person},
        "EstateAgent": {"_id": own},
        "EstateAgentInteraction": {"sessionType": "buyer"},
        "EstateListing": {"status": "sold"},
        "EstateOffer": {"status": "countered"},
        "EstatePropertyView": {"viewerType": "buyer"},
        "BuyerProfile": {"current": True},
    }
    parents = {
        **dict.fromkeys(("agentId", "userId"), own if "agentId" in table.columns else person),
        "conversationId": await _talk(database, person),
        "savedSearchId": await _search(database, dataset),
        "rootProfileId": dataset.actors["buyer-chat"].profiles["buyer.profile"],
    }
    if table.type_name.startswith("Buyer") and table is not SEARCHES:
        parents["sessionId"] = dataset.actors["buyer-chat"].profiles["buyer.chat"]
    if table is SAVED_SEARCHES:
        parents["buyerSessionId"] = dataset.actors["estate-buyer"].profiles["estate.buyer"]
    below = {column: key for column, key in parents.items() if column in table.columns}
    row = await database[table.collection].find_one({**wanted.get(table.type_name, {}), **below}, sort=[("_id", -1)])
    assert row is not None
    return row


async def _variables(database: Database, dataset: Dataset, table: Table[Any], row: dict[str, Any]) -> dict[str, Any]:
    person, visited = dataset.actors["ann"].profiles, dataset.actors["buyer-chat"].profiles
    keys = {
        "id": (table.tag, row["_id"]),
        "talk": ("aCon", await _talk(database, person["advisor"])),
        "people": ("aUsr", person["advisor"]),
        "agent": ("eAgt", person["estate"]),
        "buyer": ("eBuy", dataset.actors["estate-buyer"].profiles["estate.buyer"]),
        "search": ("eSav", await _search(database, dataset)),
        "chat": ("bChS", visited["buyer.chat"]),
        "profile": ("bPro", visited["buyer.profile"]),
    }
    return {name: global_id.encode(tag, key) for name, (tag, key) in keys.items()}


async def _talk(database: Database, person: Any) -> Any:
    found = await database["advisor_conversations"].find_one({"userId": person, "title": TALK})
    assert found is not None
    return found["_id"]


async def _search(database: Database, dataset: Dataset) -> Any:
    buyer = dataset.actors["estate-buyer"].profiles["estate.buyer"]
    found = await database[SAVED_SEARCHES.collection].find_one({"buyerSessionId": buyer}, sort=[("_id", 1)])
    assert found is not None
    return found["_id"]
