"""The login identity that the products share."""

from typing import Any

from models.account.account import ACCOUNTS
from models.account.sign_in import SIGN_INS
from models.table import Table

TABLES: tuple[Table[Any], ...] = (ACCOUNTS, SIGN_INS)
