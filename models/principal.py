"""What is known before the database is asked: the identity in a token, and where products keep their profiles."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bson import ObjectId

from models.actor import Actor, ActorKind
from models.policy import RowData
from models.row import Row
from models.table import Table

NAME_CHARACTERS = 200
EMAIL_CHARACTERS = 320
URL_CHARACTERS = 2_048
"""Lengths that accounts and profiles have room for, in characters."""

OWN_ISSUER = "urn:graphql-api"
"""The issuer of the accounts that sign in with a password, and of all tokens that the server gives itself."""

SIGNED_IN = "account"
"""How the subject of a token begins that a sign-in with a password gives: then come the account's subject there and the
sign-in, with colons between."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a verified token says about a person."""

    issuer: str
    subject: str
    email: str | None = None
    emailVerified: bool = False
    name: str | None = None
    picture: str | None = None
    session: ObjectId | None = None
    """The sign-in with a password that the token comes from; it ends with it."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How a product keeps its profile of an account.

    `make` builds the row at the first use of the product; without it the profile is made by a write of the product
    alone, which touches the account's row as well, so that nobody goes on without it. `grants` maps the name of a set
    to the profile's column that holds its ids, `roles` the name of a further profile, with the same id, to the column
    that must be true for it. `others` are further products that use the profile. `ended_by` are the root fields that
    end the profile: they make none.
    """

    product: str
    table: Table[Any]
    make: Callable[[ObjectId, Identity], Row] | None
    grants: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    roles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    others: tuple[str, ...] = ()
    ended_by: frozenset[str] = frozenset()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that an actor is made from."""
        return (*self.grants.values(), *self.roles.values())


@dataclass(frozen=True, eq=False)
class Portal:
    """How somebody without an account is recognised: by a token for one row of `table`, which is his portal.

    The row's `condition` must hold, its `expiresAt` lie ahead and its `signInVersion` be the token's, at each request.
    `profiles` maps the names that rules ask for to the columns with their ids. `subject` begins the token's subject.
    """

    kind: ActorKind
    subject: str
    table: Table[Any]
    profiles: Mapping[str, str]
    condition: Mapping[str, Any]

    def actor(self, row: RowData) -> Actor:
        """The visitor of a row of the table."""
        return Actor(
            kind=self.kind,
            name=f"{self.subject}:{row['_id']}",
            profiles=MappingProxyType({name: row[column] for name, column in self.profiles.items()}),
            rows=((self.table.collection, row["_id"]),),
        )


@dataclass(frozen=True, slots=True)
class Visit:
    """What a verified token says of somebody without an account: the portal, its row, and the version of its code."""

    portal: Portal
    key: ObjectId
    version: int
