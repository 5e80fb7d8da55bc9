"""A list that changes all the time tells the changes of a row within a second as one, and loses none of them."""

import asyncio
from typing import Any

from bson import ObjectId

from models import global_id
from models.advisor.advisor import ADVISORS
from models.store.connection import Database
from tests.factories import advisor as rows
from tests.fixtures.live import Answer, Lists
from tests.fixtures.wire import People

COUNTS = """subscription ($after: String) {
  advisorMarketplaceChanges(after: $after) { kind cursor id node { persona { name } selectionCount } }
}"""


def _id(row: Any) -> str:
    return global_id.encode(ADVISORS.tag, row["_id"])


def _seen(events: list[Answer]) -> list[tuple[str, str, int | None]]:
    return [(event["kind"], event["id"], event["node"] and event["node"]["selectionCount"]) for event in events]


async def test_quick_changes_come_as_few_and_the_last_one_is_told(
    people: People, lists: Lists, database: Database
) -> None:
    collection, row = database[ADVISORS.collection], await rows.advisor()
    live = await lists.follow(COUNTS)
    await live.synced()
    for _ in range(20):
        await collection.update_one({"_id": row["_id"]}, {"$inc": {"selectionCount": 1}})
    events = [await live.event()]
    while events[-1]["node"]["selectionCount"] < 20:
        events.append(await live.event())
    assert len(events) <= 3
    assert _seen(events[-1:]) == [("CHANGED", _id(row), 20)]


async def test_what_comes_and_goes_within_the_pace_is_told_as_what_became_of_it(
    people: People, lists: Lists, database: Database
) -> None:
    collection, there = database[ADVISORS.collection], await rows.advisor()
    live = await lists.follow(COUNTS)
    await live.synced()
    new, brief, away = ({**there, "_id": ObjectId(), "selectionCount": 7} for _ in range(3))
    await collection.insert_one(new)
    await collection.insert_one(brief)
    await collection.update_one({"_id": there["_id"]}, {"$set": {"isPublic": False}})
    await collection.update_one({"_id": new["_id"]}, {"$inc": {"selectionCount": 1}})
    await collection.delete_one({"_id": brief["_id"]})
    await collection.insert_one(away)
    await collection.update_one({"_id": away["_id"]}, {"$set": {"status": "inactive"}})
    await collection.update_one({"_id": there["_id"]}, {"$set": {"isPublic": True, "selectionCount": 3}})
    assert _seen(await live.events(2)) == [("ADDED", _id(new), 8), ("CHANGED", _id(there), 3)]
    await live.quiet()


async def test_from_every_event_on_the_list_can_be_resumed(people: People, lists: Lists, database: Database) -> None:
    """Also from one that was told before earlier changes of another row."""
    collection, there = database[ADVISORS.collection], await rows.advisor()
    async with lists.following(COUNTS) as live:
        await live.synced()
        one, other = ({**there, "_id": ObjectId()} for _ in range(2))
        await collection.insert_one(one)
        await collection.delete_one({"_id": there["_id"]})
        await collection.insert_one(other)
        await collection.update_one({"_id": one["_id"]}, {"$set": {"selectionCount": 1}})
        events = await live.events(3)
    assert _seen(events) == [("REMOVED", _id(there), None), ("ADDED", _id(other), 0), ("ADDED", _id(one), 1)]
    for number, event in enumerate(events):
        held = {each["id"] for each in events[: number + 1] if each["kind"] == "ADDED"}
        async with lists.following(COUNTS, {"after": event["cursor"]}) as again:
            while held != {_id(one), _id(other)}:
                missed = await again.event()
                assert missed["kind"] != "CHANGED" or missed["id"] in held
                (held.discard if missed["kind"] == "REMOVED" else held.add)(missed["id"])


async def test_a_change_that_the_snapshot_holds_is_not_merged_into_a_later_one(
    people: People, lists: Lists, database: Database
) -> None:
    """The feed tells of an insertion after the snapshot that has it already, and together with a change."""
    feed, there = lists.server.store.feed, await rows.advisor()
    async with lists.following(COUNTS) as first:
        await first.synced()
        hear, held = feed._tell, list[Any]()
        feed._tell = held.append  # type: ignore[assignment,method-assign]  # what it hears comes later
        new = {**there, "_id": ObjectId()}
        await database[ADVISORS.collection].insert_one(new)
        live = await lists.follow(COUNTS)
        assert len(await live.synced()) == 2
        await database[ADVISORS.collection].update_one({"_id": new["_id"]}, {"$inc": {"selectionCount": 1}})
        while len(held) < 2:  # noqa: ASYNC110 - the feed has no event for it
            await asyncio.sleep(0.01)
        for event in held:
            hear(event)
        assert _seen([await live.event()]) == [("CHANGED", _id(new), 1)]
