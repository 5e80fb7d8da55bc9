"""How MongoDB finds listings: by the index that what is asked for begins with."""

from collections.abc import Mapping
from typing import Any

import pytest

from models.estate.listing import LISTINGS
from models.store.connection import Database
from resolvers.adjectives import MERGED
from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api
from tests.laws.explaining import explained, look, stages
from tests.resolvers.estate.test_listing import LIST, listed, three


def finds(api: Api) -> list[Mapping[str, Any]]:
    """The questions for listings of the last request."""
    return [seen for seen in api.calls.seen if seen.get("find") == LISTINGS.collection]


async def test_a_city_and_a_price_are_found_in_the_index(api: Api, parties: Parties, database: Database) -> None:
    await three(await parties.agent("ann"))
    given = {"where": {"city": {"eq": "Portland"}, "price": {"lte": 400_000}, "bedrooms": {"gte": 1}}}
    await api.data("query ($where: EstateListingWhere) { estateListings(where: $where) { nodes { state } } }", given)
    [command] = finds(api)
    assert command["hint"] == "page_status_city_updated"
    cost = look(await explained(database, command))
    assert (cost.returned, cost.documents) == (1, 1)


@pytest.mark.parametrize(
    ("where", "index"),
    [
        ({"city": {"in": ["Bend", "salem", "Salem"]}}, "page_status_city_updated"),
        ({"features": {"hasAny": ["bend", "salem"]}}, "page_status_feature_updated"),
    ],
)
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_a_few_values_are_merged_in_the_order_of_the_list(
    api: Api, parties: Parties, database: Database, where: dict[str, Any], index: str, direction: str
) -> None:
    ann = await parties.agent("ann")
    for place, city in enumerate(["Bend", "Portland", "Salem", "Portland"] * 10):
        named = {"city": city, "features": [city, "Bend"] if city == "Salem" else [city]}
        await make.listing(ann.row, address=str(place), updatedAt=place, **named)
    wanted = [str(place) for place in range(0, 40, 2)]
    found: list[str] = []
    commands = []
    given: dict[str, Any] = {"first": 5, "where": where, "order": {"field": "UPDATED_AT", "direction": direction}}
    for _ in range(4):
        page = (await api.data(LIST, given))["estateListings"]
        found += [node["address"] for node in page["nodes"]]
        given["after"] = page["pageInfo"]["endCursor"]
        commands += finds(api)
    assert found == (wanted if direction == "ASC" else wanted[::-1])
    assert [command["hint"] for command in commands] == [index] * 4
    for command in commands:
        plan = await explained(database, command)
        assert "SORT_MERGE" in set(stages(plan))
        # Six rows and the one after which the page begins, each of which may lie in both stretches.
        assert look(plan).keys <= 2 * 7


async def test_many_values_are_looked_for_along_the_order(api: Api, parties: Parties) -> None:
    await three(await parties.agent("ann"))
    cities = ["Portland", *(f"Town {number}" for number in range(MERGED))]
    for given, wanted in ((cities, ["a", "c"]), ([], [])):
        assert await listed(api, where={"city": {"in": given}}) == wanted
        assert {command["hint"] for command in finds(api)} == {"page_status_updated"}
