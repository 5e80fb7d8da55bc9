"""The root fields that find anything by its global id."""

from collections import defaultdict
from typing import Any

import strawberry
from bson import ObjectId
from graphql import GraphQLObjectType

from models import global_id
from models.errors import Code, Refusal
from models.store.ask import Ask
from resolvers.context import Info, raw
from resolvers.listing import REQUIRED, argument, signed
from resolvers.selection import Planner
from resolvers.table import NODES, Node

NODE_IDS = 100
"""Ids that `nodes` takes at once."""


async def _find(info: Info, texts: list[str]) -> list[Any]:
    """The readable rows of the ids in their order, None for the others: one call a table."""
    planner = Planner(raw(info))
    by_tag: dict[str, list[ObjectId]] = defaultdict(list)
    for text in dict.fromkeys(texts):
        tag = global_id.tag(text)
        key = global_id.decode(NODES[tag][0], text) if tag in NODES else None
        if key is not None:
            by_tag[tag].append(key)
    found: dict[str, Any] = {}
    for tag, keys in by_tag.items():
        found.update(await _of_table(planner, info, tag, keys))
    return [found.get(text) for text in texts]


async def _of_table(planner: Planner, info: Info, tag: str, keys: list[ObjectId]) -> dict[str, Any]:
    table = NODES[tag][0]
    kind = raw(info).schema.get_type(table.type_name)
    assert isinstance(kind, GraphQLObjectType)  # noqa: S101  # a node is an object
    picked = planner.of(kind, raw(info).field_nodes)
    ask = Ask(table, frozenset(picked.columns), children=tuple(picked.children))
    rows = await info.context.store.read.several(ask, keys, info.context.actor)
    return {global_id.encode(tag, key): {**row, "__typename": table.type_name} for key, row in rows.items()}


async def _node(root: Any, info: Info, **_: Any) -> Any:
    return (await _find(info, [Planner(raw(info)).arguments()["id"]]))[0]


async def _nodes(root: Any, info: Info, **_: Any) -> Any:
    texts = Planner(raw(info)).arguments()["ids"]
    if len(texts) > NODE_IDS:
        raise Refusal(Code.OUT_OF_RANGE, f"At most {NODE_IDS} ids are allowed.", "ids")
    return await _find(info, texts)


@strawberry.type
class NodeQueries:
    """The root fields of everything."""

    node: Node | None = strawberry.field(
        resolver=signed(_node, {"id": (argument(strawberry.ID, "Global id."), REQUIRED)}),
        description="Anything by its global id; null when it is not there, or not for you to see.",
    )
    nodes: list[Node | None] = strawberry.field(
        resolver=signed(_nodes, {"ids": (argument(list[strawberry.ID], f"Global ids, at most {NODE_IDS}."), REQUIRED)}),
        description="Several by their global ids, in the order of the ids; null for each that is not for you to see.",
    )
