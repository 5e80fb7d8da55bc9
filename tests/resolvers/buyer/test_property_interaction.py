"""What a buyer does with homes: recorded by the buyer alone, seen by the agent, and of two opinions the last."""

import asyncio

import pytest

from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.property_interaction import PROPERTY_INTERACTIONS
from models.buyer.repliers_listing import REPLIERS_LISTINGS
from models.clock import now
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, Api
from tests.resolvers.advisor.writing import done, gid, refusal, rows
from tests.resolvers.buyer.chat_scene import Scene, node, seen

RECORD, REMOVE = "buyerPropertyInteractionRecord", "buyerPropertyInteractionRemove"
CHANGES = "subscription($id: ID!) { buyerPropertyInteractionChanges(sessionId: $id) { kind node { interactionType } } }"
SHOWN = "interaction { id interactionType rating reason emotionalResponse version } removedId"


def _inside(here: Scene) -> str:
    return f'sessionId: "{here.chat.id}"'


async def test_what_is_done_is_recorded(api: Api, here: Scene, database: Database) -> None:
    await here.set(lastActivity=1)
    given = {"listingId": here.home, "interactionType": "LIKE", "rating": 5, "reason": "The garden."}
    payload = await done(api, RECORD, here.chat, SHOWN, **given, emotionalResponse="EXCITED")
    key = payload["interaction"].pop("id")
    assert payload == {
        "interaction": {
            "interactionType": "LIKE",
            "rating": 5,
            "reason": "The garden.",
            "emotionalResponse": "EXCITED",
            "version": 1,
        },
        "removedId": None,
    }
    [row] = await database[PROPERTY_INTERACTIONS.collection].find().to_list()
    assert gid(PROPERTY_INTERACTIONS, row) == key
    copies = {name: row[name] for name in ("sessionId", "agentId", "rootProfileId")}
    assert copies == {
        "sessionId": here.session["_id"],
        "agentId": here.ann.row["_id"],
        "rootProfileId": here.profile["_id"],
    }
    chat = await here.chat_now()
    assert chat["lastActivity"] > now() - 60_000
    assert (chat["returnVisits"], chat["totalQuestions"], chat["version"]) == (1, 0, 1)


async def test_who_likes_a_home_dislikes_it_no_more(api: Api, here: Scene) -> None:
    async def record(kind: str, **more: object) -> dict[str, object]:
        return await done(api, RECORD, here.chat, SHOWN, listingId=here.home, interactionType=kind, **more)

    liked = await record("LIKE", rating=4)
    disliked = await record("DISLIKE")
    assert disliked["removedId"] == liked["interaction"]["id"]  # type: ignore[index]  # an object as it is shown
    again = await record("LIKE")
    assert again["removedId"] == disliked["interaction"]["id"]  # type: ignore[index]  # as above
    found = await seen(api, here.chat, "buyerPropertyInteractions", "nodes { interactionType rating }", _inside(here))
    assert found == {"nodes": [{"interactionType": "LIKE", "rating": None}]}


@pytest.mark.parametrize("kind", ["LIKE", "DISLIKE", "FAVORITE", "SAVED"])
async def test_what_is_true_once_is_said_again(api: Api, here: Scene, kind: str) -> None:
    given = {"listingId": here.home, "interactionType": kind}
    first = (await done(api, RECORD, here.chat, SHOWN, **given, rating=2))["interaction"]
    again = (await done(api, RECORD, here.chat, SHOWN, **given, reason="The roof."))["interaction"]
    assert again == {**first, "reason": "The roof.", "version": 2}


@pytest.mark.parametrize("kind", ["VIEWED", "SHARED"])
async def test_what_happens_often_is_recorded_each_time(api: Api, here: Scene, kind: str) -> None:
    for _ in range(2):
        await done(api, RECORD, here.chat, listingId=here.home, interactionType=kind)
    where = f"{_inside(here)} where: {{interactionType: {{eq: {kind}}}}}"
    assert await seen(api, here.ann, "buyerPropertyInteractions", "totalCount", where) == {"totalCount": 2}


async def test_of_many_opinions_at_once_one_is_left(api: Api, here: Scene, database: Database) -> None:
    kinds = ["LIKE", "DISLIKE"] * 8
    await asyncio.gather(*(done(api, RECORD, here.chat, listingId=here.home, interactionType=kind) for kind in kinds))
    assert await database[PROPERTY_INTERACTIONS.collection].count_documents({}) == 1


async def test_who_sees_it(api: Api, here: Scene) -> None:
    key = gid(PROPERTY_INTERACTIONS, await make.property_interaction(here.session, here.listing))
    readers = [here.ann, here.chat, *(here.services[name] for name in ("answering", "analysis", "search"))]
    for caller in [*readers, *here.outsiders, here.operator]:
        number = int(caller in readers)
        found = await seen(api, caller, "buyerPropertyInteractions", "totalCount", _inside(here))
        assert found == {"totalCount": number}, caller.name
        shown = await node(api, caller, key, "BuyerPropertyInteraction", "interactionType")
        assert shown == ({"interactionType": "LIKE"} if number else None), caller.name
    assert (await node(api, here.chat, key, "BuyerPropertyInteraction", "viewerCanDelete"))["viewerCanDelete"] is True
    assert (await node(api, here.ann, key, "BuyerPropertyInteraction", "viewerCanDelete"))["viewerCanDelete"] is False


async def test_a_listings_interactions_are_found(api: Api, here: Scene) -> None:
    other = await make.repliers_listing()
    await make.property_interaction(here.session, other, interactionType="viewed")
    await make.property_interaction(here.session, here.listing)
    where = f'{_inside(here)} where: {{listingId: {{eq: "{gid(REPLIERS_LISTINGS, other)}"}}}}'
    found = await seen(api, here.chat, "buyerPropertyInteractions", "nodes { interactionType }", where)
    assert found == {"nodes": [{"interactionType": "VIEWED"}]}


async def test_only_the_buyer_records_and_takes_back(api: Api, here: Scene, database: Database) -> None:
    key = gid(PROPERTY_INTERACTIONS, await make.property_interaction(here.session, here.listing))
    before = await rows(database, PROPERTY_INTERACTIONS, CHAT_SESSIONS)
    given = {"listingId": here.home, "interactionType": "DISLIKE"}
    for mutation, values in ((RECORD, given), (REMOVE, {"id": key})):
        assert await refusal(api, mutation, ANONYMOUS, **values) == ("UNAUTHENTICATED", None)
        others = (here.ann, here.bob, here.buyer, here.seller, here.operator, here.account, *here.services.values())
        for caller in others:
            assert await refusal(api, mutation, caller, **values) == ("FORBIDDEN", None), caller.name
    assert await refusal(api, REMOVE, here.other_chat, id=key) == ("NOT_FOUND", "id")
    assert (await rows(database, PROPERTY_INTERACTIONS))[0] == before[0]


async def test_what_was_done_is_taken_back(api: Api, here: Scene, database: Database) -> None:
    key = gid(PROPERTY_INTERACTIONS, await make.property_interaction(here.session, here.listing))
    await here.set(status="paused")
    assert await refusal(api, REMOVE, here.chat, id=key) == ("WRONG_STATE", None)
    await here.set(status="active")
    assert await done(api, REMOVE, here.chat, "deletedId", id=key) == {"deletedId": key}
    assert await database[PROPERTY_INTERACTIONS.collection].count_documents({}) == 0
    assert await refusal(api, REMOVE, here.chat, id=key) == ("NOT_FOUND", "id")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"rating": 0}, ("OUT_OF_RANGE", "rating")),
        ({"rating": 6}, ("OUT_OF_RANGE", "rating")),
        ({"reason": "x" * 5_001}, ("TOO_LONG", "reason")),
        ({"listingId": "bLisAAAAAAAAAAAAAAAA"}, ("NOT_FOUND", "listingId")),
    ],
)
async def test_what_is_refused_changes_nothing(
    api: Api, here: Scene, database: Database, given: dict[str, object], expected: tuple[str, str]
) -> None:
    await make.property_interaction(here.session, here.listing, interactionType="dislike")
    before = await rows(database, PROPERTY_INTERACTIONS, CHAT_SESSIONS)
    values = {"listingId": here.home, "interactionType": "LIKE", **given}
    assert await refusal(api, RECORD, here.chat, **values) == expected
    assert await rows(database, PROPERTY_INTERACTIONS, CHAT_SESSIONS) == before


async def test_the_agent_hears_of_it_at_once(api: Api, here: Scene, lists: Lists) -> None:
    live = await lists.follow(CHANGES, {"id": here.chat.id}, by=here.ann)
    other = await lists.follow(CHANGES, {"id": here.chat.id}, by=here.bob)
    assert await live.synced() == await other.synced() == []
    await done(api, RECORD, here.chat, listingId=here.home, interactionType="LIKE")
    assert await live.event() == {"kind": "ADDED", "node": {"interactionType": "LIKE"}}
    await other.quiet()
