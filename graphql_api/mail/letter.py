"""Writes a mail as RFC 5322 has it."""

from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from models.store.mails import Claimed


def letter(claimed: Claimed, by: Address, to: Address) -> EmailMessage:
    """The whole message. Sent again it is the same: by its Message-ID receivers know that they have it already."""
    message = EmailMessage(policy=SMTP)
    message["From"] = by
    message["To"] = to
    message["Subject"] = claimed.mail.subject
    message["Date"] = format_datetime(datetime.fromtimestamp(claimed.created / 1000, UTC))
    message["Message-ID"] = f"<{claimed.id}@{by.domain}>"
    # RFC 3834: no vacation answers this.
    message["Auto-Submitted"] = "auto-generated"
    # Quoted-printable, so that any server takes it, whether or not it knows 8BITMIME.
    message.set_content(claimed.mail.text, cte="quoted-printable")
    return message
