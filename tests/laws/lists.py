"""Every list that the schema exposes, found by walking its fields, with documents that ask for it in every way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)

from models import global_id
from models.actor import Actor
from models.store.ask import NEAREST
from models.table import Table
from models.tables import TABLES
from resolvers.geography import PLACES
from resolvers.listing import Listing
from resolvers.plan import Listed, ToMany, need_of

COMBINED = frozenset({"and", "or", "not"})
PAGING = frozenset({"first", "after", "last", "before", "orderBy", "where", "search", *PLACES})
SAMPLES = {"String": '"word"', "Timestamp": "1700000000000", "Boolean": "true", "Int": "1", "Float": "1.5"}
NEAR = (
    "near: {lat: 52.5, lng: 13.4, radiusMeters: 5000}",
    "within: {south: 52, west: 13, north: 53, east: 14}",
    "within: {south: -20, west: 170, north: -10, east: -170}",
)
"""A place in each way; the last one lies across the 180th meridian."""


@dataclass(frozen=True)
class Shown:
    """A list as a field shows it: below a row of `parent`, or at the root."""

    owner: str
    name: str
    field: GraphQLField
    listing: Listing
    parent: Table[Any] | None = None
    column: str = ""
    by: str = "_id"

    def __str__(self) -> str:
        """The field as a reader of the schema would call it."""
        return f"{self.owner}.{self.name}"


def exposed(schema: GraphQLSchema) -> list[Shown]:
    """All lists of the schema."""
    by_type = {table.type_name: table for table in TABLES}
    kinds = [kind for kind in schema.type_map.values() if isinstance(kind, GraphQLObjectType)]
    found: list[Shown] = []
    for owner, name, field in ((kind.name, name, field) for kind in kinds for name, field in kind.fields.items()):
        need = need_of(field)
        if isinstance(need, ToMany):
            found.append(Shown(owner, name, field, need.listing, by_type[owner], need.column, need.by))
        elif isinstance(need, Listed):
            found.append(Shown(owner, name, field, need.listing))
    return found


def document(shown: Shown, arguments: str, ids: Mapping[str, str], selection: str = "nodes { id } totalCount") -> str:
    """The operation that asks for the list with the arguments; `ids` are global ids by the type they are of."""
    given = " ".join(filter(None, [*_demanded(shown, ids), arguments]))
    asked = f"{shown.name}{f'({given})' if given else ''} {{ {selection} }}"
    if shown.parent is None:
        return f"{{ {asked} }}"
    return f'{{ node(id: "{ids[shown.parent.type_name]}") {{ ... on {shown.owner} {{ {asked} }} }} }}'


def _demanded(shown: Shown, ids: Mapping[str, str]) -> Iterator[str]:
    for name, argument in shown.field.args.items():
        if is_required_argument(argument):
            yield f"{name}: {sample(name, argument.type, ids)}"


def orderings(shown: Shown) -> Iterator[str]:
    """Each order in both directions, from both ends; by distance there is one, and it has a place."""
    kind = get_named_type(shown.field.args["orderBy"].type)
    assert isinstance(kind, GraphQLInputObjectType)
    choices = get_named_type(kind.fields["field"].type)
    assert isinstance(choices, GraphQLEnumType)
    for choice in choices.values:
        if shown.listing.orders.choices[choice] == NEAREST:
            yield from (f"first: 20 orderBy: {{field: {choice}, direction: ASC}} {place}" for place in NEAR)
            continue
        for direction in ("ASC", "DESC"):
            for end in ("first", "last"):
                yield f"{end}: 20 orderBy: {{field: {choice}, direction: {direction}}}"


def filters(shown: Shown, ids: Mapping[str, str]) -> Iterator[str]:
    """Each column with each operator, each of the field's own arguments that may be left out, and each place in the
    order by distance and in the first other one."""
    if "where" in shown.field.args:
        where = get_named_type(shown.field.args["where"].type)
        assert isinstance(where, GraphQLInputObjectType)
        for column, field in where.fields.items():
            comparison = get_named_type(field.type)
            if column not in COMBINED and isinstance(comparison, GraphQLInputObjectType):
                for operator, value in comparison.fields.items():
                    yield f"where: {{{column}: {{{operator}: {sample(column, value.type, ids)}}}}}"
    if shown.listing.near is not None:
        first = next(name for name, order in shown.listing.orders.choices.items() if order != NEAREST)
        yield from (f"{place}{order}" for place in NEAR for order in ("", _ascending(first)))
    for name, argument in shown.field.args.items():
        if name not in PAGING and not is_required_argument(argument):
            yield f"{name}: {sample(name, argument.type, ids)}"


def _ascending(field: str) -> str:
    return f" orderBy: {{field: {field}, direction: ASC}}"


def sample(name: str, kind: Any, ids: Mapping[str, str]) -> str:
    """A value for an argument or operator, as it stands in a document."""
    inner = kind.of_type if is_non_null_type(kind) else kind
    if is_list_type(inner):
        return f"[{sample(name, inner.of_type, ids)}]"
    named = get_named_type(inner)
    if isinstance(named, GraphQLEnumType):
        return str(next(iter(named.values)))
    if named.name == "ID":
        return f'"{_id_for(name, ids)}"'
    assert named.name in SAMPLES, f"Give SAMPLES a {named.name}, for `{name}`."
    return SAMPLES[named.name]


def _id_for(name: str, ids: Mapping[str, str]) -> str:
    """An argument `conversationId` wants a conversation: the shortest type name that ends so."""
    noun = name.removesuffix("s").removesuffix("Id").lower()
    fitting = sorted((kind for kind in ids if kind.lower().endswith(noun)), key=len)
    return ids[fitting[0]] if fitting else next(iter(ids.values()))


def keys() -> dict[str, str]:
    """A global id of every table."""
    return {table.type_name: global_id.encode(table.tag, ObjectId()) for table in TABLES}


def readable(table: Table[Any], actor: Actor, text: str) -> dict[str, Any]:
    """A bare row of that id which the actor may read."""
    return {**matching(table.policy.read.filter(actor)), "_id": global_id.bare(text)}


def matching(condition: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a row that meets the condition. Raises ValueError for an operator it does not know."""
    row: dict[str, Any] = {}
    for column, wanted in condition.items():
        if column == "$and":
            for part in wanted:
                row |= matching(part)
        elif column == "$or":
            row |= matching(wanted[0])
        elif column.startswith("$"):
            raise ValueError(f"matching() must learn {column}.")
        else:
            row[column] = _meeting(wanted)
    return row


def _meeting(wanted: Any) -> Any:
    if not isinstance(wanted, Mapping):
        return wanted
    (operator, value) = next(iter(wanted.items()))
    if operator == "$in":
        return value[0]
    if operator in {"$gt", "$gte"}:
        # Far enough for every row that a test stores to last: a day, in what the column counts.
        return value + (timedelta(days=1) if isinstance(value, datetime) else 86_400_000)
    if operator == "$not":
        # What is not to be so is not so where there is nothing.
        return None
    if operator in {"$lt", "$lte", "$ne", "$eq"}:
        return value if operator in {"$eq", "$lte"} else None
    raise ValueError(f"matching() must learn {operator}.")
