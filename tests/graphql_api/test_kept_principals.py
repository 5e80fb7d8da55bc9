"""A server that listens to its database: what is known is not asked after, and who is shut out is out at once."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from structlog.testing import capture_logs

from graphql_api.app import build_server, pipeline, shell
from graphql_api.context import Server
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.metrics import Traffic
from models import global_id
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import SETTINGS, Api, Caller, Calls, People
from tests.models.store.listening import standing

KIND = "{ advisorMe { id } viewer { kind } }"


@pytest.fixture
async def server(watched: tuple[Database, Calls], empty: None) -> AsyncIterator[Server]:
    """The server as it is while it serves."""
    server = build_server(SETTINGS, watched[0])
    await server.open()
    await standing(server.store.feed)
    yield server
    await server.close()


@pytest.fixture
async def api(server: Server, watched: tuple[Database, Calls]) -> AsyncIterator[Api]:
    """A client of that server."""
    traffic = Traffic()
    app = pipeline(GraphQLEndpoint(server, None), shell([]), [], traffic)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://testserver") as http:
        yield Api(http, watched[1])


async def _asked(api: Api, by: Caller, document: str = KIND) -> list[object]:
    """The collections that a request asks, in their order."""
    await api.data(document, by=by)
    return [command[name] for command in api.calls.seen if (name := next(iter(command))) != "getMore"]


async def test_a_known_caller_costs_only_what_he_asks_for(api: Api, people: People) -> None:
    ann = await people.person("ann")
    assert await _asked(api, ann) == ["accounts", "advisor_users"]
    assert await _asked(api, ann) == ["advisor_users"]
    # Kept by the products that were asked for: the viewer's are all.
    assert await _asked(api, ann, "{ advisorMe { name } }") == ["accounts", "advisor_users"]
    assert await _asked(api, ann, "{ advisorMe { name } }") == ["advisor_users"]
    assert await _asked(api, ann, "{ viewer { kind } }") == []


async def test_who_is_suspended_elsewhere_is_out(api: Api, people: People, server: Server, database: Database) -> None:
    ann = await people.person("ann")
    for _ in range(2):
        await api.data(KIND, by=ann)
    await database["accounts"].update_one({"_id": ann.account}, {"$set": {"status": "suspended"}})
    async with asyncio.timeout(20):
        while (response := await api.post(KIND, None, ann)).status_code == 200:  # noqa: ASYNC110 - asking is the test
            await asyncio.sleep(0.001)
    assert response.status_code == 403
    assert response.json()["errors"][0]["message"] == "This account is suspended."
    await standing(server.store.feed)
    assert (await api.post(KIND, None, ann)).status_code == 403


async def test_operators_are_noted_each_time(api: Api, people: People) -> None:
    olga = await people.operator("olga")
    with capture_logs() as logs:
        for _ in range(3):
            await api.data("{ advisorMe { id } }", by=olga)
    noted = [line for line in logs if line["event"] == "operator access"]
    actor = f"account:{olga.account}"
    assert (
        noted
        == [{"actor": actor, "kind": "query", "fields": ["advisorMe"], "event": "operator access", "log_level": "info"}]
        * 3
    )


async def test_a_client_reads_what_it_wrote(api: Api, people: People, database: Database) -> None:
    """The next request knows of the deleted profile, whether or not the news of it has come round."""
    ann = await people.person("ann")
    known = (await api.data(KIND, by=ann))["advisorMe"]["id"]
    for _ in range(5):
        gone = await api.data("mutation { advisorAccountDelete(input: {}) { deletedId } }", by=ann)
        assert gone["advisorAccountDelete"]["deletedId"] == known
        made = (await api.data(KIND, by=ann))["advisorMe"]["id"]
        assert made != known
        known = made
    assert await database["advisor_users"].count_documents({}) == 1


async def test_a_kept_row_is_shown_to_each_as_is_his(api: Api, people: People, database: Database) -> None:
    """Whoever asks first: its owner sees all of a private advisor, who has met it the name, a stranger nothing."""
    ann, bob, eve = [await people.person(name) for name in ("ann", "bob", "eve")]
    ada = await make.advisor(ann, name="Ada")
    await database["advisor_users"].update_one({"_id": bob.profile}, {"$set": {"metAdvisorIds": [ada["_id"]]}})
    shown = {ann: {"name": "Ada", "title": "Strategist"}, bob: {"name": "Ada", "title": None}, eve: None}
    talks = {who: await make.conversation(who, activeAdvisorId=ada["_id"]) for who in shown}
    text = "{ advisorConversations { nodes { id activeAdvisor { persona { name title } } } } }"
    for _ in range(2):
        for who, persona in shown.items():
            [node] = (await api.data(text, by=who))["advisorConversations"]["nodes"]
            assert node["id"] == global_id.encode(CONVERSATIONS.tag, talks[who]["_id"])
            assert node["activeAdvisor"] == (persona and {"persona": persona})
        # Once it is known, neither who may see it nor who may not asks the database for it.
        for who in shown:
            assert await _asked(api, who, text) == ["advisor_conversations"]
    rename = "mutation ($input: AdvisorUpdateInput!) { advisorUpdate(input: $input) { userErrors { code } } }"
    given = {
        "id": global_id.encode(ADVISORS.tag, ada["_id"]),
        "persona": {"name": "Eva", "title": "T", "description": "D"},
    }
    done = await api.data(rename, {"input": given}, by=ann)
    assert done == {"advisorUpdate": {"userErrors": []}}
    [node] = (await api.data(text, by=bob))["advisorConversations"]["nodes"]
    assert node["activeAdvisor"] == {"persona": {"name": "Eva", "title": None}}


async def test_a_server_that_has_stopped_listening_asks(api: Api, people: People, server: Server) -> None:
    ann = await people.person("ann")
    await api.data(KIND, by=ann)
    assert await _asked(api, ann) == ["advisor_users"]
    await server.close()
    assert await _asked(api, ann) == ["accounts", "advisor_users"]


async def test_new_profiles_are_made_once_among_those_who_ask_first(
    api: Api, people: People, database: Database
) -> None:
    ann = await people.person("ann")
    await database["advisor_users"].delete_many({})
    answers = await asyncio.gather(*(api.data("{ advisorMe { id } }", by=ann) for _ in range(20)))
    assert len({answer["advisorMe"]["id"] for answer in answers}) == 1
    assert await database["advisor_users"].count_documents({}) == 1
