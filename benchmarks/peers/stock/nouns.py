"""The types of the stock server, with the server's own names."""

import base64
from collections.abc import Sequence
from enum import Enum
from typing import Any, NewType, cast

import bson
import strawberry
from beanie import Document, SortDirection
from bson import ObjectId

from benchmarks.peers.stock.people import Context, Pages
from models.advisor.advisor import AdvisorRow
from models.advisor.conversation import ConversationRow
from models.advisor.message import MessageRow, MessageSender, MessageStatus
from models.cursor import fingerprint

Info = strawberry.Info[Context, None]
Timestamp = strawberry.scalar(NewType("Timestamp", int), serialize=int, parse_value=int)
Sender = strawberry.enum(MessageSender, name="AdvisorMessageSender")
Status = strawberry.enum(MessageStatus, name="AdvisorMessageStatus")


def global_id(tag: str, key: ObjectId | None) -> Any:
    """The id as clients see it."""
    return None if key is None else tag + base64.urlsafe_b64encode(key.binary).decode()


@strawberry.enum
class Direction(Enum):
    """Which way a list goes."""

    ASC = SortDirection.ASCENDING
    DESC = SortDirection.DESCENDING


@strawberry.enum(name="AdvisorConversationOrderField")
class ConversationOrderField(Enum):
    """By what a list goes."""

    CREATED_AT = "createdAt"
    UPDATED_AT = "updatedAt"


@strawberry.input(name="AdvisorConversationOrder")
class ConversationOrder:
    """An order."""

    field: ConversationOrderField
    direction: Direction


@strawberry.input(name="TimestampComparison")
class Times:
    """Bounds of a time."""

    gte: Timestamp | None = None  # type: ignore[valid-type]  # Strawberry's scalar stands for its type
    lt: Timestamp | None = None  # type: ignore[valid-type]  # Strawberry's scalar stands for its type


@strawberry.input(name="AdvisorConversationWhere")
class ConversationWhere:
    """Which conversations."""

    created_at: Times | None = None
    updated_at: Times | None = None


@strawberry.input(name="AdvisorMessageWhere")
class MessageWhere:
    """Which messages."""

    created_at: Times | None = None


def compared(column: str, times: Times | None) -> dict[str, Any]:
    """The bounds as MongoDB takes them."""
    if times is None:
        return {}
    return {column: {f"${name}": value for name, value in vars(times).items() if value is not None}}


@strawberry.type
class PageInfo:
    """Where a page ends."""

    has_next_page: bool
    end_cursor: str | None

    @staticmethod
    def of(found: Sequence[Document], limit: int, sort: Sequence[tuple[str, int]]) -> "PageInfo":
        """What one row more than the limit tells."""
        if not found:
            return PageInfo(has_next_page=False, end_cursor=None)
        last = found[:limit][-1]
        plain = tuple((column, int(way)) for column, way in sort)
        # What a pipeline has computed is told from columns by a mark.
        values = [last.id if column == "_id" else getattr(last, column.removeprefix("@")) for column, _ in plain]
        packed = bson.encode({"o": fingerprint(plain), "v": values})
        return PageInfo(
            has_next_page=len(found) > limit, end_cursor=base64.urlsafe_b64encode(packed).decode().rstrip("=")
        )


@strawberry.type(name="AdvisorPersona")
class Persona:
    """Who an advisor is."""

    name: str
    title: str | None


@strawberry.type(name="Advisor")
class Advisor:
    """An advisor."""

    id: strawberry.ID
    persona: Persona


async def _advisor(info: Info, key: ObjectId | None) -> Advisor | None:
    row: AdvisorRow | None = None if key is None else await info.context.advisors.load(key)
    if row is None:
        return None
    title = row.persona.title if info.context.person.sees_whole(row) else None
    return Advisor(id=global_id("aAdv", row.id), persona=Persona(name=row.persona.name, title=title))


@strawberry.type(name="AdvisorMessage")
class Message:
    """A message."""

    id: strawberry.ID
    conversation_id: strawberry.ID
    sender: Sender  # type: ignore[valid-type]  # Strawberry's enum is the class itself
    advisor_id: strawberry.ID | None
    content: str
    mentions: list[str]
    tokens_used: int | None
    status: Status  # type: ignore[valid-type]  # Strawberry's enum is the class itself
    version: int
    created_at: Timestamp  # type: ignore[valid-type]  # Strawberry's scalar stands for its type
    updated_at: Timestamp  # type: ignore[valid-type]  # Strawberry's scalar stands for its type
    row: strawberry.Private[MessageRow]

    @strawberry.field
    async def advisor(self, info: Info) -> Advisor | None:
        """Who wrote it."""
        return await _advisor(info, self.row.advisorId)

    @staticmethod
    def of(row: MessageRow) -> "Message":
        """The type of a document."""
        return Message(
            id=global_id("aMsg", row.id),
            conversation_id=global_id("aCon", row.conversationId),
            sender=row.sender,
            advisor_id=global_id("aAdv", row.advisorId),
            content=row.content,
            mentions=row.mentions,
            tokens_used=row.tokensUsed,
            status=row.status,
            version=row.version,
            created_at=row.createdAt,
            updated_at=row.updatedAt,
            row=row,
        )


@strawberry.type(name="AdvisorMessageConnection")
class MessageConnection:
    """A page of messages."""

    nodes: list[Message]
    page_info: PageInfo


@strawberry.type(name="AdvisorConversation")
class Conversation:
    """A conversation."""

    id: strawberry.ID
    user_id: strawberry.ID
    title: str
    active_advisor_id: strawberry.ID | None
    message_count: int
    version: int
    created_at: Timestamp  # type: ignore[valid-type]  # Strawberry's scalar stands for its type
    updated_at: Timestamp  # type: ignore[valid-type]  # Strawberry's scalar stands for its type
    row: strawberry.Private[ConversationRow]

    @strawberry.field
    def viewer_can_update(self, info: Info) -> bool:
        """Whether it is the caller's."""
        return bool(self.row.userId == info.context.person.profile)

    @strawberry.field
    def viewer_can_delete(self, info: Info) -> bool:
        """Whether it is the caller's."""
        return bool(self.row.userId == info.context.person.profile)

    @strawberry.field
    async def active_advisor(self, info: Info) -> Advisor | None:
        """Who answers next."""
        return await _advisor(info, self.row.activeAdvisorId)

    @strawberry.field
    async def messages(
        self, info: Info, first: int | None = None, last: int | None = None, where: MessageWhere | None = None
    ) -> MessageConnection:
        """A page of the messages in it."""
        limit = last or first or 20
        since = None if where is None or where.created_at is None else cast("int | None", where.created_at.gte)
        asked = Pages(cast("ObjectId", self.row.id), limit, last is not None, since)
        found = await info.context.messages.load(asked)
        rows = found[:limit][::-1] if last else found[:limit]
        info_of_page = PageInfo.of(found, limit, (("createdAt", 1), ("_id", 1)))
        return MessageConnection(nodes=[Message.of(row) for row in rows], page_info=info_of_page)

    @staticmethod
    def of(row: ConversationRow) -> "Conversation":
        """The type of a document."""
        return Conversation(
            id=global_id("aCon", row.id),
            user_id=global_id("aUsr", row.userId),
            title=row.title,
            active_advisor_id=global_id("aAdv", row.activeAdvisorId),
            message_count=row.messageCount,
            version=row.version,
            created_at=row.createdAt,
            updated_at=row.updatedAt,
            row=row,
        )


@strawberry.type(name="AdvisorConversationConnection")
class ConversationConnection:
    """A page of conversations."""

    nodes: list[Conversation]
    page_info: PageInfo


@strawberry.type(name="UserError")
class UserError:
    """Why a write was refused."""

    code: str
    message: str
    field: list[str] | None


@strawberry.input(name="AdvisorMessageSendInput")
class SendInput:
    """A new message."""

    conversation_id: strawberry.ID
    content: str


@strawberry.type(name="AdvisorMessageSendPayload")
class Payload:
    """The message that was sent."""

    message: Message | None
    user_errors: list[UserError]
