"""Mails that wait."""

from typing import Any

from models.mail.mail import MailRow
from models.table import stored

Stored = dict[str, Any]


async def mail(to: str = "ann@example.com", **values: Any) -> Stored:
    """A mail that is due now."""
    row = MailRow(**{"to": to, "subject": "Welcome", "text": "Hello.", "kind": "setup", **values})
    await row.insert()
    return stored(row.model_dump())
