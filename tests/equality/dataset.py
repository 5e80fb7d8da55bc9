"""Rows for generated operations: two people with much in common, their private things, gaps, and all kinds of nulls.

Both are agents as well, each with homes, portals and chats.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from models.account.account import AccountRow
from models.actor import ANONYMOUS, Actor, service
from models.advisor.persona import Persona
from models.buyer.chat_session import PORTAL as CHAT
from models.estate.buyer_session import PORTAL as BUYER
from models.estate.codes import digest
from models.estate.seller_session import PORTAL as SELLER
from models.principal import Identity, Portal, Visit
from models.store import Store
from models.store.connection import Database
from models.tables import PROFILES, TABLES
from tests.equality.chats import cached, chats
from tests.equality.homes import agent, homes
from tests.equality.ids import FAR, START, Ids, Stored, times
from tests.equality.known import known
from tests.equality.values import Pool
from tests.factories import account as make_account
from tests.factories import advisor as make
from tests.fixtures.wire import Caller

ISSUER = "https://id.example"


@dataclass(frozen=True)
class Dataset:
    """The actors who ask, by name, and what they may ask about."""

    actors: dict[str, Actor]
    pool: Pool


async def empty(database: Database) -> None:
    """Remove all rows."""
    for collection in (*(table.collection for table in TABLES), "idempotency_keys"):
        await database[collection].delete_many({})


async def fill(database: Database, store: Store) -> Dataset:
    """Put the rows in the place of all others."""
    await empty(database)
    fresh = Ids()
    people = {name: await _person(fresh, name) for name in ("ann", "bob", "olga")}
    await database["accounts"].update_one({"_id": people["olga"].account}, {"$set": {"platformRoles": ["operator"]}})
    advisors = await _advisors(fresh, people)
    await _teams(fresh, advisors)
    for person in (people["ann"], people["bob"]):
        await _board(fresh, person, advisors)
        for number in range(5):
            await _conversation(fresh, person, advisors, number)
        await make.presence(person, id=fresh(), lastSeenAt=FAR, createdAt=START, updatedAt=START)
    visited = await _agents(fresh, people)
    await _gaps(database)
    found = {name: await store.principals.actor(Identity(ISSUER, name), (), PROFILES) for name in people}
    visitors = {
        portal.subject: await store.principals.visitor(Visit(portal, row["_id"], 1), noted=False)
        for portal, row in visited
    }
    services = {name: service(name) for name in ("analysis", "answering", "enrichment", "search")}
    return Dataset({**found, **visitors, **services, "anonymous": ANONYMOUS}, await known(database))


async def _agents(fresh: Ids, people: dict[str, Caller]) -> list[tuple[Portal, Stored]]:
    """What the agents have; returns the portals of ann's that somebody is in."""
    listings, visited = await cached(fresh), []
    for name in ("bob", "ann"):
        row = await agent(fresh, people[name])
        buyer, seller = await homes(fresh, row)
        visited = [(BUYER, buyer), (SELLER, seller), (CHAT, await chats(fresh, row, listings))]
    await agent(fresh, people["olga"], active=False)
    ann = {"_id": people["ann"].account}
    lasting = {"expiresAt": datetime.fromtimestamp(FAR / 1_000, UTC)}
    await make_account.sign_in(ann, id=fresh(), tokenHash=digest("refresh-ann"), **lasting, **times(1))
    return visited


async def _person(fresh: Ids, name: str) -> Caller:
    given = {"issuer": ISSUER, "subject": name, "email": f"{name}@example.com", "displayName": name.title()}
    account = AccountRow(id=fresh(), **given, lastLoginAt=FAR, createdAt=START, updatedAt=START)
    await account.insert()
    key = fresh()
    await make.user(id=key, accountId=account.id, clerkId=f"{ISSUER} {name}", name=name, createdAt=START, updatedAt=1)
    return Caller(name, None, account.id, key)


async def _advisors(fresh: Ids, people: dict[str, Caller]) -> list[Stored]:
    def persona(name: str, **more: Any) -> Persona:
        return Persona.model_validate({"name": name, "title": "Strategist", "description": "pricing plan", **more})

    rich = {
        "specialties": ["pricing", "Ünïcödé 🦉"],
        "personality": [],
        "education": {"major": "Law", "graduationYear": 1999},
        "location": {"city": "Oslo", "countryCode": "NO"},
        "adviceDelivery": {"mode": "direct", "useEmojis": False, "voiceGuidelines": ["short"]},
    }
    role = {"role": "Guide", "scope": {"inScope": []}, "keyPerformanceIndicators": [{"metric": "m"}, {"metric": "n"}]}
    described = {"owner": {"org": "Acme"}, "tags": [], "teamAffiliations": [_affiliation(True), _affiliation(None)]}
    whole: Stored = {"roleDefinition": role, "metadata": described, "localization": {"language": "en"}}
    whole |= {"components": [1, {"a": [None]}, "text"], "modelHint": "hybrid", "firstName": "Ada"}
    found = []
    for number in range(8):
        given: Stored = {"persona": persona(f"Ada {number // 2}", **(rich if number % 2 else {}))}
        given |= whole if number % 3 == 0 else {}
        given |= {"featured": number % 4 == 0, "selectionCount": number // 2, "tags": ["strategy", "law"][: number % 3]}
        category = "business" if number % 2 else "marketing"
        found.append(await make.advisor(id=fresh(), category=category, **times(number // 2), **given))
    for person in (people["ann"], people["bob"]):
        for status in ("active", "inactive", "archived"):
            given = {**whole, "status": status, "persona": persona(f"Own {status}", **rich)}
            found.append(await make.advisor(person, id=fresh(), **times(len(found)), **given))
    archived: Stored = {"status": "archived", "deletedAt": START, "persona": persona("Gone", **rich)}
    found.append(await make.advisor(id=fresh(), **times(99), **archived))
    return found


def _affiliation(primary: bool | None) -> Stored:
    return {"teamId": "starters", "teamName": "Starters", "roleName": "lead", "isPrimary": primary}


async def _teams(fresh: Ids, advisors: list[Stored]) -> None:
    keys = [advisor["_id"] for advisor in advisors]
    for number, members in enumerate(([], keys[:3], [*keys[::-1], fresh()], [keys[0], keys[0]])):
        given = {"category": "startup" if number % 2 else "growth", "sortOrder": number // 2, "advisorIds": members}
        await make.team_template(f"team-{number}", id=fresh(), featured=number == 1, **times(number), **given)


async def _board(fresh: Ids, person: Caller, advisors: list[Stored]) -> None:
    for number, advisor in enumerate(advisors):
        given = {"source": ("marketplace", "team", "migration", "custom")[number % 4], "hidden": number % 5 == 4}
        team = {"teamId": "team-1"} if number % 4 == 1 else {}
        when = {**times(number), "selectedAt": START + number // 2}
        await make.selection(person, advisor, id=fresh(), **given, **team, **when)


async def _conversation(fresh: Ids, person: Caller, advisors: list[Stored], number: int) -> None:
    active = {"activeAdvisorId": advisors[number * 3]["_id"]} if number % 3 else {}
    talk = await make.conversation(
        person, id=fresh(), title=f"Talk {number}", messageCount=4, **active, **times(number)
    )
    for turn in range(number * 2):
        advisor = advisors[(turn * 5 + number) % len(advisors)]
        answer = {"sender": "advisor", "advisorId": advisor["_id"], "tokensUsed": turn * 1_000}
        asked: Stored = {"contentJson": {"b": [1, None, 2.5], "a": {}}, "mentions": [str(fresh())]} if turn % 4 else {}
        given = answer if turn % 2 else {**asked, "clientMessageId": f"m{turn}"}
        words = f"pricing plan {turn}" if turn % 3 else 'Ünïcödé 🦉 "quoted" \u2028 pricing'
        await make.message(talk, words, id=fresh(), **given, **times(turn // 2))
    for advisor in advisors[: number * 2]:
        value: Any = [None, 0, "x", {"k": [1.5, True]}, []][number]
        await make.memory(talk, advisor, value=value, id=fresh(), **times(number))
    await make.thread_summary(talk, id=fresh(), startMessageId=fresh() if number % 2 else None, **times(number))
    typing = {"isTyping": number % 2 == 0, "expiresAt": datetime.fromtimestamp(FAR / 1_000, UTC), "lastTypingAt": START}
    await make.typing_indicator(talk, id=fresh(), **typing, **times(number))


async def _gaps(database: Database) -> None:
    """Leave columns out, set others to null, and let people meet the advisors that have answered them."""
    advisors = [row["_id"] for row in await database["advisor_advisors"].find().sort("_id").to_list()]
    await database["advisor_advisors"].update_one({"_id": advisors[2]}, {"$unset": {"tags": 1, "schemaVersion": 1}})
    await database["advisor_advisors"].update_one({"_id": advisors[3]}, {"$set": {"imageUrl": None, "category": None}})
    await database["advisor_users"].update_one({"name": "bob"}, {"$unset": {"email": 1}, "$set": {"image": None}})
    await _faults(database)
    messages = database["advisor_messages"]
    newest = await messages.find_one({"sender": "advisor"}, sort=[("_id", -1)])
    assert newest is not None
    await messages.update_one({"_id": newest["_id"]}, {"$set": {"advisorId": ObjectId(b"nothing here")}})
    for user in await database["advisor_users"].find().to_list():
        met = await messages.distinct("advisorId", {"userId": user["_id"], "sender": "advisor"})
        await database["advisor_users"].update_one({"_id": user["_id"]}, {"$set": {"metAdvisorIds": met}})


async def _faults(database: Database) -> None:
    """Spoil a few columns, so that nulls and errors come up amid good rows."""
    spoiled: tuple[tuple[str, Stored, Stored], ...] = (
        ("advisor_messages", {"clientMessageId": "m2"}, {"$unset": {"content": 1}}),
        ("advisor_conversations", {"title": "Talk 3"}, {"$set": {"title": 7}}),
        ("advisor_memories", {"value": "x"}, {"$set": {"version": 2.5}}),
        ("advisor_user_advisors", {"source": "team"}, {"$set": {"source": "elsewhere"}}),
        ("advisor_team_templates", {"slug": "team-3"}, {"$set": {"sortOrder": 2**40}}),
        ("estate_listings", {"price": 450_000.0}, {"$set": {"bedrooms": 2.5}}),
        ("estate_offers", {"status": "rejected"}, {"$set": {"rounds.0.by": "elsewhere", "aiAnalysis.risks": [None]}}),
        ("buyer_profiles", {"homeType": "duplex"}, {"$unset": {"budget": 1}}),
        ("buyer_chat_messages", {"message": "Hello"}, {"$set": {"sentimentScore": "low", "timestamp": None}}),
        ("advisor_advisors", {"persona.name": "Ada 3"}, {"$set": {"tags": ["law", None], "persona.education": "none"}}),
    )
    for collection, row, update in spoiled:
        await database[collection].update_one(row, update)
