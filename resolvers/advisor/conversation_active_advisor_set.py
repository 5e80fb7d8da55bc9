"""Chooses the advisor that answers next in a conversation."""

import strawberry

from models.advisor.conversation import CONVERSATIONS
from models.errors import Code, Refusal
from resolvers.advisor.conversation import AdvisorConversation
from resolvers.advisor.scope import answering
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required


@strawberry.input(description="Who answers next in a conversation.")
class AdvisorConversationActiveAdvisorSetInput(Input):
    id: strawberry.ID = required("Conversation to change.")
    advisorId: strawberry.ID | None = optional("Advisor that answers next; null for none. Must be given.")
    expectedVersion: int | None = optional("Version that the change was made on; a stale one writes nothing.")


@strawberry.type(description="The conversation with its advisor.")
class AdvisorConversationActiveAdvisorSetPayload(Payload):
    conversation: AdvisorConversation | None = one(CONVERSATIONS, "conversation", "The conversation as it is now.")


async def set_active_advisor(hand: Change, input: AdvisorConversationActiveAdvisorSetInput) -> Outcome:
    """Set or clear the advisor that answers next."""
    if "advisorId" not in hand.given:
        raise Refusal(Code.INVALID, "advisorId must be given: an advisor, or null for none.", "advisorId")
    key = hand.key(CONVERSATIONS, input.id)
    row = await hand.readable(CONVERSATIONS, key, "userId")
    advisor = None if input.advisorId is None else await answering(hand, input.advisorId, row["userId"], "advisorId")
    changes = {"activeAdvisorId": advisor}
    await hand.store.write.update(CONVERSATIONS, key, hand.actor, changes, expected_version=input.expectedVersion)
    return {"conversation": key}


@strawberry.type
class ConversationActiveAdvisorMutations:
    advisorConversationActiveAdvisorSet: AdvisorConversationActiveAdvisorSetPayload = change(
        set_active_advisor, "Choose the advisor that answers next in a conversation.", current="conversation"
    )
