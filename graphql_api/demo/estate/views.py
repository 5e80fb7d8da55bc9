"""Views of the demo's listings over the last thirty days: most by people whom nobody knows, some by buyers."""

import random
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from graphql_api.demo import keys, texts
from graphql_api.demo.advisors import DAY
from graphql_api.demo.estate.listings import Plan
from graphql_api.demo.estate.portals import Buyer
from models.estate.property_view import PropertyViewRow, ViewerType
from models.store.bulk import Document
from models.table import document

DAYS = 30
BUYERS_SHARE, AGENTS_SHARE = 0.35, 0.08
MEAN_SECONDS = 75
LONGEST_SECONDS = 1_200.0


def numbers(listings: int, views: int) -> Iterator[int]:
    """How many of the `views` each listing has: more or fewer than its neighbour, and all together exactly so many."""
    each, more = divmod(views, listings)
    for pair in range(0, listings, 2):
        alone = pair + 1 == listings
        apart = 0 if alone else keys.chance("views", str(pair)).randint(-(each // 2), each // 2)
        yield each + (pair < more) + apart
        if not alone:
            yield each + (pair + 1 < more) - apart


def documents(plan: Plan, buyers: Sequence[Buyer], now: int) -> Iterator[Document]:
    """The views of one listing as they are stored."""
    chance = keys.chance("views of", plan.name)
    first = max(plan.created, now - DAYS * DAY)
    span = (plan.ended or now) - first
    for _ in range(plan.views):
        yield _view(plan, buyers, first + int(chance.random() * span), chance)


def _view(plan: Plan, buyers: Sequence[Buyer], at: int, chance: random.Random) -> Document:
    viewer = _viewer(buyers, at, chance)
    kind = ViewerType.AGENT if viewer is None and chance.random() < AGENTS_SHARE else ViewerType.ANONYMOUS
    sections: list[str] = texts.homes()["sections"]
    found = {
        **_template(kind if viewer is None else ViewerType.BUYER),
        "_id": keys.dated(at, chance),
        "listingId": plan.id,
        "agentId": plan.agent.id,
        "viewDuration": round(min(LONGEST_SECONDS, chance.expovariate(1 / MEAN_SECONDS)), 1),
        "imagesViewed": list(range(int(chance.random() * plan.home.pictures))),
        "sectionsVisited": sections[: 1 + int(chance.random() * len(sections))],
        "timestamp": at,
        "createdAt": at,
        "updatedAt": at,
    }
    if viewer is not None:
        found["buyerSessionId"] = viewer.id
    return found


def _viewer(buyers: Sequence[Buyer], at: int, chance: random.Random) -> Buyer | None:
    """The buyer who looks; none who was not in the portal at the time."""
    if not buyers or chance.random() > BUYERS_SHARE:
        return None
    found = buyers[int(chance.random() * len(buyers))]
    return found if found.opened <= at <= found.seen else None


@cache
def _template(kind: ViewerType) -> Mapping[str, object]:
    """What all rows of a kind share: validated once, since there may be a million of them."""
    key = keys.fixed("template")
    buyer = key if kind is ViewerType.BUYER else None
    row = PropertyViewRow(listingId=key, agentId=key, viewerType=kind, viewDuration=0, buyerSessionId=buyer)
    return document(row)
