"""What is known before the database is asked: the identity in a token, and where products keep their profiles."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bson import ObjectId

from models.row import Row
from models.table import Table

NAME_CHARACTERS = 200
EMAIL_CHARACTERS = 320
URL_CHARACTERS = 2_048
"""Lengths that accounts and profiles have room for, in characters."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a verified token says about a person."""

    issuer: str
    subject: str
    email: str | None = None
    emailVerified: bool = False
    name: str | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """How a product keeps its profile of an account.

    `make` builds the row at the first use of the product; `grants` maps the name of a set to the profile's column
    that holds its ids. `ended_by` are the root fields that end the profile: they make none.
    """

    product: str
    table: Table[Any]
    make: Callable[[ObjectId, Identity], Row]
    grants: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    ended_by: frozenset[str] = frozenset()
