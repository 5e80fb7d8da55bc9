"""A sign-in with a password is nobody's to see or write through the store: it carries what a person is signed in by."""

from datetime import UTC, datetime

import pytest
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from models import global_id
from models.account.sign_in import SIGN_INS, SignInRow
from models.actor import Actor, ActorKind, service
from models.errors import Refusal
from models.policy import NOBODY
from models.store import Store
from models.store.ask import Ask
from models.store.connection import Database
from tests.factories import account as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import ANONYMOUS, Api, People


@pytest.fixture(autouse=True)
async def _nobody_signed_in(store: Store, empty: None) -> None:
    """No rows, in an open database."""


def test_nobody_may_anything() -> None:
    policy = SIGN_INS.policy
    assert [policy.read, policy.create, policy.update, policy.delete] == [NOBODY] * 4
    assert policy.private == {}


@pytest.mark.parametrize("kind", list(ActorKind))
async def test_no_actor_reaches_a_sign_in(kind: ActorKind, store: Store, database: Database) -> None:
    owner = await make.account()
    row = await make.sign_in(owner, tokenHash="good")
    actor = service("answering") if kind is ActorKind.SERVICE else Actor(kind, "somebody", owner["_id"])
    assert await store.read.one(Ask(SIGN_INS, frozenset({"tokenHash"}), where={"_id": row["_id"]}), actor) is None
    forged = SignInRow(accountId=owner["_id"], tokenHash="forged", expiresAt=datetime.now(UTC))
    for write in (
        store.write.insert(SIGN_INS, forged, actor),
        store.write.update(SIGN_INS, row["_id"], actor, {"tokenHash": "forged"}),
        store.write.delete(SIGN_INS, row["_id"], actor),
    ):
        with pytest.raises(Refusal):
            await write
    assert [found["tokenHash"] for found in await database[SIGN_INS.collection].find({}).to_list()] == ["good"]


async def test_no_caller_finds_a_sign_in_by_its_id(api: Api, people: People, parties: Parties) -> None:
    agent, olga = await parties.agent("zoe"), await people.operator("olga")
    row = await make.sign_in({"_id": agent.account})
    document = "query($id: ID!) { node(id: $id) { id } }"
    for caller in (agent, olga, people.service("answering"), ANONYMOUS):
        found = await api.data(document, {"id": global_id.encode(SIGN_INS.tag, row["_id"])}, by=caller)
        assert found == {"node": None}


async def test_a_refresh_token_is_of_one_sign_in() -> None:
    owner = await make.account()
    await make.sign_in(owner, tokenHash="one")
    await make.sign_in(owner, tokenHash="other")
    with pytest.raises(DuplicateKeyError):
        await make.sign_in({"_id": ObjectId()}, tokenHash="one")


async def test_a_sign_in_goes_when_its_time_is_over(database: Database) -> None:
    kept = await database[SIGN_INS.collection].index_information()
    assert [
        (index["key"], index["expireAfterSeconds"]) for index in kept.values() if "expireAfterSeconds" in index
    ] == [([("expiresAt", 1)], 0)]
