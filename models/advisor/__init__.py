"""The AI-advisor chat: advisors, boards, conversations and what happens in them."""

from typing import Any

from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.memory import MEMORIES
from models.advisor.message import MESSAGES
from models.advisor.presence import PRESENCES
from models.advisor.selection import SELECTIONS
from models.advisor.team_template import TEAM_TEMPLATES
from models.advisor.thread_summary import THREAD_SUMMARIES
from models.advisor.typing_indicator import TYPING_INDICATORS
from models.advisor.user import USERS
from models.table import Table

TABLES: tuple[Table[Any], ...] = (
    USERS,
    ADVISORS,
    SELECTIONS,
    TEAM_TEMPLATES,
    CONVERSATIONS,
    MESSAGES,
    MEMORIES,
    THREAD_SUMMARIES,
    TYPING_INDICATORS,
    PRESENCES,
)

BELOW_CONVERSATIONS = tuple(table for table in TABLES if "conversationId" in table.columns)
"""The tables whose rows are gone with their conversation; each row carries the `userId` of the conversation's owner."""

OF_PEOPLE = tuple(table for table in TABLES if "userId" in table.columns)
"""The tables whose rows are gone with the profile of their `userId`."""
