"""Sums over the rows that a caller may read, computed by MongoDB along an index."""

from typing import Any

from models.actor import Actor
from models.policy import NOTHING, Filter, both
from models.store.connection import Database
from models.table import Table

Sums = dict[Any, tuple[int, int]]


async def sums_by(
    database: Database, table: Table[Any], actor: Actor, where: Filter, *, by: str, of: str, index: str
) -> Sums:
    """For each value of the column `by`: the number of readable rows, and the sum of their column `of`.

    `index` is the name of the index that finds the rows; what has no number counts as zero.
    """
    condition = both(table.policy.read.filter(actor), where)
    if condition is NOTHING:
        return {}
    stages: list[dict[str, Any]] = [
        {"$match": condition},
        {"$group": {"_id": f"${by}", "number": {"$sum": 1}, "sum": {"$sum": f"${of}"}}},
    ]
    cursor = await database[table.collection].aggregate(stages, hint=index)
    return {group["_id"]: (group["number"], group["sum"]) for group in await cursor.to_list()}
