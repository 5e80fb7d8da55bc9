"""Rows of the login identity."""

from typing import Any

from bson import ObjectId

from models.account.account import AccountRow
from models.table import stored

Stored = dict[str, Any]


async def account(subject: str | None = None, **values: Any) -> Stored:
    """An account without a person who signs in."""
    given = {"issuer": "https://id.example", "subject": subject or str(ObjectId()), **values}
    row = AccountRow(**given)
    await row.insert()
    return stored(row.model_dump())
