"""The score of a listing for a buyer: what it is made of, that more is never worse, and what it is given for."""

from typing import Any

import pytest

from models.estate.criteria import Preferences
from resolvers.estate.matching import WEIGHTS, candidates, parts, ranking, reasons_of, score

HOUSE: dict[str, Any] = {"price": 500_000.0, "bedrooms": 3, "bathrooms": 2.0, "featureKeys": ["garage", "garden"]}


def _wanted(**values: Any) -> Preferences:
    return Preferences(**values)


def _points(wanted: Preferences, row: dict[str, Any]) -> dict[str, int]:
    return {part.name: part.points(row) for part in parts(wanted)}


def test_all_parts_together_make_a_hundred() -> None:
    assert {name: weight.most for name, weight in WEIGHTS.items()} == {
        "price": 40,
        "features": 30,
        "bedrooms": 15,
        "bathrooms": 15,
    }


def test_who_asks_for_nothing_is_given_everything() -> None:
    assert score(_wanted(), HOUSE) == 100
    assert candidates(_wanted()) == {}


def test_the_example_of_the_document() -> None:
    wanted = _wanted(maxPrice=480_000, bedrooms=3, bathrooms=2.5, mustHaveFeatures=["Garage", "Pool", "Garden"])
    assert _points(wanted, HOUSE) == {"price": 23, "features": 20, "bedrooms": 15, "bathrooms": 0}
    assert score(wanted, HOUSE) == 58


@pytest.mark.parametrize(
    ("price", "points"),
    [
        (349_999.0, 0),
        (350_000.0, 0),
        (360_000.0, 0),
        (380_000.0, 20),
        (400_000.0, 40),
        (450_000.0, 40),
        (500_000.0, 40),
        (512_500.0, 30),
        (525_000.0, 20),
        (550_000.0, 0),
        (600_000.0, 0),
    ],
)
def test_the_price_between_and_beyond_two_bounds(price: float, points: int) -> None:
    wanted = _wanted(minPrice=400_000, maxPrice=500_000)
    assert _points(wanted, {**HOUSE, "price": price}) == {"price": points}


@pytest.mark.parametrize(("there", "points"), [([], 0), (["a"], 10), (["a", "c", "x"], 20), (["c", "b", "a"], 30)])
def test_the_share_of_the_features(there: list[str], points: int) -> None:
    wanted = _wanted(mustHaveFeatures=["A", " b", "c", "C "])
    assert _points(wanted, {**HOUSE, "featureKeys": there}) == {"features": points}


def test_a_cheaper_house_within_the_bounds_is_never_worse() -> None:
    wanted = _wanted(maxPrice=500_000, bedrooms=3, mustHaveFeatures=["garage"])
    scores = [score(wanted, {**HOUSE, "price": float(price)}) for price in range(560_000, 100_000, -1_000)]
    assert scores == sorted(scores)
    assert (scores[0], scores[-1]) == (60, 100)


def test_more_rooms_and_features_are_never_worse() -> None:
    wanted = _wanted(bedrooms=3, bathrooms=2, mustHaveFeatures=["a", "b", "c", "d"])
    features = ["a", "b", "c", "d"]
    rows = [{**HOUSE, "bedrooms": n, "bathrooms": n / 2, "featureKeys": features[:n]} for n in range(8)]
    scores = [score(wanted, row) for row in rows]
    assert scores == sorted(scores)
    assert (scores[0], scores[-1]) == (40, 100)


def test_what_lacks_too_much_is_no_candidate() -> None:
    wanted = _wanted(
        minPrice=100,
        maxPrice=200,
        bedrooms=3,
        bathrooms=1.5,
        cities=["Portland ", "SALEM"],
        propertyTypes=["Condo"],
        mustHaveFeatures=["Garage"],
    )
    assert candidates(wanted) == {
        "price": {"$lte": 220.0, "$gte": 90.0},
        "bedrooms": {"$gte": 2},
        "bathrooms": {"$gte": 0.5},
        "cityKey": {"$in": ["portland", "salem"]},
        "propertyType": {"$in": ["condo"]},
    }
    assert candidates(_wanted(maxPrice=0)) == {"price": {"$lte": 0.0}}


def test_a_text_of_the_buyers_is_never_a_path_to_mongodb() -> None:
    number = ranking(_wanted(mustHaveFeatures=["$agentId"])).number
    assert {"$setIntersection": [{"$literal": ["$agentid"]}, "$featureKeys"]} in _expressions(number)


def _expressions(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value, *(found for each in inner for found in _expressions(each))]


def test_the_reasons_are_of_what_was_asked_for() -> None:
    assert reasons_of({}) is None
    assert reasons_of({"@parts": {}}) == []
    whole = {"price": 40, "features": 30, "bedrooms": 15, "bathrooms": 15}
    assert reasons_of({"@parts": whole}) == [*("within_budget", "all_features", "enough_bedrooms", "enough_bathrooms")]
    assert reasons_of({"@parts": {"price": 1, "features": 29, "bedrooms": 0}}) == ["near_budget", "some_features"]
    assert reasons_of({"@parts": {"price": 0, "features": 0}}) == []
