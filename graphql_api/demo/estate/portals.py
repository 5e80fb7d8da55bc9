"""The portals of the demo's buyers and sellers."""

from dataclasses import dataclass

from bson import ObjectId

from graphql_api.demo import keys, texts
from graphql_api.demo.advisors import DAY
from graphql_api.demo.doors import Doors
from graphql_api.demo.estate.agents import Agent
from graphql_api.demo.estate.homes import Place
from graphql_api.demo.estate.listings import HOUR, Plan
from models.estate.buyer_session import BuyerSessionRow
from models.estate.criteria import Preferences
from models.estate.listing import ListingStatus
from models.estate.seller_session import SellerSessionRow
from resolvers.estate.buyer_session import KIND as BUYER
from resolvers.estate.seller_session import KIND as SELLER

OPENED_DAYS = (35, 70)
"""How long ago a buyer's portal was opened, at least and at most."""

CLOSED_EVERY, ENDING_EVERY = 9, 4
"""Every so many buyers' portals are switched off, or have an end; never the first of an agent."""

SELLER_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer of an agent's, one by `number`, who looks at a `ground` for so many `beds` at `most` so many dollars.

    `opened`, when the portal was, and `seen`, when the buyer was last in it, are Unix milliseconds.
    """

    agent: Agent
    number: int
    name: str
    id: ObjectId
    ground: Place
    beds: int
    most: int
    opened: int
    seen: int


def buyer(agent: Agent, number: int, now: int) -> Buyer:
    """The agent's buyer of that number."""
    chance = keys.chance("buyer", agent.key, str(number))
    ground = chance.choice([place for place in texts.places() if place["region"] == agent.region])
    beds = chance.randint(1, 3)
    worth = ground["foot"] * (1_000 + 450 * beds) * chance.uniform(0.95, 1.25)
    return Buyer(
        agent=agent,
        number=number,
        name=client_name("buyer", agent.key, str(number)),
        id=buyer_key(agent, number),
        ground=ground,
        beds=beds,
        most=round(worth / 25_000) * 25_000,
        opened=now - chance.randint(OPENED_DAYS[0] * DAY, OPENED_DAYS[1] * DAY),
        seen=now - chance.randint(HOUR // 6, 60 * HOUR),
    )


def client_name(*words: str) -> str:
    """The name that belongs to these words."""
    chance, said = keys.chance("client", *words), texts.clients()
    return f"{chance.choice(said['firsts'])} {chance.choice(said['lasts'])}"


def email(name: str, number: int) -> str:
    """An address that nobody has."""
    return f"{name.lower().replace(' ', '.')}.{number}@example.com"


def buyer_key(agent: Agent, number: int) -> ObjectId:
    """The id of the portal of the agent's buyer of that number."""
    return keys.fixed("estate buyer", agent.key, str(number))


def buyer_code(doors: Doors, agent: Agent, number: int) -> str:
    """The code of the same portal."""
    return doors.portal(BUYER, agent.key, str(number))


def seller_code(doors: Doors, agent: Agent, number: int) -> str:
    """The code of the seller's portal of the agent's listing of that number."""
    return doors.portal(SELLER, agent.key, str(number))


def buyer_row(buyer: Buyer, doors: Doors, profile: ObjectId | None, now: int) -> BuyerSessionRow:
    """The portal; `profile` is the same buyer in the buyer chat."""
    number = buyer.number
    return BuyerSessionRow(
        id=buyer.id,
        agentId=buyer.agent.id,
        buyerName=buyer.name,
        buyerEmail=email(buyer.name, number),
        buyerPhone=f"+1 555 01{number % 100:02}",
        sessionCode=buyer_code(doors, buyer.agent, number),
        preferences=Preferences(
            maxPrice=buyer.most,
            bedrooms=buyer.beds,
            bathrooms=1,
            cities=[buyer.ground["city"]],
            mustHaveFeatures=["Garage"] if number % 3 == 1 else [],
        ),
        active=number % CLOSED_EVERY != CLOSED_EVERY - 1,
        lastActive=buyer.seen,
        expiresAt=now + 60 * DAY if number % ENDING_EVERY == ENDING_EVERY - 1 else None,
        buyerProfileId=profile,
        createdAt=buyer.opened,
        updatedAt=buyer.seen,
    )


def seller_rows(plan: Plan, doors: Doors, now: int) -> list[SellerSessionRow]:
    """The portal of the listing's seller, where there is one: the agent's first listing always has."""
    chance = keys.chance("seller", plan.name)
    if plan.number > 0 and chance.random() > SELLER_SHARE:
        return []
    name = client_name("seller", plan.name)
    seen = (plan.ended or now) - chance.randint(HOUR // 6, 30 * HOUR)
    gone = plan.status in (ListingStatus.SOLD, ListingStatus.WITHDRAWN)
    found = SellerSessionRow(
        id=keys.fixed("estate seller", plan.name),
        agentId=plan.agent.id,
        listingId=plan.id,
        sellerName=name,
        sellerEmail=email(name, plan.number),
        sessionCode=seller_code(doors, plan.agent, plan.number),
        active=not gone,
        lastActive=seen,
        createdAt=plan.created,
        updatedAt=seen,
    )
    return [found]
