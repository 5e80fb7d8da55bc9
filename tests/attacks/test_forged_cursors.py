"""Cursors that a client has made up: each is refused, or leads somewhere in the list, and none is an internal error."""

import base64
import math
from datetime import UTC, datetime
from typing import Any

import bson
import pytest

from tests.factories import estate as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api

LISTS = {
    "near": "near: {lat: 45.5, lng: -122.6, radiusMeters: 500000}, orderBy: {field: DISTANCE, direction: ASC}",
    "within": "within: {south: 0, west: -179, north: 80, east: 179}, orderBy: {field: DISTANCE, direction: ASC}",
    "price": "orderBy: {field: PRICE, direction: ASC}",
    "search": 'search: "Portland"',
}
ODD: tuple[Any, ...] = (None, "x", math.nan, math.inf, -5.0, True, 2**63 - 1, datetime(1970, 1, 1, tzinfo=UTC), 0)


def _forged(cursor: str, place: int, value: Any) -> str:
    content = bson.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    content["v"][place] = value
    return base64.urlsafe_b64encode(bson.encode(content)).decode().rstrip("=")


@pytest.mark.parametrize("which", LISTS)
async def test_no_forged_cursor_is_an_internal_error(api: Api, parties: Parties, which: str) -> None:
    ann = await parties.agent("ann")
    for _ in range(3):
        await make.listing(ann.row)
    shown = f"estateListings({LISTS[which]}, first: 2, after: $after) {{ edges {{ cursor }} }}"
    document = f"query($after: String) {{ found: {shown} }}"
    edges = (await api.data(document))["found"]["edges"]
    assert len(edges) == 2
    for place in range(2):
        for value in ODD:
            answer = await api.answer(document, {"after": _forged(edges[0]["cursor"], place, value)})
            assert [error["extensions"]["code"] for error in answer.get("errors", ())] in ([], ["INVALID"]), value
