"""The marketplace: every advisor that is public and active, for anyone to find."""

import strawberry

from models.advisor.advisor import ADVISORS, LISTED
from resolvers.adjectives import orders
from resolvers.advisor.advisor import ADVISOR_WHERE, Advisor
from resolvers.connection import Connection
from resolvers.listing import Listing
from resolvers.verbs.read import listed
from resolvers.verbs.watch import ListChange, watched

MARKETPLACE = Listing(
    ADVISORS,
    orders("AdvisorMarketplace", CREATED_AT=("-createdAt",), NAME=("persona.name",), SELECTIONS=("-selectionCount",)),
    fixed=("isPublic", "status"),
    scope=LISTED.filter,
    where=ADVISOR_WHERE,
    search=True,
)


@strawberry.type
class MarketplaceQueries:
    advisorMarketplace: Connection[Advisor] = listed(
        MARKETPLACE, "Advisors that everyone may choose, newest first; with `search`, best match first."
    )


PACE_SECONDS = 1.0
"""Changes of one advisor within this time are told as one: its number of selections changes all the time."""


@strawberry.type
class MarketplaceSubscriptions:
    advisorMarketplaceChanges: ListChange[Advisor] = watched(
        MARKETPLACE,
        "Advisors that everyone may choose, kept up to date; changes of one within a second are told as one.",
        pace_seconds=PACE_SECONDS,
    )
