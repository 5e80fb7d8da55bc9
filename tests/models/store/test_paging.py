"""Pages: each row comes once, from either end, whatever is written meanwhile."""

from typing import Any

import pytest
from bson import ObjectId
from hypothesis import given, settings
from hypothesis import strategies as st

from models.actor import Actor, ActorKind
from models.advisor.conversation import CONVERSATIONS
from models.store import Store
from models.store.ask import Ask, Page, Rows
from models.table import Order

NEWEST = Order(("-updatedAt",))
TIMES = st.lists(st.integers(0, 5), min_size=1, max_size=25)
"""Few different values, so that many rows are level."""


def _owner() -> Actor:
    return Actor(ActorKind.ACCOUNT, "ann", ObjectId(), {"advisor": ObjectId()})


async def _insert(store: Store, owner: Actor, times: list[int]) -> list[ObjectId]:
    rows = [{"_id": ObjectId(), "userId": owner.profiles["advisor"], "updatedAt": time} for time in times]
    await store._database[CONVERSATIONS.collection].insert_many(rows)
    return [row["_id"] for row in rows]  # type: ignore[misc]  # ids, among other things


async def _page(store: Store, owner: Actor, limit: int, order: Order, **place: Any) -> Rows:
    page = Page(order, limit, "page_user_updated", **place)
    return await store.read.page(Ask(CONVERSATIONS, frozenset({"updatedAt"}), page=page), owner)


def _at(row: dict[Any, Any], order: Order) -> tuple[Any, ...]:
    return tuple(row[column] for column, _ in order.keys)


async def _walk(store: Store, owner: Actor, limit: int, order: Order, *, backward: bool, meanwhile: Any = None) -> Any:
    """All pages one after another, `meanwhile` running between them."""
    visited: list[tuple[int, ObjectId]] = []
    place: dict[str, Any] = {}
    while True:
        answer = await _page(store, owner, limit, order, backward=backward, **place)
        rows = answer.rows[::-1] if backward else answer.rows
        visited += [(row["updatedAt"], row["_id"]) for row in rows]
        if not (answer.has_previous if backward else answer.has_next):
            return visited
        assert len(rows) == limit
        place = {"before" if backward else "after": _at(rows[-1], order)}
        if meanwhile is not None:
            await meanwhile()


@settings(max_examples=40, deadline=None)
@given(TIMES, st.integers(1, 4), st.booleans(), st.booleans())
async def test_visits_each_row_once_and_in_order(
    store: Store, times: list[int], limit: int, backward: bool, oldest_first: bool
) -> None:
    owner = _owner()
    keys = await _insert(store, owner, times)
    order = NEWEST.reversed if oldest_first else NEWEST
    visited = await _walk(store, owner, limit, order, backward=backward)
    assert visited == sorted(zip(times, keys, strict=True), reverse=oldest_first == backward)


@settings(max_examples=40, deadline=None)
@given(TIMES, st.integers(1, 4), st.booleans(), st.lists(st.integers(0, 5), max_size=12))
async def test_concurrent_inserts_neither_repeat_nor_skip(
    store: Store, times: list[int], limit: int, backward: bool, inserted: list[int]
) -> None:
    owner = _owner()
    keys = await _insert(store, owner, times)
    waiting = list(inserted)

    async def insert() -> None:
        if waiting:
            await _insert(store, owner, [waiting.pop()])

    visited = await _walk(store, owner, limit, NEWEST, backward=backward, meanwhile=insert)
    ids = [key for _, key in visited]
    assert len(ids) == len(set(ids))
    assert [key for key in ids if key in set(keys)] == [
        key for _, key in sorted(zip(times, keys, strict=True), reverse=not backward)
    ]


@pytest.mark.parametrize(
    ("place", "has_previous", "has_next"),
    [
        ({}, False, True),
        ({"after": 0}, True, True),
        ({"after": 2}, True, False),
        ({"backward": True}, True, False),
        ({"before": 4, "backward": True}, True, True),
        ({"before": 2, "backward": True}, False, True),
    ],
)
async def test_says_what_lies_beyond_the_page(
    store: Store, place: dict[str, Any], has_previous: bool, has_next: bool
) -> None:
    owner = _owner()
    keys = await _insert(store, owner, [4, 3, 2, 1, 0])
    given_place = {
        name: (4 - value, keys[value]) if name in {"after", "before"} else value for name, value in place.items()
    }
    answer = await _page(store, owner, 2, NEWEST, **given_place)
    assert (answer.has_previous, answer.has_next, len(answer.rows)) == (has_previous, has_next, 2)


async def test_a_stretch_between_two_places(store: Store) -> None:
    owner = _owner()
    keys = await _insert(store, owner, [5, 4, 3, 2, 1])
    answer = await _page(store, owner, 10, NEWEST, after=(5, keys[0]), before=(1, keys[4]))
    assert [row["_id"] for row in answer.rows] == keys[1:4]
