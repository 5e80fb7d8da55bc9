"""Real cursors of every list of a schema, for operations to go on from."""

from collections.abc import Awaitable, Callable, Iterator
from random import Random
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, get_named_type, is_required_argument

from tests.equality.values import Pool, Values

Ask = Callable[[str], Awaitable[Any]]
"""Runs a document and gives its data."""


async def with_cursors(schema: GraphQLSchema, pool: Pool, ask: Ask) -> Pool:
    """The pool with the cursors that `ask` gets of each list, in its own order."""
    values = Values(pool, Random(0))  # noqa: S311 - any valid arguments will do
    found: dict[str, list[str]] = {}
    for place, document in _documents(schema, values):
        cursors = list(dict.fromkeys(_cursors(await ask(document))))
        if cursors:
            found[f"{place}.after"] = found[f"{place}.before"] = cursors
    everything = [cursor for cursors in found.values() for cursor in cursors[::5]]
    return {**pool, "String": {"after": everything, "before": everything, **pool["String"], **found}}


def _documents(schema: GraphQLSchema, values: Values) -> Iterator[tuple[str, str]]:
    query = schema.query_type
    assert query is not None
    for root, arguments in _lists(query, values):
        yield f"Query.{root}", f"{{ {root}{arguments} {{ edges {{ cursor }} }} }}"
        rows = _rows(query, root)
        for name, inner in _lists(rows, values):
            document = f"{{ {root}{arguments} {{ nodes {{ {name}{inner} {{ edges {{ cursor }} }} }} }} }}"
            yield f"{rows.name}.{name}", document


def _lists(kind: GraphQLObjectType, values: Values) -> Iterator[tuple[str, str]]:
    """The fields of a type that are lists with cursors, and arguments to begin them with."""
    for name, definition in kind.fields.items():
        if "after" in definition.args:
            required = [
                f"{argument}: {values.literal(offered.type, f'{kind.name}.{name}.{argument}', constant=True)}"
                for argument, offered in definition.args.items()
                if is_required_argument(offered)
            ]
            yield name, f"({', '.join(['first: 20', *required])})"


def _rows(kind: GraphQLObjectType, name: str) -> GraphQLObjectType:
    connection = get_named_type(kind.fields[name].type)
    assert isinstance(connection, GraphQLObjectType)
    rows = get_named_type(connection.fields["nodes"].type)
    assert isinstance(rows, GraphQLObjectType)
    return rows


def _cursors(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        if isinstance(data.get("cursor"), str):
            yield data["cursor"]
        for inner in data.values():
            yield from _cursors(inner)
    elif isinstance(data, list):
        for inner in data:
            yield from _cursors(inner)
