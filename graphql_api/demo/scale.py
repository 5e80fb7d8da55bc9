"""How much demo data there are."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from graphql_api.demo.people import MOST_VISITORS

Size = Literal["small", "medium"]


@dataclass(frozen=True, slots=True)
class Scale:
    """Conversations of the demo person, and of each other one; `exchanges` are the fewest and the most in each.

    An exchange is a message and its answer. `visitors` are people besides the demo person and the guest, at most
    `MOST_VISITORS` of them.
    """

    conversations: int
    exchanges: tuple[int, int]
    visitors: int
    visitor_conversations: int
    visitor_exchanges: tuple[int, int]


SCALES = MappingProxyType[Size, Scale](
    {
        "small": Scale(25, (6, 10), visitors=6, visitor_conversations=3, visitor_exchanges=(3, 6)),
        "medium": Scale(1_000, (50, 50), visitors=MOST_VISITORS, visitor_conversations=10, visitor_exchanges=(5, 15)),
    }
)
