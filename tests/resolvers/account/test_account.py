"""Account: its owner and operators read it, nobody writes it."""

from typing import Any

import pytest
from graphql import GraphQLSchema

from models import global_id
from models.account.account import ACCOUNTS
from tests.factories import account as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People

ALL = """
    query Account($id: ID!) {
      node(id: $id) {
        ... on Account {
          id issuer subject email emailVerified displayName imageUrl status lastLoginAt version createdAt updatedAt
        }
      }
    }
"""


def _id(row: dict[str, Any]) -> str:
    return global_id.encode(ACCOUNTS.tag, row["_id"])


async def _own(ann: Caller) -> str:
    assert ann.account is not None
    return global_id.encode(ACCOUNTS.tag, ann.account)


async def test_one_reads_ones_own(api: Api, people: People) -> None:
    ann = await people.person("ann")
    seen = (await api.data(ALL, {"id": await _own(ann)}, by=ann))["node"]
    assert {name: seen[name] for name in ("id", "subject", "email", "displayName", "status", "imageUrl")} == {
        "id": await _own(ann),
        "subject": "ann",
        "email": "ann@example.com",
        "displayName": "Ann",
        "status": "ACTIVE",
        "imageUrl": None,
    }


async def test_an_operator_reads_anyones(api: Api, people: People) -> None:
    olga = await people.operator("olga")
    row = await make.account("bob", email="bob@example.com", lastLoginAt=5)
    seen = (await api.data(ALL, {"id": _id(row)}, by=olga))["node"]
    assert (seen["subject"], seen["email"], seen["lastLoginAt"], seen["version"]) == ("bob", "bob@example.com", 5, 1)


@pytest.mark.parametrize("kind", ["anonymous", "other", "service"])
async def test_to_anyone_else_it_is_not_there(api: Api, people: People, kind: str) -> None:
    row = await make.account("bob")
    by = {"anonymous": ANONYMOUS, "other": await people.person("eve"), "service": people.service("answering")}[kind]
    assert await api.data(ALL, {"id": _id(row)}, by=by) == {"node": None}


async def test_the_viewer_shows_it(api: Api, people: People) -> None:
    text = "{ viewer { kind account { subject } advisorUser { id } } }"
    ann = await people.person("ann")
    assert (await api.data(text, by=ann))["viewer"] == {
        "kind": "ACCOUNT",
        "account": {"subject": "ann"},
        "advisorUser": {"id": ann.id},
    }
    nobody = {"kind": "ANONYMOUS", "account": None, "advisorUser": None}
    assert (await api.data(text))["viewer"] == nobody
    service = await api.data(text, by=people.service("answering"))
    assert service["viewer"] == {**nobody, "kind": "SERVICE"}


def test_no_mutation_writes_it(schema: GraphQLSchema) -> None:
    assert schema.mutation_type is not None
    assert not [name for name in schema.mutation_type.fields if name.startswith("account")]
