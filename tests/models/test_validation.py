"""Validation: what is wrong with a row is said with a code and the path of the column."""

from typing import Any

import pytest
from bson import ObjectId

from models.advisor.advisor import AdvisorRow
from models.advisor.conversation import ConversationRow
from models.advisor.user import UserRow
from models.errors import Code
from models.store import Store
from models.validation import Refusals, build, check


def _wrong(row: Any, changes: dict[str, Any]) -> list[tuple[Code, tuple[str, ...]]]:
    with pytest.raises(Refusals) as refused:
        check(row, changes)
    return [(refusal.code, refusal.field) for refusal in refused.value.refusals]


def test_values_that_fit_come_back_as_they_are_stored() -> None:
    key = ObjectId()
    assert check(ConversationRow, {"title": "Plans", "activeAdvisorId": key}) == {
        "title": "Plans",
        "activeAdvisorId": key,
    }
    assert check(ConversationRow, {"activeAdvisorId": None}) == {"activeAdvisorId": None}


@pytest.mark.parametrize(
    ("row", "changes", "expected"),
    [
        (ConversationRow, {"title": "x" * 201}, [(Code.TOO_LONG, ("title",))]),
        (ConversationRow, {"title": None}, [(Code.INVALID, ("title",))]),
        (ConversationRow, {"userId": "aCon"}, [(Code.INVALID, ("userId",))]),
        (ConversationRow, {"messageCount": -1}, [(Code.OUT_OF_RANGE, ("messageCount",))]),
        (ConversationRow, {"createdAt": 2**53}, [(Code.OUT_OF_RANGE, ("createdAt",))]),
        (AdvisorRow, {"tags": ["a"] * 51}, [(Code.TOO_LONG, ("tags",))]),
        (AdvisorRow, {"tags": ["a", ""]}, [(Code.INVALID, ("tags", "1"))]),
        (AdvisorRow, {"persona": {"name": "Ada", "title": "T", "nmae": "x"}}, [(Code.INVALID, ("persona", "nmae"))]),
        (UserRow, {"name": "x" * 201, "plan": "gold"}, [(Code.TOO_LONG, ("name",)), (Code.INVALID, ("plan",))]),
    ],
)
def test_each_wrong_value_is_named(
    row: Any, changes: dict[str, Any], expected: list[tuple[Code, tuple[str, ...]]]
) -> None:
    assert _wrong(row, changes) == expected


async def test_a_new_row_takes_none_for_not_given(store: Store) -> None:
    row = build(ConversationRow, {"userId": ObjectId(), "title": None, "id": None})
    assert (row.title, row.version, row.messageCount) == ("New Conversation", 1, 0)


async def test_a_new_row_names_all_that_is_wrong(store: Store) -> None:
    with pytest.raises(Refusals) as refused:
        build(ConversationRow, {"title": "", "titel": "x"})
    assert sorted(refusal.field for refusal in refused.value.refusals) == [("titel",), ("title",), ("userId",)]
