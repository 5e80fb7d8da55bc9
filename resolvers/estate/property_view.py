"""EstatePropertyView: one look at a listing, told live to its agent, and to its seller without the buyer."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models import global_id
from models.actor import Actor
from models.estate.agent import AGENTS
from models.estate.buyer_session import BUYER_SESSIONS
from models.estate.listing import LISTINGS
from models.estate.property_view import PROPERTY_VIEWS, ViewerType
from models.estate.rules import BUYER, PRODUCT, SELLER_LISTING
from models.policy import NOTHING, Filter, both
from models.store.ask import Ask
from models.table import Table
from resolvers.adjectives import TIMES, choices, orders, where
from resolvers.connection import Connection
from resolvers.listing import Listing, argument
from resolvers.picking import Paged
from resolvers.plan import Listed
from resolvers.scalars import Timestamp
from resolvers.selection import Call
from resolvers.table import Node, choice, column, identity, node, reference
from resolvers.verbs.relate import one
from resolvers.verbs.root import Parameters, root
from resolvers.verbs.watch import ListChange, watch

if TYPE_CHECKING:
    from resolvers.estate.buyer_session import EstateBuyerSession
    from resolvers.estate.listing import EstateListing

choice(
    ViewerType,
    "EstateViewerType",
    "Who looked at a listing.",
    BUYER="A buyer, from the portal that an agent has opened.",
    ANONYMOUS="Somebody unknown.",
    AGENT="An agent.",
)


@node(PROPERTY_VIEWS, "One look at a listing. The listing's agent and seller see it, and the buyer whose look it was.")
class EstatePropertyView(Node):
    id: strawberry.ID = identity(PROPERTY_VIEWS)
    listingId: strawberry.ID = reference(LISTINGS, "listingId", "Listing that was looked at.")
    listing: Annotated["EstateListing", strawberry.lazy("resolvers.estate.listing")] | None = one(
        LISTINGS, "listingId", "The listing; null when you may not see it any more."
    )
    buyerSessionId: strawberry.ID | None = reference(
        BUYER_SESSIONS, "buyerSessionId", "Portal of the buyer who looked; never shown to sellers."
    )
    buyerSession: Annotated["EstateBuyerSession", strawberry.lazy("resolvers.estate.buyer_session")] | None = one(
        BUYER_SESSIONS, "buyerSessionId", "The portal; shown to its agent and to the buyer alone."
    )
    agentId: strawberry.ID = reference(AGENTS, "agentId", "Agent of the listing.")
    viewerType: ViewerType = column("Who looked.")
    viewDuration: float = column("For how long, in seconds.")
    imagesViewed: list[int] = column("Positions of the images that were looked at, from 0.")
    videosWatched: list[int] = column("Positions of the videos that were watched, from 0.")
    sectionsVisited: list[str] = column("Sections of the page that were visited, by the client's names for them.")
    timestamp: Timestamp = column("When it was told to the server.")
    version: int = column("Always 1: views do not change.")
    createdAt: Timestamp = column("When it was stored.")
    updatedAt: Timestamp = column("The same.")


_LATEST = orders("EstatePropertyView", TIMESTAMP=("-timestamp",))
_WHERE = where(PROPERTY_VIEWS, timestamp=TIMES, viewerType=choices(ViewerType, "EstateViewerType"))


def _views(*fixed: str) -> Listing:
    return Listing(PROPERTY_VIEWS, _LATEST, fixed=fixed, where=_WHERE)


OF_AGENT = _views("agentId")
OF_LISTING = _views("listingId")
OF_BUYER = _views("buyerSessionId")
OF_BOTH = _views("listingId", "buyerSessionId")

WHOSE: Parameters = {
    "listingId": (argument(strawberry.ID | None, "Only looks at this listing."), strawberry.UNSET),
    "buyerSessionId": (
        argument(strawberry.ID | None, "Only looks from this buyer's portal; for its agent and the buyer."),
        strawberry.UNSET,
    ),
}

KNOWS_BUYER = PROPERTY_VIEWS.policy.private["buyerSessionId"]


def _named(given: Mapping[str, Any], actor: Actor) -> Mapping[str, Any]:
    """The columns that the arguments hold constant, or else those that make the views one's own."""
    tables: dict[str, Table[Any]] = {"listingId": LISTINGS, "buyerSessionId": BUYER_SESSIONS}
    asked = {name: global_id.decode(tables[name], given[name]) for name in tables if given.get(name) is not None}
    if asked:
        return asked
    mine = {"agentId": PRODUCT, "buyerSessionId": BUYER, "listingId": SELLER_LISTING}
    own = {name: actor.profiles[profile] for name, profile in mine.items() if profile in actor.profiles}
    return dict(list(own.items())[:1])


def _asked(call: Call, shown: Paged, given: Mapping[str, Any]) -> Ask:
    actor = call.context.actor
    named = _named(given, actor)
    listing = next((one for one in (OF_BOTH, OF_BUYER, OF_AGENT) if set(one.fixed) == set(named)), OF_LISTING)
    condition: Filter = NOTHING if not named or None in named.values() else named
    if "buyerSessionId" in named:
        # Whoever may not read the column may not find by it either.
        condition = both(condition, KNOWS_BUYER.filter(actor))
    return listing.ask(call, given, shown, condition)


async def _page(call: Call) -> Any:
    ask = _asked(call, call.below.page, call.arguments)
    return await call.context.store.read.page(ask, call.context.actor)


def _followed(call: Call) -> Ask:
    given = {name: value for name, value in call.arguments.items() if name != "after"}
    return _asked(call, call.below.change, given)


_PAGING = OF_LISTING.parameters()


@strawberry.type
class PropertyViewQueries:
    estatePropertyViews: Connection[EstatePropertyView] = root(
        _page,
        "Looks at listings, latest first: at one, from one portal, or all of an agent's, a buyer's, a seller's own.",
        {**WHOSE, **_PAGING},
        need=Listed(OF_AGENT),
    )


@strawberry.type
class PropertyViewSubscriptions:
    estatePropertyViewChanges: ListChange[EstatePropertyView] = watch(
        _followed,
        "The same looks as they happen, e.g. those at one listing for the agent's dashboard.",
        {**WHOSE, **{name: kind for name, kind in _PAGING.items() if name not in {"after", "before"}}},
    )
