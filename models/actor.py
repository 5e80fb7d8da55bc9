"""Who asks: the principal of a request with everything that access rules may decide on."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from bson import ObjectId


class ActorKind(StrEnum):
    """How the caller was recognised."""

    ANONYMOUS = "ANONYMOUS"
    ACCOUNT = "ACCOUNT"
    OPERATOR = "OPERATOR"
    SERVICE = "SERVICE"
    BUYER_SESSION = "BUYER_SESSION"
    SELLER_SESSION = "SELLER_SESSION"
    BUYER_CHAT = "BUYER_CHAT"


@dataclass(frozen=True, slots=True)
class Actor:
    """A principal and its loaded grants; rules read nothing else besides one row.

    `profiles` maps a product ("advisor") to the id of the caller's profile there, and further names ("estate.working")
    to ids that the rules of the product ask for; `grants` maps the name of a set ("advisor.met") to the ids in it. Both
    are empty for a product which the operation does not touch.
    """

    kind: ActorKind
    name: str
    account: ObjectId | None = None
    profiles: Mapping[str, ObjectId] = field(default_factory=lambda: MappingProxyType({}))
    grants: Mapping[str, frozenset[ObjectId]] = field(default_factory=lambda: MappingProxyType({}))
    rows: tuple[tuple[str, ObjectId], ...] = ()
    """What the actor was made from, by collection and id: once one of these has changed, he may be somebody else."""
    readable: dict[Hashable, Mapping[str, Any]] = field(init=False, default_factory=dict, compare=False, repr=False)
    """Which rows of a table he may read, by table, as the store has found out."""

    @property
    def key(self) -> str:
        """The principal in one stable word, e.g. for idempotency records and logs."""
        return self.name if self.account is None else f"account:{self.account}"

    @property
    def operator(self) -> bool:
        """Whether the caller runs the platform."""
        return self.kind is ActorKind.OPERATOR

    @property
    def signed_in(self) -> bool:
        """Whether a person with an account asks."""
        return self.account is not None


ANONYMOUS = Actor(ActorKind.ANONYMOUS, "anonymous")


def service(name: str) -> Actor:
    """The actor of a trusted program, e.g. the answering worker."""
    return Actor(ActorKind.SERVICE, f"service:{name}")
