"""The driver's limit: the workloads by hand, with nothing between HTTP and MongoDB, no GraphQL and nothing generic."""

import time
from binascii import b2a_base64
from collections.abc import Awaitable, Callable
from typing import Any

import jwt
import orjson
from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from benchmarks.peers.bare import listings
from benchmarks.peers.bare.ids import URL_SAFE, bare_id, cursor_of, global_id
from benchmarks.peers.bare.people import Caller, caller_of, client, database

Row = dict[str, Any]

CONTENT_CHARACTERS = 32_000
CONVERSATION = dict.fromkeys(
    ("_id", "userId", "title", "activeAdvisorId", "messageCount", "version", "createdAt", "updatedAt"), 1
)
MESSAGE = dict.fromkeys(
    ("conversationId", "sender", "advisorId", "content", "mentions", "tokensUsed", "status", "createdAt", "updatedAt"),
    1,
)
ADVISOR = {"persona.name": 1, "persona.title": 1, "isPublic": 1, "status": 1, "ownerId": 1}
LOUD = {word: word.upper() for word in ("user", "advisor", "system", "streaming", "complete", "failed")}
NEWEST_FIRST = (("updatedAt", -1), ("_id", -1))
OLDEST_FIRST = (("createdAt", 1), ("_id", 1))

conversations, messages = database["advisor_conversations"], database["advisor_messages"]


def _conversation(caller: Caller, row: Row) -> Row:
    advisor = row.get("activeAdvisorId")
    return {
        "id": global_id("aCon", row["_id"]),
        "userId": caller.id,
        "title": row["title"],
        "activeAdvisorId": None if advisor is None else global_id("aAdv", advisor),
        "messageCount": row["messageCount"],
        "version": row["version"],
        "createdAt": row["createdAt"],
        "updatedAt": row["updatedAt"],
        "viewerCanUpdate": True,
        "viewerCanDelete": True,
    }


async def row(caller: Caller, given: Row) -> Row:
    """One conversation by its id."""
    key = bare_id("aCon", given["id"])
    found = await conversations.find_one({"_id": key, "userId": caller.profile}, CONVERSATION)
    if found is None:
        return {"advisorConversation": None}
    shown = {"__typename": "AdvisorConversation", **_conversation(caller, found), "lastSaidAt": found["updatedAt"]}
    return {"advisorConversation": shown}


async def few(caller: Caller, given: Row) -> Row:
    """A page of conversations."""
    limit = given["first"]
    found = await conversations.find(
        {"userId": caller.profile, "updatedAt": {"$lt": given["before"]}},
        CONVERSATION,
        sort=NEWEST_FIRST,
        limit=limit + 1,
        batch_size=limit + 2,
    ).to_list()
    rows = found[:limit]
    info = {"hasNextPage": len(found) > limit, "endCursor": cursor_of(NEWEST_FIRST, rows[-1]) if rows else None}
    return {"advisorConversations": {"nodes": [_conversation(caller, row) for row in rows], "pageInfo": info}}


async def many(caller: Caller, given: Row) -> Row:
    """A long page of the messages of one conversation, which is asked for first: whose it is decides."""
    limit, key = given["first"], bare_id("aCon", given["id"])
    if await conversations.find_one({"_id": key, "userId": caller.profile}, {"_id": 1}) is None:
        return {"advisorConversation": None}
    found = await messages.find(
        {"conversationId": key, "userId": caller.profile, "createdAt": {"$gte": given["since"]}},
        MESSAGE,
        sort=OLDEST_FIRST,
        limit=limit + 1,
        batch_size=limit + 2,
    ).to_list()
    rows = found[:limit]
    info = {"hasNextPage": len(found) > limit, "endCursor": cursor_of(OLDEST_FIRST, rows[-1]) if rows else None}
    return {
        "advisorConversation": {"id": given["id"], "messages": {"nodes": _said(rows, given["id"]), "pageInfo": info}}
    }


def _said(rows: list[Row], conversation: str) -> list[Row]:
    # A conversation has few advisors and many messages: each advisor's id is made once.
    speakers = {key: global_id("aAdv", key) for key in {row["advisorId"] for row in rows if "advisorId" in row}}
    return [
        {
            "id": "aMsg" + b2a_base64(row["_id"].binary, newline=False).translate(URL_SAFE).decode(),
            "conversationId": conversation,
            "sender": LOUD[row["sender"]],
            "advisorId": speakers[row["advisorId"]] if "advisorId" in row else None,
            "content": row["content"],
            "mentions": row["mentions"],
            "tokensUsed": row.get("tokensUsed"),
            "status": LOUD[row["status"]],
            "createdAt": row["createdAt"],
            "updatedAt": row["updatedAt"],
        }
        for row in rows
    ]


LAST_SAID = {
    "from": "advisor_messages",
    "localField": "_id",
    "foreignField": "conversationId",
    "as": "said",
}
SAID = {"sender": 1, "content": 1, "createdAt": 1, "advisorId": 1}


async def levels(caller: Caller, given: Row) -> Row:
    """A page of conversations with their last messages, and the advisors of both."""
    newest = [{"$sort": {"createdAt": -1, "_id": -1}}, {"$limit": 10}, {"$project": SAID}]
    last = {**LAST_SAID, "pipeline": [{"$match": {"userId": caller.profile}}, *newest]}
    stages: list[Row] = [
        {"$match": {"userId": caller.profile, "updatedAt": {"$lt": given["before"]}}},
        {"$sort": {"updatedAt": -1, "_id": -1}},
        {"$limit": given["first"]},
        {"$project": {"title": 1, "activeAdvisorId": 1}},
        {"$lookup": last},
    ]
    found = await conversations.aggregate(stages, batchSize=given["first"] + 1)
    rows = await found.to_list()
    advisors = await _advisors(caller, rows)
    nodes = [
        {
            "id": global_id("aCon", row["_id"]),
            "title": row["title"],
            "activeAdvisor": advisors.get(row.get("activeAdvisorId"), NOBODY)[1],
            "messages": {"nodes": [_last_said(message, advisors) for message in reversed(row["said"])]},
        }
        for row in rows
    ]
    return {"advisorConversations": {"nodes": nodes}}


NOBODY = (None, None)
Advisors = dict[ObjectId | None, tuple[Row | None, Row | None]]


def _last_said(row: Row, advisors: Advisors) -> Row:
    return {
        "id": global_id("aMsg", row["_id"]),
        "sender": LOUD[row["sender"]],
        "content": row["content"],
        "createdAt": row["createdAt"],
        "advisor": advisors[row["advisorId"]][0] if "advisorId" in row else None,
    }


async def _advisors(caller: Caller, rows: list[Row]) -> Advisors:
    """By id: what a message shows of each advisor, and what a conversation does. Titles are for those who may."""
    keys = {message["advisorId"] for row in rows for message in row["said"] if "advisorId" in message}
    keys |= {row["activeAdvisorId"] for row in rows if "activeAdvisorId" in row}
    rule = [{"isPublic": True, "status": "active"}, {"ownerId": caller.profile}, {"_id": {"$in": caller.met}}]
    wanted = {"$or": rule, "_id": {"$in": list(keys)}}
    shown: Advisors = dict.fromkeys(keys, NOBODY)
    for row in await database["advisor_advisors"].find(wanted, ADVISOR, batch_size=len(keys) + 1).to_list():
        whole = (row["isPublic"] and row["status"] == "active") or row.get("ownerId") == caller.profile
        name, title = row["persona"]["name"], row["persona"].get("title") if whole else None
        shown[row["_id"]] = ({"persona": {"name": name}}, {"persona": {"name": name, "title": title}})
    return shown


async def write(caller: Caller, given: Row) -> Row:
    """A message into one of the caller's conversations."""
    content = given["input"]["content"]
    if not content.strip():
        return _refused("INVALID", "content must hold more than white space.", "content")
    if len(content) > CONTENT_CHARACTERS:
        return _refused("TOO_LONG", f"content may have {CONTENT_CHARACTERS} characters.", "content")
    conversation = {"_id": bare_id("aCon", given["input"]["conversationId"]), "userId": caller.profile}
    sent = time.time_ns() // 1_000_000
    state = {"sender": "user", "mentions": [], "status": "complete", "version": 1, "createdAt": sent, "updatedAt": sent}
    message = {"conversationId": conversation["_id"], "userId": caller.profile, "content": content, **state}

    async def work(session: AsyncClientSession) -> bool:
        touch = {"$inc": {"messageCount": 1}, "$set": {"updatedAt": sent}}
        if not (await conversations.update_one(conversation, touch, session=session)).matched_count:
            return False
        await messages.insert_one(message, session=session)
        return True

    async with client.start_session() as session:
        if not await session.with_transaction(work, ReadConcern("snapshot"), WriteConcern("majority")):
            return _refused("NOT_FOUND", "There is no such conversation.", "conversationId")
    shown = {"id": global_id("aMsg", message["_id"]), "content": content, "createdAt": sent}
    return {"advisorMessageSend": {"message": shown, "userErrors": []}}


def _refused(code: str, text: str, field: str) -> Row:
    errors = [{"code": code, "message": text, "field": [field]}]
    return {"advisorMessageSend": {"message": None, "userErrors": errors}}


OPERATIONS: dict[str, Callable[[Caller, Row], Awaitable[Row]]] = {
    "Row": row,
    "List": few,
    "LongList": many,
    "Levels": levels,
    "Write": write,
    "Search": listings.by_price,
    "Near": listings.around,
    "Text": listings.by_words,
}


async def app(scope: Row, receive: Callable[[], Awaitable[Row]], send: Callable[[Row], Awaitable[None]]) -> None:
    """The ASGI application."""
    if scope["type"] != "http":
        return
    body = b""
    more = True
    while more:
        part = await receive()
        body, more = body + part.get("body", b""), part.get("more_body", False)
    status, answer = await _answer(scope["headers"], orjson.loads(body))
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


async def _answer(headers: list[tuple[bytes, bytes]], asked: Row) -> tuple[int, bytes]:
    if "operationName" not in asked:
        return 200, b'{"data":{"__typename":"Query"}}'
    try:
        caller = await caller_of(headers)
    except (jwt.PyJWTError, PermissionError):
        return 401, b'{"errors":[{"message":"The token is not to be believed."}]}'
    return 200, orjson.dumps({"data": await OPERATIONS[asked["operationName"]](caller, asked["variables"])})
