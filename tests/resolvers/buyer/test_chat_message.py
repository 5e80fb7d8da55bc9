"""Questions and answers: who sees what of them, on every path, and that what was found out is the agent's alone."""

from typing import Any

import pytest

from models.buyer.chat_message import CHAT_MESSAGES
from models.buyer.chat_session import CHAT_SESSIONS
from tests.factories import buyer as make
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, Api, Caller
from tests.resolvers.advisor.writing import done, gid
from tests.resolvers.buyer.chat_scene import Scene, node, seen

STUDIED = "questionCategory sentimentScore intentClassification agentPath"
FOUND: dict[str, Any] = {
    "questionCategory": "PRICING",
    "sentimentScore": -0.5,
    "intentClassification": "DECIDING",
    "agentPath": "1->2",
}
VALUES: dict[str, Any] = {
    "questionCategory": "pricing",
    "sentimentScore": -0.5,
    "intentClassification": "deciding",
    "agentPath": "1->2",
}
HIDDEN: dict[str, Any] = dict.fromkeys(FOUND)
CHANGES = f"subscription($id: ID!) {{ buyerChatMessageChanges(sessionId: $id) {{ kind node {{ id {STUDIED} }} }} }}"


def _inside(here: Scene) -> str:
    return f'sessionId: "{here.chat.id}"'


async def test_agent_and_services_see_what_was_found_out_and_the_buyer_does_not(api: Api, here: Scene) -> None:
    key = gid(CHAT_MESSAGES, await make.chat_message(here.session, **VALUES))
    readers: list[tuple[Caller, Any]] = [(here.ann, FOUND), (here.chat, HIDDEN)]
    readers += [(here.services[name], FOUND) for name in ("answering", "analysis")]
    for caller, expected in readers:
        assert await node(api, caller, key, "BuyerChatMessage", STUDIED) == expected, caller.name
        assert await seen(api, caller, "buyerChatMessage", STUDIED, f'id: "{key}"') == expected
        listed = await seen(api, caller, "buyerChatMessages", f"totalCount nodes {{ {STUDIED} }}", _inside(here))
        assert listed == {"totalCount": 1, "nodes": [expected]}, caller.name


async def test_nobody_else_sees_a_message(api: Api, here: Scene) -> None:
    key = gid(CHAT_MESSAGES, await make.chat_message(here.session, **VALUES))
    for caller in [*here.outsiders, here.operator, here.services["search"]]:
        assert await node(api, caller, key, "BuyerChatMessage", "id") is None, caller.name
        assert await seen(api, caller, "buyerChatMessage", "id", f'id: "{key}"') is None
        listed = await seen(api, caller, "buyerChatMessages", "totalCount nodes { id }", _inside(here))
        assert listed == {"totalCount": 0, "nodes": []}, caller.name


async def test_what_was_found_out_is_neither_filter_nor_order(api: Api, here: Scene) -> None:
    await make.chat_message(here.session, **VALUES)
    for column in STUDIED.split():
        for arguments in (
            f"where: {{{column}: {{eq: null}}}}",
            f"orderBy: {{field: {column.upper()}, direction: ASC}}",
        ):
            document = f"{{ buyerChatMessages({_inside(here)} {arguments}) {{ totalCount }} }}"
            for caller in (here.chat, here.ann):
                errors = (await api.answer(document, by=caller))["errors"]
                assert errors[0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED", (column, caller.name)
                assert "-0.5" not in str(errors)


async def test_events_hide_from_the_buyer_what_they_tell_the_agent(api: Api, here: Scene, lists: Lists) -> None:
    key = gid(CHAT_MESSAGES, await make.chat_message(here.session))
    agent = await lists.follow(CHANGES, {"id": here.chat.id}, by=here.ann)
    buyer = await lists.follow(CHANGES.replace("id que", "id aiResponse que"), {"id": here.chat.id}, by=here.chat)
    curious = await lists.follow(CHANGES, {"id": here.chat.id}, by=here.chat)
    other = await lists.follow(CHANGES, {"id": here.chat.id}, by=here.other_chat)
    for live in (agent, buyer, curious, other):
        await live.synced()
    analysis = {name: FOUND[name] for name in FOUND}
    await done(api, "buyerChatMessageAnswer", here.services["answering"], id=key, aiResponse="No.", analysis=analysis)
    assert (await agent.event())["node"] == {"id": key, **FOUND}
    assert (await buyer.event())["node"] == {"id": key, "aiResponse": "No.", **HIDDEN}
    # Not even that something was found out is told.
    await curious.quiet()
    await other.quiet()


async def test_a_chat_is_read_from_both_ends(api: Api, here: Scene) -> None:
    for time, text in enumerate(("one", "two", "three"), start=100):
        await make.chat_message(here.session, text, timestamp=time)

    async def texts(arguments: str) -> list[str]:
        found = await seen(api, here.chat, "buyerChatMessages", "nodes { message }", f"{_inside(here)} {arguments}")
        return [row["message"] for row in found["nodes"]]

    assert await texts("") == ["one", "two", "three"]
    assert await texts("last: 2") == ["two", "three"]
    assert await texts("where: {timestamp: {lt: 102}}") == ["one", "two"]
    assert await texts("where: {answerStatus: {eq: ANSWERED}}") == []
    assert await texts("orderBy: {field: TIMESTAMP, direction: DESC} first: 1") == ["three"]


async def test_the_queue_is_the_services_alone(api: Api, here: Scene) -> None:
    waiting = await make.chat_message(here.session, timestamp=200)
    await make.chat_message(here.session, timestamp=100, leaseUntil=4_000_000_000_000, lease="held")
    await make.chat_message(here.session, timestamp=100, answerStatus="answered", aiResponse="Yes.")
    lapsed = await make.chat_message(here.session, timestamp=150, leaseUntil=5, lease="lapsed")
    due = await seen(api, here.services["answering"], "buyerChatAnswersDue", "totalCount nodes { id }")
    assert due == {"totalCount": 2, "nodes": [{"id": gid(CHAT_MESSAGES, row)} for row in (lapsed, waiting)]}
    for caller in [*here.outsiders, here.ann, here.chat, here.operator, here.services["analysis"]]:
        found = await seen(api, caller, "buyerChatAnswersDue", "totalCount nodes { id }")
        assert found == {"totalCount": 0, "nodes": []}, caller.name


@pytest.mark.parametrize("column", sorted(CHAT_MESSAGES.hidden))
async def test_leases_are_in_no_type(api: Api, here: Scene, column: str) -> None:
    answer = await api.answer(f"{{ buyerChatMessages({_inside(here)}) {{ nodes {{ {column} }} }} }}", by=here.ann)
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_ids_of_another_kind_name_no_chat(api: Api, here: Scene) -> None:
    await make.chat_message(here.session)
    for text in ("nonsense", gid(CHAT_MESSAGES, here.session), gid(CHAT_SESSIONS, here.profile)):
        assert await seen(api, here.ann, "buyerChatMessages", "totalCount", f'sessionId: "{text}"') == {"totalCount": 0}
    assert await seen(api, ANONYMOUS, "buyerChatMessages", "totalCount", _inside(here)) == {"totalCount": 0}
