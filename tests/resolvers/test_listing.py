"""Lists: which page the arguments name, what is refused, and that nothing hidden is found by filtering."""

from typing import Any

import pytest

from models.account.account import ACCOUNTS
from models.actor import ANONYMOUS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.user import USERS
from models.errors import Code, Refusal
from resolvers.adjectives import Orders, orders
from resolvers.advisor.conversation import MINE
from resolvers.listing import PAGE_SIZE, Listing
from tests.factories import advisor as make
from tests.fixtures.wire import Api, People

NONE: Orders = orders("Made", CREATED_AT=("-createdAt",))


def test_a_list_without_an_index_does_not_start() -> None:
    with pytest.raises(LookupError, match="no index carries"):
        Listing(ACCOUNTS, NONE, fixed=("email",))


def test_the_page_unless_one_is_asked_for() -> None:
    page = MINE.page({}, 100)
    assert (page.limit, page.backward, page.after, page.before) == (PAGE_SIZE, False, None, None)
    assert (page.order.columns, page.index) == (("-updatedAt",), "page_user_updated")


def test_the_page_from_the_end() -> None:
    page = MINE.page({"last": 5}, 100)
    assert (page.limit, page.backward, page.index) == (5, True, "page_user_updated")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ({"first": 0}, Code.OUT_OF_RANGE, "first must be between 1 and 100, not 0."),
        ({"first": 101}, Code.OUT_OF_RANGE, "first must be between 1 and 100, not 101."),
        ({"last": -1}, Code.OUT_OF_RANGE, "last must be between 1 and 100, not -1."),
        ({"first": 1, "last": 1}, Code.INVALID, "Give first or last, not both."),
        ({"after": "x"}, Code.INVALID, "after is not a cursor: use a cursor of this list in this order."),
        ({"before": "x" * 3000}, Code.INVALID, "before is too long: use a cursor of this list in this order."),
    ],
)
def test_what_names_no_page(arguments: dict[str, Any], code: Code, message: str) -> None:
    with pytest.raises(Refusal) as refused:
        MINE.page(arguments, 100)
    assert (refused.value.code, refused.value.message) == (code, message)


@pytest.mark.parametrize("search", ["", "  ", "a\0b"])
async def test_a_search_holds_a_word(api: Api, search: str) -> None:
    text = "query($search: String!) { advisorMarketplace(search: $search) { nodes { id } } }"
    answer = await api.answer(text, {"search": search})
    assert answer["errors"][0]["message"] == "search must hold at least one word."
    assert answer["errors"][0]["extensions"]["code"] == "INVALID"


async def test_a_search_comes_by_relevance_alone(api: Api) -> None:
    order = "orderBy: {field: NAME, direction: ASC}"
    answer = await api.answer(f'{{ advisorMarketplace(search: "a", {order}) {{ nodes {{ id }} }} }}')
    assert answer["errors"][0]["message"] == "A search comes by relevance: leave orderBy out."


async def test_a_search_is_of_bounded_length(api: Api) -> None:
    answer = await api.answer(f'{{ advisorMarketplace(search: "{"a" * 257}") {{ nodes {{ id }} }} }}')
    assert answer["errors"][0]["extensions"]["code"] == "TOO_LONG"


async def test_pages_of_a_search_follow_one_another(api: Api, people: People) -> None:
    for number in range(5):
        await make.advisor(name=f"Pricing {number} {'pricing ' * number}")
    text = """
        query($after: String) {
          advisorMarketplace(search: "pricing", first: 2, after: $after) {
            nodes { persona { name } } pageInfo { hasNextPage endCursor }
          }
        }
    """
    seen: list[str] = []
    after = None
    while True:
        page = (await api.data(text, {"after": after}))["advisorMarketplace"]
        seen += [node["persona"]["name"].split()[1] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert sorted(seen) == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("table", [USERS, CONVERSATIONS], ids=lambda table: table.type_name)
def test_scope_nothing_is_nothing(table: Any) -> None:
    assert table.policy.read.filter(ANONYMOUS) == {"_id": {"$in": []}}


async def test_filter_on_a_private_column_lists_only_what_one_may_see(api: Api, people: People) -> None:
    await make.advisor(name="Ada", category="business")
    met = await make.advisor(await people.person("ann"), name="Met", category="business")
    eve = await people.person("eve")
    text = '{ advisorMarketplace(where: {category: {eq: "business"}}) { nodes { persona { name } } totalCount } }'
    data = await api.data(text, by=eve)
    assert data["advisorMarketplace"] == {"nodes": [{"persona": {"name": "Ada"}}], "totalCount": 1}
    assert met["isPublic"] is False
