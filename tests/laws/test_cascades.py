"""What belongs to a conversation or to a person goes with it: every table is reached, also the one added last."""

from collections.abc import Iterator
from typing import Any

from bson import ObjectId

from graphql_api.demo import clearing
from graphql_api.demo.people import DEMO
from models.advisor import TABLES
from models.advisor.conversation import CONVERSATIONS
from models.store.connection import Database
from models.table import Table
from tests.factories import advisor as make
from tests.fixtures.wire import SETTINGS, Api, Caller, People
from tests.resolvers.advisor.writing import done, gid


def _holding(column: str) -> Iterator[Table[Any]]:
    return (table for table in TABLES if column in table.columns)


def _raw(table: Table[Any], **links: Any) -> dict[str, Any]:
    """A row as bare as MongoDB takes it: ids in the columns of ids, those of the `links` where the table has them."""
    ids = {column: ObjectId() for column in table.columns if column.endswith("Id")}
    linked = {column: value for column, value in links.items() if column in table.columns}
    return {"_id": ObjectId(), "version": 1, **ids, **linked}


async def _below(database: Database, conversation: dict[str, Any]) -> None:
    links = {"conversationId": conversation["_id"], "userId": conversation["userId"]}
    for table in _holding("conversationId"):
        await database[table.collection].insert_one(_raw(table, **links))


async def _of(database: Database, owner: Caller) -> None:
    """A row in every table of people's rows, in a conversation where the table's rows are in one."""
    conversation = await make.conversation(owner)
    for table in _holding("userId"):
        row = _raw(table, userId=owner.profile, conversationId=conversation["_id"])
        await database[table.collection].insert_one(row)


async def _without(database: Database, column: str, key: Any) -> set[str]:
    """The names of the tables with this column in which no row holds the key."""
    return {
        table.type_name
        for table in _holding(column)
        if await database[table.collection].count_documents({column: key}) == 0
    }


def _names(column: str) -> set[str]:
    return {table.type_name for table in _holding(column)}


def test_rows_of_a_conversation_carry_its_owner() -> None:
    wrong = _names("conversationId") - _names("userId")
    assert not wrong, f"Give these a `userId`, the conversation's owner, by which they are found and protected: {wrong}"


async def test_all_goes_with_its_conversation(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    gone, kept = await make.conversation(ann), await make.conversation(ann)
    for conversation in (gone, kept):
        await _below(database, conversation)
    await done(api, "advisorConversationDelete", ann, id=gid(CONVERSATIONS, gone))
    forgotten = _names("conversationId") - await _without(database, "conversationId", gone["_id"])
    assert not forgotten, f"Deleting a conversation leaves these rows of it behind: {forgotten}"
    assert await _without(database, "conversationId", kept["_id"]) == set()


async def test_all_goes_with_its_person(api: Api, people: People, database: Database) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    for person in (ann, bob):
        await _of(database, person)
    await done(api, "advisorAccountDelete", ann)
    forgotten = _names("userId") - await _without(database, "userId", ann.profile)
    assert not forgotten, f"Deleting a profile leaves these rows of the person behind: {forgotten}"
    assert await _without(database, "userId", bob.profile) == set()


async def test_all_goes_with_the_demo(people: People, database: Database) -> None:
    demo, bob = await people.person(DEMO), await people.person("bob")
    for person in (demo, bob):
        await _of(database, person)
    await clearing.clear(database, await clearing.find(database, SETTINGS.auth_issuer))
    forgotten = _names("userId") - await _without(database, "userId", demo.profile)
    assert not forgotten, f"Clearing the demo leaves these rows of its people behind: {forgotten}"
    assert await _without(database, "userId", bob.profile) == set()
