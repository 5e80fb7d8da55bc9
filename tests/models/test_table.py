"""Tables: an order is made total, and a list without an index to carry it is refused at start."""

from dataclasses import replace

import pytest

from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES
from models.table import Index, Order, carries, index, stored

PLACES = index("places", "p:2dsphere", "status", covered=("q",))


def test_an_order_ends_in_the_id() -> None:
    assert Order(("-updatedAt",)).keys == (("updatedAt", -1), ("_id", -1))
    assert Order(("sortOrder", "name")).keys == (("sortOrder", 1), ("name", 1), ("_id", 1))
    assert Order(("-_id",)).keys == (("_id", -1),)
    assert Order(()).keys == (("_id", 1),)


def test_the_reverse_of_an_order_turns_every_key() -> None:
    assert Order(("-updatedAt", "name")).reversed.keys == (("updatedAt", 1), ("name", -1), ("_id", -1))


@pytest.mark.parametrize("order", [Order(("-updatedAt",)), Order(("updatedAt",))])
def test_one_index_carries_an_order_from_either_end(order: Order) -> None:
    assert CONVERSATIONS.index_for(["userId"], order).name == "page_user_updated"


def test_an_order_that_no_index_carries_is_refused() -> None:
    with pytest.raises(LookupError, match=r"advisor_conversations: no index carries \('title',\)"):
        CONVERSATIONS.index_for(["userId"], Order(("title",)))


@pytest.mark.parametrize(
    ("columns", "depth"),
    [
        (("a", "b", "-n", "-_id"), 2),
        (("b", "a", "n", "_id"), 2),
        (("a", "b", "c", "-n", "-_id"), 3),
        (("a", "b", "-n"), None),
        (("a", "-n", "-_id"), None),
        (("a", "b", "-n", "_id"), None),
        (("a", "b", "d", "-n", "-_id"), None),
    ],
)
def test_an_index_carries_an_order_behind_its_fixed_columns(columns: tuple[str, ...], depth: int | None) -> None:
    assert carries(Index("i", columns), ["a", "b"], ["c"], Order(("-n",))) == depth


def test_what_an_index_covers_has_no_say_in_its_order() -> None:
    covering = index("i", "a", "-n", "-_id", covered=("b", "c.d"))
    assert carries(covering, ["a"], [], Order(("-n",))) == 1
    assert carries(covering, ["a"], ["b"], Order(("-n",))) == 1
    assert covering.keys == (("a", 1), ("n", -1), ("_id", -1), ("b", 1), ("c.d", 1))


def test_an_index_of_places_finds_by_distance_and_carries_no_list() -> None:
    table = replace(CONVERSATIONS, indexes=(index("i", "userId", "n", "_id", covered=("b",)), PLACES))
    assert table.index_near("p") is PLACES
    assert PLACES.places == {"p"}
    assert PLACES.keys == (("p", "2dsphere"), ("status", 1), ("q", 1))
    assert table.indexed == {"_id", "userId", "n", "b"}
    with pytest.raises(LookupError, match="advisor_conversations: no index finds status by distance"):
        table.index_near("status")


def test_what_a_client_fixes_as_well_chooses_the_narrower_index() -> None:
    newest = Order(("-createdAt",))
    names = [ADVISORS.index_for(["isPublic", "status"], newest, also).name for also in ((), ("category",), ("tags",))]
    assert names == ["page_public_status_created", "page_public_status_category_created", "page_public_status_created"]


def test_neither_partial_nor_text_nor_expiring_indexes_carry_lists() -> None:
    assert "clientMessageId" not in MESSAGES.indexed
    assert "content" not in MESSAGES.indexed
    assert "conversationId" in MESSAGES.indexed


def test_stored_names() -> None:
    assert stored({"id": 1, "title": "a"}) == {"_id": 1, "title": "a"}
    assert stored({"title": "a"}) == {"title": "a"}
