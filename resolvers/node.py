"""The root fields that find anything by its global id."""

from collections import defaultdict
from typing import Any

import strawberry
from bson import ObjectId
from graphql import GraphQLObjectType

from models import global_id
from models.errors import Code, Refusal
from models.store.ask import Ask
from resolvers.listing import REQUIRED, argument
from resolvers.selection import Call
from resolvers.table import NODES, Node
from resolvers.verbs.root import root

NODE_IDS = 100
"""Ids that `nodes` takes at once."""


async def _find(call: Call, texts: list[str]) -> list[Any]:
    """The readable rows of the ids in their order, None for the others: one call a table."""
    by_tag: dict[str, list[ObjectId]] = defaultdict(list)
    for text in dict.fromkeys(texts):
        tag = global_id.tag(text)
        key = global_id.decode(NODES[tag][0], text) if tag in NODES else None
        if key is not None:
            by_tag[tag].append(key)
    found: dict[str, Any] = {}
    for tag, keys in by_tag.items():
        found.update(await _of_table(call, tag, keys))
    return [found.get(text) for text in texts]


async def _of_table(call: Call, tag: str, keys: list[ObjectId]) -> dict[str, Any]:
    table = NODES[tag][0]
    kind = call.field.reading.schema.get_type(table.type_name)
    assert isinstance(kind, GraphQLObjectType)  # noqa: S101  # a node is an object
    picked = call.field.of(kind).picked
    ask = Ask(table, picked.columns, children=picked.children(call))
    rows = await call.context.store.read.several(ask, keys, call.context.actor)
    return {global_id.encode(tag, key): {**row, "__typename": table.type_name} for key, row in rows.items()}


async def _node(call: Call) -> Any:
    return (await _find(call, [call.arguments["id"]]))[0]


async def _nodes(call: Call) -> Any:
    texts = call.arguments["ids"]
    if len(texts) > NODE_IDS:
        raise Refusal(Code.OUT_OF_RANGE, f"At most {NODE_IDS} ids are allowed.", "ids")
    return await _find(call, texts)


@strawberry.type
class NodeQueries:
    """The root fields of everything."""

    node: Node | None = root(
        _node,
        "Anything by its global id; null when it is not there, or not for you to see.",
        {"id": (argument(strawberry.ID, "Global id."), REQUIRED)},
    )
    nodes: list[Node | None] = root(
        _nodes,
        "Several by their global ids, in the order of the ids; null for each that is not for you to see.",
        {"ids": (argument(list[strawberry.ID], f"Global ids, at most {NODE_IDS}."), REQUIRED)},
    )
