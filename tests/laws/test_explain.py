"""Every list that clients are offered is carried by an index: no scan, no sort, and no page dearer than the first.

The store names the index of each page, so that one is always walked; proven here is that it yields the order without a
sort, that a page far down looks at no more than the first, and, for the marketplace, that an equal column narrows the
walk. How many rows a filter passes over on the way is proven of no other list. Relevance and rank are computed of each
row: these orders alone are sorted in memory. How far a walk by distance looks is tests/resolvers/test_geography_pages.
"""

from collections.abc import Mapping
from typing import Any

import pytest
from bson import ObjectId

from graphql_api.schema import executable_schema
from models import cursor
from models.actor import Actor, ActorKind
from models.buyer.profile import PROFILES
from models.estate.saved_search import SAVED_SEARCHES
from models.store.ask import NEAREST
from models.store.connection import Database
from models.table import Order, Table
from tests.fixtures.estate import Parties, Party
from tests.fixtures.wire import Api, Caller, People
from tests.laws.explaining import Look, check, explained, flattened, look, stages
from tests.laws.lists import Shown, document, exposed, filters, keys, matching, orderings, readable

LISTS = exposed(executable_schema())
EACH = pytest.mark.parametrize("shown", LISTS, ids=str)
ORDERED = pytest.mark.parametrize("shown", [shown for shown in LISTS if "orderBy" in shown.field.args], ids=str)
SEARCHED = pytest.mark.parametrize("shown", [shown for shown in LISTS if "search" in shown.field.args], ids=str)

PAGE = 10
ROWS = 12_000
DEEP = 1_000
"""The page whose cost is compared with the first one's."""

ADVISORS, RARE = 5_000, 3
"""Advisors of the marketplace, and how many of them are of the category that is asked for."""

SLACK = 2
"""Keys more: that of the position itself, and the seek where the bounds are two ranges (nulls come before values)."""


OF_SERVICES = {
    "Query.advisorAnswersDue": "answering",
    "Query.buyerChatAnswersDue": "answering",
    "Query.estateOffersToAnalyze": "analysis",
}
"""Lists that only a service gets anything of, each with its name: for anybody else the database is not even asked."""

BY_WAY_OF: dict[str, Table[Any]] = {
    "Query.buyerProfileVersions": PROFILES,
    "Query.buyerSearchTransactions": PROFILES,
    "Query.estateSavedSearchResults": SAVED_SEARCHES,
}
"""Lists whose rows are told by another row, which must be there, each with that one's table."""

PORTAL = frozenset({"estate", "buyer"})
"""Products whose lists are an agent's."""


@pytest.fixture
async def reader(people: People, parties: Parties, shown: Shown) -> Caller:
    """Somebody for whom the list is."""
    service = OF_SERVICES.get(str(shown))
    if service is not None:
        return people.service(service)
    product = shown.listing.table.row.__module__.split(".")[1]
    return await (parties.agent("ann") if product in PORTAL else people.person("ann"))


def _own(caller: Caller) -> tuple[ObjectId, dict[str, ObjectId]]:
    """The row that is the caller's own, and the profiles that he has by it."""
    if isinstance(caller, Party):
        key = caller.row["_id"]
        return key, {"estate": key, "estate.working": key}
    assert caller.profile is not None
    return caller.profile, {"advisor": caller.profile}


async def _ids(database: Database, shown: Shown, caller: Caller) -> dict[str, str]:
    """An id of every table; the row below which the list is shown is really there."""
    ids = keys()
    if isinstance(caller, Party):
        ids[caller.table.type_name] = caller.id
    table = shown.parent or BY_WAY_OF.get(str(shown))
    if table is not None:
        ids[table.type_name] = await _above(database, table, caller, ids[table.type_name])
    return ids


async def _above(database: Database, table: Table[Any], caller: Caller, text: str) -> str:
    own, profiles = _own(caller)
    row = readable(table, Actor(ActorKind.ACCOUNT, caller.name, caller.account, profiles), text)
    if row["_id"] == own:
        return caller.id
    told = {column for index in table.indexes if index.unique for column, _ in index.keys} - set(row)
    await database[table.collection].insert_one({"version": 1, **row, **{column: ObjectId() for column in told}})
    return text


async def _sent(api: Api, caller: Caller, text: str) -> list[Mapping[str, Any]]:
    """The commands that the operation sends, but for the one that finds out who asks."""
    await api.data(text, by=caller)
    sent = [command for command in api.calls.seen if command.get("aggregate") != "accounts"]
    assert sent, f"{text} asks the database nothing: the law would prove nothing."
    return sent


def test_finds_the_lists_of_the_schema() -> None:
    assert {"Query.advisorConversations", "AdvisorConversation.messages"} <= {str(shown) for shown in LISTS}


def test_every_connection_is_a_list_that_the_laws_see() -> None:
    seen = {str(shown) for shown in LISTS}
    kinds = [kind for kind in executable_schema().type_map.values() if hasattr(kind, "fields")]
    unseen = [
        f"{kind.name}.{name}"
        for kind in kinds
        for name, field in kind.fields.items()
        if str(getattr(field, "type", "")).rstrip("!").endswith("Connection") and f"{kind.name}.{name}" not in seen
    ]
    assert not unseen, f"Say in the metadata of {unseen} which list they show (resolvers/plan.py)."


def test_lists_below_rows_are_neither_near_nor_computed() -> None:
    """One call serves all parents: MongoDB can begin it neither with words nor with a place."""
    wrong = [
        str(shown)
        for shown in LISTS
        if shown.parent is not None
        and (shown.listing.near or shown.listing.ranked or shown.listing.search or shown.listing.searched)
    ]
    assert not wrong, f"Make these lists of their own root fields: {wrong}"


@ORDERED
async def test_orders_are_carried(api: Api, reader: Caller, database: Database, shown: Shown) -> None:
    ids = await _ids(database, shown, reader)
    for arguments in orderings(shown):
        text = document(shown, arguments, ids)
        for command in await _sent(api, reader, text):
            await check(database, command, text)


@EACH
async def test_filters_are_carried(api: Api, reader: Caller, database: Database, shown: Shown) -> None:
    ids = await _ids(database, shown, reader)
    for arguments in ["", *filters(shown, ids)]:
        text = document(shown, arguments, ids)
        for command in await _sent(api, reader, text):
            await check(database, command, text, sorted_=_computed(shown))


@SEARCHED
async def test_searches_are_carried(api: Api, reader: Caller, database: Database, shown: Shown) -> None:
    ids = await _ids(database, shown, reader)
    text = document(shown, "" if "search" in _demanded(shown) else 'search: "word"', ids, "nodes { id }")
    for command in await _sent(api, reader, text):
        if command.get("aggregate") == shown.listing.table.collection:
            found = set(stages(await explained(database, command)))
            assert {"TEXT_MATCH", "IXSCAN"} <= found
            assert "COLLSCAN" not in found
            return
    pytest.fail(f"{text} sends no search.")


def _computed(shown: Shown) -> bool:
    """Whether it comes in no order of an index, however it is asked."""
    return "search" in _demanded(shown) or shown.listing.ranked


def _demanded(shown: Shown) -> set[str]:
    return {name for name, argument in shown.field.args.items() if str(argument.type).endswith("!")}


@ORDERED
async def test_page_one_thousand_costs_what_page_one_costs(
    api: Api, reader: Caller, database: Database, shown: Shown
) -> None:
    ids = await _ids(database, shown, reader)
    rows = await _fill(database, shown, await _list_command(api, reader, shown, ids, ""))
    for name, order in shown.listing.orders.choices.items():
        if order == NEAREST:
            continue
        for descending in (False, True):
            asked = f"orderBy: {{field: {name}, direction: {'DESC' if descending else 'ASC'}}}"
            turned = descending != order.columns[0].startswith("-")
            there = _cursors(rows, order.reversed if turned else order)
            await _compare(api, reader, database, shown, ids, f"first: {PAGE} {asked}", f'after: "{there[0]}"')
            await _compare(api, reader, database, shown, ids, f"last: {PAGE} {asked}", f'before: "{there[1]}"')


async def test_a_category_of_the_marketplace_is_found_without_the_others(
    api: Api, people: People, database: Database
) -> None:
    ann = await people.person("ann")
    shown = next(shown for shown in LISTS if str(shown) == "Query.advisorMarketplace")
    rows = await _fill(database, shown, await _list_command(api, ann, shown, {}, ""), ADVISORS)
    # Spread over every order, so that a walk which only filters would meet all of the others.
    rare = [row["_id"] for row in rows[:: ADVISORS // RARE][:RARE]]
    collection = database[shown.listing.table.collection]
    await collection.update_many({}, {"$set": {"category": "common"}})
    await collection.update_many({"_id": {"$in": rare}}, {"$set": {"category": "rare"}})
    for arguments in orderings(shown):
        asked = f'{arguments} where: {{category: {{eq: "rare"}}}}'
        looked = await _looked(database, await _list_command(api, ann, shown, {}, asked))
        assert looked.returned == RARE
        assert looked.keys <= RARE + SLACK, f"{asked} looks at {looked.keys} keys."
        assert looked.documents <= RARE + SLACK, f"{asked} looks at {looked.documents} documents."


async def _compare(
    api: Api, caller: Caller, database: Database, shown: Shown, ids: Mapping[str, str], page: str, place: str
) -> None:
    near = await _looked(database, await _list_command(api, caller, shown, ids, page))
    far = await _looked(database, await _list_command(api, caller, shown, ids, f"{page} {place}"))
    assert near.returned == far.returned == PAGE + 1
    assert near.keys <= PAGE + 1 + SLACK, f"{shown}, {page}: the first page looks at {near.keys} keys."
    assert abs(far.keys - near.keys) <= SLACK, f"{shown}, {page}: page {DEEP} looks at {far.keys} keys."
    assert abs(far.documents - near.documents) <= SLACK, f"{shown}, {page}: {far.documents} documents."


async def _list_command(
    api: Api, caller: Caller, shown: Shown, ids: Mapping[str, str], arguments: str
) -> dict[str, Any]:
    sent = await _sent(api, caller, document(shown, arguments, ids, "nodes { id version }"))
    return flattened(sent[-1])[0]


async def _looked(database: Database, command: Mapping[str, Any]) -> Look:
    return look(await explained(database, command))


async def _fill(
    database: Database, shown: Shown, command: Mapping[str, Any], number_of_rows: int = ROWS
) -> list[dict[str, Any]]:
    """Rows which the list shows, each at a place of its own in every order."""
    table = shown.listing.table
    fixed = matching(command["filter"] if "filter" in command else _joined(command["pipeline"]))
    choices = [order for order in shown.listing.orders.choices.values() if order != NEAREST]
    ordered = {column for order in choices for column, _ in order.keys} - {"_id"}
    told = {column for index in table.indexes if index.unique for column, _ in index.keys} - set(fixed) - {"_id"}
    rows = []
    for number in range(number_of_rows):
        row: dict[str, Any] = {**fixed, **{column: ObjectId() for column in told}, "_id": ObjectId(), "version": 1}
        for column in ordered:
            _put(row, column, number)
        rows.append(row)
    await database[table.collection].insert_many(rows, ordered=False)
    return rows


def _joined(pipeline: list[Mapping[str, Any]]) -> dict[str, Any]:
    return {"$and": [stage["$match"] for stage in pipeline if "$match" in stage]}


def _put(row: dict[str, Any], path: str, value: Any) -> None:
    *outer, last = path.split(".")
    for part in outer:
        row = row.setdefault(part, {})
    row[last] = value


def _at(row: Any, path: str) -> Any:
    for part in path.split("."):
        row = row[part]
    return row


def _cursors(rows: list[dict[str, Any]], order: Order) -> tuple[str, str]:
    """The cursors behind which page 1,000 lies, from the start and from the end."""
    there = list(rows)
    for column, way in reversed(order.keys):
        there.sort(key=lambda row: _at(row, column), reverse=way < 0)
    places = (there[PAGE * (DEEP - 1) - 1], there[-PAGE * (DEEP - 1)])
    start, end = (cursor.encode(order.keys, [_at(row, column) for column, _ in order.keys]) for row in places)
    return start, end
