"""A chat from its link to its end: after each step every invariant of the buyer chat holds, whoever hurries."""

import asyncio
from typing import Any

from models.buyer.chat_message import CHAT_MESSAGES
from models.buyer.invariants import INVARIANTS
from models.buyer.profile import PROFILES
from models.store import inspection
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, Calls
from tests.resolvers.advisor.writing import done, gid, write
from tests.resolvers.buyer.chat_scene import Scene

ANALYSIS = {"questionCategory": "LOCATION", "sentimentScore": -0.5, "intentClassification": "COMPARING"}


async def _sound(database: Database) -> None:
    broken = [found.name for found in INVARIANTS if await inspection.violations(database, found)]
    assert broken == []


async def test_a_chat_from_its_link_to_its_end(api: Api, here: Scene, watched: tuple[Database, Calls]) -> None:
    database, answering = watched[0], here.services["answering"]
    given = {"profileId": gid(PROFILES, here.profile)}
    opened = await done(api, "buyerChatSessionCreate", here.ann, "linkToken session { id }", **given)
    chat, link = opened["session"]["id"], opened["linkToken"]
    token = (await done(api, "buyerChatSessionSignIn", ANONYMOUS, "accessToken", linkToken=link))["accessToken"]
    visitor = Caller("visitor", token)
    await _sound(database)

    async def ask(place: int) -> Any:
        sent = await done(api, "buyerChatMessageSend", visitor, "message { id }", message=f"question {place}")
        key = sent["message"]["id"]
        if place == 0:
            return await done(api, "buyerChatMessageFail", answering, id=key)
        return await done(api, "buyerChatMessageAnswer", answering, id=key, aiResponse="Yes.", analysis=ANALYSIS)

    async def like(kind: str) -> Any:
        return await done(api, "buyerPropertyInteractionRecord", visitor, listingId=here.home, interactionType=kind)

    other = await make.search_transaction(here.profile)
    moved = {"sessionId": chat, "transactionId": other["transactionId"], "type": "REFINED_SEARCH"}
    await asyncio.gather(
        *(ask(place) for place in range(8)),
        *(like(kind) for kind in ("LIKE", "DISLIKE", "FAVORITE", "FAVORITE", "VIEWED")),
        done(api, "buyerChatSearchContextActivate", here.ann, **moved),
        done(api, "buyerPropertyNoteCreate", visitor, listingId=here.home, noteText="Nice."),
        done(api, "buyerPropertyNoteCreate", here.ann, listingId=here.home, noteText="Hers.", sessionId=chat),
    )
    await _sound(database)
    await done(api, "buyerChatSessionPause", here.ann, id=chat)
    await write(api, "buyerChatMessageSend", visitor, message="too late")
    await done(api, "buyerChatSessionComplete", here.ann, id=chat)
    await _sound(database)
    assert await database[CHAT_MESSAGES.collection].count_documents({}) == 8
