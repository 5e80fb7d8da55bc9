"""Connections: pages by Relay's specification, from either end, with cursors that lead on."""

from typing import Any

import pytest

from models import cursor
from resolvers.advisor.conversation import MINE
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People

PAGE = """
    query($first: Int, $after: String, $last: Int, $before: String, $direction: Direction!) {
      advisorConversations(
        first: $first after: $after last: $last before: $before orderBy: {field: UPDATED_AT, direction: $direction}
      ) {
        edges { cursor node { title } }
        nodes { title }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        totalCount
        totalCountIsCapped
      }
    }
"""


async def _page(api: Api, ann: Caller, direction: str = "DESC", **place: Any) -> dict[str, Any]:
    data = await api.data(PAGE, {**place, "direction": direction}, by=ann)
    page: dict[str, Any] = data["advisorConversations"]
    return page


@pytest.fixture
async def ann(people: People) -> Caller:
    """Somebody with seven conversations, two of them level."""
    ann = await people.person("ann")
    for number in range(7):
        await make.conversation(ann, title=str(number), updatedAt=min(number, 5))
    await make.conversation(await people.person("eve"), title="not yours")
    return ann


async def test_edges_nodes_and_cursors_are_of_the_same_rows(api: Api, ann: Caller) -> None:
    page = await _page(api, ann, first=3)
    assert [node["title"] for node in page["nodes"]] == ["6", "5", "4"]
    assert [edge["node"] for edge in page["edges"]] == page["nodes"]
    assert page["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": page["edges"][0]["cursor"],
        "endCursor": page["edges"][2]["cursor"],
    }
    assert (page["totalCount"], page["totalCountIsCapped"]) == (7, False)


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("backward", [False, True])
async def test_cursors_lead_through_the_whole_list(api: Api, ann: Caller, direction: str, backward: bool) -> None:
    titles: list[str] = []
    place: dict[str, Any] = {"last" if backward else "first": 3}
    sizes = []
    while True:
        page = await _page(api, ann, direction, **place)
        found = [node["title"] for node in page["nodes"]]
        titles = [*found, *titles] if backward else [*titles, *found]
        sizes.append(len(found))
        if not page["pageInfo"]["hasPreviousPage" if backward else "hasNextPage"]:
            break
        place |= {"before": page["pageInfo"]["startCursor"]} if backward else {"after": page["pageInfo"]["endCursor"]}
    assert titles == sorted("0123456", reverse=direction == "DESC")
    assert sizes == [3, 3, 1]


async def test_a_cursor_of_another_order_is_refused(api: Api, ann: Caller) -> None:
    place = (await _page(api, ann, first=1))["pageInfo"]["endCursor"]
    answer = await api.answer(PAGE, {"direction": "ASC", "after": place}, by=ann)
    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "INVALID"
    assert answer["errors"][0]["message"].startswith("after is a cursor of another list or order")


async def test_the_cursor_of_a_stranger_shows_only_ones_own(api: Api, people: People, ann: Caller) -> None:
    place = (await _page(api, ann, first=1))["pageInfo"]["endCursor"]
    page = await _page(api, await people.person("eve"), after=place)
    assert page["nodes"] == []
    assert page["totalCount"] == 1


async def test_an_empty_list(api: Api, people: People, ann: Caller) -> None:
    for nobody in (ANONYMOUS, await people.person("new")):
        page = await _page(api, nobody)
        assert page == {
            "edges": [],
            "nodes": [],
            "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
            "totalCount": 0,
            "totalCountIsCapped": False,
        }


async def test_a_made_up_cursor_of_nulls_ends_the_list(api: Api, ann: Caller) -> None:
    """No row is behind "nothing" in a descending order; before it, in an ascending one, is none either."""
    made_up = cursor.encode(MINE.orders.order(None).keys, [None, None])
    text = "query($c: String) { advisorConversations(after: $c) { nodes { title } } }"
    assert await api.data(text, {"c": made_up}, by=ann) == {"advisorConversations": {"nodes": []}}


async def test_a_page_before_a_place_says_that_rows_follow(api: Api, ann: Caller) -> None:
    text = "query($c: String) { advisorConversations(before: $c) { nodes { id } edges { cursor } pageInfo { %s } } }"
    whole = (await api.data(text % "hasNextPage", by=ann))["advisorConversations"]
    assert whole["pageInfo"] == {"hasNextPage": False}
    last = whole["edges"][-1]["cursor"]
    before = (await api.data(text % "hasNextPage hasPreviousPage", {"c": last}, by=ann))["advisorConversations"]
    assert before["nodes"] == whole["nodes"][:-1]
    assert before["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False}
