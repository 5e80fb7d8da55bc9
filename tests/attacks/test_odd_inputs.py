"""Odd letters, numbers and nulls: each is taken or refused in a sentence, and none is an internal error."""

from typing import Any

import pytest

from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.profile import PROFILES
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api
from tests.resolvers.advisor.writing import done, rows

PERSON: dict[str, Any] = {
    "name": "Bea",
    "email": "bea@example.com",
    "location": "Portland",
    "budget": "Enough",
    "homeType": "CONDO",
    "bedrooms": 2,
    "bathrooms": "2",
}


@pytest.mark.parametrize("text", ["\u017fix bedrooms", "f\u0131ve bedrooms", "e\u0131ght baths", "n\u0131ne bathrooms"])
async def test_letters_that_are_alike_are_no_numbers(api: Api, parties: Parties, text: str) -> None:
    ann = await parties.agent("ann")
    payload = await done(api, "buyerProfileExtract", ann, "draft { bedrooms bathrooms }", text=text)
    assert payload == {"draft": {"bedrooms": None, "bathrooms": None}}


async def test_null_clears_what_a_profile_was_made_from(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    made = await done(api, "buyerProfileCreate", ann, "profile { id rawInput }", **PERSON, rawInput=None)
    assert made["profile"]["rawInput"] == ""
    key = made["profile"]["id"]
    for given, kept in (("Said so.", "Said so."), (None, "")):
        payload = await done(api, "buyerProfileUpdate", ann, "profile { id rawInput }", id=key, rawInput=given)
        assert payload["profile"]["rawInput"] == kept
        key = payload["profile"]["id"]
    [versions] = await rows(database, PROFILES)
    assert [version["rawInput"] for version in versions] == ["", "Said so.", ""]


async def test_figures_of_chats_that_are_being_deleted(api: Api, parties: Parties, database: Database) -> None:
    ann = await parties.agent("ann")
    chat = await parties.chat(await make.profile(ann.row["_id"]))
    await make.chat_message(chat.row, timestamp=0)
    shown = '{ buyerChatDailyStats(day: "1970-01-01") { questions meanEngagement } }'
    assert (await api.data(shown, by=ann))["buyerChatDailyStats"] == {"questions": 1, "meanEngagement": 0.0}
    await database[CHAT_SESSIONS.collection].delete_one({"_id": chat.row["_id"]})
    assert (await api.data(shown, by=ann))["buyerChatDailyStats"] == {"questions": 1, "meanEngagement": None}
