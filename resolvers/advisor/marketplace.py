"""The marketplace: every advisor that is public and active, for anyone to find."""

import strawberry

from models.advisor.advisor import ADVISORS, LISTED
from resolvers.adjectives import orders
from resolvers.advisor.advisor import ADVISOR_WHERE, Advisor
from resolvers.connection import Connection
from resolvers.listing import Listing
from resolvers.verbs.read import listed

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
