"""Rows of the advisor chat."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId

from models.advisor.advisor import AdvisorRow
from models.advisor.conversation import ConversationRow
from models.advisor.memory import MemoryRow
from models.advisor.message import MessageRow
from models.advisor.persona import Persona
from models.advisor.presence import PresenceRow
from models.advisor.selection import SelectionRow
from models.advisor.team_template import TeamTemplateRow
from models.advisor.thread_summary import ThreadSummaryRow
from models.advisor.typing_indicator import TypingIndicatorRow
from models.advisor.user import UserRow
from models.row import Row
from models.table import stored
from tests.fixtures.wire import Caller

Stored = dict[str, Any]


async def _kept(row: Row) -> Stored:
    await row.insert()
    return stored(row.model_dump())


async def user(**values: Any) -> Stored:
    """A profile without a person who signs in."""
    key = ObjectId()
    return await _kept(UserRow(**{"clerkId": str(key), "accountId": key, "name": "Somebody", **values}))


async def advisor(owner: Caller | None = None, *, name: str = "Ada", **values: Any) -> Stored:
    """An advisor of the marketplace, or a private one of its owner."""
    given = {
        "persona": Persona(name=name, title="Strategist", description="Finds the way."),
        "isPublic": owner is None,
        "ownerId": owner.profile if owner else None,
        "tags": ["strategy"],
        "category": "business",
        **values,
    }
    return await _kept(AdvisorRow(**{column: value for column, value in given.items() if value is not None}))


async def selection(owner: Caller, advisor: Stored, **values: Any) -> Stored:
    """An advisor on a board."""
    return await _kept(SelectionRow(userId=owner.profile, advisorId=advisor["_id"], **values))


async def team_template(slug: str = "starters", **values: Any) -> Stored:
    """A team."""
    given = {"slug": slug, "name": "Starters", "description": "To begin with.", "category": "startup", **values}
    return await _kept(TeamTemplateRow(**given))


async def conversation(owner: Caller, **values: Any) -> Stored:
    """A conversation of its owner."""
    return await _kept(ConversationRow(userId=owner.profile, **values))


async def message(conversation: Stored, content: str = "Hello", **values: Any) -> Stored:
    """A message by the owner, or by whoever `sender` says; the conversation's count is not touched."""
    given = {"sender": "user", **values}
    return await _kept(
        MessageRow(conversationId=conversation["_id"], userId=conversation["userId"], content=content, **given)
    )


async def memory(
    conversation: Stored, advisor: Stored, key: str = "goal", value: Any = "grow", **values: Any
) -> Stored:
    """Something an advisor remembers."""
    given = {"conversationId": conversation["_id"], "userId": conversation["userId"], "advisorId": advisor["_id"]}
    return await _kept(MemoryRow(**given, key=key, value=value, **values))


async def thread_summary(conversation: Stored, content: str = "They agreed.", **values: Any) -> Stored:
    """A summary."""
    given = {"conversationId": conversation["_id"], "userId": conversation["userId"]}
    return await _kept(ThreadSummaryRow(**given, content=content, **values))


async def typing_indicator(conversation: Stored, **values: Any) -> Stored:
    """A sign of typing by the owner, for the next ten seconds."""
    given = {"expiresAt": datetime.now(UTC) + timedelta(seconds=10), **values}
    return await _kept(TypingIndicatorRow(conversationId=conversation["_id"], userId=conversation["userId"], **given))


async def presence(owner: Caller, **values: Any) -> Stored:
    """A person who is online now."""
    return await _kept(PresenceRow(**{"userId": owner.profile, "isOnline": True, **values}))
