"""Fifty thousand listings to search among, of agents some of whom are switched off and some of whom ask themselves."""

from collections.abc import Iterator, Sequence
from itertools import islice

from benchmarks.people import READERS
from graphql_api.demo import keys, texts
from graphql_api.demo.estate.homes import home
from graphql_api.demo.people import account_key
from models.estate.agent import AGENTS, AgentRow
from models.estate.listing import LISTINGS, ListingRow, ListingStatus
from models.store import bulk
from models.store.connection import Database
from models.store.indexes import sync
from models.table import document

NUMBER = 50_000
ASKING = READERS[:4]
"""Readers who are agents, too: they see their own withdrawn listings, which the other readers do not."""

OFFERING = 100
OFF = 16
"""Every so manieth agent is switched off, with all his listings."""

STATUSES = (ListingStatus.ACTIVE, ListingStatus.PENDING, ListingStatus.SOLD, ListingStatus.WITHDRAWN)
WEIGHTS = (80, 8, 8, 4)

SENT = 10_000
"""Rows that are made before they are sent."""

MINUTE = 60_000
PICTURES = 4


async def settle(database: Database, now: int) -> None:
    """Store agents and listings as of `now` (Unix milliseconds), in the place of those that are there."""
    for table in (AGENTS, LISTINGS):
        await database.drop_collection(table.collection)
    agents = [_agent(place, now) for place in range(OFFERING)]
    await bulk.insert(database, AGENTS, [document(agent) for agent in agents])
    rows = _listings(agents, now)
    while batch := [document(row) for row in islice(rows, SENT)]:
        await bulk.insert(database, LISTINGS, batch)
    # At the end, when they are built in one go.
    await sync(database, (AGENTS, LISTINGS))


def _agent(place: int, now: int) -> AgentRow:
    name = ASKING[place] if place < len(ASKING) else f"offering-{place}"
    chance, said = keys.chance("bench agent", name), texts.clients()
    return AgentRow(
        id=keys.fixed("bench agent", name),
        accountId=account_key(name),
        firstName=chance.choice(said["firsts"]),
        lastName=chance.choice(said["lasts"]),
        agencyName="Homes of the benchmark",
        licenseNumber=f"US-{place:08}",
        inviteCode=f"bench-{place}",
        email=f"{name}@example.com",
        emailKey=f"{name}@example.com",
        active=place % OFF != OFF - 1,
        createdAt=now,
        updatedAt=now,
    )


def _listings(agents: Sequence[AgentRow], now: int) -> Iterator[ListingRow]:
    chance = keys.chance("bench listings")
    places = texts.places()
    for number in range(NUMBER):
        found = home(places[number % len(places)], chance)
        offered = now - (NUMBER - number) * MINUTE
        agent = chance.choice(agents)
        yield ListingRow(
            id=keys.dated(offered, chance),
            agentId=agent.id,
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
            status=chance.choices(STATUSES, WEIGHTS)[0],
            description=found.description,
            features=found.features,
            images=[f"https://images.example.com/homes/{number}/{place}.jpg" for place in range(PICTURES)],
            coordinates=found.coordinates,
            agentActive=agent.active,
            createdAt=offered,
            updatedAt=offered + chance.randrange(MINUTE),
        )
