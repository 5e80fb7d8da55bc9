"""Figures about many rows: MongoDB computes them along an index, of what the caller may read alone."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.actor import Actor
from models.policy import NOTHING, Filter, both
from models.store.asking import Asking
from models.store.pipeline import readable
from models.table import Table

GROUPS = 1_000
"""Documents that an answer brings in its first message; a longer one is still answered whole."""

ELSEWHERE = frozenset({"$lookup", "$graphLookup", "$unionWith", "$documents", "$merge", "$out"})
"""Stages that look into other collections, past their rules, or write."""

Document = dict[Any, Any]
Stages = Sequence[Document]


async def grouped(
    asking: Asking, table: Table[Any], actor: Actor, where: Filter, stages: Stages, index: str
) -> list[Document]:
    """What the stages make of the rows that match and that the actor may read, found by the index of that name.

    Whether a row is read, the table's rule decides; what the stages tell of its private columns is up to them: counts
    may be told, values may not. Raises ValueError for stages that would look at other rows than these.
    """
    if elsewhere := ELSEWHERE.intersection(_names(stages)):
        raise ValueError(f"{sorted(elsewhere)} would look past the rule of {table.collection}.")
    condition = both(readable(table, actor), where)
    if condition is NOTHING:
        return []
    return await asking.aggregate(table.collection, [{"$match": condition}, *stages], GROUPS, hint=index)


def _names(value: Any) -> Iterator[str]:
    """The keys of a document and of all within it."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield name
            yield from _names(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _names(inner)
