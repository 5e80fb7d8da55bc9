"""Agents switched off: hidden with all they offer, their portals shut, and free to read what is theirs."""

import asyncio
from typing import Any

import pytest

from models.buyer.chat_session import CHAT_SESSIONS
from models.estate.agent import AGENTS
from models.estate.audit_entry import AUDIT_ENTRIES
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.codes import portal_code
from models.estate.listing import LISTINGS
from models.estate.seller_session import SELLER_SESSIONS
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.live import Lists
from tests.fixtures.wire import ANONYMOUS, Api, People
from tests.resolvers.advisor.writing import done, gid, refusal, rows
from tests.resolvers.estate.portals import Cast, cast

COPIES = (LISTINGS, BUYER_SESSIONS, SELLER_SESSIONS, CHAT_SESSIONS)
OWN = "{ estateAgentMe { id active } estateBuyerSessions { totalCount } estateSellerSessions { totalCount } }"
SEEN = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"


@pytest.fixture
async def scene(parties: Parties, people: People) -> Cast:
    return await cast(parties, people)


async def copies(database: Database, agent: dict[str, Any]) -> list[list[bool]]:
    """What the copies say of an agent, by table."""
    return [await database[table.collection].distinct("agentActive", {"agentId": agent["_id"]}) for table in COPIES]


async def test_switching_off_and_on(api: Api, scene: Cast, database: Database) -> None:
    ann, eve = scene.ann, scene.others["other agent"]
    for mutation, on in (("estateAgentDeactivate", False), ("estateAgentReactivate", True)):
        payload = await done(api, mutation, scene.operator, "agent { id active }", id=ann.id)
        assert payload == {"agent": {"id": ann.id, "active": on}}
        assert await copies(database, ann.row) == [[on]] * 4
        assert await copies(database, eve.row) == [[True]] * 3 + [[]]  # type: ignore[attr-defined]  # an agent
        assert await refusal(api, mutation, scene.operator, id=ann.id) == ("WRONG_STATE", None)
    entries = await database[AUDIT_ENTRIES.collection].find().sort("_id").to_list()
    told = [(entry["agentId"], entry["event"], entry["address"]) for entry in entries]
    assert told == [(ann.row["_id"], event, "127.0.0.1") for event in ("switched_off", "switched_on")]


async def test_switching_makes_nobodys_copy_stale(api: Api, scene: Cast, database: Database) -> None:
    before = await rows(database, *COPIES)
    await done(api, "estateAgentDeactivate", scene.operator, id=scene.ann.id)
    await done(api, "estateAgentReactivate", scene.operator, id=scene.ann.id)
    assert await rows(database, *COPIES) == before


async def test_who_is_off_is_hidden_and_reads_alone(api: Api, scene: Cast, database: Database) -> None:
    ann = scene.ann
    ids = [ann.id, gid(LISTINGS, scene.listing), scene.buyer.id, scene.seller.id, scene.chat.id]
    public = [{"id": key} for key in ids[:2]]
    assert (await api.data(SEEN, {"ids": ids}))["nodes"] == [*public, None, None, None]
    await done(api, "estateAgentDeactivate", scene.operator, id=ann.id)
    for other in (ANONYMOUS, scene.others["other agent"], scene.others["other agent's buyer"]):
        assert (await api.data(SEEN, {"ids": ids}, by=other))["nodes"] == [None] * 5
    assert (await api.data(SEEN, {"ids": ids}, by=ann))["nodes"] == [{"id": key} for key in ids]
    assert await api.data(OWN, by=ann) == {
        "estateAgentMe": {"id": ann.id, "active": False},
        "estateBuyerSessions": {"totalCount": 2},
        "estateSellerSessions": {"totalCount": 1},
    }
    before = await rows(database, AGENTS, *COPIES)
    new = {"buyerName": "x", "buyerEmail": "x@example.com"}
    assert await refusal(api, "estateBuyerSessionCreate", ann, **new) == ("FORBIDDEN", None)
    assert await refusal(api, "estateBuyerSessionUpdate", ann, id=scene.buyer.id, buyerName="x") == ("FORBIDDEN", None)
    assert await refusal(api, "estateAgentUpdate", ann, id=ann.id, bio="x") == ("FORBIDDEN", None)
    assert await rows(database, AGENTS, *COPIES) == before


async def test_portals_of_who_is_off_let_nobody_in(api: Api, parties: Parties, people: People) -> None:
    ann, olga = await parties.agent("ann"), await people.operator("olga")
    code = portal_code("B")
    portal = await parties.buyer(ann, sessionCode=code)
    assert (await api.post(OWN, None, portal)).status_code == 200
    await done(api, "estateAgentDeactivate", olga, id=ann.id)
    assert (await api.post(OWN, None, portal)).status_code == 401
    refused = await refusal(api, "estateBuyerSessionSignIn", ANONYMOUS, sessionCode=code)
    assert refused == ("UNAUTHENTICATED", "sessionCode")
    await done(api, "estateAgentReactivate", olga, id=ann.id)
    # They are as they were: nothing was changed about them.
    assert (await api.post(OWN, None, portal)).status_code == 200
    assert (await done(api, "estateBuyerSessionSignIn", ANONYMOUS, "accessToken", sessionCode=code))["accessToken"]


@pytest.mark.parametrize("mutation", ["estateAgentDeactivate", "estateAgentReactivate"])
async def test_the_operator_alone_switches(
    api: Api, scene: Cast, parties: Parties, database: Database, mutation: str
) -> None:
    otto = await parties.agent("otto", active=False)
    before = await rows(database, AGENTS, AUDIT_ENTRIES, *COPIES)
    everybody = {"self": scene.ann, "self, off": otto, **scene.not_the_agent}
    del everybody["operator"]
    for name, other in everybody.items():
        code = "UNAUTHENTICATED" if other is ANONYMOUS else "FORBIDDEN"
        for agent in (scene.ann, otto):
            assert await refusal(api, mutation, other, id=agent.id) == (code, None), name
    for odd in ("x", scene.buyer.id):
        assert await refusal(api, mutation, scene.operator, id=odd) == ("NOT_FOUND", "id")
    assert await rows(database, AGENTS, AUDIT_ENTRIES, *COPIES) == before


async def test_no_portal_is_opened_beside_the_switch(
    api: Api, parties: Parties, people: People, database: Database
) -> None:
    """However the writes of both meet, no portal takes an agent to be on who is off."""
    ann, olga = await parties.agent("ann"), await people.operator("olga")
    new = {"buyerName": "Bea", "buyerEmail": "bea@example.com"}
    text = """mutation($input: EstateBuyerSessionCreateInput!) {
        estateBuyerSessionCreate(input: $input) { userErrors { code } } }"""
    opened = [api.answer(text, {"input": new}, by=ann) for _ in range(10)]
    switch = api.answer(
        "mutation($id: ID!) { estateAgentDeactivate(input: {id: $id}) { userErrors { code } } }",
        {"id": ann.id},
        by=olga,
    )
    answers = await asyncio.gather(*opened[:5], switch, *opened[5:])
    told = [next(iter(answer["data"].values()))["userErrors"] for answer in answers]
    assert told[5] == []
    assert {error["code"] for errors in told for error in errors} <= {"FORBIDDEN"}
    assert True not in await database[BUYER_SESSIONS.collection].distinct("agentActive")


async def test_public_lists_lose_the_agent(lists: Lists, parties: Parties, people: People) -> None:
    ann, olga = await parties.agent("ann"), await people.operator("olga")
    await make.listing(ann.row)
    live = await lists.follow("subscription { estateAgentChanges { kind id node { firstName } } }")
    assert await live.synced() == [{"firstName": "Ann"}]
    text = "mutation($id: ID!) {{ estateAgent{}(input: {{id: $id}}) {{ userErrors {{ code }} }} }}"
    await lists.data(text.format("Deactivate"), {"id": ann.id}, by=olga)
    assert await live.event() == {"kind": "REMOVED", "id": ann.id, "node": None}
    await lists.data(text.format("Reactivate"), {"id": ann.id}, by=olga)
    assert await live.event() == {"kind": "ADDED", "id": ann.id, "node": {"firstName": "Ann"}}
