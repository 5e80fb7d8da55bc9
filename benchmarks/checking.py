"""Before anything is timed: every server gives the same answers, writes the same rows, and refuses the same people."""

import asyncio
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx
import orjson
from bson import ObjectId

from benchmarks import homes, searches
from benchmarks.ground import Ground, clean
from benchmarks.servers import Running
from benchmarks.workloads import Asked, Workload
from models import global_id
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES
from models.store.connection import Database, connect

SAMPLES = 8
"""Requests of each workload whose answers are compared."""

DIFFERENCES_SHOWN = 40
SECONDS = 30.0
OWN = frozenset({"_id", "createdAt", "updatedAt"})
"""What every message has of its own, and no two servers write alike."""


class Unequal(Exception):
    """Two servers do not do the same work; the message shows where."""


def check(servers: Sequence[Running], workloads: Sequence[Workload], ground: Ground) -> None:
    """Compare all servers with the first one. Raises `Unequal`."""
    asyncio.run(_check(servers, workloads, ground))


async def _check(servers: Sequence[Running], workloads: Sequence[Workload], ground: Ground) -> None:
    async with httpx.AsyncClient(timeout=SECONDS) as http, connect(ground.uri) as client:
        for workload in workloads:
            requests = workload.shuffled(ground)[:SAMPLES]
            if workload.writes:
                await _compare_writes(http, client[ground.database], servers, workload, requests, ground)
            else:
                await _compare(http, servers, workload, requests)
            if workload.searches:
                await _compare_withdrawn(http, servers, workload, ground)
            for server in servers:
                await _refuses(http, server, workload, requests[0], ground)
        await clean(client[ground.database], ground.writers)


async def _compare(
    http: httpx.AsyncClient, servers: Sequence[Running], workload: Workload, requests: Sequence[Asked]
) -> None:
    for asked in requests:
        expected = await _data(http, servers[0], workload, asked)
        if workload.marker not in orjson.dumps(expected):
            raise Unequal(f"{servers[0].kind.name} gives nothing for {workload.name} {asked.variables}: {expected}")
        for server in servers[1:]:
            _same(await _data(http, server, workload, asked), expected, server, workload)


async def _compare_withdrawn(
    http: httpx.AsyncClient, servers: Sequence[Running], workload: Workload, ground: Ground
) -> None:
    """Who is an agent sees withdrawn listings, his own; the other readers see none."""
    for reader in ground.readers:
        asked = Asked(reader, searches.withdrawn(workload.name))
        expected = await _data(http, servers[0], workload, asked)
        if bool(expected["estateListings"]["nodes"]) != (reader.subject in homes.ASKING):
            raise Unequal(f"{servers[0].kind.name} shows {reader.subject} at {workload.name}: {expected}")
        for server in servers[1:]:
            _same(await _data(http, server, workload, asked), expected, server, workload)


async def _data(http: httpx.AsyncClient, server: Running, workload: Workload, asked: Asked) -> dict[str, Any]:
    answer = await _post(http, server, workload, asked, asked.person.token)
    told: dict[str, Any] = orjson.loads(answer.content) if answer.is_success else {"errors": answer.text}
    if "errors" in told:
        raise Unequal(f"{server.kind.name} fails at {workload.name} {dict(asked.variables)}: {told['errors']}")
    data: dict[str, Any] = told["data"]
    return data


async def _post(
    http: httpx.AsyncClient, server: Running, workload: Workload, asked: Asked, token: str
) -> httpx.Response:
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Authorization": f"Bearer {token}"}
    return await http.post(server.url, content=workload.body(asked), headers=headers)


def _same(found: Any, expected: Any, server: Running, workload: Workload) -> None:
    if found == expected:
        return
    lines = difflib.unified_diff(_lines(expected), _lines(found), "expected", server.kind.name, lineterm="", n=1)
    shown = "\n".join(list(lines)[:DIFFERENCES_SHOWN])
    raise Unequal(f"{server.kind.name} answers {workload.name} differently:\n{shown}")


def _lines(value: Any) -> list[str]:
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS, default=str)
    return text.decode().splitlines()


async def _compare_writes(
    http: httpx.AsyncClient,
    database: Database,
    servers: Sequence[Running],
    workload: Workload,
    requests: Sequence[Asked],
    ground: Ground,
) -> None:
    for asked in requests:
        expected: Any = None
        for server in servers:
            data = await _data(http, server, workload, asked)
            found = await _written(database, asked, data["advisorMessageSend"])
            if expected is None:
                expected = found
            _same(found, expected, server, workload)
            await clean(database, ground.writers)


async def _written(database: Database, asked: Asked, payload: Mapping[str, Any]) -> dict[str, Any]:
    """What one write did, without what is its own: the answer, the stored message and its conversation."""
    told = payload["message"]
    row = await database[MESSAGES.collection].find_one({"_id": global_id.decode(MESSAGES, told["id"])}) or {}
    key = global_id.decode(CONVERSATIONS, asked.variables["input"]["conversationId"])
    conversation = await database[CONVERSATIONS.collection].find_one({"_id": key}) or {}
    return {
        "payload": {**payload, "message": {**told, "id": told["id"][:4], "createdAt": None}},
        "told its time": told["createdAt"] == row.get("createdAt") == row.get("updatedAt"),
        "row": {column: _plain(value) for column, value in row.items() if column not in OWN},
        "kinds": {column: type(value).__name__ for column, value in row.items()},
        "messageCount": conversation.get("messageCount"),
        "moved up": abs(conversation.get("updatedAt", 0) - row.get("createdAt", 0)) <= SECONDS * 1000,
    }


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, ObjectId) else value


async def _refuses(http: httpx.AsyncClient, server: Running, workload: Workload, asked: Asked, ground: Ground) -> None:
    """A forged token gets nothing, and neither does a person who asks for somebody else's rows."""
    head, claims, signature = asked.person.token.split(".")
    forged = f"{head}.{claims}.{signature[::-1]}"
    answer = await _post(http, server, workload, asked, forged)
    if answer.is_success and not answer.json().get("errors"):
        raise Unequal(f"{server.kind.name} believes a forged token at {workload.name}.")
    everybody = [*ground.readers, *ground.writers]
    stranger = replace(asked, person=next(one for one in everybody if one.subject != asked.person.subject))
    theirs = await _post(http, server, workload, stranger, stranger.person.token)
    # A list without an id is the stranger's own.
    shown = "id" in asked.variables and orjson.loads(theirs.content).get("data") != {"advisorConversation": None}
    if shown or (workload.writes and workload.marker in theirs.content):
        raise Unequal(f"{server.kind.name} shows {workload.name} to a stranger.")
