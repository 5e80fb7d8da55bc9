"""Logging turns of the AI assistant: the service in any portal, everybody else in one's own."""

from typing import Any

import pytest

from models import global_id
from models.clock import now
from models.store import Store
from tests.fixtures.estate import Parties
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People
from tests.resolvers.estate.cast import Cast, cast, switch_off

LOG = """mutation($i: EstateAgentInteractionLogInput!) { estateAgentInteractionLog(input: $i) {
    interaction { id sessionType sessionId agentId agentQuery agentResponse toolsUsed context timestamp }
    userErrors { code message field } } }"""


async def _log(api: Api, by: Caller, session: str, **given: Any) -> dict[str, Any]:
    said = {"sessionId": session, "agentQuery": "Is it quiet?", "agentResponse": "At night.", **given}
    found: dict[str, Any] = (await api.data(LOG, {"i": said}, by=by))["estateAgentInteractionLog"]
    return found


async def _stored(store: Store) -> list[dict[str, Any]]:
    return await store._database["estate_agent_interactions"].find().sort("_id", 1).to_list()


def _errors(payload: dict[str, Any]) -> list[tuple[str, list[str] | None]]:
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


def _sessions(world: Cast) -> dict[str, tuple[str, str]]:
    """Of each session its kind and its agent's id."""
    return {
        world.bea.id: ("BUYER", world.ann.id),
        world.sam.id: ("SELLER", world.ann.id),
        world.ann.id: ("AGENT", world.ann.id),
        world.bobs_buyer.id: ("BUYER", world.bob.id),
    }


async def test_the_service_logs_in_any_portal(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    before = now()
    for session, (kind, agent) in _sessions(world).items():
        payload = await _log(
            api, people.service("answering"), session, toolsUsed=["search"], context={"listing": {"price": 1}}
        )
        assert _errors(payload) == []
        turn = payload["interaction"]
        assert (turn["sessionType"], turn["sessionId"], turn["agentId"]) == (kind, session, agent)
        assert (turn["agentQuery"], turn["agentResponse"]) == ("Is it quiet?", "At night.")
        assert before <= turn["timestamp"] <= now()
        # The service writes what only the agent reads.
        assert (turn["toolsUsed"], turn["context"]) == (None, None)
    rows = await _stored(store)
    assert [(row["toolsUsed"], row["context"]) for row in rows] == [(["search"], {"listing": {"price": 1}})] * 4


async def test_everybody_logs_for_oneself(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    own = {"bea": world.bea, "sam": world.sam, "ann": world.ann}
    for by in own.values():
        turn = (await _log(api, by, by.id))["interaction"]
        assert (turn["sessionType"], turn["sessionId"], turn["agentId"]) == (
            _sessions(world)[by.id][0],
            by.id,
            world.ann.id,
        )
    assert [row["agentId"] for row in await _stored(store)] == [world.ann.row["_id"]] * 3


async def test_an_agent_says_what_tools_were_used_and_a_portal_does_not(
    api: Api, parties: Parties, people: People, store: Store
) -> None:
    world = await cast(parties, people)
    turn = (await _log(api, world.ann, world.ann.id, toolsUsed=["search"], context={"a": 1}))["interaction"]
    assert (turn["toolsUsed"], turn["context"]) == (["search"], {"a": 1})
    for by in (world.bea, world.sam):
        for given in ({"toolsUsed": ["search"]}, {"context": {"a": 1}}, {"context": False}):
            payload = await _log(api, by, by.id, **given)
            assert (_errors(payload), payload["interaction"]) == ([("FORBIDDEN", None)], None)
    assert len(await _stored(store)) == 1


async def test_nobody_logs_for_others(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    unseen = {
        "ben": world.ben,
        "sam": world.sam,
        **{name: by for name, by in world.strangers().items() if name not in {"service answering", "anonymous"}},
    }
    refused = {name: _errors(await _log(api, by, world.bea.id)) for name, by in unseen.items()}
    assert refused == {name: [("NOT_FOUND", ["sessionId"])] for name in unseen}
    # Whoever knows the session is told that it is not one's own.
    seeing = [(world.ann, world.bea), (world.ann, world.sam), (world.operator, world.bea)]
    seeing += [(by, world.ann) for by in (world.bea, world.sam, world.bob, world.plain, world.operator, world.chat)]
    for by, session in seeing:
        assert _errors(await _log(api, by, session.id)) == [("FORBIDDEN", None)], by.name
    assert _errors(await _log(api, ANONYMOUS, world.bea.id)) == [("UNAUTHENTICATED", None)]
    assert await _stored(store) == []


async def test_an_agent_who_is_switched_off_writes_nothing(
    api: Api, parties: Parties, people: People, store: Store
) -> None:
    world = await cast(parties, people)
    await switch_off(store, world.ann)
    assert _errors(await _log(api, world.ann, world.ann.id)) == [("FORBIDDEN", None)]
    said = {"sessionId": world.bea.id, "agentQuery": "a", "agentResponse": "b"}
    answer = await api.answer(LOG, {"i": said}, by=world.bea)
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert await _stored(store) == []


@pytest.mark.parametrize("service", ["answering", "plain"])
async def test_a_session_must_be_one(api: Api, parties: Parties, people: People, store: Store, service: str) -> None:
    world = await cast(parties, people)
    by = people.service(service) if service == "answering" else world.plain
    for nothing in ("eBuyAAAAAAAAAAAAAAAA", "eSelAAAAAAAAAAAAAAAA", "eAgtAAAAAAAAAAAAAAAA", world.listing_id, "x"):
        assert _errors(await _log(api, by, nothing)) == [("NOT_FOUND", ["sessionId"])]
    assert await _stored(store) == []


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"agentQuery": ""}, "INVALID", ["agentQuery"]),
        ({"agentQuery": "x" * 32_001}, "TOO_LONG", ["agentQuery"]),
        ({"agentResponse": ""}, "INVALID", ["agentResponse"]),
        ({"agentResponse": "x" * 32_001}, "TOO_LONG", ["agentResponse"]),
        ({"toolsUsed": ["t"] * 101}, "TOO_LONG", ["toolsUsed"]),
        ({"toolsUsed": [" "]}, "INVALID", ["toolsUsed", "0"]),
        ({"id": "eLstAAAAAAAAAAAAAAAA"}, "INVALID", ["id"]),
    ],
)
async def test_what_is_no_turn_is_refused_by_name(
    *, api: Api, parties: Parties, people: People, store: Store, given: dict[str, Any], code: str, field: list[str]
) -> None:
    world = await cast(parties, people)
    assert _errors(await _log(api, world.ann, world.ann.id, **given)) == [(code, field)]
    assert await _stored(store) == []


async def test_a_client_may_choose_the_id_once(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    chosen = global_id.encode("eInt", world.bea.row["_id"])
    assert (await _log(api, world.bea, world.bea.id, id=chosen))["interaction"]["id"] == chosen
    assert _errors(await _log(api, world.bea, world.bea.id, id=chosen)) == [("ALREADY_EXISTS", ["id"])]
    assert len(await _stored(store)) == 1


async def test_a_repeated_turn_is_logged_once(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    first = await _log(api, world.bea, world.bea.id, clientMutationId="once")
    assert await _log(api, world.bea, world.bea.id, clientMutationId="once") == first
    assert len(await _stored(store)) == 1
