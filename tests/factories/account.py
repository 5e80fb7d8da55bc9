"""Rows of the login identity."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId

from models.account.account import AccountRow
from models.account.sign_in import SignInRow
from models.table import stored

Stored = dict[str, Any]


async def account(subject: str | None = None, **values: Any) -> Stored:
    """An account without a person who signs in."""
    given = {"issuer": "https://id.example", "subject": subject or str(ObjectId()), **values}
    row = AccountRow(**given)
    await row.insert()
    return stored(row.model_dump())


async def sign_in(account: Stored, **values: Any) -> Stored:
    """A sign-in of the account with a password, which lasts for a day."""
    given = {"tokenHash": str(ObjectId()), "expiresAt": datetime.now(UTC) + timedelta(days=1), **values}
    row = SignInRow(accountId=account["_id"], **given)
    await row.insert()
    return stored(row.model_dump())
