"""AdvisorMemory: what an advisor remembers in a conversation."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models import global_id
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.memory import MEMORIES, MemoryRow
from models.policy import NOTHING, Filter, both
from models.validation import build
from resolvers.adjectives import orders
from resolvers.advisor.scope import WHOSE, conversation_of, inside
from resolvers.connection import Connection
from resolvers.listing import Listing, argument
from resolvers.scalars import JSON, Timestamp
from resolvers.table import Node, column, identity, node, reference, viewer_can
from resolvers.verbs.read import listed
from resolvers.verbs.relate import one
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

if TYPE_CHECKING:
    from resolvers.advisor.advisor import Advisor


@node(MEMORIES, "What an advisor remembers in a conversation, by key. Only the conversation's owner sees it.")
class AdvisorMemory(Node):
    id: strawberry.ID = identity(MEMORIES)
    conversationId: strawberry.ID = reference(
        CONVERSATIONS, "conversationId", "Conversation that the memory belongs to."
    )
    advisorId: strawberry.ID = reference(ADVISORS, "advisorId", "Advisor that remembers.")
    advisor: Annotated["Advisor", strawberry.lazy("resolvers.advisor.advisor")] | None = one(
        ADVISORS, "advisorId", "Advisor that remembers."
    )
    key: str = column("What the memory is called.")
    value: JSON = column("What is remembered.")
    version: int = column("Number that rises with each change.")
    createdAt: Timestamp = column("When it was first remembered.")
    updatedAt: Timestamp = column("When it was last changed.")
    viewerCanUpdate: bool = viewer_can(MEMORIES, "update", "Whether you may change it.")
    viewerCanDelete: bool = viewer_can(MEMORIES, "delete", "Whether you may delete it.")


OF_CONVERSATION = Listing(MEMORIES, orders("AdvisorMemory", UPDATED_AT=("-updatedAt",)), fixed=("conversationId",))


def _named(given: Mapping[str, Any]) -> Filter:
    parts = [inside(given)]
    if (text := given.get("advisorId")) is not None:
        advisor = global_id.decode(ADVISORS, text)
        parts.append(NOTHING if advisor is None else {"advisorId": advisor})
    if (key := given.get("key")) is not None:
        parts.append({"key": key})
    return both(*parts)


@strawberry.type
class MemoryQueries:
    advisorMemories: Connection[AdvisorMemory] = listed(
        OF_CONVERSATION,
        "What advisors remember in a conversation, last changed first.",
        {
            **WHOSE,
            "advisorId": (argument(strawberry.ID | None, "Only what this advisor remembers."), strawberry.UNSET),
            "key": (argument(str | None, "Only what is remembered under this key."), strawberry.UNSET),
        },
        _named,
    )


@strawberry.input(description="Something to remember.")
class AdvisorMemorySetInput(Input):
    conversationId: strawberry.ID = required("Conversation that the memory belongs to.")
    advisorId: strawberry.ID = required("Advisor that remembers.")
    key: str = required("What the memory is called, 1 to 200 characters.")
    value: JSON = required("What is remembered.")
    id: strawberry.ID | None = optional("Id chosen by the client, used when there is no memory of this key yet.")


@strawberry.type(description="What is now remembered.")
class AdvisorMemorySetPayload(Payload):
    memory: AdvisorMemory | None = one(MEMORIES, "memory", "The memory as it is now.")
    created: bool | None = column("Whether nothing was remembered under this key before.")


async def remember(hand: Change, input: AdvisorMemorySetInput) -> Outcome:
    """Remember a value under a key, in place of what was remembered there."""
    conversation = await conversation_of(hand, input.conversationId)
    advisor = hand.key(ADVISORS, input.advisorId, "advisorId")
    await hand.readable(ADVISORS, advisor, field="advisorId")
    unique = {"userId": conversation["userId"], "conversationId": conversation["_id"], "advisorId": advisor}
    row = build(MemoryRow, {"id": hand.new_key(MEMORIES, input.id), **unique, "key": input.key, "value": input.value})
    found, created = await hand.store.write.upsert(
        MEMORIES, {**unique, "key": input.key}, row, hand.actor, {"value": input.value}
    )
    return {"memory": found["_id"], "created": created}


@strawberry.input(description="A memory to delete.")
class AdvisorMemoryDeleteInput(Input):
    id: strawberry.ID = required("Memory to delete.")


@strawberry.type(description="The memory that was deleted.")
class AdvisorMemoryDeletePayload(Payload):
    deletedId: strawberry.ID | None = column("Id of the memory that is gone.")


async def forget(hand: Change, input: AdvisorMemoryDeleteInput) -> Outcome:
    """Delete one memory."""
    await hand.store.write.delete(MEMORIES, hand.key(MEMORIES, input.id), hand.actor)
    return {"deletedId": input.id}


@strawberry.input(description="What an advisor is to forget.")
class AdvisorMemoryClearInput(Input):
    conversationId: strawberry.ID = required("Conversation that the memories belong to.")
    advisorId: strawberry.ID = required("Advisor that forgets.")


@strawberry.type(description="What was forgotten.")
class AdvisorMemoryClearPayload(Payload):
    deletedCount: int | None = column("Number of memories that are gone.")


async def clear(hand: Change, input: AdvisorMemoryClearInput) -> Outcome:
    """Delete everything that an advisor remembers in a conversation."""
    conversation = await conversation_of(hand, input.conversationId)
    advisor = hand.key(ADVISORS, input.advisorId, "advisorId")
    theirs = {"userId": conversation["userId"], "conversationId": conversation["_id"], "advisorId": advisor}
    return {"deletedCount": await hand.store.write.effect_delete(MEMORIES, theirs)}


@strawberry.type
class MemoryMutations:
    advisorMemorySet: AdvisorMemorySetPayload = change(remember, "Remember a value under a key.")
    advisorMemoryDelete: AdvisorMemoryDeletePayload = change(forget, "Delete one memory.")
    advisorMemoryClear: AdvisorMemoryClearPayload = change(
        clear, "Delete everything that an advisor remembers in a conversation."
    )
