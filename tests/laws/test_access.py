"""The generated matrix: every table's rows and private columns, asked for through the wire by every kind of caller."""

import random
from collections.abc import Callable
from dataclasses import dataclass
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
from models.policy import ANYONE, All, Either, Is, Owner, Rule
from models.principal import Identity, Visit
from models.store import Store
from models.store.connection import Database
from models.table import Table
from models.tables import PORTALS, PROFILES
from resolvers.node import NODE_IDS
from tests.factories import buyer as make_buyer
from tests.factories import estate as make
from tests.fixtures.estate import Parties, Party
from tests.fixtures.wire import ANONYMOUS, SERVICES, SETTINGS, Api, Caller, People
from tests.laws.test_tables import SHOWN

ROWS = 60
"""Besides the callers' own ids: enough for somebody to meet every rule of two columns by chance."""

RIGHT = 0.6
"""Share of the ids that are of the kind which a rule compares its column with; the others are anybody's of any kind."""

MET = 8
"""Advisors that have answered a caller: enough for some that nobody else may see."""

Document = dict[str, Any]


async def _callers(people: People, parties: Parties, store: Store) -> list[tuple[Caller, Actor]]:
    """Every kind of caller, each with the actor that the server makes of it."""
    met = [ObjectId() for _ in range(MET)]
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    await store._database["advisor_users"].update_one({"_id": bob.profile}, {"$set": {"metAdvisorIds": met}})
    agents = [await parties.agent("zoe"), await parties.agent("off", active=False)]
    persons = [
        (caller, await store.principals.actor(Identity(SETTINGS.auth_issuer, caller.name), (), PROFILES))
        for caller in (ann, bob, olga, *agents)
    ]
    services = [(people.service(name), service(name)) for name in SERVICES if name != "stranger"]
    visitors = await _visitors(parties, agents[0])
    return [*persons, *services, *[(each, await _visiting(store, each)) for each in visitors], (ANONYMOUS, NOBODY)]


async def _visitors(parties: Parties, agent: Party) -> list[Party]:
    """The buyer, the seller and the chat of an agent."""
    profile = await make_buyer.profile(agent.row["_id"])
    seller = await parties.seller(await make.listing(agent.row))
    return [await parties.buyer(agent), seller, await parties.chat(profile)]


async def _visiting(store: Store, visitor: Party) -> Actor:
    portal = next(portal for portal in PORTALS if portal.table is visitor.table)
    return await store.principals.visitor(Visit(portal, visitor.row["_id"], visitor.row["signInVersion"]))


def _compared(rule: Rule, actors: list[Actor]) -> dict[str, list[Any]]:
    """The values by which the rule decides on each column: those that it names, or somebody's ids."""
    found: dict[str, list[Any]] = {}
    if isinstance(rule, All | Either):
        for part in rule.rules:
            for column, values in _compared(part, actors).items():
                found.setdefault(column, []).extend(values)
    elif isinstance(rule, Is):
        found[rule.column] = [*rule.values, None]
    elif isinstance(rule, Owner):
        found[rule.column] = [key for actor in actors if (key := actor.profiles.get(rule.product)) is not None]
    return found


def _rows(table: Table[Any], kind: GraphQLObjectType, actors: list[Actor]) -> list[Document]:
    """Rows whose deciding columns hold the callers' ids, the right ones and others, or the values that rules name."""
    dice = random.Random(table.type_name)  # noqa: S311  # chance for a test
    own = [key for actor in actors for key in (*actor.profiles.values(), actor.account) if key is not None]
    met = [key for actor in actors for keys in actor.grants.values() for key in keys]
    policy = table.policy
    compared = _compared(Either((policy.read, *policy.private.values())), actors)
    columns = policy.read.columns.union(*(rule.columns for rule in policy.private.values())) - {"_id"}
    keys = [*dict.fromkeys([*own, *met]), *(ObjectId() for _ in range(ROWS))]

    def value(column: str) -> Any:
        known = compared.get(column, [])
        named = any(not isinstance(each, ObjectId) for each in known)
        return dice.choice(known if named or (known and dice.random() < RIGHT) else [*own, ObjectId()])

    secrets, apart = _secrets(table, kind), _told_apart(table)
    return [{**secrets, **apart(), "_id": key, **{column: value(column) for column in sorted(columns)}} for key in keys]


def _secrets(table: Table[Any], kind: GraphQLObjectType) -> Document:
    """A value in every private column that is shown, of the type that the schema shows it as."""
    document: Document = {}
    for path in _private(table):
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


def _private(table: Table[Any]) -> list[str]:
    """The private columns, and parts of such, that the type shows."""
    return sorted(path for path in table.policy.private if path.partition(".")[0] not in table.hidden)


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
    found: list[Any] = (await api.data(document, {"ids": [global_id.encode(table.tag, key) for key in keys]}, by=by))[
        "nodes"
    ]
    return found


async def _stored(collection: AsyncCollection[Document], rows: list[Document]) -> list[Document]:
    """The rows as they are in the collection: made now, but for those which the callers have had from the start."""
    already = [row async for row in collection.find({"_id": {"$in": [row["_id"] for row in rows]}})]
    fresh = [row for row in rows if row["_id"] not in {row["_id"] for row in already}]
    for index in (await collection.index_information()).values():
        if index.get("unique"):
            # The rows are no product's: several may hold what must be unique in real ones.
            columns = [column for column, _ in index["key"]]
            taken = {_values(row, columns) for row in already}
            fresh = list({_values(row, columns): row for row in fresh if _values(row, columns) not in taken}.values())
    await collection.insert_many(fresh)
    stored = [*already, *fresh]
    assert len(stored) <= NODE_IDS, "More than one question can ask for."
    return stored


def _values(row: Document, columns: list[str]) -> tuple[str, ...]:
    return tuple(str(row.get(column, row["_id"])) for column in columns)


@dataclass(frozen=True)
class Matrix:
    """What each of the callers may see of the rows of a table, as its policy says."""

    table: Table[Any]
    rows: list[Document]

    def visible(self, actor: Actor) -> tuple[bool, ...]:
        """Whether each row is."""
        return tuple(self.table.policy.read.admits(actor, row) for row in self.rows)

    def held(self, actor: Actor, path: str) -> tuple[bool, ...]:
        """Whether each row is, and has something in the private column."""
        pairs = zip(self.visible(actor), self.rows, strict=True)
        return tuple(may and _at(row, path) is not None for may, row in pairs)

    def allowed(self, actor: Actor, path: str) -> tuple[bool, ...]:
        """Whether that is for the actor to see."""
        rule = self.table.policy.private[path]
        return tuple(
            may and rule.admits(actor, row) for may, row in zip(self.held(actor, path), self.rows, strict=True)
        )

    def rights(self, actor: Actor) -> tuple[Any, ...]:
        """All of it: who has the same ones may the same."""
        return self.visible(actor), *(self.allowed(actor, path) for path in _private(self.table))


@pytest.mark.parametrize("table", SHOWN, ids=lambda table: table.type_name)
async def test_each_caller_sees_what_the_policy_says(
    api: Api,
    people: People,
    parties: Parties,
    store: Store,
    database: Database,
    schema: GraphQLSchema,
    table: Table[Any],
) -> None:
    callers = await _callers(people, parties, store)
    kind = schema.get_type(table.type_name)
    assert isinstance(kind, GraphQLObjectType)
    made = _rows(table, kind, [actor for _, actor in callers])
    matrix = Matrix(table, await _stored(database[table.collection], made))
    keys = [row["_id"] for row in matrix.rows]
    first = {matrix.rights(actor): caller for caller, actor in reversed(callers)}
    for caller, actor in callers:
        seen = await _seen(api, table, keys, caller, "")
        assert [row is not None for row in seen] == [*matrix.visible(actor)], (
            f"{caller.name} sees other {table.noun}s than the policy says"
        )
        # Each column on its own: what its rule reads is fetched for it alone. Of callers with the same rights one asks.
        paths = _private(table) if first[matrix.rights(actor)] is caller else []
        for path in paths:
            seen = await _seen(api, table, keys, caller, _asked(path, kind))
            assert [_at(row, path) is not None for row in seen] == [*matrix.allowed(actor, path)], (
                f"{caller.name} sees {path} of other {table.noun}s than the policy says"
            )
    _check_met(matrix, [actor for _, actor in callers])


def _check_met(matrix: Matrix, actors: list[Actor]) -> None:
    """Somebody was admitted to each row and private column that he could hope for, and somebody was denied it."""
    policy, met = matrix.table.policy, dict[str, set[bool]]()
    if policy.read != ANYONE:
        met["the row"] = {may for actor in actors for may in matrix.visible(actor)}
    for path in _private(matrix.table):
        if policy.private[path] != policy.read:
            pairs = ((matrix.held(actor, path), matrix.allowed(actor, path)) for actor in actors)
            met[path] = {may for held, allowed in pairs for has, may in zip(held, allowed, strict=True) if has}
    onesided = sorted(path for path, found in met.items() if found != {True, False})
    assert not onesided, f"{matrix.table.type_name}: nobody was admitted to {onesided}, or denied; widen the rows."


def _told_apart(table: Table[Any]) -> Callable[[], Document]:
    """Makes values of its own for the columns of unique indexes."""
    columns = {column for index in table.indexes if index.unique for column, _ in index.keys} - {"_id"}
    return lambda: {column: ObjectId() if column.endswith("Id") else str(ObjectId()) for column in columns}
