"""Criteria find the listings that find them; and of many searches the few are found along an index."""

import random
from typing import Any

import pytest
from bson import ObjectId

from models.estate.criteria import finding, found_by
from models.estate.saved_search import SAVED_SEARCHES, SavedSearchRow
from models.estate.saved_search_match import Reason
from models.store import Store
from models.store.connection import Database
from models.table import document
from tests.factories import estate as make
from tests.fixtures.wire import Calls
from tests.laws.explaining import explained, look, stages

pytestmark = pytest.mark.usefixtures("store", "empty")

CITIES = ("Portland", "PORTLAND ", "salem", "Bend", "São Paulo", "SÃO PAULO")
FEATURES = ("Garage", "garage", " Pool", "Garden", "View")
PRICES = (100_000.0, 250_000.0, 250_000.5, 400_000.0)
MANY = 10_000


def _criteria(dice: random.Random) -> dict[str, Any]:
    least, most = sorted(dice.choices(PRICES, k=2))
    given = {
        "minPrice": least,
        "maxPrice": most,
        "bedrooms": dice.randint(0, 4),
        "bathrooms": dice.randint(0, 8) / 2,
        "cities": dice.sample(CITIES, dice.randint(0, 3)),
        "features": dice.sample(FEATURES, dice.randint(0, 2)),
    }
    return {name: value for name, value in given.items() if dice.random() < 0.5}


def _listing(dice: random.Random) -> dict[str, Any]:
    return {
        "price": dice.choice(PRICES),
        "bedrooms": dice.randint(0, 4),
        "bathrooms": dice.randint(0, 8) / 2,
        "city": dice.choice(CITIES),
        "features": dice.sample(FEATURES, dice.randint(0, 4)),
    }


async def test_both_directions_agree(database: Database) -> None:
    dice = random.Random("criteria")  # noqa: S311  # chance for a test
    agent = await make.agent(ObjectId())
    portal = await make.buyer_session(agent)
    houses = [await make.listing(agent, **_listing(dice)) for _ in range(40)]
    searches = [await make.saved_search(portal, criteria=_criteria(dice)) for _ in range(150)]
    forth = {
        (search["_id"], key)
        for search in searches
        for key in await database["estate_listings"].distinct("_id", dict(found_by(search["criteria"])))
    }
    back = {
        (key, house["_id"])
        for house in houses
        for key in await database["estate_saved_searches"].distinct("_id", dict(finding(house)))
    }
    assert forth == back
    assert 100 < len(forth) < len(houses) * len(searches) / 2


@pytest.mark.parametrize(
    ("criteria", "meets"),
    [
        ({}, True),
        ({"cities": ["PORTLAND"]}, True),
        ({"cities": ["Salem", " portland"]}, True),
        ({"cities": ["Port"]}, False),
        ({"features": ["garage"]}, True),
        ({"features": ["GARAGE", "Garden"]}, True),
        ({"features": ["Garage", "Pool"]}, False),
        ({"minPrice": 500_000.0, "maxPrice": 500_000.0}, True),
        ({"minPrice": 500_000.01}, False),
        ({"maxPrice": 499_999.99}, False),
        ({"bedrooms": 3, "bathrooms": 2.5}, True),
        ({"bedrooms": 4}, False),
        ({"bathrooms": 3.0}, False),
    ],
)
async def test_what_a_search_finds(database: Database, criteria: dict[str, Any], meets: bool) -> None:
    agent = await make.agent(ObjectId())
    house = await make.listing(agent)
    search = await make.saved_search(await make.buyer_session(agent), criteria=criteria)
    found = await database["estate_listings"].count_documents(dict(found_by(search["criteria"])))
    assert found == await database["estate_saved_searches"].count_documents(dict(finding(house))) == int(meets)


async def test_of_ten_thousand_searches_the_few_are_found_by_their_city(
    watched: tuple[Database, Calls], store: Store
) -> None:
    seen, calls = watched
    agent = await make.agent(ObjectId())
    portal = await make.buyer_session(agent)
    about = {"buyerSessionId": portal["_id"], "agentId": agent["_id"], "searchName": "One"}
    rows = [
        SavedSearchRow(**about, criteria={"cities": [f"City {number % 500}"]}, notificationsEnabled=number % 2 == 0)
        for number in range(MANY)
    ]
    await seen[SAVED_SEARCHES.collection].insert_many([document(row) for row in rows])
    for anywhere in ({"maxPrice": 400_000.0}, {"maxPrice": 600_000.0}):
        await make.saved_search(portal, criteria=anywhere)
    listing = await store.alerts.listing((await make.listing(agent, city="CITY 4"))["_id"])
    assert listing is not None
    calls.seen.clear()
    told = await store.alerts.tell(listing, Reason.NEW, None, lambda *_: None)
    assert (told.matches, told.last) == (MANY // 500 + 1, None)
    [command] = [command for command in calls.seen if command.get("find") == SAVED_SEARCHES.collection]
    plan = await explained(seen, command)
    assert not {"COLLSCAN", "SORT"} & set(stages(plan))
    looked = look(plan)
    assert looked.documents <= told.matches + 1
    assert looked.keys <= told.matches + 10
