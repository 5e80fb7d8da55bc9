"""Root fields whose list comes in an order that is computed for each request."""

from typing import Any

from resolvers.listing import Listing
from resolvers.plan import Listed
from resolvers.ranking import Rate
from resolvers.selection import Call
from resolvers.verbs.root import Parameters, root


def ranked(listing: Listing, description: str, rate: Rate, arguments: Parameters | None = None) -> Any:
    """A page of a list that is `ranked`, highest rank first.

    `arguments` are the field's own ones, which `rate` turns into a ranking. Of more than `RANKED_ROWS` rows, the first
    ones in the list's first order are ranked.
    """

    async def run(call: Call) -> Any:
        ask = listing.ask(call, call.arguments, call.below.page, ranking=await rate(call))
        return await call.context.store.read.page(ask, call.context.actor)

    return root(run, description, {**(arguments or {}), **listing.parameters()}, need=Listed(listing))
