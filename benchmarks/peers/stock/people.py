"""Who asks the stock server, and the DataLoaders of one request."""

import os
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jwt
from bson import ObjectId
from fastapi import HTTPException
from starlette.requests import Request
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext

from models.account.account import AccountRow, AccountStatus
from models.advisor.advisor import AdvisorRow, AdvisorStatus
from models.advisor.message import MessageRow
from models.advisor.user import UserRow
from models.estate.agent import AgentRow


@dataclass(frozen=True, slots=True)
class Person:
    """A verified token's person."""

    profile: ObjectId
    met: list[ObjectId]
    agent: ObjectId | None
    expires: float

    def sees_whole(self, advisor: AdvisorRow) -> bool:
        """Whether more than name and image is shown."""
        public = advisor.isPublic and advisor.status is AdvisorStatus.ACTIVE
        return public or advisor.ownerId == self.profile


@dataclass(frozen=True, slots=True)
class Pages:
    """The messages of a conversation that are asked for."""

    conversation: ObjectId
    limit: int
    backward: bool
    since: int | None


class Context(BaseContext):
    """What one request knows."""

    def __init__(self, person: Person) -> None:
        super().__init__()
        self.person = person
        self.advisors: DataLoader[ObjectId, AdvisorRow | None] = DataLoader(self._advisors)
        self.messages: DataLoader[Pages, list[MessageRow]] = DataLoader(self._messages)
        self.agents: DataLoader[ObjectId, AgentRow | None] = DataLoader(self._agents)

    async def _advisors(self, ids: list[ObjectId]) -> Sequence[AdvisorRow | None]:
        rule = [
            {"isPublic": True, "status": "active"},
            {"ownerId": self.person.profile},
            {"_id": {"$in": self.person.met}},
        ]
        found: dict[ObjectId | None, AdvisorRow] = {
            row.id: row for row in await AdvisorRow.find({"$or": rule, "_id": {"$in": ids}}).to_list()
        }
        return [found.get(key) for key in ids]

    async def _agents(self, ids: list[ObjectId]) -> Sequence[AgentRow | None]:
        rule = [{"active": True}, {"_id": self.person.agent}]
        found: dict[ObjectId | None, AgentRow] = {
            row.id: row for row in await AgentRow.find({"$or": rule, "_id": {"$in": ids}}).to_list()
        }
        return [found.get(key) for key in ids]

    async def _messages(self, asked: list[Pages]) -> Sequence[list[MessageRow]]:
        """All conversations of one place of a document, whose arguments are the same, in one call."""
        first, way = asked[0], -1 if asked[0].backward else 1
        since = {} if first.since is None else {"createdAt": {"$gte": first.since}}
        pipeline: list[dict[str, Any]] = [
            {"$match": {"userId": self.person.profile, **since}},
            {"$sort": {"createdAt": way, "_id": way}},
            {"$limit": first.limit + 1},
        ]
        if len(asked) == 1:
            only: dict[str, Any] = {"$match": {"conversationId": first.conversation}}
            rows = await MessageRow.aggregate([only, *pipeline], projection_model=MessageRow).to_list()
            return [rows]
        lookup = {
            "from": MessageRow.Settings.name,
            "localField": "_id",
            "foreignField": "conversationId",
            "pipeline": pipeline,
            "as": "row",
        }
        stages: list[dict[str, Any]] = [
            {"$documents": [{"_id": one.conversation} for one in asked]},
            {"$lookup": lookup},
        ]
        unwound = [*stages, {"$unwind": "$row"}, {"$replaceRoot": {"newRoot": "$row"}}]
        cursor = await MessageRow.get_pymongo_collection().database.aggregate(unwound)
        by_conversation: dict[ObjectId, list[MessageRow]] = defaultdict(list)
        async for row in cursor:
            by_conversation[row["conversationId"]].append(MessageRow.model_validate(row))
        return [by_conversation[one.conversation] for one in asked]


_people: dict[str, Person] = {}


async def context(request: Request) -> Context:
    """The context of a request. Raises 401 for a token that is not to be believed."""
    credential = request.headers.get("authorization", "")
    person = _people.get(credential)
    if person is None or person.expires < time.time():
        try:
            person = _people[credential] = await _look_up(credential.removeprefix("Bearer "))
        except (jwt.PyJWTError, PermissionError) as error:
            raise HTTPException(401, "The token is not to be believed.") from error
    return Context(person)


async def _look_up(token: str) -> Person:
    claims = jwt.decode(
        token,
        os.environ["AUTH_SECRET"],
        algorithms=["HS256"],
        issuer=os.environ["AUTH_ISSUER"],
        audience=os.environ["AUTH_AUDIENCE"],
        options={"require": ["exp", "iss", "aud", "sub"]},
    )
    account = await AccountRow.find_one({"issuer": claims["iss"], "subject": claims["sub"]})
    if account is None or account.status is not AccountStatus.ACTIVE:
        raise PermissionError("This account may not sign in.")
    user = await UserRow.find_one({"accountId": account.id})
    if user is None or user.id is None:
        raise PermissionError("This account has no profile.")
    agent = await AgentRow.find_one({"accountId": account.id})
    return Person(user.id, user.metAdvisorIds, agent.id if agent else None, claims["exp"])
