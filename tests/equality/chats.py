"""Rows of the home-buyer chat for generated operations: profiles, searches, chats and what is said there."""

from uuid import UUID

from models.estate.codes import digest
from tests.equality.ids import START, Ids, Stored, times
from tests.factories import buyer as make

WORDS = ("Is it quiet there?", 'Ünïcödé 🦉 "quoted" \u2028 price', "When can I see it?", "Hello")
STUDIED = {"questionCategory": "pricing", "sentimentScore": -0.25, "intentClassification": "deciding"}
ANSWERED = {"aiResponse": "Yes.", "answerStatus": "answered", "answeredAt": START, "agentPath": "a/b", **STUDIED}
MEASURED: Stored = {"averageScore": 71.5, "scoreDistribution": {"60-79": 2, "x": [None]}, "visualAnalysisTime": 12}


async def cached(fresh: Ids) -> list[Stored]:
    """Homes in the cache, which are nobody's."""
    rich: Stored = {"features": ["Garage"], "images": [], "squareFeet": 900, "lotSize": 0.5, "bathrooms": 1.5}
    found = []
    for number in range(5):
        given = {"externalId": f"ext-{number}", "price": 400_000 + number // 2, "bedrooms": number, "syncedAt": START}
        given |= rich if number % 2 else {"status": "sold"} if number == 4 else {}
        found.append(await make.repliers_listing(id=fresh(), **given, **times(number // 2)))
    return found


async def chats(fresh: Ids, agent: Stored, listings: list[Stored]) -> Stored:
    """The buyers of an agent, with their searches and chats; returns the first chat of the first one."""
    opened: list[Stored] = []
    for number in range(3):
        profile = await _profile(fresh, agent, number)
        searches = [await _search(fresh, profile, listings, turn) for turn in range(2)]
        names = [f"{agent['inviteCode']}-{number}-{turn}" for turn in range(2 - number % 2)]
        opened += [await _chat(fresh, profile, searches, listings, name) for name in names]
    return opened[0]


async def _profile(fresh: Ids, agent: Stored, number: int) -> Stored:
    """A buyer; the first one's profile has been changed once."""
    first = fresh()
    rich: Stored = {"phone": "+1 555 0100", "mustHaveFeatures": ["garage"], "specialNeeds": [], "nlpConfidence": None}
    rich |= {"budgetMin": 300_000, "budgetMax": 500_000, "emotionalContext": "Hopeful", "inferredTags": ["first home"]}
    given: Stored = {"name": f"Bea {number // 2}", "rootProfileId": first, "priorityScore": 50 + number}
    given |= {**times(number // 2), **(rich if number % 2 == 0 else {})}
    changed = number == 0
    row = await make.profile(agent["_id"], id=first, current=not changed, **given)
    if not changed:
        return row
    newer: Stored = {"profileVersion": 2, "parentProfileId": first, "homeType": "duplex", "voiceTranscript": "More."}
    return await make.profile(agent["_id"], id=fresh(), **given, **newer)


async def _search(fresh: Ids, profile: Stored, listings: list[Stored], number: int) -> Stored:
    key = fresh()
    scored = [{"listingId": row["_id"], "score": 90, "reasons": ["quiet"]} for row in listings[:3]]
    given: Stored = {"transactionId": str(UUID(int=fresh.last)), "sessionId": "s1" if number else None}
    given |= {**MEASURED, "results": scored} if number else {}
    return await make.search_transaction(profile, id=key, **given, **times(number))


async def _chat(fresh: Ids, profile: Stored, searches: list[Stored], listings: list[Stored], name: str) -> Stored:
    when: Stored = {"sessionStart": START, "lastActivity": START + fresh.last % 3, **times(fresh.last % 4)}
    given = {"accessTokenHash": digest(f"link-{name}"), "totalQuestions": 4, "engagementScore": 2.5}
    chat = await make.chat_session(profile, id=fresh(), **given, **when)
    for number, words in enumerate(WORDS):
        about: Stored = {"propertyMentioned": listings[number]["_id"]} if number > 1 else {}
        about |= {"searchTransactionId": searches[0]["_id"]} if number else {"aiResponseDraft": "Ye"}
        about |= ANSWERED if number % 2 else {}
        await make.chat_message(chat, words, id=fresh(), timestamp=START + number // 2, **about, **times(number))
    for number, search in enumerate(searches):
        await make.chat_search_context(chat, search, id=fresh(), isActive=number == 1, **times(number))
    await _marks(fresh, chat, listings)
    return chat


async def _marks(fresh: Ids, chat: Stored, listings: list[Stored]) -> None:
    for number, kind in enumerate(("personal", "agent", "showing")):
        await make.property_note(chat, listings[number], id=fresh(), noteType=kind, **times(number))
    for number, kind in enumerate(("like", "viewed", "favorite", "dislike")):
        felt: Stored = {"rating": 4, "emotionalResponse": "excited", "reason": "Light."} if number % 2 else {}
        about = listings[3 if kind == "dislike" else number // 2]
        await make.property_interaction(chat, about, id=fresh(), interactionType=kind, **felt, **times(number))
    for number, priority in enumerate(("low", "urgent")):
        made: Stored = {"generatedAt": START + number, "actionSuggested": "Call." if number else None}
        await make.chat_agent_insight(chat, id=fresh(), priority=priority, **made, **times(number))
