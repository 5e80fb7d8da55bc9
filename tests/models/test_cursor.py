"""Cursors: what goes in comes out, in its own order alone, and nothing a client makes up gets further."""

import base64
from typing import Any

import bson
import pytest
from bson import ObjectId, Regex
from hypothesis import given
from hypothesis import strategies as st

from models import cursor

ORDER = (("updatedAt", -1), ("title", 1), ("_id", 1))

SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(max_size=200),
    st.binary(min_size=12, max_size=12).map(ObjectId),
)


@given(st.tuples(SCALARS, SCALARS, SCALARS))
def test_round_trip(values: tuple[Any, ...]) -> None:
    assert cursor.decode(ORDER, cursor.encode(ORDER, values)) == values


@given(st.tuples(SCALARS, SCALARS, SCALARS))
def test_is_safe_in_a_url(values: tuple[Any, ...]) -> None:
    assert set(cursor.encode(ORDER, values)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.text(max_size=120))
def test_made_up_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a cursor|another list"):
        cursor.decode(ORDER, text)


@given(st.tuples(SCALARS, SCALARS, SCALARS), st.data())
def test_a_changed_character_is_refused_or_still_a_position(values: tuple[Any, ...], data: st.DataObject) -> None:
    text = cursor.encode(ORDER, values)
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(st.sampled_from("Aa0_-.= é")) + text[place + 1 :]
    try:
        position = cursor.decode(ORDER, changed)
    except ValueError:
        return
    assert len(position) == len(ORDER)
    assert not any(isinstance(value, dict | list | Regex) for value in position)


@pytest.mark.parametrize(
    "other",
    [
        (("updatedAt", 1), ("title", 1), ("_id", 1)),
        (("createdAt", -1), ("title", 1), ("_id", 1)),
        (("updatedAt", -1), ("_id", 1)),
    ],
)
def test_belongs_to_its_order(other: tuple[tuple[str, int], ...]) -> None:
    text = cursor.encode(ORDER, (1, "a", ObjectId()))
    with pytest.raises(ValueError, match="another list or order"):
        cursor.decode(other, text)


@pytest.mark.parametrize(
    "smuggled",
    [
        {"$gt": ""},
        {"$where": "sleep(1000)"},
        ["a", "b"],
        Regex("^a"),
        bson.Code("1"),
        bson.DBRef("accounts", 1),
        bson.MinKey(),
        bson.MaxKey(),
    ],
)
def test_lets_no_operator_or_pattern_in(smuggled: object) -> None:
    packed = bson.encode({"o": cursor.fingerprint(ORDER), "v": [1, smuggled, ObjectId()]})
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    with pytest.raises(ValueError, match="not a cursor"):
        cursor.decode(ORDER, text)


def test_too_long_is_not_looked_at() -> None:
    with pytest.raises(ValueError, match="too long"):
        cursor.decode(ORDER, "A" * (cursor.CURSOR_CHARACTERS + 1))


def test_holds_the_longest_column_that_orders_a_list() -> None:
    text = cursor.encode(ORDER, (2**53, "é" * 500, ObjectId()))
    assert cursor.decode(ORDER, text)[1] == "é" * 500
