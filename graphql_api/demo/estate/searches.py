"""The saved searches of the demo's buyers, and the homes that these have found by themselves."""

from collections.abc import Iterable, Iterator, Sequence

from graphql_api.demo import keys, texts
from graphql_api.demo.advisors import DAY
from graphql_api.demo.estate.listings import HOUR, Plan
from graphql_api.demo.estate.portals import Buyer
from models.estate.criteria import Criteria
from models.estate.listing import ListingStatus
from models.estate.saved_search import SavedSearchRow
from models.estate.saved_search_match import Reason, SavedSearchMatchRow
from models.estate.texts import folded

MATCHED_WITHIN = 45_000
"""Milliseconds from the change of a listing to the word of it."""

MOST = 12
"""Matches of one search."""


def search_rows(buyer: Buyer, now: int) -> Iterator[SavedSearchRow]:
    """One search, or two of every third buyer."""
    names, city = texts.clients()["searches"], buyer.ground["city"]
    for place in range(2 if buyer.number % 3 == 0 else 1):
        made = buyer.opened + (1 + place) * HOUR
        slots = {"city": city, "most": f"${buyer.most // 1000}k", "beds": buyer.beds}
        feature = ["Garage"] if place == 1 else []
        yield SavedSearchRow(
            id=keys.fixed("saved search", buyer.agent.key, str(buyer.number), str(place)),
            buyerSessionId=buyer.id,
            agentId=buyer.agent.id,
            searchName=names[(buyer.number + place) % len(names)].format_map(slots),
            criteria=Criteria(maxPrice=buyer.most, bedrooms=buyer.beds, cities=[city], features=feature),
            notificationsEnabled=buyer.number % 4 != 3,
            lastRun=min(now, made + 20 * DAY),
            createdAt=made,
            updatedAt=made,
        )


def match_rows(search: SavedSearchRow, listings: Iterable[Plan]) -> Iterator[SavedSearchMatchRow]:
    """What the search has found among the agent's `listings` since it was saved."""
    if not search.notificationsEnabled:
        return
    found = [match for plan in listings for match in _matches(search, plan)]
    yield from found[:MOST]


def _matches(search: SavedSearchRow, plan: Plan) -> Sequence[SavedSearchMatchRow]:
    if plan.status is not ListingStatus.ACTIVE:
        return ()
    events = [(Reason.NEW, plan.created, plan.before or plan.home.price)]
    if plan.cut is not None:
        events.append((Reason.PRICE_CUT, plan.cut, plan.home.price))
    return [
        _match(search, plan, reason, at, price)
        for reason, at, price in events
        if at > search.createdAt and _meets(search.criteria, plan, price)
    ]


def _meets(criteria: Criteria, plan: Plan, price: int) -> bool:
    return (
        plan.home.place["city"] in criteria.cities
        and price <= (criteria.maxPrice or price)
        and plan.home.bedrooms >= (criteria.bedrooms or 0)
        and set(folded(criteria.features)) <= set(folded(plan.home.features))
    )


def _match(search: SavedSearchRow, plan: Plan, reason: Reason, at: int, price: int) -> SavedSearchMatchRow:
    return SavedSearchMatchRow(
        id=keys.fixed("match", str(search.id), str(plan.id), reason),
        savedSearchId=search.id,
        listingId=plan.id,
        buyerSessionId=search.buyerSessionId,
        agentId=search.agentId,
        price=price,
        reason=reason,
        matchedAt=at + MATCHED_WITHIN,
        createdAt=at + MATCHED_WITHIN,
        updatedAt=at + MATCHED_WITHIN,
    )
