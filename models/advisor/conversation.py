"""A conversation of one person with advisors."""

from pydantic import Field

from models.advisor.rules import OWNER
from models.policy import Policy
from models.row import Id, Row
from models.table import Table, index
from models.texts import Name


class ConversationRow(Row):
    """`updatedAt` rises with each message, `messageCount` counts its messages; both are kept by the writes."""

    userId: Id
    title: Name = "New Conversation"
    activeAdvisorId: Id | None = None
    messageCount: int = Field(default=0, ge=0)

    class Settings:
        name = "advisor_conversations"
        keep_nulls = False


CONVERSATIONS = Table(
    ConversationRow,
    type_name="AdvisorConversation",
    tag="aCon",
    noun="conversation",
    policy=Policy(read=OWNER, create=OWNER, update=OWNER, delete=OWNER),
    indexes=(
        index("by_user", "userId"),
        index("by_advisor", "activeAdvisorId"),
        index("by_updated_at", "updatedAt"),
        index("by_user_updated", "userId", "updatedAt"),
        index("page_user_updated", "userId", "-updatedAt", "-_id"),
        index("page_user_created", "userId", "-createdAt", "-_id"),
    ),
    shard_key=("userId",),
    watched=True,
)
