"""Who asks the bare handler: each token is verified, and its person looked up, once."""

import os
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

import jwt
from bson import ObjectId
from pymongo import AsyncMongoClient

client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(os.environ["MONGODB_URI"], maxPoolSize=50)
database = client[os.environ["MONGODB_DATABASE"]]


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified token's person."""

    profile: ObjectId
    met: list[ObjectId]
    id: str
    agent: ObjectId | None
    expires: float


callers: dict[bytes, Caller] = {}


async def caller_of(headers: list[tuple[bytes, bytes]]) -> Caller:
    """Who sends these headers. Raises PyJWTError or PermissionError."""
    credential = next(value for name, value in headers if name == b"authorization")
    known = callers.get(credential)
    if known is None or known.expires < time.time():
        known = callers[credential] = await _look_up(credential)
    return known


async def _look_up(credential: bytes) -> Caller:
    claims = jwt.decode(
        credential.removeprefix(b"Bearer "),
        os.environ["AUTH_SECRET"],
        algorithms=["HS256"],
        issuer=os.environ["AUTH_ISSUER"],
        audience=os.environ["AUTH_AUDIENCE"],
        options={"require": ["exp", "iss", "aud", "sub"]},
    )
    account = await database["accounts"].find_one({"issuer": claims["iss"], "subject": claims["sub"]})
    if account is None or account["status"] != "active":
        raise PermissionError("This account may not sign in.")
    profile = await database["advisor_users"].find_one({"accountId": account["_id"]})
    if profile is None:
        raise PermissionError("This account has no profile.")
    agent = await database["estate_agents"].find_one({"accountId": account["_id"]}, {"_id": 1})
    return Caller(
        profile["_id"],
        profile["metAdvisorIds"],
        "aUsr" + urlsafe_b64encode(profile["_id"].binary).decode(),
        agent["_id"] if agent else None,
        claims["exp"],
    )
