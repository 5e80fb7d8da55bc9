"""Global ids: twenty characters that name a table and a row, and nothing else that looks like them."""

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from models import global_id
from models.account.account import ACCOUNTS
from models.advisor.conversation import CONVERSATIONS
from models.tables import TABLES

KEYS = st.binary(min_size=12, max_size=12).map(ObjectId)


@given(KEYS)
def test_round_trip(key: ObjectId) -> None:
    text = global_id.encode("aCon", key)
    assert len(text) == 20
    assert global_id.tag(text) == "aCon"
    assert global_id.bare(text) == key
    assert global_id.decode(CONVERSATIONS, text) == key


@given(KEYS)
def test_of_another_table_is_an_id_of_nothing(key: ObjectId) -> None:
    assert global_id.decode(ACCOUNTS, global_id.encode("aCon", key)) is None


@given(st.one_of(st.text(max_size=30), st.text("aConAZ09-_+/=", min_size=20, max_size=20)))
def test_each_row_has_one_spelling(text: str) -> None:
    key = global_id.decode(CONVERSATIONS, text)
    assert key is None or global_id.encode("aCon", key) == text


@pytest.mark.parametrize(
    "wrong", ["", "aCon", "aCon" + "A" * 15, "aCon" + "A" * 17, "aCon" + "A" * 16 + "\n", "aCon" + "٣" * 16]
)
def test_what_is_no_id(wrong: str) -> None:
    assert global_id.decode(CONVERSATIONS, wrong) is None


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.type_name)
def test_no_table_reads_the_ids_of_another(table: object) -> None:
    key = ObjectId()
    readers = [other for other in TABLES if global_id.decode(other, global_id.encode(table.tag, key)) == key]  # type: ignore[attr-defined]  # parametrised
    assert readers == [table]
