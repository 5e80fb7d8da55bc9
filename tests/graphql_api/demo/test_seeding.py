"""Demo data on a real MongoDB: whole, true to every invariant, written once, and never at others' cost."""

from typing import Any

import pytest
from rich.progress import Progress

from graphql_api.demo.advisors import advisor_key
from graphql_api.demo.scale import Homes, Scale
from graphql_api.demo.seeding import SeedReport, fill, seed
from models.invariants import INVARIANTS
from models.principal import OWN_ISSUER
from models.store import inspection
from models.store.connection import Database
from models.tables import TABLES
from tests.factories import advisor as make
from tests.fixtures.wire import SETTINGS, Api, Caller, Calls, People

NOW = 1_790_000_000_000
ISSUER = SETTINGS.auth_issuer
FEW = Homes(colleagues=1, listings=22, views=61, buyers=3, profiles=2, cached=36)
TINY = Scale(3, (6, 6), visitors=2, visitor_conversations=2, visitor_exchanges=(2, 2), homes=FEW)

Rows = list[dict[str, Any]]


@pytest.fixture
def blank(watched: tuple[Database, Calls], empty: None) -> Database:
    """A database without rows."""
    return watched[0]


async def rows(database: Database, collection: str, **condition: Any) -> Rows:
    """The rows of a collection in the order of their ids."""
    return await database[collection].find(condition).sort("_id").to_list()


async def everything(database: Database) -> dict[str, Rows]:
    """All rows of all tables."""
    return {table.collection: await rows(database, table.collection) for table in TABLES}


async def demo_user(database: Database) -> dict[str, Any]:
    """The demo person's profile."""
    (found,) = await rows(database, "advisor_users", name="Demo Person")
    return found


async def broken(database: Database) -> dict[str, list[Any] | None]:
    """The rows that break an invariant."""
    found = {f"{i.table.collection}.{i.name}": await inspection.violations(database, i) for i in INVARIANTS}
    return {where: wrong for where, wrong in found.items() if wrong != []}


async def test_small_is_the_demo(blank: Database) -> None:
    report = await seed(blank, size="small", issuer=ISSUER, now=NOW)
    assert report.counts == {
        "accounts": 12,
        "advisor_users": 8,
        "advisor_user_advisors": 45,
        "advisor_user_presence": 8,
        "advisor_advisors": 18,
        "advisor_team_templates": 4,
        "advisor_messages": 612,
        "advisor_memories": 77,
        "advisor_thread_summaries": 46,
        "advisor_conversations": 46,
        "agent_credentials": 2,
        "estate_agents": 3,
        "estate_audit_entries": 4,
        "estate_listings": 200,
        "estate_property_views": 3_000,
        "estate_offers": 197,
        "estate_buyer_sessions": 24,
        "estate_seller_sessions": 71,
        "estate_agent_interactions": 125,
        "estate_saved_searches": 33,
        "estate_saved_search_matches": 160,
        "buyer_repliers_listings": 108,
        "buyer_profiles": 18,
        "buyer_search_transactions": 15,
        "buyer_chat_sessions": 9,
        "buyer_chat_search_context": 15,
        "buyer_chat_messages": 45,
        "buyer_chat_agent_insights": 17,
        "buyer_property_interactions": 81,
        "buyer_property_notes": 36,
    }
    assert {name: len(found) for name, found in (await everything(blank)).items() if found} == report.counts
    demo = await demo_user(blank)
    assert len(await rows(blank, "advisor_conversations", userId=demo["_id"])) == 25
    assert len(await rows(blank, "advisor_messages", userId=demo["_id"])) == 414
    assert len(await rows(blank, "advisor_user_advisors", userId=demo["_id"], hidden=False)) == 10
    assert (demo["plan"], demo["privateAdvisorCount"], len(demo["metAdvisorIds"])) == ("pro", 1, 11)


async def test_every_invariant_holds(blank: Database) -> None:
    await seed(blank, size="small", issuer=ISSUER, now=NOW)
    assert await broken(blank) == {}


async def test_every_row_is_one_that_the_tables_take(blank: Database) -> None:
    await fill(blank, TINY, issuer=ISSUER, now=NOW)
    for table in TABLES:
        for found in await rows(blank, table.collection):
            values = {"id": found.pop("_id"), **found}
            assert table.row(**values).model_dump(exclude_none=True, include=set(values)) == {
                name: value for name, value in values.items() if value is not None
            }


async def test_messages_keep_the_rules_of_the_chat(blank: Database) -> None:
    await seed(blank, size="small", issuer=ISSUER, now=NOW)
    boards = {
        user["_id"]: {entry["advisorId"] for entry in await rows(blank, "advisor_user_advisors", userId=user["_id"])}
        for user in await rows(blank, "advisor_users")
    }
    for conversation in await rows(blank, "advisor_conversations"):
        found = blank["advisor_messages"].find({"conversationId": conversation["_id"]}).sort("createdAt")
        said = await found.to_list()
        assert [message["sender"] for message in said] == ["user", "advisor"] * (len(said) // 2)
        assert all((message["sender"] == "advisor") == ("advisorId" in message) for message in said)
        assert all((message["sender"] == "advisor") == ("tokensUsed" in message) for message in said)
        assert {m["advisorId"] for m in said if "advisorId" in m} <= boards[conversation["userId"]]
        assert conversation["createdAt"] < said[0]["createdAt"]
        assert conversation["updatedAt"] == said[-1]["createdAt"] < NOW
        assert conversation["messageCount"] == len(said)


async def test_who_has_met_whom_is_exact(blank: Database) -> None:
    await seed(blank, size="small", issuer=ISSUER, now=NOW)
    for user in await rows(blank, "advisor_users"):
        answered = await blank["advisor_messages"].distinct("advisorId", {"userId": user["_id"]})
        assert user["metAdvisorIds"] == sorted(answered)


async def test_the_archived_advisor_is_off_the_board_and_met(blank: Database) -> None:
    await seed(blank, size="small", issuer=ISSUER, now=NOW)
    gone, demo = advisor_key("demo-launch-keeper"), await demo_user(blank)
    (advisor,) = await rows(blank, "advisor_advisors", _id=gone)
    assert (advisor["status"], advisor["isPublic"], advisor["ownerId"]) == ("archived", False, demo["_id"])
    (entry,) = await rows(blank, "advisor_user_advisors", advisorId=gone)
    assert entry["hidden"] is True
    assert gone in demo["metAdvisorIds"]


async def test_twice_is_once(blank: Database) -> None:
    await fill(blank, TINY, issuer=ISSUER, known=True, now=NOW)
    before = await everything(blank)
    assert await fill(blank, TINY, issuer=ISSUER, known=True, now=NOW + 1_000_000) == SeedReport()
    assert await everything(blank) == before


async def test_force_writes_the_same_again(blank: Database) -> None:
    first = await fill(blank, TINY, issuer=ISSUER, known=True, now=NOW)
    before = await everything(blank)
    assert (await fill(blank, TINY, issuer=ISSUER, known=True, now=NOW, force=True)).counts == first.counts
    assert await everything(blank) == before


async def test_a_larger_size_replaces_a_smaller_one_and_back(blank: Database) -> None:
    first = await fill(blank, TINY, issuer=ISSUER, known=True, now=NOW)
    before = await everything(blank)
    await seed(blank, size="small", issuer=ISSUER, known=True, now=NOW, force=True)
    assert (await fill(blank, TINY, issuer=ISSUER, known=True, now=NOW, force=True)).counts == first.counts
    assert await everything(blank) == before


@pytest.mark.parametrize(
    ("scale", "messages"),
    [
        # The demo person's exchanges, then those of the guest and the visitors; two messages each.
        (Scale(1, (1, 1), visitors=0, visitor_conversations=1, visitor_exchanges=(1, 1), homes=FEW), 2 * (1 + 1)),
        (TINY, 2 * (3 * 6 + 3 * 2 * 2)),
        (
            Scale(60, (50, 50), visitors=1, visitor_conversations=1, visitor_exchanges=(5, 5), homes=FEW),
            2 * (60 * 50 + 2 * 5),
        ),
    ],
)
async def test_the_scale_says_how_much(blank: Database, scale: Scale, messages: int) -> None:
    progress = Progress(disable=True)
    report = await fill(blank, scale, issuer=ISSUER, now=NOW, progress=progress)
    assert report.counts["advisor_messages"] == messages
    assert report.counts["advisor_users"] == scale.visitors + 2
    assert [(task.completed, task.total) for task in progress.tasks] == [(messages, messages), (22, 22)]
    assert (report.counts["estate_listings"], report.counts["estate_property_views"]) == (22, 61)
    assert await broken(blank) == {}


async def test_a_run_that_broke_off_is_done_again(blank: Database) -> None:
    await fill(blank, TINY, issuer=ISSUER, known=True, now=NOW)
    before = await everything(blank)
    demo = await demo_user(blank)
    await blank["advisor_conversations"].delete_many({"userId": demo["_id"]})
    await blank["advisor_messages"].delete_many({"conversationId": before["advisor_conversations"][0]["_id"]})
    await blank["advisor_team_templates"].delete_many({})
    await blank["estate_agents"].delete_many({})
    await blank["estate_listings"].delete_many({"status": "active"})
    await blank["buyer_chat_messages"].delete_many({})
    await fill(blank, TINY, issuer=ISSUER, known=True, now=NOW)
    assert await everything(blank) == before


async def test_others_keep_what_is_theirs_and_are_counted(blank: Database, people: People) -> None:
    ada, own = await people.person("ada"), await make.advisor(name="Not of the demo")
    await fill(blank, TINY, issuer=ISSUER, now=NOW)
    maya, demo = {"_id": advisor_key("maya-lindqvist")}, await demo_user(blank)
    for person, advisor in ((ada, maya), (ada, own), (Caller("demo", profile=demo["_id"]), own)):
        await make.selection(person, advisor)
    conversation = await make.conversation(ada, activeAdvisorId=maya["_id"])
    (before,) = await rows(blank, "advisor_advisors", **maya)

    await fill(blank, TINY, issuer=ISSUER, now=NOW, force=True)

    assert await rows(blank, "advisor_conversations", userId=ada.profile) == [
        {name: value for name, value in conversation.items() if value is not None and name != "revision_id"}
    ]
    (after,) = await rows(blank, "advisor_advisors", **maya)
    assert after["selectionCount"] == before["selectionCount"] + 1
    (kept,) = await rows(blank, "advisor_advisors", _id=own["_id"])
    assert kept["selectionCount"] == 1
    assert await broken(blank) == {}


async def test_who_signed_in_before_keeps_the_ids(blank: Database, people: People, api: Api) -> None:
    demo, operator = await people.person("demo"), await people.person("operator")
    await fill(blank, TINY, issuer=ISSUER, now=NOW)
    assert (await demo_user(blank))["_id"] == demo.profile
    mine = await api.data("{ advisorConversations { totalCount nodes { messages { totalCount } } } }", by=demo)
    assert mine == {"advisorConversations": {"totalCount": 3, "nodes": [{"messages": {"totalCount": 12}}] * 3}}
    assert await api.data("{ viewer { kind } }", by=operator) == {"viewer": {"kind": "OPERATOR"}}


async def test_play_before_the_first_seed_is_not_lost(blank: Database, people: People) -> None:
    demo = await people.person("demo")
    conversation = await make.conversation(demo)
    report = await fill(blank, TINY, issuer=ISSUER, now=NOW)
    assert [name for name in report.counts if name.startswith("advisor")] == []
    assert [row["_id"] for row in await rows(blank, "advisor_conversations")] == [conversation["_id"]]


async def test_another_issuer_takes_the_demo_over(blank: Database) -> None:
    first = await fill(blank, TINY, issuer="https://old.example.com/", now=NOW)
    assert (await fill(blank, TINY, issuer=ISSUER, now=NOW)).counts == first.counts
    # Agents with a password are the server's own, whoever the issuer is.
    assert {account["issuer"] for account in await rows(blank, "accounts")} == {ISSUER, OWN_ISSUER}
    assert (await demo_user(blank))["clerkId"] == f"{ISSUER} demo"
    assert await broken(blank) == {}
