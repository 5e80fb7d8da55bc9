"""Insights: for the agent alone, on every path, and settled by the agent alone."""

import asyncio
from typing import Any

import pytest

from models.buyer.chat_agent_insight import CHAT_AGENT_INSIGHTS
from models.buyer.profile import PROFILES
from models.estate.agent import AGENTS
from models.store.connection import Database
from tests.factories import buyer as make
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, Api
from tests.resolvers.advisor.following import NOT_YOURS, SIGN_IN
from tests.resolvers.advisor.following import refusal as turned_away
from tests.resolvers.advisor.writing import done, gid, refusal, rows, write
from tests.resolvers.buyer.chat_scene import Scene, node, seen

CREATE = "buyerChatAgentInsightCreate"
MOVES = {
    "buyerChatAgentInsightAcknowledge": "acknowledged",
    "buyerChatAgentInsightAct": "acted_upon",
    "buyerChatAgentInsightDismiss": "dismissed",
}
CHANGES = "subscription { buyerChatAgentInsightChanges { kind node { insightMessage } } }"
LISTED, COUNT = "buyerChatAgentInsights", "buyerChatAgentInsightNewCount"


async def test_the_urgent_come_first(api: Api, here: Scene) -> None:
    for time, priority in enumerate(("low", "urgent", "medium", "urgent", "high")):
        await make.chat_agent_insight(here.session, priority=priority, generatedAt=time)

    async def order(arguments: str) -> list[tuple[str, int]]:
        found = await seen(api, here.ann, LISTED, "nodes { priority generatedAt }", arguments)
        return [(row["priority"], row["generatedAt"]) for row in found["nodes"]]

    urgent = [("URGENT", 3), ("URGENT", 1)]
    assert await order("first: 100") == [*urgent, ("HIGH", 4), ("MEDIUM", 2), ("LOW", 0)]
    newest = await order("orderBy: {field: GENERATED_AT, direction: DESC}")
    assert [time for _, time in newest] == [4, 3, 2, 1, 0]
    assert await order("where: {priority: {eq: URGENT}}") == urgent


async def test_they_are_found_by_what_they_are(api: Api, here: Scene) -> None:
    await make.chat_agent_insight(here.other_chat.row, insightType="ready_to_view", status="dismissed")
    await make.chat_agent_insight(here.session, insightType="follow_up_needed")
    for where, kind in (
        ("status: {eq: DISMISSED}", "READY_TO_VIEW"),
        ("insightType: {eq: FOLLOW_UP_NEEDED}", "FOLLOW_UP_NEEDED"),
        (f'profileId: {{eq: "{gid(PROFILES, here.profile)}"}}', "FOLLOW_UP_NEEDED"),
    ):
        found = await seen(api, here.ann, LISTED, "totalCount nodes { insightType }", f"where: {{{where}}}")
        assert found == {"totalCount": 1, "nodes": [{"insightType": kind}]}, where


async def test_the_new_ones_are_counted(api: Api, here: Scene) -> None:
    for status in ("new", "new", "acknowledged", "dismissed"):
        await make.chat_agent_insight(here.session, status=status)
    assert await seen(api, here.ann, COUNT, "") == 2
    for caller in [*here.outsiders, here.chat, here.operator, here.services["analysis"]]:
        assert await seen(api, caller, COUNT, "") == 0, caller.name


async def test_nobody_but_the_agent_and_the_analysis_sees_one(api: Api, here: Scene) -> None:
    key = gid(CHAT_AGENT_INSIGHTS, await make.chat_agent_insight(here.session))
    analysis = here.services["analysis"]
    for caller in (here.ann, analysis):
        assert await node(api, caller, key, "BuyerChatAgentInsight", "priority") == {"priority": "MEDIUM"}
        assert await seen(api, caller, "buyerChatAgentInsight", "status", f'id: "{key}"') == {"status": "NEW"}
    unreading = [*here.outsiders, here.chat, here.operator, *(here.services[name] for name in ("answering", "search"))]
    for caller in unreading:
        assert await node(api, caller, key, "BuyerChatAgentInsight", "id") is None, caller.name
        assert await seen(api, caller, "buyerChatAgentInsight", "id", f'id: "{key}"') is None, caller.name
        listed = await seen(api, caller, LISTED, "totalCount nodes { id } edges { cursor }")
        assert listed == {"totalCount": 0, "nodes": [], "edges": []}, caller.name
        nested = (
            f'buyerChatSession(id: "{here.chat.id}") {{ insights(where: {{status: {{eq: NEW}}}}) {{ totalCount }} }}'
        )
        found = (await api.data(f"{{ {nested} }}", by=caller))["buyerChatSession"]
        assert found in (None, {"insights": {"totalCount": 0}}), caller.name


async def test_the_buyer_hears_nothing_of_them(api: Api, here: Scene, lists: Lists) -> None:
    assert await turned_away(lists, CHANGES, {}, ANONYMOUS) == SIGN_IN
    assert await turned_away(lists, CHANGES, {}, here.services["answering"]) == NOT_YOURS
    live = await lists.follow(CHANGES, by=here.ann)
    assert await live.synced() == []
    nested = f'''subscription {{ buyerChatMessageChanges(sessionId: "{here.chat.id}") {{ kind }} }}'''
    buyer = await lists.follow(nested, by=here.chat)
    await buyer.synced()
    await _created(api, here)
    assert await live.event() == {"kind": "ADDED", "node": {"insightMessage": "Bea is in a hurry."}}
    await buyer.quiet()


async def _created(api: Api, here: Scene, **more: Any) -> Any:
    given = {"sessionId": here.chat.id, "insightType": "HOT_LEAD", "insightMessage": "Bea is in a hurry."}
    shown = "insight { id priority status actionSuggested }"
    return await done(api, CREATE, here.services["analysis"], shown, **given, confidenceScore=0.5, **more)


async def test_the_analysis_makes_one_for_the_chats_own_agent(api: Api, here: Scene, database: Database) -> None:
    payload = await _created(api, here, priority="URGENT", actionSuggested="Call.")
    key = payload["insight"].pop("id")
    assert payload["insight"] == {"priority": "URGENT", "status": "NEW", "actionSuggested": "Call."}
    [row] = await database[CHAT_AGENT_INSIGHTS.collection].find().to_list()
    assert gid(CHAT_AGENT_INSIGHTS, row) == key
    assert (row["agentId"], row["profileId"], row["urgency"]) == (here.ann.row["_id"], here.profile["_id"], 3)


async def test_nobody_else_makes_one(api: Api, here: Scene, database: Database) -> None:
    given = {"sessionId": here.chat.id, "insightType": "HOT_LEAD", "insightMessage": "x", "confidenceScore": 0.5}
    others = [here.ann, here.chat, here.operator, *here.outsiders, here.services["answering"], here.services["search"]]
    for caller in others:
        expected = ("UNAUTHENTICATED", None) if caller is ANONYMOUS else ("FORBIDDEN", None)
        assert await refusal(api, CREATE, caller, **given) == expected, caller.name
    by = here.services["analysis"]
    assert await refusal(api, CREATE, by, **{**given, "sessionId": "nonsense"}) == ("NOT_FOUND", "sessionId")
    assert await refusal(api, CREATE, by, **{**given, "confidenceScore": 1.1}) == ("OUT_OF_RANGE", "confidenceScore")
    assert await database[CHAT_AGENT_INSIGHTS.collection].count_documents({}) == 0


@pytest.mark.parametrize("status", ["new", "acknowledged", "acted_upon", "dismissed"])
@pytest.mark.parametrize("move", MOVES)
async def test_a_state_follows_on_some(api: Api, here: Scene, status: str, move: str) -> None:
    row = await make.chat_agent_insight(here.session, status=status)
    before = {"new"} if MOVES[move] == "acknowledged" else {"new", "acknowledged"}
    payload = await write(api, move, here.ann, "insight { status }", id=gid(CHAT_AGENT_INSIGHTS, row))
    codes = [error["code"] for error in payload["userErrors"]]
    assert codes == ([] if status in before else ["WRONG_STATE"])
    after = MOVES[move] if status in before else status
    assert (await here.now(CHAT_AGENT_INSIGHTS, row))["status"] == after


@pytest.mark.parametrize("move", MOVES)
async def test_others_settle_none(api: Api, here: Scene, database: Database, move: str) -> None:
    key = gid(CHAT_AGENT_INSIGHTS, await make.chat_agent_insight(here.session))
    before = await rows(database, CHAT_AGENT_INSIGHTS)
    for caller in [*here.outsiders, here.chat, here.operator, here.services["answering"]]:
        expected = ("UNAUTHENTICATED", None) if caller is ANONYMOUS else ("NOT_FOUND", "id")
        assert await refusal(api, move, caller, id=key) == expected, caller.name
    assert await refusal(api, move, here.services["analysis"], id=key) == ("FORBIDDEN", None)
    await database[AGENTS.collection].update_one({"_id": here.ann.row["_id"]}, {"$set": {"active": False}})
    assert await refusal(api, move, here.ann, id=key) == ("FORBIDDEN", None)
    assert await rows(database, CHAT_AGENT_INSIGHTS) == before


async def test_of_many_at_once_one_settles_it(api: Api, here: Scene) -> None:
    key = gid(CHAT_AGENT_INSIGHTS, await make.chat_agent_insight(here.session))
    ways = ["buyerChatAgentInsightAct", "buyerChatAgentInsightDismiss"] * 5
    payloads = await asyncio.gather(*(write(api, way, here.ann, id=key) for way in ways))
    assert sorted(len(payload["userErrors"]) for payload in payloads) == [0, *[1] * 9]


async def test_a_stale_version_settles_nothing(api: Api, here: Scene) -> None:
    key = gid(CHAT_AGENT_INSIGHTS, await make.chat_agent_insight(here.session))
    for move in MOVES:
        payload = await write(api, move, here.ann, "insight { status }", id=key, expectedVersion=3)
        assert [error["code"] for error in payload["userErrors"]] == ["STALE_VERSION"]
        assert payload["insight"] == {"status": "NEW"}
