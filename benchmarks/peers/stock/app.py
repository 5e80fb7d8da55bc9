"""The usual way: Strawberry types on Beanie documents with DataLoader, as their manuals show it."""

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import strawberry
from beanie import init_beanie
from bson import ObjectId
from fastapi import FastAPI
from pymongo import AsyncMongoClient
from pymongo.read_concern import ReadConcern
from pymongo.results import UpdateResult
from pymongo.write_concern import WriteConcern
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.fastapi import GraphQLRouter
from strawberry.tools import merge_types

from benchmarks.peers.stock.listings import FoundRow, ListingQuery
from benchmarks.peers.stock.nouns import (
    Conversation,
    ConversationConnection,
    ConversationOrder,
    ConversationOrderField,
    ConversationWhere,
    Direction,
    Info,
    Message,
    PageInfo,
    Payload,
    SendInput,
    UserError,
    compared,
)
from benchmarks.peers.stock.people import Person, context
from models.account.account import AccountRow
from models.advisor.advisor import AdvisorRow
from models.advisor.conversation import ConversationRow
from models.advisor.message import CONTENT_CHARACTERS, MessageRow, MessageSender
from models.advisor.user import UserRow
from models.clock import now
from models.estate.agent import AgentRow
from models.estate.listing import ListingRow

client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(os.environ["MONGODB_URI"], maxPoolSize=50)


def _key(tag: str, text: str) -> ObjectId:
    if not text.startswith(tag):
        raise ValueError("not an id of this table")
    return ObjectId(base64.urlsafe_b64decode(text[4:]))


@strawberry.type
class Query:
    """The roots that are read."""

    @strawberry.field
    async def advisor_conversation(self, info: Info, id: strawberry.ID) -> Conversation | None:
        """One of the caller's conversations."""
        found = await ConversationRow.find_one({"_id": _key("aCon", id), "userId": info.context.person.profile})
        return Conversation.of(found) if found else None

    @strawberry.field
    async def advisor_conversations(
        self,
        info: Info,
        first: int = 20,
        where: ConversationWhere | None = None,
        order_by: ConversationOrder | None = None,
    ) -> ConversationConnection:
        """A page of the caller's conversations."""
        order = order_by or ConversationOrder(field=ConversationOrderField.UPDATED_AT, direction=Direction.DESC)
        way = order.direction.value
        sort = [(order.field.value, way), ("_id", way)]
        wanted = {"userId": info.context.person.profile, **_narrowed(where)}
        found = await ConversationRow.find(wanted, sort=sort, limit=first + 1).to_list()
        nodes = [Conversation.of(row) for row in found[:first]]
        return ConversationConnection(nodes=nodes, page_info=PageInfo.of(found, first, sort))


def _narrowed(where: ConversationWhere | None) -> dict[str, Any]:
    if where is None:
        return {}
    return {**compared("createdAt", where.created_at), **compared("updatedAt", where.updated_at)}


@strawberry.type
class Mutation:
    """The root that writes."""

    @strawberry.mutation
    async def advisor_message_send(self, info: Info, input: SendInput) -> Payload:
        """A message into one of the caller's conversations."""
        if not input.content.strip():
            return _refused("INVALID", "content must hold more than white space.", "content")
        if len(input.content) > CONTENT_CHARACTERS:
            return _refused("TOO_LONG", f"content may have {CONTENT_CHARACTERS} characters.", "content")
        message = await _send(info.context.person, _key("aCon", input.conversation_id), input.content)
        if message is None:
            return _refused("NOT_FOUND", "There is no such conversation.", "conversationId")
        return Payload(message=Message.of(message), user_errors=[])


async def _send(person: Person, conversation: ObjectId, content: str) -> MessageRow | None:
    async def work(session: Any) -> MessageRow | None:
        owned = ConversationRow.find_one({"_id": conversation, "userId": person.profile}, session=session)
        touch = {"$inc": {"messageCount": 1}, "$set": {"updatedAt": now()}}
        done = await owned.update(touch, session=session)
        if not (isinstance(done, UpdateResult) and done.matched_count):
            return None
        sent = now()
        message = MessageRow(
            conversationId=conversation,
            userId=person.profile,
            sender=MessageSender.USER,
            content=content,
            createdAt=sent,
            updatedAt=sent,
        )
        return await message.insert(session=session)

    async with client.start_session() as session:
        return await session.with_transaction(work, ReadConcern("snapshot"), WriteConcern("majority"))


def _refused(code: str, message: str, field: str) -> Payload:
    return Payload(message=None, user_errors=[UserError(code=code, message=message, field=[field])])


schema = strawberry.Schema(
    merge_types("Query", (Query, ListingQuery)),
    Mutation,
    extensions=[lambda: ParserCache(maxsize=100), lambda: ValidationCache(maxsize=100)],
)


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Open the documents before the first request."""
    database = client[os.environ["MONGODB_DATABASE"]]
    rows = [AccountRow, UserRow, AdvisorRow, ConversationRow, MessageRow, AgentRow, ListingRow, FoundRow]
    await init_beanie(database, document_models=rows, skip_indexes=True)
    yield


app = FastAPI(lifespan=lifespan)
app.include_router(GraphQLRouter(schema, context_getter=context, graphql_ide=None), prefix="/graphql")
