"""The chapters of a buyer's chat in which the buyer comes in, asks, says what she likes, and wants to see a home."""

import asyncio
from typing import Any

from graphql_api.answering.builtin import BuiltIn
from graphql_api.answering.buyer.desk import BuyerDesk
from graphql_api.answering.giving import Bounds
from graphql_api.answering.queue import queue
from graphql_api.answering.worker import Worker
from graphql_api.schema import executable_schema
from models.buyer.chat_session import CHAT_SESSIONS
from models.ending import ended
from tests.fixtures.wire import Caller
from tests.resolvers.advisor.writing import refusal
from tests.story.choosing import CONDO, HOUSE, READERS, RUN, scores
from tests.story.scene import Heard, Scene

CHATS = ("chat", "other chat", "her chat")
CHAT = "query ($id: ID!) { found: buyerChatSession(id: $id) { profile { name } engagementScore decisionStage } }"
STATE = "status totalQuestions decisionStage"
LOOKING = {"status": "ACTIVE", "totalQuestions": 0, "decisionStage": "BROWSING"}


async def chat_opened(scene: Scene) -> None:
    """Ann opens a chat for Bea, and has its link this once."""
    await scene.follow("agent's chats", "agent", "buyerChatSessionChanges", STATE, shown=[LOOKING])
    await scene.follow("other agent's chats", "other agent", "buyerChatSessionChanges", STATE, shown=[LOOKING])
    given = {"id": scene.named("chat", CHAT_SESSIONS), "profileId": scene.ids["profile"]}
    told = {"other agent": "NOT_FOUND"}
    await scene.refused("buyerChatSessionCreate", "FORBIDDEN", told, but=["agent"], **given)
    payload = await scene.does("agent", "buyerChatSessionCreate", "session { id status } linkToken link", **given)
    assert payload["session"] == {"id": given["id"], "status": "ACTIVE"}
    assert payload["link"] == f"http://localhost:3000/buyer/chat#{payload['linkToken']}"
    scene.codes["chat"] = payload["linkToken"]
    await scene.hear({"agent's chats": [("ADDED", LOOKING)]})


async def buyer_came_in(scene: Scene) -> None:
    """Bea comes by the link; of herself she sees the wishes, and not what the server thinks of her."""
    for link in (scene.codes["chat"][:-1], "", scene.ids["chat"]):
        answer = await refusal(scene.api, "buyerChatSessionSignIn", scene.cast["anonymous"], linkToken=link)
        assert answer == ("UNAUTHENTICATED", "linkToken")
    await scene.hidden(CHAT, None, but=["agent", *READERS], id=scene.ids["chat"])
    shown = "accessToken session { id engagementScore profile { name email dealbreakers } }"
    payload = await scene.does("anonymous", "buyerChatSessionSignIn", shown, linkToken=scene.codes["chat"])
    profile = {"name": "Bea", "email": None, "dealbreakers": None}
    assert payload["session"] == {"id": scene.ids["chat"], "engagementScore": None, "profile": profile}
    scene.cast["chat"] = Caller("chat", payload["accessToken"])
    told = {"agent": "BROWSING", "chat": None}
    for who, stage in told.items():
        seen = (await scene.sees(who, CHAT, id=scene.ids["chat"]))["found"]
        assert (seen["profile"], seen["decisionStage"]) == ({"name": "Bea"}, stage)


MESSAGE = "message answerStatus aiResponse sentimentScore"
INSIGHT = "insightType priority status actionSuggested"


async def both_follow(scene: Scene) -> None:
    """From now on Bea and Ann follow the chat, and Ann what it tells; others may not, or are shown nothing."""
    inside = f'sessionId: "{scene.ids["chat"]}"'
    reaction = "interactionType rating listing { address }"
    nobody = {"account": "FORBIDDEN", "stranger": "FORBIDDEN", "anonymous": "UNAUTHENTICATED"}
    for field, node in (("buyerChatMessageChanges", MESSAGE), ("buyerPropertyInteractionChanges", reaction)):
        for who in ("agent", "chat", "other agent", "other chat"):
            await scene.follow(f"{who} at {field}", who, field, node, inside)
        await scene.kept_out(field, node, inside, nobody)
    for who in ("agent", "other agent"):
        await scene.follow(f"{who}'s insights", who, "buyerChatAgentInsightChanges", INSIGHT)
    no_agent = {**nobody, "chat": "FORBIDDEN", "other chat": "FORBIDDEN"}
    await scene.kept_out("buyerChatAgentInsightChanges", INSIGHT, "", no_agent)


def _in_chat(field: str, *events: Heard) -> dict[str, list[Heard]]:
    """What Ann and Bea hear of it, Bea without what is thought of her."""
    blank = [(kind, _without_sentiment(node)) for kind, node in events]
    return {f"agent at {field}": [*events], f"chat at {field}": blank}


def _without_sentiment(node: Any) -> Any:
    return {**node, "sentimentScore": None} if node and "sentimentScore" in node else node


def _used(questions: int, stage: str = "BROWSING") -> dict[str, list[Heard]]:
    """What Ann hears of the chat that is used, among hers."""
    return {"agent's chats": [("CHANGED", {**LOOKING, "totalQuestions": questions, "decisionStage": stage})]}


async def _answered(scene: Scene, question: str, number: int, sentiment: float, more: dict[str, list[Heard]]) -> None:
    """Bea asks the question of this number, and the worker answers."""
    about = {"message": question, "propertyMentioned": scene.ids[CONDO["address"]]}
    await scene.refused("buyerChatMessageSend", "FORBIDDEN", but=CHATS, **about)
    key = (await scene.does("chat", "buyerChatMessageSend", "message { id }", **about))["message"]["id"]
    asked = {"message": question, "answerStatus": "WAITING", "aiResponse": None, "sentimentScore": None}
    await scene.hear({**_in_chat("buyerChatMessageChanges", ("ADDED", asked)), **_used(number)})
    answer = {"id": key, "aiResponse": "I am not the worker."}
    await scene.refused("buyerChatMessageAnswer", "FORBIDDEN", but=["answering"], **answer)
    desk = BuyerDesk(executable_schema(), scene.lists.server.store, seconds=30)
    bounds = Bounds(writes=20)
    worker = Worker([desk], BuiltIn(0), concurrency=1, bounds=bounds, queue=lambda where: queue(where, 0.02))
    work = asyncio.create_task(worker.run())
    said = {**asked, "answerStatus": "ANSWERED", "aiResponse": _said(question), "sentimentScore": sentiment}
    await scene.hear({**_in_chat("buyerChatMessageChanges", ("CHANGED", said)), **more})
    await ended([work])
    await scene.refused("buyerChatMessageAnswer", "FORBIDDEN", {"answering": "WRONG_STATE"}, but=[], **answer)


def _said(question: str) -> str:
    return (
        "This is the built-in responder speaking, not a language model. Here the assistant, who knows the 2 homes that "
        f"were found for you, would answer you. You wrote: “{question}”. "
        "Set ANSWER_URL and ANSWER_MODEL to have a model think about it."
    )


async def question_answered(scene: Scene) -> None:
    """Bea asks something, which tells nothing that Ann must know at once."""
    await _answered(scene, "Is it quiet there?", 1, 0, {})


async def homes_liked(scene: Scene) -> None:
    """Bea likes the house, and the condo not any more; the others cannot say so for her."""
    condo, house = scene.ids[CONDO["address"]], scene.ids[HOUSE["address"]]
    record, field = "buyerPropertyInteractionRecord", "buyerPropertyInteractionChanges"
    shown = "removedId interaction { id }"
    likes = {"listingId": condo, "interactionType": "LIKE"}
    await scene.refused(record, "FORBIDDEN", but=CHATS, **likes)
    like = {"interactionType": "LIKE", "rating": None, "listing": {"address": CONDO["address"]}}
    liked = await scene.does("chat", record, shown, **likes)
    assert liked["removedId"] is None
    await scene.hear({**_in_chat(field, ("ADDED", like)), **_used(1)})
    remove = {"id": liked["interaction"]["id"]}
    other_chats = {"other chat": "NOT_FOUND", "her chat": "NOT_FOUND"}
    await scene.refused("buyerPropertyInteractionRemove", "FORBIDDEN", other_chats, but=["chat"], **remove)
    disliked = await scene.does("chat", record, shown, listingId=condo, interactionType="DISLIKE")
    assert disliked["removedId"] == remove["id"]
    dislike = {**like, "interactionType": "DISLIKE"}
    await scene.hear({**_in_chat(field, ("REMOVED", None), ("ADDED", dislike)), **_used(1)})
    await scene.does("chat", record, shown, listingId=house, interactionType="FAVORITE", rating=5)
    favorite = {"interactionType": "FAVORITE", "rating": 5, "listing": {"address": HOUSE["address"]}}
    await scene.hear({**_in_chat(field, ("ADDED", favorite)), **_used(1)})


async def second_search(scene: Scene) -> None:
    """Ann searches anew: what Bea likes comes first now, and the chat is about the new search."""
    context, inside = "contextType isActive", f'sessionId: "{scene.ids["chat"]}"'
    first = {"contextType": "INITIAL_SEARCH", "isActive": True}
    await scene.follow("the chat's search", "chat", "buyerChatSearchContextChanges", context, inside, [first])
    given = {"profileId": scene.ids["profile"], "searchTrigger": "REFINEMENT"}
    readers = {**READERS, "chat": "FORBIDDEN"}
    await scene.refused("buyerSearchRun", "NOT_FOUND", readers, but=["agent"], **given)
    found = (await scene.does("agent", "buyerSearchRun", RUN, **given))["searchTransaction"]
    assert scores(found) == {HOUSE["address"]: 90, CONDO["address"]: 63}
    over, now = {**first, "isActive": False}, {"contextType": "REFINED_SEARCH", "isActive": True}
    new = [("ADDED", {"topPicksCount": 1, "otherMatchesCount": 1})]
    await scene.hear({"searches": new, "the chat's search": [("CHANGED", over), ("ADDED", now)]})


async def hot_lead(scene: Scene) -> None:
    """Bea wants to see the house, gladly: Ann is told at once, and Bea does not know of it."""
    insight: dict[str, Any] = {"insightType": "HOT_LEAD", "priority": "URGENT", "status": "NEW"}
    told = [("ADDED", {**insight, "actionSuggested": "Call now."})]
    await _answered(
        scene, "I love the garden! Can we schedule a tour?", 2, 1, {"agent's insights": told, **_used(2, "READY")}
    )
    mine = "{ found: buyerChatAgentInsights { nodes { id insightType } } }"
    [node] = (await scene.sees("agent", mine))["found"]["nodes"]
    assert node["insightType"] == "HOT_LEAD"
    await scene.hidden(mine, {"nodes": []}, but=["agent"])
    reading = {"analysis": "FORBIDDEN"}
    await scene.refused("buyerChatAgentInsightAct", "NOT_FOUND", reading, but=["agent"], id=node["id"])
    acted = await scene.does("agent", "buyerChatAgentInsightAct", "insight { status }", id=node["id"])
    assert acted == {"insight": {"status": "ACTED_UPON"}}
    done = {**insight, "status": "ACTED_UPON", "actionSuggested": "Call now."}
    await scene.hear({"agent's insights": [("CHANGED", done)]})
    again = {**reading, "agent": "WRONG_STATE"}
    await scene.refused("buyerChatAgentInsightAct", "NOT_FOUND", again, but=[], id=node["id"])
