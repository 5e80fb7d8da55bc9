"""The generated matrix: every table's rows and private columns, asked for through the wire by every kind of caller."""

import random
from collections import defaultdict
from typing import Any

import pytest
from bson import ObjectId
from graphql import (
    GraphQLEnumType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
    is_list_type,
)
from graphql.type import get_nullable_type
from pymongo.asynchronous.collection import AsyncCollection

from models import global_id
from models.actor import ANONYMOUS as NOBODY
from models.actor import Actor, service
from models.advisor.user import PROFILE
from models.policy import ANYONE, All, Either, Is, Rule
from models.principal import Identity
from models.store import Store
from models.store.connection import Database
from models.table import Table
from tests.fixtures.wire import ANONYMOUS, SETTINGS, Api, Caller, People
from tests.laws.test_tables import SHOWN

ROWS = 40
MET = 8
"""Advisors that have answered a caller: enough for some that nobody else may see."""

Document = dict[str, Any]


async def _callers(people: People, store: Store) -> list[tuple[Caller, Actor]]:
    """Every kind of caller, each with the actor that the server makes of it."""
    met = [ObjectId() for _ in range(MET)]
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    await store._database["advisor_users"].update_one({"_id": bob.profile}, {"$set": {"metAdvisorIds": met}})
    persons = [
        (caller, await store.principals.actor(Identity(SETTINGS.auth_issuer, caller.name), [PROFILE]))
        for caller in (ann, bob, olga)
    ]
    services = [(people.service(name), service(name)) for name in ("answering", "billing")]
    return [*persons, *services, (ANONYMOUS, NOBODY)]


def _compared(rule: Rule) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    if isinstance(rule, All | Either):
        for part in rule.rules:
            for column, values in _compared(part).items():
                found.setdefault(column, []).extend(values)
    elif isinstance(rule, Is):
        found[rule.column] = [*rule.values, None]
    return found


def _rows(table: Table[Any], kind: GraphQLObjectType, callers: list[tuple[Caller, Actor]]) -> list[Document]:
    """Rows whose deciding columns hold the callers' own ids, or the values that rules compare with, mixed."""
    dice = random.Random(table.type_name)  # noqa: S311  # chance for a test
    own = [key for _, actor in callers for key in (*actor.profiles.values(), actor.account) if key is not None]
    met = [key for _, actor in callers for keys in actor.grants.values() for key in keys]
    policy = table.policy
    compared = _compared(Either((policy.read, *policy.private.values())))
    columns = policy.read.columns.union(*(rule.columns for rule in policy.private.values())) - {"_id"}
    keys = [*dict.fromkeys([*own, *met]), *(ObjectId() for _ in range(ROWS))]
    return [
        {
            **_secrets(table, kind),
            **_told_apart(table),
            "_id": key,
            **{column: dice.choice(compared.get(column) or [*own, ObjectId()]) for column in sorted(columns)},
        }
        for key in keys
    ]


def _secrets(table: Table[Any], kind: GraphQLObjectType) -> Document:
    """A value in every private column, of the type that the schema shows it as."""
    document: Document = {}
    for path in sorted(table.policy.private):
        inner, shown = document, kind
        *outer, last = path.split(".")
        for part in outer:
            inner = inner.setdefault(part, {})
            shown = _object(shown, part)
        value = ObjectId() if last.endswith("Id") else _sample(shown.fields[last].type)
        # Of two paths within each other the inner one is asked for on its own.
        inner.setdefault(last, value)
    return document


def _object(kind: GraphQLObjectType, name: str) -> GraphQLObjectType:
    shown = get_named_type(kind.fields[name].type)
    assert isinstance(shown, GraphQLObjectType)
    return shown


def _sample(kind: GraphQLOutputType) -> Any:
    bare: Any = get_nullable_type(kind)
    if is_list_type(bare):
        return [_sample(bare.of_type)]
    if isinstance(bare, GraphQLEnumType):
        return next(iter(bare.values.values())).value
    if isinstance(bare, GraphQLScalarType):
        return {"Boolean": True, "Int": 1, "Float": 1.0, "Timestamp": 1}.get(bare.name, "secret")
    return {}


def _asked(path: str, kind: GraphQLObjectType) -> str:
    name, _, rest = path.partition(".")
    if rest:
        return f"{name} {{ {_asked(rest, _object(kind, name))} }}"
    below = isinstance(get_named_type(kind.fields[name].type), GraphQLObjectType)
    return f"{name} {{ __typename }}" if below else name


def _at(row: Any, path: str) -> Any:
    for part in path.split("."):
        row = row.get(part) if isinstance(row, dict) else None
    return row


async def _seen(api: Api, table: Table[Any], keys: list[ObjectId], by: Caller, selected: str) -> list[Any]:
    """The rows of the ids as the caller sees them."""
    document = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {table.type_name} {{ id {selected} }} }} }}"
    texts = [global_id.encode(table.tag, key) for key in keys]
    found: list[Any] = (await api.data(document, {"ids": texts}, by=by))["nodes"]
    return found


async def _stored(collection: AsyncCollection[Document], rows: list[Document]) -> list[Document]:
    """The rows as they are in the collection: made now, but for those which the callers have had from the start."""
    already = [row async for row in collection.find({"_id": {"$in": [row["_id"] for row in rows]}})]
    fresh = [row for row in rows if row["_id"] not in {row["_id"] for row in already}]
    for index in (await collection.index_information()).values():
        if index.get("unique"):
            # The rows are no product's: several may hold what must be unique in real ones.
            fresh = list({tuple(str(row.get(c, row["_id"])) for c, _ in index["key"]): row for row in fresh}.values())
    await collection.insert_many(fresh)
    return [*already, *fresh]


@pytest.mark.parametrize("table", SHOWN, ids=lambda table: table.type_name)
async def test_each_caller_sees_what_the_policy_says(
    api: Api, people: People, store: Store, database: Database, schema: GraphQLSchema, table: Table[Any]
) -> None:
    callers = await _callers(people, store)
    kind = schema.get_type(table.type_name)
    assert isinstance(kind, GraphQLObjectType)
    rows = await _stored(database[table.collection], _rows(table, kind, callers))
    keys = [row["_id"] for row in rows]
    met: dict[str, set[bool]] = defaultdict(set)
    for caller, actor in callers:
        expected = [table.policy.read.admits(actor, row) for row in rows]
        seen = [row is not None for row in await _seen(api, table, keys, caller, "")]
        assert seen == expected, f"{caller.name} sees other {table.noun}s than the policy says"
        met["the row"].update(expected)
        for path, rule in table.policy.private.items():
            seen = [_at(row, path) is not None for row in await _seen(api, table, keys, caller, _asked(path, kind))]
            there = [may and _at(row, path) is not None for may, row in zip(expected, rows, strict=True)]
            allowed = [may and rule.admits(actor, row) for may, row in zip(there, rows, strict=True)]
            assert seen == allowed, f"{caller.name} sees {path} of other {table.noun}s than the policy says"
            met[path].update(may for may, held in zip(allowed, there, strict=True) if held)
    _check_met(table, met)


def _check_met(table: Table[Any], met: dict[str, set[bool]]) -> None:
    """Somebody was admitted to each row and private column that he could hope for, and somebody was denied it."""
    wanted = {path for path, rule in table.policy.private.items() if rule != table.policy.read}
    if table.policy.read != ANYONE:
        wanted.add("the row")
    onesided = sorted(path for path in wanted if met[path] != {True, False})
    assert not onesided, f"{table.type_name}: nobody was admitted to {onesided}, or nobody was denied; widen the rows."


def _told_apart(table: Table[Any]) -> Document:
    """Values of its own in the columns of unique indexes."""
    columns = {column for index in table.indexes if index.unique for column, _ in index.keys}
    return {column: str(ObjectId()) for column in columns - {"_id"}}
