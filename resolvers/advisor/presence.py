"""AdvisorUserPresence: whether a person is online."""

from typing import Any

import strawberry

from models import global_id
from models.advisor.conversation import CONVERSATIONS
from models.advisor.presence import OFFLINE_AFTER_MILLISECONDS, PRESENCES, PresenceRow
from models.advisor.rules import PRODUCT
from models.advisor.user import USERS
from models.clock import now
from models.errors import Code, Refusal, not_found
from models.policy import Filter, RowData
from models.store.ask import Ask, Page
from models.table import Order
from models.validation import build
from resolvers.advisor.scope import within_reach
from resolvers.listing import REQUIRED, argument
from resolvers.scalars import Timestamp
from resolvers.selection import Call
from resolvers.table import Node, column, computed, identity, node, reference
from resolvers.verbs.relate import one
from resolvers.verbs.root import root
from resolvers.verbs.watch import ListChange, Until, watch
from resolvers.verbs.write import Change, Input, Outcome, Payload, change, optional, required

PEOPLE = 100
"""People whose presence is asked for at once."""


def _online(row: dict[Any, Any]) -> bool:
    return bool(row["isOnline"]) and row["lastSeenAt"] > now() - OFFLINE_AFTER_MILLISECONDS


@node(PRESENCES, "Whether a person is online.")
class AdvisorUserPresence(Node):
    id: strawberry.ID = identity(PRESENCES)
    userId: strawberry.ID = reference(USERS, "userId", "The person.")
    isOnline: bool = computed(
        _online, "isOnline", "lastSeenAt", description="Whether the person was here in the last five minutes."
    )
    lastSeenAt: Timestamp = column("When the person was last here.")
    currentConversationId: strawberry.ID | None = reference(
        CONVERSATIONS, "currentConversationId", "Conversation that the person looks at; null for all but the person."
    )
    version: int = column("Number that rises with each heartbeat.")
    createdAt: Timestamp = column("When the person was first here.")
    updatedAt: Timestamp = column("When the last heartbeat came.")


async def _presence(call: Call) -> list[Any]:
    picked = call.below.picked
    ask = Ask(PRESENCES, picked.columns, where=_of(call), children=picked.children(call))
    return await call.context.store.read.some(ask, call.context.actor, PEOPLE)


def _of(call: Call) -> Filter:
    people = call.arguments["userIds"]
    if len(people) > PEOPLE:
        raise Refusal(Code.OUT_OF_RANGE, f"At most {PEOPLE} people may be asked for at once.", "userIds")
    keys = {key for text in people if (key := global_id.decode(USERS, text)) is not None}
    return {"userId": {"$in": sorted(keys)}}


@strawberry.type
class PresenceQueries:
    advisorPresence: list[AdvisorUserPresence] = root(
        _presence,
        "Who of these people is online, as far as you may know; in no order.",
        {"userIds": (argument(list[strawberry.ID], f"The people, at most {PEOPLE}."), REQUIRED)},
    )


@strawberry.input(description="A sign of life, to be sent about once a minute.")
class AdvisorPresenceHeartbeatInput(Input):
    online: bool = required("Whether you are here; false when you leave.")
    conversationId: strawberry.ID | None = optional("Conversation that you look at; none unless given.")


@strawberry.type(description="Your presence.")
class AdvisorPresenceHeartbeatPayload(Payload):
    presence: AdvisorUserPresence | None = one(PRESENCES, "presence", "Your presence as it is now.")


async def beat(hand: Change, input: AdvisorPresenceHeartbeatInput) -> Outcome:
    """Say that one is here, or leaves.

    Nothing else is written, for heartbeats are many: the conversation may be gone a moment later, and only the first
    one has to hold the profile, which it must not outlive.
    """
    owner = hand.profile(PRODUCT)
    conversation = None
    if input.conversationId is not None:
        there = await hand.store.write.effect_read(CONVERSATIONS, within_reach(hand, input.conversationId))
        if there is None:
            raise not_found(CONVERSATIONS.noun, "conversationId")
        conversation = there["_id"]
    known = await hand.store.write.effect_read(PRESENCES, {"userId": owner})
    if known is None and await hand.store.write.hold(USERS, {"_id": owner}) is None:
        raise not_found(USERS.noun)
    said = {"isOnline": input.online, "lastSeenAt": now(), "currentConversationId": conversation}
    row = build(PresenceRow, {"userId": owner, **said})
    found, _ = await hand.store.write.upsert(PRESENCES, {"userId": owner}, row, hand.actor, said)
    return {"presence": found["_id"]}


@strawberry.type
class PresenceMutations:
    advisorPresenceHeartbeat: AdvisorPresenceHeartbeatPayload = change(beat, "Say that you are here, or leave.")


def _watched(call: Call) -> Ask:
    page = Page(Order(("userId",)), PEOPLE)
    return Ask(PRESENCES, call.below.change.picked.columns, where=_of(call), page=page)


def _silent(row: RowData) -> int | None:
    """When the person is offline without another sign of life, in Unix milliseconds."""
    return row["lastSeenAt"] + OFFLINE_AFTER_MILLISECONDS if row["isOnline"] else None


@strawberry.type
class PresenceSubscriptions:
    advisorPresenceChanges: ListChange[AdvisorUserPresence] = watch(
        _watched,
        "Who of these people is online, as far as you may know, kept up to date; five minutes of silence are a change.",
        {"userIds": (argument(list[strawberry.ID], f"The people, at most {PEOPLE}."), REQUIRED)},
        until=Until(_silent, frozenset({"isOnline", "lastSeenAt"})),
    )
