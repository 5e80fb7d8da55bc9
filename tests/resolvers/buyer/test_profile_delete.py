"""Deleting a buyer: all versions, searches and chats go, also many at a time, and nobody else's."""

from typing import Any

import pytest

from models.buyer import BELOW_SESSIONS
from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.profile import PROFILES
from models.buyer.search_transaction import SEARCH_TRANSACTIONS
from models.store.connection import Database
from models.table import Table
from resolvers.buyer import profile_delete
from tests.factories import buyer as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api
from tests.resolvers.advisor.writing import done, gid, refusal

EVERY: tuple[Table[Any], ...] = (PROFILES, SEARCH_TRANSACTIONS, CHAT_SESSIONS, *BELOW_SESSIONS)


async def _filled(profile: dict[str, Any], home: dict[str, Any], questions: int = 1) -> None:
    """A chat with a row in every table below it."""
    search = await make.search_transaction(profile)
    session = await make.chat_session(profile)
    await make.chat_search_context(session, search)
    for number in range(questions):
        await make.chat_message(session, f"Question {number}?")
    await make.property_note(session, home)
    await make.property_note(session, home, noteType="agent")
    await make.property_interaction(session, home)
    await make.chat_agent_insight(session)


async def _left(database: Database) -> dict[str, int]:
    return {table.type_name: await database[table.collection].count_documents({}) for table in EVERY}


async def test_all_goes_with_the_buyer(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    gone, kept = await make.profile(ann.row["_id"]), await make.profile(ann.row["_id"], name="Kim Kept")
    home = await make.repliers_listing()
    await _filled(kept, home)
    before = await _left(database)
    second = await make.profile(
        ann.row["_id"], rootProfileId=kept["_id"], parentProfileId=kept["_id"], profileVersion=2, current=False
    )
    await database["buyer_profiles"].delete_one({"_id": second["_id"]})
    for profile in (gone, gone):
        await _filled(profile, home)
    newer = (await done(api, "buyerProfileUpdate", ann, "profile { id }", id=gid(PROFILES, gone), name="New"))[
        "profile"
    ]
    await make.chat_session({**gone, "_id": (await database["buyer_profiles"].find_one({"name": "New"}) or {})["_id"]})
    portals = [
        await parties.buyer(ann, buyerProfileId=profile["_id"], sessionCode=f"B-{name}0000000000")
        for name, profile in (("AAAA", gone), ("BBBB", kept))
    ]
    payload = await done(api, "buyerProfileDelete", ann, "deletedId", id=newer["id"])
    assert payload["deletedId"] == newer["id"]
    assert await _left(database) == {**before, "BuyerProfile": 1}
    assert await database["buyer_repliers_listings"].count_documents({}) == 1
    linked = [
        (await database["estate_buyer_sessions"].find_one({"_id": portal.row["_id"]}) or {}).get("buyerProfileId")
        for portal in portals
    ]
    assert linked == [None, kept["_id"]]
    assert await refusal(api, "buyerProfileDelete", ann, id=newer["id"]) == ("NOT_FOUND", "id")


async def test_many_rows_go_in_many_transactions(
    api: Api, parties: Parties, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile_delete, "BATCH", 3)
    ann = await parties.agent("ann")
    gone = await make.profile(ann.row["_id"])
    await _filled(gone, await make.repliers_listing(), questions=10)
    for _ in range(7):
        await make.search_transaction(gone)
    await done(api, "buyerProfileDelete", ann, id=gid(PROFILES, gone))
    assert set((await _left(database)).values()) == {0}
    sizes = [
        command["deletes"][0]["q"]["_id"]["$in"]
        for command in api.calls.seen
        if command.get("delete") == "buyer_chat_messages" and "_id" in command["deletes"][0]["q"]
    ]
    assert [len(keys) for keys in sizes] == [3, 3, 3, 1]


async def test_interrupted_it_goes_on(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    gone = await make.profile(ann.row["_id"])
    await _filled(gone, await make.repliers_listing())
    await database["buyer_chat_sessions"].delete_many({})
    await done(api, "buyerProfileDelete", ann, id=gid(PROFILES, gone))
    left = await _left(database)
    assert (left["BuyerProfile"], left["BuyerSearchTransaction"], left["BuyerChatSession"]) == (0, 0, 0)
