"""The listings of the demo: most of them for sale, some on their way to another owner, some gone."""

import random
from dataclasses import dataclass

from bson import ObjectId

from graphql_api.demo import keys, texts
from graphql_api.demo.advisors import DAY
from graphql_api.demo.estate.agents import Agent
from graphql_api.demo.estate.homes import Home, home
from models.estate.enrichment import EnrichedData
from models.estate.listing import ListingRow, ListingStatus

HOUR = DAY // 24

STATUSES = (ListingStatus.ACTIVE, ListingStatus.PENDING, ListingStatus.SOLD, ListingStatus.WITHDRAWN)
WEIGHTS = (74, 10, 10, 6)
CUT_SHARE, ENRICHED_SHARE, OUTSIDE_SHARE, VIDEO_SHARE = 0.18, 0.4, 0.2, 0.25


@dataclass(frozen=True, slots=True)
class Plan:
    """A listing before its offers are known, one of its agent's by `number`.

    `created`, `ended` and `cut` are Unix milliseconds: `ended` is when it left the market, `cut` when its price fell
    from `before`. `outside` is a sale without an offer.
    """

    id: ObjectId
    number: int
    name: str
    agent: Agent
    home: Home
    status: ListingStatus
    created: int
    ended: int | None
    cut: int | None
    before: int | None
    outside: bool
    views: int

    @property
    def changed(self) -> int:
        """When it was last changed."""
        return self.ended or self.cut or self.created


def plan(agent: Agent, number: int, views: int, now: int) -> Plan:
    """The agent's listing of that number, with so many views; the first one is for sale."""
    name = f"{agent.key} {number}"
    chance = keys.chance("listing", name)
    grounds = [ground for ground in texts.places() if ground["region"] == agent.region]
    found = home(grounds[number % len(grounds)], chance)
    status = ListingStatus.ACTIVE if number == 0 else chance.choices(STATUSES, WEIGHTS)[0]
    created, ended = _times(status, chance, now)
    cut = None if ended or chance.random() > CUT_SHARE else created + (now - created) * chance.randint(40, 90) // 100
    return Plan(
        id=listing_key(agent, number),
        number=number,
        name=name,
        agent=agent,
        home=found,
        status=status,
        created=created,
        ended=ended,
        cut=cut,
        before=found.price + chance.randint(1, 5) * 5_000 if cut else None,
        outside=status is ListingStatus.SOLD and chance.random() < OUTSIDE_SHARE,
        views=views,
    )


def listing_key(agent: Agent, number: int) -> ObjectId:
    """The id of the agent's listing of that number."""
    return keys.fixed("estate listing", agent.key, str(number))


def _times(status: ListingStatus, chance: random.Random, now: int) -> tuple[int, int | None]:
    if status is ListingStatus.ACTIVE:
        return now - chance.randint(2 * DAY, 80 * DAY), None
    ended = now - chance.randint(6 * HOUR, 20 * DAY)
    return ended - chance.randint(14 * DAY, 60 * DAY), ended


def row(plan: Plan, offers: int, accepted: ObjectId | None) -> ListingRow:
    """The listing with the number of its offers, and the one by which it is pending or sold."""
    found, chance = plan.home, keys.chance("listing row", plan.name)
    pages = f"https://images.example.com/homes/{plan.id}"
    return ListingRow(
        id=plan.id,
        agentId=plan.agent.id,
        mlsId=f"{found.place['state']}{plan.agent.digits + plan.number:08}",
        address=found.address,
        city=found.place["city"],
        state=found.place["state"],
        zipCode=found.place["zip"],
        price=found.price,
        bedrooms=found.bedrooms,
        bathrooms=found.bathrooms,
        sqft=found.sqft,
        lotSize=found.lot,
        yearBuilt=found.built,
        propertyType=found.kind,
        status=plan.status,
        description=found.description,
        features=found.features,
        images=[f"{pages}/{number}.jpg" for number in range(1, found.pictures + 1)],
        videos=[f"https://videos.example.com/homes/{plan.id}.mp4"] if chance.random() < VIDEO_SHARE else [],
        virtualTourUrl=f"https://tours.example.com/{plan.id}" if chance.random() < VIDEO_SHARE else None,
        coordinates=found.coordinates,
        enrichedData=_enriched(plan, chance) if chance.random() < ENRICHED_SHARE else None,
        acceptedOfferId=accepted,
        outsideSale=plan.outside,
        offerCount=offers,
        previousPrice=plan.before,
        priceCutAt=plan.cut,
        version=2 if plan.changed > plan.created else 1,
        createdAt=plan.created,
        updatedAt=plan.changed,
    )


def _enriched(plan: Plan, chance: random.Random) -> EnrichedData:
    said, price = texts.homes(), plan.home.price
    return EnrichedData(
        schoolRatings={kind: chance.randint(4, 10) for kind in said["schools"]},
        walkScore=chance.randint(45, 98),
        crimeStats={"burglariesPer1000": round(chance.uniform(1, 9), 1), "year": 2025},
        nearbyAmenities=[
            {"kind": kind, "meters": chance.randint(80, 1_500)} for kind in chance.sample(said["amenities"], 3)
        ],
        comps=[
            {
                "price": round(price * chance.uniform(0.92, 1.06), -3),
                "sqft": plan.home.sqft + chance.randint(-20, 20) * 10,
            }
            for _ in range(3)
        ],
        lastEnriched=plan.created + HOUR,
    )
