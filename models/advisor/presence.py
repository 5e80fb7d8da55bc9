"""Whether a person is online."""

from pydantic import Field

from models.advisor.rules import OWNER
from models.clock import now
from models.policy import Policy
from models.row import Id, Millis, Row
from models.table import Table, index, unique

OFFLINE_AFTER_MILLISECONDS = 300_000
"""Without a heartbeat for this long a person is offline, whatever the row says."""


class PresenceRow(Row):
    """One row a person, renewed by heartbeats (about one a minute)."""

    userId: Id
    isOnline: bool
    lastSeenAt: Millis = Field(default_factory=now)
    currentConversationId: Id | None = None

    class Settings:
        name = "advisor_user_presence"


PRESENCES = Table(
    PresenceRow,
    type_name="AdvisorUserPresence",
    tag="aPre",
    noun="presence",
    # A conversation has one owner, so nobody shares one with somebody else: presence is one's own.
    policy=Policy(read=OWNER, create=OWNER, update=OWNER, private={"currentConversationId": OWNER}),
    indexes=(
        unique("by_user", "userId"),
        index("by_online", "isOnline"),
        index("by_conversation", "currentConversationId"),
        index("by_online_seen", "isOnline", "-lastSeenAt"),
    ),
    shard_key=("userId",),
    watched=True,
)
