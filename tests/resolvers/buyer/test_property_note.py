"""Notes on homes: the buyer's and the agent's own, each the writer's to change."""

from typing import Any

import pytest

from models.buyer.property_note import PROPERTY_NOTES
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.estate.agent import AGENTS
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, Api
from tests.resolvers.advisor.writing import done, gid, refusal, rows, write
from tests.resolvers.buyer.chat_scene import Scene, node, seen

CREATE, UPDATE, DELETE = "buyerPropertyNoteCreate", "buyerPropertyNoteUpdate", "buyerPropertyNoteDelete"
CHANGES = "subscription($id: ID!) { buyerPropertyNoteChanges(sessionId: $id) { kind node { noteText } } }"


def _inside(here: Scene) -> str:
    return f'sessionId: "{here.chat.id}"'


async def _both(here: Scene) -> tuple[str, str]:
    """A note of Bea's and one of Ann's."""
    hers = await make.property_note(here.session, here.listing, "hers", createdAt=1)
    own = await make.property_note(here.session, here.listing, "the agent's", noteType="agent", createdAt=2)
    return gid(PROPERTY_NOTES, hers), gid(PROPERTY_NOTES, own)


async def test_who_sees_which(api: Api, here: Scene) -> None:
    hers, own = await _both(here)
    searching = [here.services[name] for name in ("answering", "search")]
    sights: list[tuple[Any, list[str]]] = [
        (here.ann, ["the agent's", "hers"]),
        (here.services["analysis"], ["the agent's", "hers"]),
        *((caller, ["hers"]) for caller in (here.chat, *searching)),
        *((caller, []) for caller in (*here.outsiders, here.operator)),
    ]
    for caller, texts in sights:
        found = await seen(api, caller, "buyerPropertyNotes", "totalCount nodes { noteText }", _inside(here))
        assert found == {"totalCount": len(texts), "nodes": [{"noteText": text} for text in texts]}, caller.name
        for key, text in ((hers, "hers"), (own, "the agent's")):
            shown = await node(api, caller, key, "BuyerPropertyNote", "noteText")
            assert shown == ({"noteText": text} if text in texts else None), caller.name


async def test_a_listings_notes_are_found(api: Api, here: Scene) -> None:
    other = await make.repliers_listing()
    await make.property_note(here.session, other, "other")
    await _both(here)
    where = f'{_inside(here)} where: {{listingId: {{eq: "{gid(REPLIERS_LISTINGS, other)}"}}}}'
    found = await seen(api, here.chat, "buyerPropertyNotes", "nodes { noteText listing { city } }", where)
    assert found == {"nodes": [{"noteText": "other", "listing": {"city": "Portland"}}]}


async def test_a_buyer_writes_changes_and_deletes(api: Api, here: Scene, database: Database) -> None:
    given = {"listingId": here.home, "noteText": "Nice."}
    shown = "note { id noteType noteText sessionId viewerCanUpdate viewerCanDelete } noteEdge { cursor }"
    note = (await done(api, CREATE, here.chat, shown, **given))["note"]
    key = note.pop("id")
    assert note == {
        "noteType": "PERSONAL",
        "noteText": "Nice.",
        "sessionId": here.chat.id,
        "viewerCanUpdate": True,
        "viewerCanDelete": True,
    }
    changed = await done(api, UPDATE, here.chat, "note { noteText version }", id=key, noteText="Not so nice.")
    assert changed["note"] == {"noteText": "Not so nice.", "version": 2}
    stale = await write(api, UPDATE, here.chat, "note { noteText }", id=key, noteText="x", expectedVersion=1)
    assert ([error["code"] for error in stale["userErrors"]], stale["note"]) == (
        ["STALE_VERSION"],
        {"noteText": "Not so nice."},
    )
    assert await done(api, DELETE, here.chat, "deletedId", id=key) == {"deletedId": key}
    assert await database[PROPERTY_NOTES.collection].count_documents({}) == 0


async def test_an_agent_writes_the_agents_own(api: Api, here: Scene) -> None:
    given = {"listingId": here.home, "noteText": "She likes it.", "sessionId": here.chat.id}
    note = (await done(api, CREATE, here.ann, "note { id noteType }", **given))["note"]
    assert note["noteType"] == "AGENT"
    await done(api, UPDATE, here.ann, id=note["id"], noteText="She loves it.")
    await done(api, DELETE, here.ann, id=note["id"])


@pytest.mark.parametrize("kind", ["PERSONAL", "SHOWING", "REMINDER", "AGENT"])
async def test_whose_a_note_is_says_its_type(api: Api, here: Scene, database: Database, kind: str) -> None:
    given = {"listingId": here.home, "noteText": "x", "noteType": kind}
    hers = (await write(api, CREATE, here.chat, **given))["userErrors"]
    own = (await write(api, CREATE, here.ann, **given, sessionId=here.chat.id))["userErrors"]
    assert [error["code"] for error in hers] == (["FORBIDDEN"] if kind == "AGENT" else [])
    assert [error["code"] for error in own] == ([] if kind == "AGENT" else ["FORBIDDEN"])
    assert await database[PROPERTY_NOTES.collection].count_documents({}) == 1


async def test_others_write_none(api: Api, here: Scene, database: Database) -> None:
    before = await rows(database, PROPERTY_NOTES)
    given = {"listingId": here.home, "noteText": "x", "sessionId": here.chat.id}
    for caller in [*here.outsiders, here.operator, *(here.services[name] for name in ("analysis", "answering"))]:
        expected = ("UNAUTHENTICATED", None) if caller is ANONYMOUS else ("NOT_FOUND", "sessionId")
        assert await refusal(api, CREATE, caller, **given) == expected, caller.name
    assert await refusal(api, CREATE, here.chat, **{**given, "sessionId": here.other_chat.id}) == (
        "NOT_FOUND",
        "sessionId",
    )
    assert await refusal(api, CREATE, here.ann, listingId=here.home, noteText="x") == ("INVALID", "sessionId")
    gone = gid(REPLIERS_LISTINGS, here.profile)
    assert await refusal(api, CREATE, here.chat, listingId=gone, noteText="x") == ("NOT_FOUND", "listingId")
    assert await refusal(api, CREATE, here.chat, listingId=here.home, noteText="x" * 5001) == ("TOO_LONG", "noteText")
    await database[AGENTS.collection].update_one({"_id": here.ann.row["_id"]}, {"$set": {"active": False}})
    assert await refusal(api, CREATE, here.ann, **given) == ("FORBIDDEN", None)
    assert await rows(database, PROPERTY_NOTES) == before


@pytest.mark.parametrize("mutation", [UPDATE, DELETE])
async def test_others_change_none(api: Api, here: Scene, database: Database, mutation: str) -> None:
    hers, own = await _both(here)
    before = await rows(database, PROPERTY_NOTES)
    more = {"noteText": "x"} if mutation == UPDATE else {}
    for key in (hers, own):
        for caller in [*here.outsiders, here.operator]:
            expected = ("UNAUTHENTICATED", None) if caller is ANONYMOUS else ("NOT_FOUND", "id")
            assert await refusal(api, mutation, caller, id=key, **more) == expected, caller.name
    assert await refusal(api, mutation, here.chat, id=own, **more) == ("NOT_FOUND", "id")
    assert await refusal(api, mutation, here.ann, id=hers, **more) == ("FORBIDDEN", None)
    assert await refusal(api, mutation, here.services["analysis"], id=own, **more) == ("FORBIDDEN", None)
    assert await refusal(api, mutation, here.services["search"], id=own, **more) == ("NOT_FOUND", "id")
    await here.set(status="paused")
    assert await refusal(api, mutation, here.chat, id=hers, **more) == ("WRONG_STATE", None)
    await database[AGENTS.collection].update_one({"_id": here.ann.row["_id"]}, {"$set": {"active": False}})
    assert await refusal(api, mutation, here.ann, id=own, **more) == ("FORBIDDEN", None)
    assert await rows(database, PROPERTY_NOTES) == before


async def test_the_buyer_hears_nothing_of_the_agents_notes(api: Api, here: Scene, lists: Lists) -> None:
    agent = await lists.follow(CHANGES, {"id": here.chat.id}, by=here.ann)
    buyer = await lists.follow(CHANGES, {"id": here.chat.id}, by=here.chat)
    assert await agent.synced() == await buyer.synced() == []
    given = {"listingId": here.home}
    await done(api, CREATE, here.ann, **given, noteText="own", sessionId=here.chat.id)
    await done(api, CREATE, here.chat, **given, noteText="hers")
    assert [event["node"]["noteText"] for event in await agent.events(2)] == ["own", "hers"]
    assert (await buyer.event())["node"] == {"noteText": "hers"}
    await buyer.quiet()
