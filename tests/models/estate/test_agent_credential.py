"""An agent's credential is nobody's to see or write through the store: it holds what passwords are proven by."""

import pytest
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from models import global_id
from models.actor import Actor, ActorKind, service
from models.errors import Refusal
from models.estate.agent_credential import AGENT_CREDENTIALS, AgentCredentialRow
from models.estate.rules import PRODUCT, WORKING
from models.policy import NOBODY
from models.store import Store
from models.store.ask import Ask
from models.store.connection import Database
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import ANONYMOUS, Api, People


@pytest.fixture(autouse=True)
async def _no_agents(store: Store, empty: None) -> None:
    """No rows, in an open database."""


def test_nobody_may_anything() -> None:
    policy = AGENT_CREDENTIALS.policy
    assert [policy.read, policy.create, policy.update, policy.delete] == [NOBODY] * 4
    assert policy.private == {}


@pytest.mark.parametrize("kind", list(ActorKind))
async def test_no_actor_reaches_a_credential(kind: ActorKind, store: Store, database: Database) -> None:
    agent = await make.agent(ObjectId())
    row = await make.agent_credential(agent, passwordHash="good")
    profiles = {PRODUCT: agent["_id"], WORKING: agent["_id"]}
    actor = Actor(kind, "somebody", agent["accountId"], profiles)
    actor = service("answering") if kind is ActorKind.SERVICE else actor
    ask = Ask(AGENT_CREDENTIALS, frozenset({"passwordHash"}), where={"_id": row["_id"]})
    assert await store.read.one(ask, actor) is None
    forged = AgentCredentialRow(agentId=ObjectId(), accountId=agent["accountId"], passwordHash="forged")
    for write in (
        store.write.insert(AGENT_CREDENTIALS, forged, actor),
        store.write.update(AGENT_CREDENTIALS, row["_id"], actor, {"passwordHash": "forged"}),
        store.write.delete(AGENT_CREDENTIALS, row["_id"], actor),
    ):
        with pytest.raises(Refusal):
            await write
    found = await database[AGENT_CREDENTIALS.collection].find({}).to_list()
    assert [each["passwordHash"] for each in found] == ["good"]


async def test_no_caller_finds_a_credential_by_its_id(api: Api, people: People, parties: Parties) -> None:
    agent, olga = await parties.agent("zoe"), await people.operator("olga")
    row = await make.agent_credential(agent.row, passwordHash="good")
    document = "query($id: ID!) { node(id: $id) { id } }"
    for caller in (agent, olga, await parties.buyer(agent), people.service("answering"), ANONYMOUS):
        found = await api.data(document, {"id": global_id.encode(AGENT_CREDENTIALS.tag, row["_id"])}, by=caller)
        assert found == {"node": None}


async def test_an_agent_has_one_way_in() -> None:
    agent = await make.agent(ObjectId())
    await make.agent_credential(agent)
    with pytest.raises(DuplicateKeyError):
        await make.agent_credential(agent)


@pytest.mark.parametrize("column", ["inviteTokenHash", "resetTokenHash"])
async def test_a_mailed_secret_is_of_one_agent(column: str) -> None:
    for _ in range(2):
        # Without one there may be any number.
        await make.agent_credential(await make.agent(ObjectId()))
    await make.agent_credential(await make.agent(ObjectId()), **{column: "one"})
    with pytest.raises(DuplicateKeyError):
        await make.agent_credential(await make.agent(ObjectId()), **{column: "one"})
