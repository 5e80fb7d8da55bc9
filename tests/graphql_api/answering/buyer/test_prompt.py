"""What a model is told of a buyer, the homes that were found, and what was said; and what it never is."""

from typing import Any

import pytest

from graphql_api.answering.buyer import documents
from graphql_api.answering.buyer.desk import BuyerDesk
from graphql_api.answering.prompt import Said
from models.buyer.profile import PROFILES
from models.buyer.search_transaction import SEARCH_TRANSACTIONS
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.wire import Api
from tests.resolvers.buyer.chat_scene import Scene


async def _found(database: Database, here: Scene, *homes: dict[str, Any]) -> None:
    """The search of the chat has found these homes."""
    results = [{"listingId": home["_id"], "score": 80, "reasons": ["in the area"]} for home in homes]
    found = {"results": results, "listingIds": [home["_id"] for home in homes]}
    await database[SEARCH_TRANSACTIONS.collection].update_one({"_id": here.search["_id"]}, {"$set": found})


async def test_it_holds_all_that_the_answer_is_made_from(buyers: BuyerDesk, here: Scene, database: Database) -> None:
    await _found(database, here, here.listing)
    hated = await make.repliers_listing(address="9 Oak Street")
    await make.property_interaction(here.session, hated, interactionType="dislike", reason="Too dark.")
    await make.property_interaction(here.session, here.listing, interactionType="viewed")
    told = {"answerStatus": "answered", "timestamp": 10}
    await make.chat_message(here.session, "Is there a garden?", aiResponse="Yes.", **told)
    await make.chat_message(here.session, "Unanswered", answerStatus="failed", timestamp=20)
    await make.chat_message(here.session, "And a pool?", propertyMentioned=here.listing["_id"], timestamp=30)
    await make.chat_message(here.session, "Later", timestamp=40)
    due = (await buyers.due(5))[0]
    prompt = await buyers.prompt(due)
    assert (prompt.name, prompt.question) == ("the assistant", "And a pool?")
    assert prompt.title == "who knows the 1 homes that were found for you"
    assert prompt.messages == [
        Said(
            "system",
            "You help Bea Buyer to choose a home, for the agent Ann Agent of Corner Homes. Speak of the homes below "
            "alone, say so when you do not know something, and answer in the language of the question.\n"
            "Wants to live in: Portland\n"
            "Budget: 400 to 500 thousand\n"
            "Kind of home: CONDO\n"
            "Bedrooms: 2\n"
            "Bathrooms: 1+\n"
            "Dislikes 9 Oak Street: Too dark.\n"
            "Home at 1 Elm Street, Portland, OR; kind: Condo; price: 450000; bedrooms: 0; bathrooms: 0.0; "
            "status: active; suits 80 of 100: in the area",
        ),
        Said("user", "Is there a garden?"),
        Said("assistant", "Yes."),
        Said("user", "[About 1 Elm Street] And a pool?"),
    ]


async def test_what_the_buyer_may_not_see_is_not_told(buyers: BuyerDesk, here: Scene, database: Database) -> None:
    secrets = {column: f"hush {column}" for column in ("rawInput", "voiceTranscript", "emotionalContext")}
    lists = {column: [f"hush {column}"] for column in ("dealbreakers", "specialNeeds", "inferredTags")}
    private = {**secrets, **lists, "email": "hush@example.com", "phone": "hush", "emotionalTone": "hush"}
    await database[PROFILES.collection].update_one({"_id": here.profile["_id"]}, {"$set": private})
    await make.property_note(here.session, here.listing, "hush agent", noteType="agent")
    await make.chat_agent_insight(here.session, insightMessage="hush insight")
    await make.chat_message(here.session, agentPath="hush path")
    prompt = await buyers.prompt((await buyers.due(5))[0])
    assert "hush" not in "\n".join(said.content for said in prompt.messages)
    for column in (*PROFILES.policy.private, "engagementScore", "decisionStage", "insights", "sentimentScore"):
        assert column not in documents.MATERIAL


async def test_the_newest_ten_questions_and_the_best_twenty_homes(
    buyers: BuyerDesk, here: Scene, database: Database
) -> None:
    await _found(database, here, *[await make.repliers_listing(address=f"{place} Elm") for place in range(25)])
    told: dict[str, Any] = {"answerStatus": "answered", "aiResponse": "Yes."}
    for place in range(12):
        await make.chat_message(here.session, f"{place}", timestamp=place, **told)
    await make.chat_message(here.session, "Now?", timestamp=100)
    prompt = await buyers.prompt((await buyers.due(5))[0])
    asked = [said.content for said in prompt.messages if said.role == "user"]
    assert asked == [*(str(place) for place in range(2, 12)), "Now?"]
    homes = [line for line in prompt.messages[0].content.split("\n") if line.startswith("Home at")]
    assert [home.split(",")[0] for home in homes] == [f"Home at {place} Elm" for place in range(20)]


async def test_without_a_profile_there_is_nothing_to_say(buyers: BuyerDesk, here: Scene, database: Database) -> None:
    await make.chat_message(here.session)
    due = (await buyers.due(5))[0]
    await database[PROFILES.collection].delete_many({})
    with pytest.raises(LookupError):
        await buyers.prompt(due)


async def test_the_material_costs_a_constant_number_of_calls(
    api: Api, buyers: BuyerDesk, here: Scene, database: Database
) -> None:
    await make.chat_message(here.session, timestamp=50)
    due = (await buyers.due(5))[0]

    async def calls() -> list[str]:
        api.calls.seen.clear()
        await buyers.material(due)
        return sorted(api.calls.names)

    await _found(database, here, here.listing)
    await make.property_interaction(here.session, here.listing)
    await make.chat_message(here.session, propertyMentioned=here.listing["_id"], timestamp=1)
    few = await calls()
    homes = [await make.repliers_listing() for _ in range(5)]
    await _found(database, here, *homes)
    for place, home in enumerate(homes):
        await make.property_interaction(here.session, home)
        await make.chat_message(here.session, propertyMentioned=home["_id"], timestamp=place)
    assert await calls() == few
