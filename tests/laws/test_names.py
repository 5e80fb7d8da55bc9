"""Names: every one is taken once, says whose it is, and has words."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    specified_scalar_types,
)

from models.tables import TABLES

PRODUCTS = ("Estate", "Community", "Confidence", "Advisor", "Buyer")
BARE = {"User", "Agent", "Event", "Message", "Conversation", "Notification"}
ROOTS = {"Query", "Mutation", "Subscription"}
"""Their meaning is GraphQL's own."""

KERNEL = {
    *("Node", "PageInfo", "UserError", "ErrorCode", "Account", "AccountStatus", "Viewer", "ActorKind", "File"),
    *("Timestamp", "Date", "JSON", "URL", "EmailAddress", "Direction"),
    "ListChangeKind",
    *("TextComparison", "CaselessTextComparison", "IdComparison", "BooleanComparison", "TagsComparison"),
    *("IntComparison", "FloatComparison", "TimestampComparison", "GeoNear", "GeoBounds"),
    *(scalar for scalar in specified_scalar_types),
}
"""The shared names without a product before them; a new one is a decision."""

KERNEL_FIELDS = {"node", "nodes", "viewer"}


def _types(schema: GraphQLSchema) -> list[GraphQLNamedType]:
    return [kind for name, kind in schema.type_map.items() if not name.startswith("__")]


def test_tags_of_global_ids_are_unique() -> None:
    tags = [table.tag for table in TABLES]
    assert len(set(tags)) == len(tags), f"Give each table a tag of its own: {sorted(tags)}"
    wrong = [tag for tag in tags if not re.fullmatch(r"[a-z][A-Za-z]{3}", tag)]
    assert not wrong, f"A tag has four letters, the first of them small: {wrong}"


@pytest.mark.parametrize("attribute", ["type_name", "collection", "row"])
def test_tables_share_nothing(attribute: str) -> None:
    names: list[Any] = [getattr(table, attribute) for table in TABLES]
    assert len(set(names)) == len(names), f"Two tables have the same {attribute}: {names}"


def test_types_carry_their_product(schema: GraphQLSchema) -> None:
    names = {kind.name for kind in _types(schema)} - ROOTS - KERNEL
    wrong = sorted(name for name in names if not name.startswith(PRODUCTS))
    assert not wrong, f"Put the product before the name, or decide that it is shared (KERNEL): {wrong}"
    assert not BARE & {kind.name for kind in _types(schema)}, "Bare names are taken by nobody."


def test_root_fields_carry_their_product(schema: GraphQLSchema) -> None:
    prefixes = tuple(product.lower() for product in PRODUCTS)
    roots = [schema.query_type, schema.mutation_type, schema.subscription_type]
    names = {name for root in roots if root is not None for name in root.fields}
    wrong = sorted(name for name in names - KERNEL_FIELDS if not name.startswith(prefixes))
    assert not wrong, f"Put the product before the name of the root field: {wrong}"


def test_enum_values_shout(schema: GraphQLSchema) -> None:
    wrong = [
        f"{kind.name}.{value}"
        for kind in _types(schema)
        if isinstance(kind, GraphQLEnumType)
        for value in kind.values
        if not re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", value)
    ]
    assert not wrong, f"Write enum values in SCREAMING_SNAKE: {wrong}"


def test_fields_and_arguments_are_camel_case(schema: GraphQLSchema) -> None:
    wrong = [place for place, _ in _described(schema) if "." in place and not _camel(place)]
    assert not wrong, f"Write fields and arguments in camelCase (`_` only for a path, in filters): {wrong}"


def _camel(place: str) -> bool:
    owner, *names = place.removesuffix(")").replace("(", ".").split(".")
    shape = r"[a-z][A-Za-z0-9]*(_[a-z][A-Za-z0-9]*)*" if owner.endswith("Where") else r"[a-z][A-Za-z0-9]*"
    return all(re.fullmatch(shape, name) or name.isupper() for name in names)


def test_everything_has_words(schema: GraphQLSchema) -> None:
    silent = [place for place, words in _described(schema) if not words]
    assert not silent, f"Give each a description: {silent}"
    unended = [place for place, words in _described(schema) if words and not words.rstrip().endswith((".", ")"))]
    assert not unended, f"End each description with a full stop: {unended}"


def _described(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Every place where a description belongs, with what it says."""
    for kind in _types(schema):
        if kind.name in specified_scalar_types:
            continue
        if kind.name not in ROOTS:
            yield kind.name, kind.description
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{kind.name}.{name}", value.description) for name, value in kind.values.items())
        elif isinstance(kind, GraphQLInputObjectType):
            yield from ((f"{kind.name}.{name}", field.description) for name, field in kind.fields.items())
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            yield from _of_fields(kind)


def _of_fields(kind: GraphQLObjectType | GraphQLInterfaceType) -> Iterator[tuple[str, str | None]]:
    for name, field in kind.fields.items():
        yield f"{kind.name}.{name}", field.description
        for argument, value in field.args.items():
            yield f"{kind.name}.{name}({argument})", value.description
