"""Pages by distance: each row once, many on one spot or not, whatever is written meanwhile, at the cost of a page."""

import random
from typing import Any

import pytest
from bson import ObjectId

from models.actor import ANONYMOUS
from models.store.ask import NEAREST, Ask, Near, Page, Rows
from models.store.asking import Asking
from models.store.nearby import nearest
from tests.fixtures.wire import Calls
from tests.laws.explaining import check, explained, look, stages
from tests.laws.lists import document, exposed, filters, orderings
from tests.resolvers.places import OPERATIONS, PLACES, Atlas, place, scattered

SPOTS = {
    "town": ((52.52, 13.405), 0.05, 0.6),
    "house": ((52.52, 13.405), 1e-7, 0.3),
    "doorstep": ((0.0, 0.0), 1e-9, 0.0),
    "one spot": ((-33.86, 151.2), 0.0, 0.0),
    "180th meridian": ((-17.0, 179.99), 0.009, 0.4),
    "pole": ((89.9, 20.0), 0.09, 0.4),
}
"""The middle, how far rows lie around it in degrees, and the share of those that lie where another does."""


def _near(middle: tuple[float, float], metres: float = 50_000) -> Near:
    return Near("location", *middle, metres)


async def _page(atlas: Atlas, near: Near, limit: int, after: tuple[Any, ...] | None = None) -> Rows:
    page = Page(NEAREST, limit, "byLocation", after=after)
    return await atlas.store.read.page(Ask(PLACES, frozenset({"city"}), near=near, page=page), ANONYMOUS)


def _place(row: dict[Any, Any]) -> tuple[float, ObjectId]:
    return row["@distance"], row["_id"]


async def _walk(atlas: Atlas, near: Near, limit: int, meanwhile: Any = None) -> list[tuple[float, ObjectId]]:
    visited: list[tuple[float, ObjectId]] = []
    after = None
    while True:
        answer = await _page(atlas, near, limit, after)
        visited += [_place(row) for row in answer.rows]
        assert answer.has_previous == (after is not None)
        if not answer.has_next:
            return visited
        assert len(answer.rows) == limit
        after = visited[-1]
        if meanwhile is not None:
            await meanwhile(after)


async def _whole(atlas: Atlas, near: Near) -> list[tuple[float, ObjectId]]:
    """What a sort of all rows within the radius says."""
    walk = {
        "near": {"type": "Point", "coordinates": [near.longitude, near.latitude]},
        "distanceField": "@distance",
        "key": "location",
        "spherical": True,
        "maxDistance": near.radius,
    }
    stages: list[dict[str, Any]] = [
        {"$geoNear": walk},
        {"$match": {"status": "open"}},
        {"$sort": {"@distance": 1, "_id": 1}},
    ]
    cursor = await atlas.database[PLACES.collection].aggregate(stages)
    return [_place(row) for row in await cursor.to_list()]


@pytest.mark.parametrize("size", [1, 3, 20, 64, 100])
@pytest.mark.parametrize("spot", SPOTS)
async def test_all_pages_are_the_sorted_whole(atlas: Atlas, spot: str, size: int) -> None:
    middle, degrees, level = SPOTS[spot]
    rows = scattered(random.Random(size), 150, middle, degrees, level=level)  # noqa: S311  # chance for a test
    if middle[1] > 179:
        for row in rows:
            lng = (row["coordinates"]["lng"] + 180) % 360 - 180
            row["coordinates"]["lng"] = row["location"]["coordinates"][0] = lng
    await atlas.put(*rows)
    whole = await _whole(atlas, _near(middle))
    assert len(whole) == 135
    assert await _walk(atlas, _near(middle), size) == whole


@pytest.mark.parametrize("metres", [400.0, 1_000.0, 2_000.0])
async def test_pages_end_at_the_radius(atlas: Atlas, metres: float) -> None:
    middle, degrees, level = SPOTS["town"]
    await atlas.put(*scattered(random.Random(1), 1_000, middle, degrees, level=level))  # noqa: S311  # as above
    near = _near(middle, metres)
    visited = await _walk(atlas, near, 4)
    assert visited == await _whole(atlas, near)
    assert 4 < len(visited) < 500
    # Exactly as far as the farthest one is still within.
    rim = _near(middle, visited[-1][0])
    assert await _walk(atlas, rim, 3) == visited
    assert await atlas.store.read.count(Ask(PLACES, near=near), ANONYMOUS) == len(visited)


@pytest.mark.parametrize("size", [1, 5, 20])
async def test_rows_that_come_meanwhile_neither_repeat_nor_skip_others(atlas: Atlas, size: int) -> None:
    middle, degrees, level = SPOTS["town"]
    dice = random.Random(size)  # noqa: S311  # as above
    rows = scattered(dice, 120, middle, degrees, level=level)
    await atlas.put(*rows)
    before = await _whole(atlas, _near(middle))
    spots = {row["_id"]: row["coordinates"] for row in rows}

    async def meanwhile(position: tuple[float, ObjectId]) -> None:
        """One in the middle, one where the last row of the page lies, one right behind it by distance."""
        here = spots.get(position[1], {"lat": middle[0], "lng": middle[1]})
        level_one = place(here["lat"], here["lng"])
        spots[level_one["_id"]] = here
        await atlas.put(place(*middle), level_one)

    visited = await _walk(atlas, _near(middle), size, meanwhile if size > 1 else None)
    ids = [key for _, key in visited]
    assert len(ids) == len(set(ids))
    assert [each for each in visited if each in set(before)] == before
    assert visited == sorted(visited)


class _Interrupted(Asking):
    """Lets rows be deleted right after the first of its calls, which finds them level."""

    gone: tuple[ObjectId, ...] = ()

    async def find(self, *args: Any, **more: Any) -> list[dict[Any, Any]]:
        """As ever, and then the rows are gone."""
        found = await super().find(*args, **more)
        await self._database[PLACES.collection].delete_many({"_id": {"$in": list(self.gone)}})
        return found


async def test_a_row_that_goes_between_two_calls_does_not_end_the_list(atlas: Atlas) -> None:
    flats = [place(0, 0.001) for _ in range(30)]
    await atlas.put(*flats, place(0, 0.002))
    near, page = _near((0.0, 0.0)), Page(NEAREST, 3, "byLocation")
    asking = _Interrupted(atlas.database, 10_000)
    asking.gone = tuple(row["_id"] for row in flats[3:])
    answer = await nearest(asking, Ask(PLACES, near=near, page=page), near, page, ANONYMOUS)
    assert [row["_id"] for row in answer.rows] == [row["_id"] for row in flats[:3]]
    assert answer.has_next
    rest = await _page(atlas, near, 20, _place(answer.rows[-1]))
    assert ([row["@distance"] for row in rest.rows], rest.has_next) == ([pytest.approx(222.6, abs=0.1)], False)


async def test_a_page_is_one_call_and_a_few_where_it_is_cut_among_equals(
    atlas: Atlas, watched: tuple[Any, Calls]
) -> None:
    await atlas.put(*(place(0, lng / 1_000) for lng in range(10)), *(place(0, 0.02) for _ in range(5)))
    _, calls = watched
    for limit, number in ((1, 1), (5, 1), (12, 1), (20, 1)):
        calls.seen.clear()
        assert len((await _page(atlas, _near((0.0, 0.0)), limit)).rows) == min(limit, 15)
        assert len(calls.seen) == number, limit
    flats = sorted([place(0, 0.03) for _ in range(80)], key=lambda row: row["_id"])
    await atlas.put(*flats, *(place(0, 0.04) for _ in range(5)))
    after = None
    for number in (2, 2, 3):
        calls.seen.clear()
        answer = await _page(atlas, _near((0.0, 0.03)), 30, after)
        after = _place(answer.rows[-1])
        assert len(calls.seen) == number
    assert [row["@distance"] for row in answer.rows[:20]] == [0.0] * 20
    assert answer.rows[20]["@distance"] > 1_000


async def test_every_way_to_ask_is_carried(atlas: Atlas, watched: tuple[Any, Calls]) -> None:
    """As the law has it of the lists of the schema."""
    await atlas.put(*scattered(random.Random(4), 100, (52.5, 13.4), 0.01))  # noqa: S311  # as above
    shown = {str(each): each for each in exposed(OPERATIONS.schema)}
    near = shown["Query.places"]
    asked = ["", *orderings(near), *filters(near, {})]
    assert sum("near: {lat" in arguments for arguments in asked) == 3
    assert sum("within: {south" in arguments for arguments in asked) == 6
    for arguments in asked:
        await _carried(atlas, watched[1], document(near, arguments, {}))
    ranked = shown["Query.fitting"]
    for arguments in ["", "last: 5", *filters(ranked, {})]:
        await _carried(atlas, watched[1], document(ranked, arguments, {}), sorted_=True)


async def _carried(atlas: Atlas, calls: Calls, text: str, *, sorted_: bool = False) -> None:
    calls.seen.clear()
    await atlas.data(text)
    sent = [command for command in calls.seen if "find" in command or "aggregate" in command]
    assert len(sent) >= 2, text
    for command in sent:
        await check(atlas.database, command, text, sorted_=sorted_)


PAGE, DEEP, ROWS = 20, 1_000, 30_000


async def test_a_page_looks_no_farther_than_it_reaches(atlas: Atlas, watched: tuple[Any, Calls]) -> None:
    """Never more than lies nearer and as far as the page, whatever lies behind it; the first page next to nothing."""
    middle = (52.52, 13.405)
    await atlas.put(*scattered(random.Random(3), ROWS, middle, 0.2))  # noqa: S311  # as above
    whole = await _whole(atlas, _near(middle))
    for number, most in ((1, 100), (2, 400), (100, 4_000), (DEEP, ROWS)):
        start = (number - 1) * PAGE
        watched[1].seen.clear()
        answer = await _page(atlas, _near(middle), PAGE, whole[start - 1] if start else None)
        assert [_place(row) for row in answer.rows] == whole[start : start + PAGE]
        (command,) = watched[1].seen
        plan = await explained(atlas.database, command)
        assert {"GEO_NEAR_2DSPHERE", "IXSCAN"} <= set(stages(plan))
        assert not {"COLLSCAN", "SORT"} & set(stages(plan))
        cost = look(plan)
        assert cost.documents <= cost.keys <= most
