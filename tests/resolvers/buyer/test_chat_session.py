"""Chats: what their agent, their buyer and all others see of them."""

from typing import Any

from models.buyer.chat_session import CHAT_SESSIONS
from models.buyer.profile import PROFILES
from tests.factories import buyer as make
from tests.fixtures.live import Lists
from tests.fixtures.wire import Api
from tests.resolvers.advisor.following import NOT_YOURS, SIGN_IN, refusal
from tests.resolvers.advisor.writing import done, gid
from tests.resolvers.buyer.chat_scene import Scene, node, seen

PRIVATE = "engagementScore decisionStage"
CHANGES = f"subscription {{ buyerChatSessionChanges {{ kind node {{ id status totalQuestions {PRIVATE} }} }} }}"


async def test_the_agent_sees_all_of_it(api: Api, here: Scene) -> None:
    await make.chat_message(here.session, aiResponse="Yes.", answerStatus="answered", sentimentScore=0.5)
    await make.property_note(here.session, here.listing, noteType="agent")
    await make.property_interaction(here.session, here.listing)
    await make.chat_agent_insight(here.session)
    shown = (
        "status totalQuestions engagementScore decisionStage viewerCanUpdate profile { name } agent { firstName } "
        "messages { nodes { message aiResponse sentimentScore } } notes { nodes { noteType } totalCount } "
        "searchContexts(where: {isActive: {eq: true}}) { nodes { contextType searchTransaction { transactionId } } } "
        "interactions { nodes { interactionType listing { address } } } insights { totalCount nodes { priority } }"
    )
    found = await seen(api, here.ann, "buyerChatSession", shown, f'id: "{here.chat.id}"')
    assert found == {
        "status": "ACTIVE",
        "totalQuestions": 0,
        "engagementScore": 0.0,
        "decisionStage": "BROWSING",
        "viewerCanUpdate": True,
        "profile": {"name": "Bea Buyer"},
        "agent": {"firstName": "Ann"},
        "messages": {"nodes": [{"message": "Is it quiet there?", "aiResponse": "Yes.", "sentimentScore": 0.5}]},
        "notes": {"nodes": [{"noteType": "AGENT"}], "totalCount": 1},
        "searchContexts": {
            "nodes": [
                {
                    "contextType": "INITIAL_SEARCH",
                    "searchTransaction": {"transactionId": here.search["transactionId"]},
                }
            ]
        },
        "interactions": {"nodes": [{"interactionType": "LIKE", "listing": {"address": "1 Elm Street"}}]},
        "insights": {"totalCount": 1, "nodes": [{"priority": "MEDIUM"}]},
    }


async def test_the_buyer_sees_it_without_what_was_found_out(api: Api, here: Scene) -> None:
    await here.set(engagementScore=7.5, decisionStage="ready")
    await make.chat_message(
        here.session,
        questionCategory="pricing",
        sentimentScore=-0.5,
        intentClassification="deciding",
        agentPath="1->2",
    )
    await make.property_note(here.session, here.listing, "hers")
    await make.property_note(here.session, here.listing, "about her", noteType="agent")
    await make.chat_agent_insight(here.session)
    studied = "questionCategory sentimentScore intentClassification agentPath"
    shown = (
        f"{PRIVATE} viewerCanUpdate messages {{ nodes {{ message {studied} }} }} "
        "notes { totalCount nodes { noteText } } insights { totalCount nodes { id } edges { cursor } }"
    )
    expected: dict[str, Any] = {
        "engagementScore": None,
        "decisionStage": None,
        "viewerCanUpdate": False,
        "messages": {"nodes": [{"message": "Is it quiet there?", **dict.fromkeys(studied.split())}]},
        "notes": {"totalCount": 1, "nodes": [{"noteText": "hers"}]},
        "insights": {"totalCount": 0, "nodes": [], "edges": []},
    }
    assert await seen(api, here.chat, "buyerChatSession", shown, f'id: "{here.chat.id}"') == expected
    assert await node(api, here.chat, here.chat.id, "BuyerChatSession", shown) == expected


async def test_nobody_else_sees_it(api: Api, here: Scene) -> None:
    for caller in here.outsiders:
        assert await seen(api, caller, "buyerChatSession", "id", f'id: "{here.chat.id}"') is None, caller.name
        assert await node(api, caller, here.chat.id, "BuyerChatSession", "id") is None, caller.name


async def test_the_operator_and_services_see_it_without_what_was_found_out(api: Api, here: Scene) -> None:
    for caller in (here.operator, here.services["answering"], here.services["search"]):
        found = await seen(api, caller, "buyerChatSession", f"id {PRIVATE}", f'id: "{here.chat.id}"')
        assert found == {"id": here.chat.id, "engagementScore": None, "decisionStage": None}, caller.name


async def test_an_agent_lists_the_own_ones_by_their_last_use(api: Api, here: Scene) -> None:
    await here.set(lastActivity=1, status="paused", decisionStage="ready")
    listed = "nodes { id } totalCount"
    both = [{"id": here.other_chat.id}, {"id": here.chat.id}]
    assert await seen(api, here.ann, "buyerChatSessions", listed) == {"nodes": both, "totalCount": 2}
    for where in (
        "status: {eq: PAUSED}",
        "decisionStage: {eq: READY}",
        f'profileId: {{eq: "{gid(PROFILES, here.profile)}"}}',
        "lastActivity: {lt: 5}",
    ):
        found = await seen(api, here.ann, "buyerChatSessions", listed, f"where: {{{where}}}")
        assert found == {"nodes": [{"id": here.chat.id}], "totalCount": 1}, where
    for caller in [*here.outsiders, here.chat, here.operator]:
        found = await seen(api, caller, "buyerChatSessions", listed)
        assert found == {"nodes": [], "totalCount": 0}, caller.name


async def test_an_agent_who_is_switched_off_still_reads(api: Api, here: Scene) -> None:
    await here.switch_off()
    assert (await seen(api, here.ann, "buyerChatSessions", "totalCount"))["totalCount"] == 2
    found = await seen(api, here.ann, "buyerChatSession", "viewerCanUpdate", f'id: "{here.chat.id}"')
    assert found == {"viewerCanUpdate": False}
    answer = await api.post(f'{{ buyerChatSession(id: "{here.chat.id}") {{ id }} }}', {}, here.chat)
    assert answer.status_code == 401


async def test_the_stage_of_a_decision_is_no_filter_for_the_buyer(api: Api, here: Scene) -> None:
    document = "{ buyerChatSessions(where: {or: [{decisionStage: {eq: READY}}]}) { totalCount } }"
    answer = await api.answer(document, by=here.chat)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    for column in ("engagementScore", "accessTokenHash", "rootProfileId"):
        refused = await api.answer(
            f"{{ buyerChatSessions(where: {{{column}: {{eq: 1}}}}) {{ totalCount }} }}", by=here.ann
        )
        assert refused["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED", column


async def test_the_agents_list_is_kept_up_to_date(api: Api, here: Scene, lists: Lists) -> None:
    live = await lists.follow(CHANGES, by=here.ann)
    assert {row["id"] for row in await live.synced()} == {here.chat.id, here.other_chat.id}
    await done(api, "buyerChatMessageSend", here.chat, message="Hello?")
    event = await live.event()
    assert (event["kind"], event["node"]["id"], event["node"]["totalQuestions"]) == ("CHANGED", here.chat.id, 1)


async def test_nobody_else_follows_them(here: Scene, lists: Lists) -> None:
    assert await refusal(lists, CHANGES, {}, here.outsiders[5]) == SIGN_IN
    assert await refusal(lists, CHANGES, {}, here.services["billing"]) == NOT_YOURS
    for caller in (here.chat, here.buyer, here.account, here.operator):
        async with lists.following(CHANGES, {}, by=caller) as live:
            answer = await live.answer()
        assert answer.get("data") is None or answer["data"]["buyerChatSessionChanges"]["kind"] == "SYNCED", caller.name


async def test_its_secrets_are_in_no_type(api: Api, here: Scene) -> None:
    for column in CHAT_SESSIONS.hidden:
        answer = await api.answer(f'{{ buyerChatSession(id: "{here.chat.id}") {{ {column} }} }}', by=here.ann)
        assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED", column
