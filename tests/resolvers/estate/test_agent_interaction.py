"""Turns of the AI assistant: who sees whose, and what is shown to the agent alone."""

from typing import Any

import pytest

from models import global_id
from models.store import Store
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.live import Lists
from tests.fixtures.wire import Api, Caller, People
from tests.resolvers.estate.cast import Cast, cast, switch_off

ROW = "id sessionType sessionId agentId agentQuery agentResponse toolsUsed context timestamp"
LIST = f"""query($t: EstateSessionType, $s: ID, $w: EstateAgentInteractionWhere, $first: Int, $after: String) {{
    estateAgentInteractions(sessionType: $t, sessionId: $s, where: $w, first: $first, after: $after) {{
    nodes {{ {ROW} }} totalCount pageInfo {{ endCursor }} }} }}"""
NODE = f"query($id: ID!) {{ node(id: $id) {{ ... on EstateAgentInteraction {{ {ROW} }} }} }}"
CHANGES = f"""subscription($t: EstateSessionType, $s: ID) {{ estateAgentInteractionChanges(
    sessionType: $t, sessionId: $s) {{ kind node {{ {ROW} }} }} }}"""
KNOWN = {"toolsUsed": ["search"], "context": {"budget": 500_000}}


async def _seen(api: Api, by: Caller, **given: Any) -> list[str]:
    """What the assistant was asked in those that the list has."""
    answer = (await api.data(LIST, given, by=by))["estateAgentInteractions"]
    assert answer["totalCount"] == len(answer["nodes"])
    return [node["agentQuery"] for node in answer["nodes"]]


async def _turns(world: Cast) -> dict[str, str]:
    """Five turns, the latest last; their ids by what was asked."""
    sessions = {
        "ann": (world.ann, None),
        "bea": (world.ann, world.bea),
        "ben": (world.ann, world.ben),
        "sam": (world.ann, world.sam),
        "bob's buyer": (world.bob, world.bobs_buyer),
    }
    made = {}
    for time, (name, (agent, session)) in enumerate(sessions.items()):
        row = await make.agent_interaction(
            agent.row, None if session is None else session.row, agentQuery=name, timestamp=time, **KNOWN
        )
        made[name] = global_id.encode("eInt", row["_id"])
    return made


async def test_each_sees_ones_own_latest_first(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    await _turns(world)
    wanted = {
        "ann": (world.ann, ["sam", "ben", "bea", "ann"]),
        "bob": (world.bob, ["bob's buyer"]),
        "bea": (world.bea, ["bea"]),
        "sam": (world.sam, ["sam"]),
        "bob's buyer": (world.bobs_buyer, ["bob's buyer"]),
        "other seller": (world.other_seller, []),
        "chat": (world.chat, []),
        "operator": (world.operator, []),
        "plain": (world.plain, []),
    }
    assert {name: await _seen(api, by) for name, (by, _) in wanted.items()} == {
        name: queries for name, (_, queries) in wanted.items()
    }


async def test_those_of_one_session(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    await _turns(world)
    may = {"ann": world.ann, "bea": world.bea, "operator": world.operator, "answering": people.service("answering")}
    for by in may.values():
        assert await _seen(api, by, s=world.bea.id) == ["bea"]
        assert await _seen(api, by, s=world.bea.id, t="BUYER") == ["bea"]
        assert await _seen(api, by, s=world.bea.id, t="SELLER") == []
    strangers = {name: by for name, by in world.strangers().items() if name != "service answering"}
    others = {**strangers, "ben": world.ben, "sam": world.sam}
    assert {name: await _seen(api, by, s=world.bea.id) for name, by in others.items()} == {name: [] for name in others}
    assert await _seen(api, world.ann, s=world.sam.id) == ["sam"]
    assert await _seen(api, world.ann, s=world.ann.id) == ["ann"]
    assert await _seen(api, world.bea, s=world.ann.id) == []
    assert await _seen(api, world.ann, s=world.listing_id) == []


async def test_those_of_one_kind(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    await _turns(world)
    assert await _seen(api, world.ann, t="BUYER") == ["ben", "bea"]
    assert await _seen(api, world.ann, t="SELLER") == ["sam"]
    assert await _seen(api, world.ann, t="AGENT") == ["ann"]
    assert await _seen(api, world.bea, t="BUYER") == ["bea"]
    assert await _seen(api, world.bea, t="AGENT") == []


async def test_tools_and_context_are_the_agents(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    ids = await _turns(world)
    for by in (world.ann, world.operator):
        node = (await api.data(NODE, {"id": ids["bea"]}, by=by))["node"]
        assert (node["toolsUsed"], node["context"]) == (["search"], {"budget": 500_000})
        assert (node["sessionType"], node["sessionId"], node["agentId"]) == ("BUYER", world.bea.id, world.ann.id)
    hidden = {"bea": world.bea, "sam": world.sam}
    for name, by in hidden.items():
        node = (await api.data(NODE, {"id": ids[name]}, by=by))["node"]
        assert (node["toolsUsed"], node["context"]) == (None, None)
        [listed] = (await api.data(LIST, by=by))["estateAgentInteractions"]["nodes"]
        assert listed == node
    node = (await api.data(NODE, {"id": ids["bea"]}, by=people.service("answering")))["node"]
    assert (node["agentResponse"], node["toolsUsed"], node["context"]) == ("One of them.", None, None)


async def test_a_turn_is_found_by_its_id_by_those_who_may(api: Api, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    ids = await _turns(world)
    strangers = {name: by for name, by in world.strangers().items() if name != "service answering"}
    others = {**strangers, "ben": world.ben, "sam": world.sam}
    found = {name: (await api.data(NODE, {"id": ids["bea"]}, by=by))["node"] for name, by in others.items()}
    assert found == dict.fromkeys(others)
    # What the agent asks himself is no portal's.
    assert (await api.data(NODE, {"id": ids["ann"]}, by=world.bea))["node"] is None


async def test_an_agent_who_is_switched_off_reads_on(api: Api, parties: Parties, people: People, store: Store) -> None:
    world = await cast(parties, people)
    await _turns(world)
    await switch_off(store, world.ann)
    assert await _seen(api, world.ann) == ["sam", "ben", "bea", "ann"]
    assert (await api.answer(LIST, by=world.bea))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    ("given", "index"),
    [
        ({}, "page_agent_time"),
        ({"t": "BUYER"}, "page_agent_type_time"),
        ({"s": ""}, "page_type_session_time"),
    ],
    ids=["all", "kind", "session"],
)
async def test_pages_walk_an_index_of_the_arguments(
    *, api: Api, parties: Parties, people: People, given: dict[str, Any], index: str
) -> None:
    world = await cast(parties, people)
    for number in range(5):
        await make.agent_interaction(world.ann.row, world.bea.row, agentQuery=str(number), timestamp=number // 2)
    asked = {**given, "s": world.bea.id} if "s" in given else given
    found: list[str] = []
    after = None
    while len(found) < 5:
        page = (await api.data(LIST, {**asked, "first": 2, "after": after}, by=world.ann))["estateAgentInteractions"]
        assert api.calls.seen[1]["hint"] == index
        found += [node["agentQuery"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert found == ["4", "3", "2", "1", "0"]
    assert await _seen(api, world.ann, **asked, w={"timestamp": {"gte": 1, "lt": 2}}) == ["3", "2"]


async def test_the_list_is_followed_by_those_who_see_it(lists: Lists, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    agent, buyer = [await lists.follow(CHANGES, by=by) for by in (world.ann, world.bea)]
    one, kind = [await lists.follow(CHANGES, given, by=world.ann) for given in ({"s": world.ben.id}, {"t": "SELLER"})]
    for live in (agent, buyer, one, kind):
        assert await live.synced() == []
    await make.agent_interaction(world.ann.row, world.bea.row, **KNOWN)
    event = await agent.event()
    assert (event["kind"], event["node"]["sessionId"], event["node"]["toolsUsed"]) == (
        "ADDED",
        world.bea.id,
        ["search"],
    )
    told = await buyer.event()
    assert (told["kind"], told["node"]["sessionId"]) == ("ADDED", world.bea.id)
    assert (told["node"]["toolsUsed"], told["node"]["context"]) == (None, None)
    await one.quiet()
    await kind.quiet()


async def test_nobody_follows_the_session_of_another(lists: Lists, parties: Parties, people: People) -> None:
    world = await cast(parties, people)
    portals = [await lists.follow(CHANGES, {"s": world.bea.id}, by=by) for by in (world.ben, world.sam)]
    for live in portals:
        assert await live.synced() == []
    for by in (world.chat, world.plain):
        answer = await (await lists.follow(CHANGES, {"s": world.bea.id}, by=by)).answer()
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    await make.agent_interaction(world.ann.row, world.bea.row)
    for live in portals:
        await live.quiet()
