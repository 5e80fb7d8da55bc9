"""The listings that match what the buyer of a portal looks for, best first."""

import strawberry

from models import global_id
from models.actor import Actor
from models.estate.buyer_session import BUYER_SESSIONS, KNOWN_TO
from models.estate.criteria import Preferences
from models.estate.listing import LISTINGS, ListingStatus
from models.estate.rules import AGENT_ON
from models.policy import NOTHING, Filter, both
from models.store.ask import Ask
from resolvers.connection import Connection
from resolvers.estate.listing import MINE, EstateListing
from resolvers.estate.matching import ranking
from resolvers.listing import REQUIRED, Listing, argument
from resolvers.ranking import Ranking
from resolvers.selection import Call
from resolvers.verbs.rank import ranked

NONE = Ranking(0, NOTHING)
"""For who asks about a portal that is not his."""


def _for_sale(actor: Actor) -> Filter:
    return both({"status": ListingStatus.ACTIVE.value}, AGENT_ON.filter(actor))


MATCHING = Listing(LISTINGS, MINE.orders, fixed=("status",), scope=_for_sale, ranked=True)


async def _by_preferences(call: Call) -> Ranking:
    """Rank by what the portal's buyer looks for; that is for the buyer and his agent alone to learn."""
    key = global_id.decode(BUYER_SESSIONS, call.arguments["buyerSessionId"])
    actor = call.context.actor
    theirs = both({"_id": key}, KNOWN_TO.filter(actor))
    portal = await call.context.store.read.one(Ask(BUYER_SESSIONS, frozenset({"preferences"}), where=theirs), actor)
    return NONE if portal is None else ranking(Preferences(**portal.get("preferences", {})))


@strawberry.type
class MatchingListingQueries:
    estateMatchingListings: Connection[EstateListing] = ranked(
        MATCHING,
        "The listings for sale that match what a buyer looks for, best first; of very many, the ones last changed. "
        "None for who is neither the buyer nor his agent.",
        _by_preferences,
        {"buyerSessionId": (argument(strawberry.ID, "Portal of the buyer."), REQUIRED)},
    )
