"""Rows for generated operations: two people with much in common, their private things, gaps, and all kinds of nulls."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from models import global_id
from models.account.account import AccountRow
from models.actor import ANONYMOUS, Actor, service
from models.advisor.persona import Persona
from models.advisor.user import PROFILE
from models.principal import Identity
from models.store import Store
from models.store.connection import Database
from models.table import Table
from models.tables import TABLES
from tests.equality.values import Pool
from tests.factories import advisor as make
from tests.fixtures.wire import Caller

Stored = dict[str, Any]

ISSUER = "https://id.example"
START = 1_700_000_000_000
FAR = 4_000_000_000_000
"""Unix milliseconds that no run of the tests will see: what ends then does not end in between two ways."""


@dataclass(frozen=True)
class Dataset:
    """The actors who ask, by name, and what they may ask about."""

    actors: dict[str, Actor]
    pool: Pool


class Ids:
    """Ids that are the same in each run, and old: fresh ones are told from them by their time."""

    def __init__(self) -> None:
        self.last = 0

    def __call__(self) -> ObjectId:
        """The next one."""
        self.last += 1
        return ObjectId(f"{self.last * 7:08x}{self.last * 40_503 % 65_521:016x}")


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
    await _gaps(database)
    found = {name: await store.principals.actor(Identity(ISSUER, name), [PROFILE]) for name in people}
    actors = {**found, "anonymous": ANONYMOUS, "answering": service("answering")}
    return Dataset(actors, await _pool(database))


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
        found.append(await make.advisor(id=fresh(), category=category, **_times(number // 2), **given))
    for person in (people["ann"], people["bob"]):
        for status in ("active", "inactive", "archived"):
            given = {**whole, "status": status, "persona": persona(f"Own {status}", **rich)}
            found.append(await make.advisor(person, id=fresh(), **_times(len(found)), **given))
    archived: Stored = {"status": "archived", "deletedAt": START, "persona": persona("Gone", **rich)}
    found.append(await make.advisor(id=fresh(), **_times(99), **archived))
    return found


def _affiliation(primary: bool | None) -> Stored:
    return {"teamId": "starters", "teamName": "Starters", "roleName": "lead", "isPrimary": primary}


def _times(number: int) -> Stored:
    return {"createdAt": START + number * 1_000, "updatedAt": START + number * 2_000}


async def _teams(fresh: Ids, advisors: list[Stored]) -> None:
    keys = [advisor["_id"] for advisor in advisors]
    for number, members in enumerate(([], keys[:3], [*keys[::-1], fresh()], [keys[0], keys[0]])):
        given = {"category": "startup" if number % 2 else "growth", "sortOrder": number // 2, "advisorIds": members}
        await make.team_template(f"team-{number}", id=fresh(), featured=number == 1, **_times(number), **given)


async def _board(fresh: Ids, person: Caller, advisors: list[Stored]) -> None:
    for number, advisor in enumerate(advisors):
        given = {"source": ("marketplace", "team", "migration", "custom")[number % 4], "hidden": number % 5 == 4}
        team = {"teamId": "team-1"} if number % 4 == 1 else {}
        times = {**_times(number), "selectedAt": START + number // 2}
        await make.selection(person, advisor, id=fresh(), **given, **team, **times)


async def _conversation(fresh: Ids, person: Caller, advisors: list[Stored], number: int) -> None:
    active = {"activeAdvisorId": advisors[number * 3]["_id"]} if number % 3 else {}
    talk = await make.conversation(
        person, id=fresh(), title=f"Talk {number}", messageCount=4, **active, **_times(number)
    )
    for turn in range(number * 2):
        advisor = advisors[(turn * 5 + number) % len(advisors)]
        answer = {"sender": "advisor", "advisorId": advisor["_id"], "tokensUsed": turn * 1_000}
        asked: Stored = {"contentJson": {"b": [1, None, 2.5], "a": {}}, "mentions": [str(fresh())]} if turn % 4 else {}
        given = answer if turn % 2 else {**asked, "clientMessageId": f"m{turn}"}
        words = f"pricing plan {turn}" if turn % 3 else 'Ünïcödé 🦉 "quoted" \u2028 pricing'
        await make.message(talk, words, id=fresh(), **given, **_times(turn // 2))
    for advisor in advisors[: number * 2]:
        value: Any = [None, 0, "x", {"k": [1.5, True]}, []][number]
        await make.memory(talk, advisor, value=value, id=fresh(), **_times(number))
    await make.thread_summary(talk, id=fresh(), startMessageId=fresh() if number % 2 else None, **_times(number))
    typing = {"isTyping": number % 2 == 0, "expiresAt": datetime.fromtimestamp(FAR / 1_000, UTC), "lastTypingAt": START}
    await make.typing_indicator(talk, id=fresh(), **typing, **_times(number))


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
        ("advisor_advisors", {"persona.name": "Ada 3"}, {"$set": {"tags": ["law", None], "persona.education": "none"}}),
    )
    for collection, row, update in spoiled:
        await database[collection].update_one(row, update)


async def _pool(database: Database) -> Pool:
    """What is there, by its names in arguments and inputs."""
    ids = {table.noun: await _ids(database, table) for table in TABLES}
    everything = [key for keys in ids.values() for key in keys[::3]]
    named = {
        "": everything,
        "every": [key for keys in ids.values() for key in keys],
        **dict.fromkeys(("advisor", "advisorId", "activeAdvisorId", "advisorIds"), ids["advisor"]),
        **dict.fromkeys(("advisorConversation", "conversationId"), ids["conversation"]),
        **dict.fromkeys(("userIds", "mentions"), ids["user"]),
    }
    teams = ["team-0", "team-1", "team-2", "team-9"]
    texts = {
        "": ["strategy", "pricing", "Ada", "Talk", "x"],
        "search": ["pricing", "plan", "Ünïcödé", "strategist -law", '"quoted"'],
        "slug": teams,
        "teamId": teams,
        "category": ["business", "marketing", "startup", "growth"],
        "persona_name": ["Ada 0", "Ada", "Own"],
        "key": ["goal", "other"],
        "clientMutationId": ["once", "twice"],
    }
    times = [START + number * 500 for number in range(12)]
    stamps = {"": times, "from": times[:4], "to": times[4:]}
    return {"ID": named, "String": texts, "Timestamp": stamps, "Int": {"": [1, 2, 3, 4, 7]}}


async def _ids(database: Database, table: Table[Any]) -> list[str]:
    keys = [row["_id"] for row in await database[table.collection].find({}, {"_id": 1}).sort("_id").to_list()]
    return [global_id.encode(table.tag, key) for key in keys]
