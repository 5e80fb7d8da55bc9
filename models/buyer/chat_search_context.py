"""Which search a chat talks about; of those it has talked about one is active."""

from enum import StrEnum

from models.callers import ANSWERING
from models.estate.rules import ANALYSIS, OWN_AGENT, OWN_CHAT, SEARCH, WORKING_AGENT
from models.policy import Policy
from models.row import Id, Row
from models.table import Table, index, unique


class ContextType(StrEnum):
    """How the chat came to the search."""

    INITIAL_SEARCH = "initial_search"
    REFINED_SEARCH = "refined_search"
    FOLLOW_UP_SEARCH = "follow_up_search"


class ChatSearchContextRow(Row):
    """`agentId` is the agent of the chat, copied so that the rule needs no second table."""

    sessionId: Id
    agentId: Id
    searchTransactionId: Id
    contextType: ContextType
    isActive: bool = True

    class Settings:
        name = "buyer_chat_search_context"
        keep_nulls = False


CHAT_SEARCH_CONTEXTS = Table(
    ChatSearchContextRow,
    type_name="BuyerChatSearchContext",
    tag="bCtx",
    noun="search context",
    # Which one is active is no column to edit: another one must cease to be in the same write.
    policy=Policy(read=OWN_AGENT | OWN_CHAT | ANSWERING | ANALYSIS | SEARCH, create=WORKING_AGENT | SEARCH),
    indexes=(
        unique("by_session_active", "sessionId", partial={"isActive": True}),
        index("by_transaction", "searchTransactionId"),
        unique("by_session_transaction", "sessionId", "searchTransactionId"),
        index("page_session_created", "sessionId", "-createdAt", "-_id"),
        index("page_session_active_created", "sessionId", "isActive", "-createdAt", "-_id"),
    ),
    shard_key=("agentId", "sessionId"),
    hidden=frozenset({"agentId"}),
    watched=True,
)
