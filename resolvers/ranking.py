"""Computed orders: by what a root field ranks the rows of its list, and what is shown of that."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from models.policy import EVERYTHING, Filter
from models.store.pipeline import RANK
from models.table import Order
from resolvers.plan import Columns, Stored
from resolvers.table import shown

if TYPE_CHECKING:
    from resolvers.selection import Call

RANKED = Order((f"-{RANK}",))
"""The order of a ranked list: highest first, then by id."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """By what rows are ranked: `number` is an aggregation expression of MongoDB that gives a number for every row.

    `where` says which rows are ranked at all; `noted` are expressions whose values the shown rows carry under names of
    their own, for fields made by `noted`.
    """

    number: Any
    where: Filter = field(default_factory=lambda: EVERYTHING)
    noted: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


Rate = Callable[["Call"], Awaitable[Ranking]]
"""How a root field ranks: by its own arguments, and by what it reads of the store. It may raise `Refusal`."""


def rank(description: str) -> Any:
    """The number by which the row has its place; null in lists that are not ranked."""
    return shown(Stored(RANK), description, Columns(("_id",)))


def noted(name: str, description: str) -> Any:
    """What the ranking has noted under this name; null in lists that are not ranked."""
    return shown(Stored(key_of(name)), description, Columns(("_id",)))


def key_of(name: str) -> str:
    """The key under which a row carries what is noted under the name; it is no column's."""
    return f"@{name}"
