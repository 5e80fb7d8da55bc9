"""How much demo data there are."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from graphql_api.demo.people import MOST_VISITORS

Size = Literal["small", "medium", "large"]

MOST_COLLEAGUES = 97
MOST_CACHED = 2_000
"""Of colleagues and of listings in the cache there are never more: by their numbers they are found and removed."""


@dataclass(frozen=True, slots=True)
class Homes:
    """Of the real-estate platform and the buyer chat: `colleagues` are agents besides the three that are always there,
    at most `MOST_COLLEAGUES`; `buyers` and `profiles` are those of each agent, `cached` are listings in the cache, at
    most `MOST_CACHED`.
    """

    colleagues: int
    listings: int
    views: int
    buyers: int
    profiles: int
    cached: int


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
    homes: Homes


_LONG = (1_000, (50, 50), MOST_VISITORS, 10, (5, 15))

SCALES = MappingProxyType[Size, Scale](
    {
        "small": Scale(
            *(25, (6, 10), 6, 3, (3, 6)),
            homes=Homes(colleagues=0, listings=200, views=3_000, buyers=8, profiles=3, cached=108),
        ),
        "medium": Scale(
            *_LONG, homes=Homes(colleagues=7, listings=2_000, views=40_000, buyers=25, profiles=8, cached=360)
        ),
        "large": Scale(
            *_LONG,
            homes=Homes(
                colleagues=MOST_COLLEAGUES,
                listings=50_000,
                views=1_000_000,
                buyers=60,
                profiles=20,
                cached=MOST_CACHED,
            ),
        ),
    }
)
