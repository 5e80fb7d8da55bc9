"""Mails that wait to be sent: written in the transaction of what they tell of, and gone once they are sent."""

from typing import Any

from models.mail.mail import MAILS
from models.table import Table

TABLES: tuple[Table[Any], ...] = (MAILS,)
