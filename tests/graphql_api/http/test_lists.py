"""Real lists over real connections: the same events by every transport, and nothing missed by who comes again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest

from graphql_api.app import pipeline, shell
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.metrics import Traffic
from models import global_id
from models.advisor.conversation import CONVERSATIONS
from models.store.connection import Database
from tests.factories import advisor as rows
from tests.fixtures.live import Lists
from tests.fixtures.wire import Api, Caller, People
from tests.graphql_api.http.serving import connected, standing_server

CHANGES = """subscription Changes($id: ID!) {
  advisorMessageChanges(conversationId: $id) { kind cursor node { content } }
}"""

SEND = """mutation Send($id: ID!, $text: String!) {
  advisorMessageSend(input: {conversationId: $id, content: $text}) { userErrors { code } }
}"""

Event = dict[str, Any]


@pytest.fixture
async def address(lists: Lists) -> AsyncIterator[str]:
    """Where the lists are served."""
    async with standing_server(pipeline(GraphQLEndpoint(lists.server), shell([]), [], Traffic())) as address:
        yield address


def headers(by: Caller, accept: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {by.token}", "Accept": accept, **more}


async def pieces(response: httpx.Response, end: str) -> AsyncIterator[str]:
    """The body in pieces that end like this."""
    text = ""
    async for piece in response.aiter_text():
        *whole, text = (text + piece).split(end)
        for one in whole:
            yield one


@asynccontextmanager
async def by_events(address: str, given: Event, by: Caller, **more: str) -> AsyncIterator[AsyncIterator[Event]]:
    """The results of a stream of events, each with its `id`."""

    async def results(response: httpx.Response) -> AsyncIterator[Event]:
        async for piece in pieces(response, "\n\n"):
            lines = dict(line.partition(": ")[::2] for line in piece.split("\n"))
            if lines.get("event") == "next":
                yield {**orjson.loads(lines["data"]), "id": lines.get("id")}

    async with httpx.AsyncClient(timeout=20) as web:
        body, sent = {"query": CHANGES, "variables": given}, headers(by, "text/event-stream", **more)
        async with web.stream("POST", f"{address}/graphql", json=body, headers=sent) as response:
            yield results(response)


@asynccontextmanager
async def by_parts(address: str, given: Event, by: Caller) -> AsyncIterator[AsyncIterator[Event]]:
    """The results of a multipart stream."""

    async def results(response: httpx.Response) -> AsyncIterator[Event]:
        async for piece in pieces(response, "\r\n--graphql"):
            _, _, said = piece.partition("\r\n\r\n")
            if said not in {"", "{}"}:
                yield orjson.loads(said)["payload"]

    async with httpx.AsyncClient(timeout=20) as web:
        body, sent = {"query": CHANGES, "variables": given}, headers(by, "multipart/mixed;subscriptionSpec=1.0")
        async with web.stream("POST", f"{address}/graphql", json=body, headers=sent) as response:
            yield results(response)


@asynccontextmanager
async def by_socket(address: str, given: Event, by: Caller) -> AsyncIterator[AsyncIterator[Event]]:
    """The results over a socket."""
    async with connected(address) as socket:
        await socket.begin(authorization=f"Bearer {by.token}")
        await socket.ask("1", CHANGES, variables=given)

        async def results() -> AsyncIterator[Event]:
            while True:
                yield (await socket.hear())["payload"]

        yield results()


async def until_text(results: AsyncIterator[Event], text: str) -> list[Event]:
    """The events up to that of the message with this text."""
    found = []
    async with asyncio.timeout(20):
        async for result in results:
            event = result["data"]["advisorMessageChanges"]
            found.append({**event, "id": result.get("id")})
            if event["node"] and event["node"]["content"] == text:
                return found
    raise AssertionError(found)


async def conversation(people: People) -> tuple[Caller, Event]:
    """Somebody and a conversation of his."""
    ada = await people.person("ada")
    row = await rows.conversation(ada)
    return ada, {"id": global_id.encode(CONVERSATIONS.tag, row["_id"])}


@pytest.mark.parametrize("follow", [by_socket, by_events, by_parts])
async def test_every_transport_tells_the_same(api: Api, people: People, address: str, follow: Any) -> None:
    ada, given = await conversation(people)
    await api.data(SEND, {**given, "text": "first"}, by=ada)
    async with follow(address, given, ada) as results:
        found = await until_text(results, "first")
        await api.data(SEND, {**given, "text": "last"}, by=ada)
        found += await until_text(results, "last")
    assert [(event["kind"], event["node"] and event["node"]["content"]) for event in found] == [
        ("ADDED", "first"),
        ("SYNCED", None),
        ("ADDED", "last"),
    ]


async def test_who_comes_again_by_the_last_event_misses_nothing(api: Api, people: People, address: str) -> None:
    ada, given = await conversation(people)
    async with by_events(address, given, ada) as results:
        async for result in results:
            if result["data"]["advisorMessageChanges"]["kind"] == "SYNCED":
                break
        await api.data(SEND, {**given, "text": "seen"}, by=ada)
        last = (await until_text(results, "seen"))[-1]
    assert last["id"] == last["cursor"]
    for text in ("missed", "missed too"):
        await api.data(SEND, {**given, "text": text}, by=ada)
    async with by_events(address, given, ada, **{"Last-Event-ID": last["id"]}) as results:
        found = await until_text(results, "missed too")
    texts = [event["node"]["content"] for event in found if event["kind"] == "ADDED"]
    assert texts == ["missed", "missed too"]


@pytest.mark.parametrize("follow", [by_socket, by_events])
async def test_who_is_shut_out_hears_no_more(
    api: Api, people: People, address: str, database: Database, follow: Any
) -> None:
    ada, given = await conversation(people)
    await api.data(SEND, {**given, "text": "first"}, by=ada)
    async with follow(address, given, ada) as results:
        await until_text(results, "first")
        await database["accounts"].update_one({"_id": ada.account}, {"$set": {"status": "suspended"}})
        await database["advisor_messages"].update_many({}, {"$set": {"content": "secret"}})
        rest = []
        try:
            async with asyncio.timeout(20):
                async for result in results:
                    rest.append(result)  # noqa: PERF401 - it may end in the middle
        except Exception as closed:  # noqa: BLE001 - each transport ends in its own way
            assert "4403" in str(closed)  # noqa: PT017
    assert "secret" not in str(rest)
