"""What an agent does about an insight: takes notice of it, acts upon it, or puts it aside."""

import strawberry

from models.buyer.chat_agent_insight import CHAT_AGENT_INSIGHTS, InsightStatus
from resolvers.buyer.chat_agent_insight import BuyerChatAgentInsight
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

VERSION = "Version that you have seen; a stale one writes nothing."
INSIGHT_NOW = "The insight as it is now."
OPEN = (InsightStatus.NEW, InsightStatus.ACKNOWLEDGED)


async def _moved(
    hand: Change, text: str, version: int | None, to: InsightStatus, before: tuple[InsightStatus, ...], otherwise: str
) -> Outcome:
    """Move an insight to another state from one of those `before`, in one statement."""
    key = hand.key(CHAT_AGENT_INSIGHTS, text)
    when = {"status": {"$in": [status.value for status in before]}}
    await hand.store.write.update(
        CHAT_AGENT_INSIGHTS, key, hand.actor, {"status": to}, expected_version=version, when=when, otherwise=otherwise
    )
    return {"insight": key}


@strawberry.input(description="An insight that you take notice of.")
class BuyerChatAgentInsightAcknowledgeInput(Input):
    id: strawberry.ID = required("The insight, which is new.")
    expectedVersion: int | None = optional(VERSION)


@strawberry.type(description="The insight that was taken notice of.")
class BuyerChatAgentInsightAcknowledgePayload(Payload):
    insight: BuyerChatAgentInsight | None = one(CHAT_AGENT_INSIGHTS, "insight", INSIGHT_NOW)


async def acknowledge(hand: Change, input: BuyerChatAgentInsightAcknowledgeInput) -> Outcome:
    """Take notice of a new insight."""
    to, before = InsightStatus.ACKNOWLEDGED, (InsightStatus.NEW,)
    return await _moved(hand, input.id, input.expectedVersion, to, before, "The insight is not new any more.")


@strawberry.input(description="An insight that you have acted upon.")
class BuyerChatAgentInsightActInput(Input):
    id: strawberry.ID = required("The insight, new or acknowledged.")
    expectedVersion: int | None = optional(VERSION)


@strawberry.type(description="The insight that was acted upon.")
class BuyerChatAgentInsightActPayload(Payload):
    insight: BuyerChatAgentInsight | None = one(CHAT_AGENT_INSIGHTS, "insight", INSIGHT_NOW)


async def act(hand: Change, input: BuyerChatAgentInsightActInput) -> Outcome:
    """Note that an insight was acted upon."""
    return await _moved(
        hand, input.id, input.expectedVersion, InsightStatus.ACTED_UPON, OPEN, "The insight is settled already."
    )


@strawberry.input(description="An insight that you put aside.")
class BuyerChatAgentInsightDismissInput(Input):
    id: strawberry.ID = required("The insight, new or acknowledged.")
    expectedVersion: int | None = optional(VERSION)


@strawberry.type(description="The insight that was put aside.")
class BuyerChatAgentInsightDismissPayload(Payload):
    insight: BuyerChatAgentInsight | None = one(CHAT_AGENT_INSIGHTS, "insight", INSIGHT_NOW)


async def dismiss(hand: Change, input: BuyerChatAgentInsightDismissInput) -> Outcome:
    """Put an insight aside."""
    return await _moved(
        hand, input.id, input.expectedVersion, InsightStatus.DISMISSED, OPEN, "The insight is settled already."
    )


@strawberry.type
class ChatAgentInsightStatusMutations:
    buyerChatAgentInsightAcknowledge: BuyerChatAgentInsightAcknowledgePayload = change(
        acknowledge, "Take notice of an insight for you.", current="insight"
    )
    buyerChatAgentInsightAct: BuyerChatAgentInsightActPayload = change(
        act, "Note that you have acted upon an insight for you.", current="insight"
    )
    buyerChatAgentInsightDismiss: BuyerChatAgentInsightDismissPayload = change(
        dismiss, "Put an insight for you aside.", current="insight"
    )
