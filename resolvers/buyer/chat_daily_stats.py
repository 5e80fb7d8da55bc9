"""BuyerChatDailyStats: what happened in an agent's chats on one day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import strawberry
from bson import ObjectId

from models.actor import Actor
from models.buyer.chat_agent_insight import CHAT_AGENT_INSIGHTS, InsightType
from models.buyer.chat_message import CHAT_MESSAGES, AnswerStatus
from models.buyer.chat_session import CHAT_SESSIONS
from models.errors import Code, Refusal
from models.estate.rules import OWN_AGENT, PRODUCT
from models.policy import Filter, both
from models.store import Store
from resolvers.listing import REQUIRED, argument
from resolvers.selection import Call
from resolvers.verbs.root import root


@strawberry.type(description="How many insights of one type were found.")
class BuyerChatInsightCount:
    """A group of an aggregation."""

    insightType: InsightType = strawberry.field(description="What they are about.")
    number: int = strawberry.field(description="Number of them.")


@strawberry.type(description="What happened in your chats on one day, from midnight to midnight in UTC.")
class BuyerChatDailyStats:
    """Sums and means, computed when they are asked for."""

    day: str = strawberry.field(description="The day, as YYYY-MM-DD.")
    questions: int = strawberry.field(description="Number of questions that were asked.")
    answered: int = strawberry.field(description="Number of these that were answered by now.")
    activeChats: int = strawberry.field(description="Number of chats in which a question was asked.")
    meanSentiment: float | None = strawberry.field(description="Mean sentiment of the questions, -1 to 1.")
    meanEngagement: float | None = strawberry.field(description="Mean engagement of these chats as it is now, 0 to 10.")
    insights: int = strawberry.field(description="Number of insights that were found.")
    insightsByType: list[BuyerChatInsightCount] = strawberry.field(
        description="Insights by type, most first; without the types of which there was none."
    )


async def _stats(call: Call) -> Any:
    actor, store = call.context.actor, call.context.store
    if PRODUCT not in actor.profiles:
        return None
    day = _day(call.arguments["day"])
    start = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
    then = {"$gte": start, "$lt": start + int(timedelta(days=1).total_seconds() * 1000)}
    mine = OWN_AGENT.filter(actor)
    chats = await _chats(store, actor, both(mine, {"timestamp": then}))
    insights = await _insights(store, actor, both(mine, {"generatedAt": then}))
    rated, feelings = sum(chat["rated"] for chat in chats), sum(chat["sentiment"] for chat in chats)
    return {
        "day": day.isoformat(),
        "questions": sum(chat["questions"] for chat in chats),
        "answered": sum(chat["answered"] for chat in chats),
        "activeChats": len(chats),
        "meanSentiment": feelings / rated if rated else None,
        "meanEngagement": await _engagement(store, actor, mine, [chat["_id"] for chat in chats]),
        "insights": sum(found["number"] for found in insights),
        "insightsByType": insights,
    }


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # The standard library takes other spellings of ISO 8601 as well.
    if day is None or day.isoformat() != text or day.year < 1970:
        raise Refusal(Code.INVALID, "day must be a day since 1970, as YYYY-MM-DD.", "day")
    return day


async def _chats(store: Store, actor: Actor, where: Filter) -> list[dict[Any, Any]]:
    """For each chat with questions: their number, how many are answered, and what their sentiments add up to."""
    answered = {"$cond": [{"$eq": ["$answerStatus", AnswerStatus.ANSWERED.value]}, 1, 0]}
    rated = {"$cond": [{"$isNumber": "$sentimentScore"}, 1, 0]}
    group = {
        "_id": "$sessionId",
        "questions": {"$sum": 1},
        "answered": {"$sum": answered},
        "rated": {"$sum": rated},
        "sentiment": {"$sum": "$sentimentScore"},
    }
    return await store.read.grouped(CHAT_MESSAGES, actor, where, [{"$group": group}], index="by_agent_time")


async def _engagement(store: Store, actor: Actor, mine: Filter, chats: list[ObjectId]) -> float | None:
    if not chats:
        return None
    where = both(mine, {"_id": {"$in": chats}})
    group = {"_id": None, "mean": {"$avg": "$engagementScore"}}
    found = await store.read.grouped(CHAT_SESSIONS, actor, where, [{"$group": group}], index="_id_")
    # A buyer may be deleted between the two questions.
    return round(found[0]["mean"], 2) if found else None


async def _insights(store: Store, actor: Actor, where: Filter) -> list[dict[Any, Any]]:
    stages: list[dict[Any, Any]] = [
        {"$group": {"_id": "$insightType", "number": {"$sum": 1}}},
        {"$sort": {"number": -1, "_id": 1}},
        {"$project": {"_id": 0, "insightType": "$_id", "number": 1}},
    ]
    return await store.read.grouped(CHAT_AGENT_INSIGHTS, actor, where, stages, index="page_agent_generated")


@strawberry.type
class ChatDailyStatsQueries:
    buyerChatDailyStats: BuyerChatDailyStats | None = root(
        _stats,
        "What happened in your chats on one day; null for who is no agent.",
        {"day": (argument(str, "The day, as YYYY-MM-DD, in UTC."), REQUIRED)},
    )
