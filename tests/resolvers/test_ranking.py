"""Ranked lists: highest first and level ones by id, in pages from either end, of so many rows at most."""

import random
from typing import Any

import pytest

from models import global_id
from models.store import pipeline
from models.store.ask import RANKED_ROWS
from tests.fixtures.wire import Calls
from tests.laws.explaining import explained, stages
from tests.resolvers.places import FITTING, PLACES, Atlas, place

LIST = """
    query($rooms: Int!, $where: PlaceWhere, $first: Int, $after: String, $last: Int, $before: String) {
      fitting(rooms: $rooms where: $where first: $first after: $after last: $last before: $before) {
        nodes { id fit reasons distance } totalCount totalCountIsCapped
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }
"""


async def _fill(atlas: Atlas, number: int = 60) -> list[tuple[int, str]]:
    """Places, many of which fit as well as others; the ranks for three rooms with their ids, in the order wanted."""
    dice = random.Random(number)  # noqa: S311  # chance for a test
    rows = [place(0, 0, rooms=dice.randrange(8), price=float(dice.randrange(100))) for _ in range(number)]
    await atlas.put(*rows, place(0, 0, rooms=3, status="closed"), place(0, 0, rooms=3, price=1_000.0))
    ranks = [(100 - 10 * abs(row["rooms"] - 3), row["_id"]) for row in rows]
    return [(fit, global_id.encode(PLACES.tag, key)) for fit, key in sorted(ranks, reverse=True)]


async def _walk(atlas: Atlas, size: int, *, backward: bool = False) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    place_: dict[str, Any] = {}
    while True:
        given = {"rooms": 3, "last" if backward else "first": size, **place_}
        page = (await atlas.data(LIST, given))["fitting"]
        here = [(node["fit"], node["id"]) for node in page["nodes"]]
        found = here + found if backward else found + here
        if not page["pageInfo"]["hasPreviousPage" if backward else "hasNextPage"]:
            return found
        assert len(here) == size
        end = page["pageInfo"]["startCursor" if backward else "endCursor"]
        place_ = {"before" if backward else "after": end}


@pytest.mark.parametrize("size", [1, 7, 100])
@pytest.mark.parametrize("backward", [False, True])
async def test_pages_are_the_sorted_whole(atlas: Atlas, size: int, backward: bool) -> None:
    wanted = await _fill(atlas)
    assert await _walk(atlas, size, backward=backward) == wanted


async def test_the_rule_the_ranking_and_filters_decide_what_is_ranked(atlas: Atlas) -> None:
    await _fill(atlas)
    page = (await atlas.data(LIST, {"rooms": 3, "where": {"rooms": {"in": [3, 4]}}, "first": 100}))["fitting"]
    rooms = await atlas.database[PLACES.collection].count_documents(
        {"status": "open", "price": {"$lt": 1_000}, "rooms": {"$in": [3, 4]}}
    )
    assert (page["totalCount"], page["totalCountIsCapped"], len(page["nodes"])) == (rooms, False, rooms)
    assert {node["fit"] for node in page["nodes"]} == {100, 90}


async def test_what_is_noted_is_shown_of_each(atlas: Atlas) -> None:
    await atlas.put(place(0, 0, rooms=5), place(0, 0, rooms=1))
    nodes = (await atlas.data(LIST, {"rooms": 4}))["fitting"]["nodes"]
    assert [(node["fit"], node["reasons"], node["distance"]) for node in nodes] == [
        (90, ["enough rooms"], None),
        (70, [], None),
    ]


async def test_other_lists_show_no_rank(atlas: Atlas) -> None:
    await atlas.put(place(0, 0))
    data = await atlas.data("{ places { nodes { fit reasons } } }")
    assert data == {"places": {"nodes": [{"fit": None, "reasons": None}]}}


async def test_of_too_many_rows_the_first_are_ranked(
    atlas: Atlas, watched: tuple[Any, Calls], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert RANKED_ROWS == 10_000
    monkeypatch.setattr(pipeline, "RANKED_ROWS", 5)
    await atlas.put(*(place(0, 0, rooms=price, price=float(price)) for price in range(9)))
    nodes = (await atlas.data(LIST, {"rooms": 8}))["fitting"]["nodes"]
    # The cheapest five, though the others would fit better.
    assert [node["fit"] for node in nodes] == [60, 50, 40, 30, 20]


async def test_its_index_is_walked_and_the_best_alone_are_kept(atlas: Atlas, watched: tuple[Any, Calls]) -> None:
    await _fill(atlas)
    watched[1].seen.clear()
    await atlas.data(LIST, {"rooms": 3})
    commands = [command for command in watched[1].seen if command.get("aggregate") == PLACES.collection]
    for command in commands:
        assert command["hint"] == "page_status_price" == FITTING.index(FITTING.orders.order(None))
        found = list(stages(await explained(atlas.database, command)))
        assert "IXSCAN" in found
        assert "COLLSCAN" not in found
    ranked = [command for command in commands if {"$limit": RANKED_ROWS} in command["pipeline"]]
    # The whole is put in order once: that of the index needs no sort.
    assert len(ranked) == 3
    assert list(stages(await explained(atlas.database, ranked[0]))).count("SORT") == 1


async def test_a_ranked_list_takes_no_order(atlas: Atlas) -> None:
    assert "orderBy" not in FITTING.parameters()
    assert {"first", "after", "last", "before", "where"} == set(FITTING.parameters())
