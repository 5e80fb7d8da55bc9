"""What a buyer does with a listing in a chat: likes it, looks at it, passes it on."""

from enum import StrEnum

from pydantic import Field

from models.buyer.rules import SERVICES
from models.buyer.values import Text
from models.estate.rules import OWN_AGENT, OWN_CHAT
from models.policy import Policy
from models.row import Id, Row
from models.table import Table, index, unique


class InteractionType(StrEnum):
    """What the buyer does."""

    LIKE = "like"
    DISLIKE = "dislike"
    FAVORITE = "favorite"
    VIEWED = "viewed"
    SHARED = "shared"
    SAVED = "saved"


OPINIONS = (InteractionType.LIKE.value, InteractionType.DISLIKE.value)
"""Of these there is one at most for each listing in a chat: who likes a home does not dislike it."""

MARKS = (InteractionType.FAVORITE.value, InteractionType.SAVED.value)
"""Of each of these there is one at most for each listing in a chat; the others happen any number of times."""


class EmotionalResponse(StrEnum):
    """What the buyer feels."""

    EXCITED = "excited"
    CONCERNED = "concerned"
    INTERESTED = "interested"
    DISAPPOINTED = "disappointed"


class PropertyInteractionRow(Row):
    """`agentId` and `rootProfileId`, the first version of the buyer's profile, are those of the chat: the rule needs no
    second table, and what a buyer likes is found whatever version of the profile the chats are about.
    """

    sessionId: Id
    agentId: Id
    rootProfileId: Id
    listingId: Id
    interactionType: InteractionType
    rating: int | None = Field(default=None, ge=1, le=5)
    reason: Text | None = None
    emotionalResponse: EmotionalResponse | None = None

    class Settings:
        name = "buyer_property_interactions"
        keep_nulls = False


PROPERTY_INTERACTIONS = Table(
    PropertyInteractionRow,
    type_name="BuyerPropertyInteraction",
    tag="bInt",
    noun="interaction",
    policy=Policy(read=OWN_AGENT | OWN_CHAT | SERVICES, create=OWN_CHAT, delete=OWN_CHAT),
    indexes=(
        index("idx_property_interactions_session", "sessionId"),
        index("by_session_listing_type", "sessionId", "listingId", "interactionType", "-createdAt"),
        index("by_listing", "listingId"),
        unique("one_opinion", "sessionId", "listingId", partial={"interactionType": {"$in": list(OPINIONS)}}),
        unique(
            "one_mark",
            "sessionId",
            "listingId",
            "interactionType",
            partial={"interactionType": {"$in": list(MARKS)}},
        ),
        index("by_root_type", "rootProfileId", "interactionType", "-createdAt"),
        index("page_session_created", "sessionId", "-createdAt", "-_id"),
        index("page_session_type_created", "sessionId", "interactionType", "-createdAt", "-_id"),
        index("page_session_listing_created", "sessionId", "listingId", "-createdAt", "-_id"),
    ),
    shard_key=("agentId", "sessionId"),
    hidden=frozenset({"agentId", "rootProfileId"}),
    watched=True,
)
