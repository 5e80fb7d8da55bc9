"""What a row of the platform decides by itself, and what its indexes let in once."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from bson import ObjectId
from pydantic import ValidationError
from pymongo.errors import DuplicateKeyError

from models.estate import listing, saved_search, terms
from models.estate.listing import ListingRow
from models.validation import Refusals, check
from tests.factories import estate as make

pytestmark = pytest.mark.usefixtures("store", "empty")

Made = Callable[[], Awaitable[Any]]


def _wrong(error: ValidationError) -> list[tuple[str, str]]:
    return [(".".join(map(str, problem["loc"])), problem["msg"]) for problem in error.errors()]


async def _offer(**values: Any) -> Any:
    agent = await make.agent(ObjectId())
    return await make.offer(await make.listing(agent), await make.buyer_session(agent), **values)


async def test_a_listing_derives_what_it_is_found_by() -> None:
    made = await make.listing(
        await make.agent(ObjectId()),
        city=" São PAULO ",
        features=["Pool", "pool ", "Garage"],
        coordinates={"lat": 1, "lng": 2},
    )
    assert made["city"] == " São PAULO "
    assert (made["cityKey"], made["featureKeys"]) == ("são paulo", ["pool", "garage"])
    assert made["location"] == {"type": "Point", "coordinates": [2.0, 1.0]}


def test_changes_of_a_listing_bring_what_derives_from_them() -> None:
    changes = {"city": " Rome", "features": ["A", "a"], "coordinates": {"lat": 1.5, "lng": 2.0}, "price": 5.0}
    assert check(ListingRow, listing.derived(changes)) == {
        "location": {"type": "Point", "coordinates": [2.0, 1.5]},
        "cityKey": "rome",
        "featureKeys": ["a"],
    }
    assert listing.derived({"price": 5.0, "city": None}) == {}


def test_a_wrong_place_is_refused_once() -> None:
    changes = {"coordinates": {"lat": 95.0, "lng": 2.0}}
    with pytest.raises(Refusals) as caught:
        check(ListingRow, {**changes, **listing.derived(changes)})
    assert [refusal.message for refusal in caught.value.refusals] == ["Input should be less than or equal to 90."]


async def test_a_saved_search_derives_its_cities() -> None:
    agent = await make.agent(ObjectId())
    made = await make.saved_search(await make.buyer_session(agent), criteria={"cities": ["Rome ", "rome", "Oslo"]})
    assert made["cityKeys"] == ["rome", "oslo"]
    assert saved_search.derived({"criteria": {"cities": ["Oslo"]}}) == {"cityKeys": ["oslo"], "featureKeys": []}
    assert saved_search.derived({"criteria": {"features": [" Pool"]}}) == {"cityKeys": [], "featureKeys": ["pool"]}
    assert saved_search.derived({"searchName": "All"}) == {}


@pytest.mark.parametrize(
    ("values", "path", "words"),
    [
        ({"downPayment": 490_001.0}, "downPayment", "Value error, must not be more than offerAmount"),
        (
            {"financingType": "cash", "contingencies": ["Inspection", " Financing"]},
            "contingencies",
            'Value error, must not hold "financing" where the buyer pays cash',
        ),
        (
            {"closingDate": "2026-02-30"},
            "closingDate",
            "Value error, must be a day of the calendar, written YYYY-MM-DD",
        ),
        ({"offerAmount": 0.0}, "offerAmount", "Input should be greater than 0"),
        ({"offerAmount": float("inf")}, "offerAmount", "Input should be a finite number"),
        ({"earnestMoney": -1.0}, "earnestMoney", "Input should be greater than or equal to 0"),
        ({"rounds": []}, "rounds", "List should have at least 1 item after validation, not 0"),
    ],
)
async def test_terms_of_an_offer(values: dict[str, Any], path: str, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        await _offer(**values)
    assert _wrong(caught.value)[0] == (path, words)


async def test_terms_that_are_just_within() -> None:
    made = await _offer(downPayment=490_000.0, financingType="cash", contingencies=["inspection"])
    assert made["downPayment"] == made["offerAmount"] == 490_000.0
    assert [(one["by"], one["contingencies"]) for one in made["rounds"]] == [("buyer", ["inspection"])]
    assert (terms.is_over("2000-01-01"), terms.is_over("9999-12-31")) == (True, False)


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"yearBuilt": 1599}, "yearBuilt"),
        ({"yearBuilt": 9999}, "yearBuilt"),
        ({"bathrooms": 1.3}, "bathrooms"),
        ({"price": 0}, "price"),
        ({"price": 1e13}, "price"),
        ({"sqft": 0}, "sqft"),
        ({"coordinates": {"lat": 0, "lng": 181}}, "coordinates.lng"),
        ({"features": ["x"] * 101}, "features"),
        ({"images": ["javascript:alert(1)"]}, "images.0"),
        ({"city": " "}, "city"),
        (
            {"enrichedData": {"schoolRatings": None, "crimeStats": 1, "nearbyAmenities": [], "comps": []}},
            "enrichedData.schoolRatings",
        ),
    ],
)
async def test_ranges_of_a_listing(values: dict[str, Any], path: str) -> None:
    with pytest.raises(ValidationError) as caught:
        await make.listing(await make.agent(ObjectId()), **values)
    assert [place for place, _ in _wrong(caught.value)] == [path]


async def test_prices_sought() -> None:
    agent = await make.agent(ObjectId())
    with pytest.raises(ValidationError) as caught:
        await make.buyer_session(agent, preferences={"minPrice": 2, "maxPrice": 1})
    assert _wrong(caught.value) == [("preferences.maxPrice", "Value error, must not be below minPrice")]
    made = await make.buyer_session(agent, preferences={"minPrice": 2, "maxPrice": 2})
    assert made["preferences"]["maxPrice"] == 2


@pytest.mark.parametrize("kind", ["buyer", "agent"])
async def test_a_view_is_a_buyers_where_it_names_a_portal(kind: str) -> None:
    agent = await make.agent(ObjectId())
    house, portal = await make.listing(agent), await make.buyer_session(agent)
    with pytest.raises(ValidationError) as caught:
        await make.property_view(house, None if kind == "buyer" else portal, viewerType=kind)
    words = "Value error, must be buyer where buyerSessionId is given, and only there"
    assert _wrong(caught.value) == [("viewerType", words)]


async def _refused(make_it: Made, index: str) -> None:
    with pytest.raises(DuplicateKeyError, match=f"index: {index} "):
        await make_it()


async def test_what_there_may_be_once() -> None:
    agent = await make.agent(ObjectId())
    house, portal = await make.listing(agent, mlsId="1"), await make.buyer_session(agent)
    await make.listing(agent)
    await make.listing(agent)
    await _refused(lambda: make.listing(agent, mlsId="1"), "byAgentMlsId")
    await make.listing(await make.agent(ObjectId()), mlsId="1")

    await make.seller_session(house, active=False)
    await make.seller_session(house)
    await _refused(lambda: make.seller_session(house), "byListingActive")
    await _refused(lambda: make.buyer_session(agent, sessionCode=portal["sessionCode"]), "bySessionCode")

    await make.offer(house, portal, status="withdrawn")
    await make.offer(house, portal, status="countered")
    await _refused(lambda: make.offer(house, portal), "oneOpenOffer")
    other = await make.buyer_session(agent)
    await make.offer(house, other)
    await make.offer(house, other, status="accepted")
    await _refused(lambda: make.offer(house, portal, status="accepted"), "byAcceptedListing")
