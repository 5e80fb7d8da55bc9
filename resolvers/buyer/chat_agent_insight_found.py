"""Reports to the agent what a question has told, in the transaction of its answer."""

from typing import Any

from models.buyer.chat_agent_insight import CHAT_AGENT_INSIGHTS, ChatAgentInsightRow, InsightStatus
from models.validation import build
from resolvers.buyer.chat_session_weighing import Weighed, fired
from resolvers.verbs.write import Change


async def report(hand: Change, session: dict[str, Any], weighed: Weighed) -> None:
    """Make the insight of the rule that fires, unless one of its type is still new: once is enough to be told.

    The caller holds the chat, so that two answers at once do not tell the same.
    """
    rule = fired(weighed)
    if rule is None:
        return
    about = {column: session[column] for column in ("agentId", "profileId")} | {"sessionId": session["_id"]}
    told = {"sessionId": session["_id"], "insightType": rule.insightType.value, "status": InsightStatus.NEW.value}
    if await hand.store.write.effect_read(CHAT_AGENT_INSIGHTS, told) is not None:
        return
    values = {
        "insightType": rule.insightType,
        "insightMessage": rule.message,
        "confidenceScore": rule.confidence,
        "priority": rule.priority,
        "actionSuggested": rule.action,
    }
    await hand.store.write.effect_insert(CHAT_AGENT_INSIGHTS, build(ChatAgentInsightRow, {**about, **values}))
