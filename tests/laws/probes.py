"""For each contract one caller of every kind, and the row that is theirs, as open to others as a row may be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId

from models.actor import ANONYMOUS, Actor, ActorKind, service

SELF, OTHER = ObjectId(), ObjectId()
"""An agent or owner, and another: the account of each has the same id, which no rule compares with a profile's."""

LISTING, BUYER, SELLER, CHAT, BUYER_PROFILE = (ObjectId() for _ in range(5))


@dataclass(frozen=True)
class Probes:
    """`row` are the columns of a row of any table, `keys` its id where the table's rows are themselves somebody's.

    `groups` are words of the contract for several of the `callers`.
    """

    callers: Mapping[str, Actor]
    row: Mapping[str, Any]
    keys: Mapping[str, ObjectId] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def row_of(self, name: str) -> Mapping[str, Any]:
        """The row of the table with this type."""
        return {**self.row, "_id": self.keys.get(name, SELF)}

    def named(self, readers: Iterable[str]) -> set[str]:
        """The callers that the contract's words are for."""
        return {caller for reader in readers for caller in self.groups.get(reader, (reader,))}


def _services(*names: str) -> dict[str, Actor]:
    return {name: service(name) for name in names}


def _agent(name: str, key: ObjectId) -> Actor:
    return Actor(ActorKind.ACCOUNT, name, key, {"estate": key, "estate.working": key})


def _visitor(kind: ActorKind, name: str, **profiles: ObjectId) -> Actor:
    """Somebody in a portal or chat that the agent has opened."""
    known = {path.replace("_", "."): key for path, key in profiles.items()}
    return Actor(kind, name, None, {**known, "estate.portalAgent": SELF})


def _buyer(name: str, key: ObjectId) -> Actor:
    return _visitor(ActorKind.BUYER_SESSION, name, estate_buyer=key)


def _seller(name: str, key: ObjectId, listing: ObjectId) -> Actor:
    return _visitor(ActorKind.SELLER_SESSION, name, estate_seller=key, estate_sellerListing=listing)


def _chat(name: str, key: ObjectId, profile: ObjectId) -> Actor:
    return _visitor(ActorKind.BUYER_CHAT, name, buyer_chat=key, buyer_profile=profile)


ADVISOR = Probes(
    callers={
        "owner": Actor(ActorKind.ACCOUNT, "owner", SELF, {"advisor": SELF}),
        "other": Actor(ActorKind.ACCOUNT, "other", OTHER, {"advisor": OTHER}),
        "operator": Actor(ActorKind.OPERATOR, "operator", OTHER, {"advisor": OTHER}),
        **_services("answering", "billing"),
        "anonymous": ANONYMOUS,
    },
    row={"userId": SELF, "ownerId": SELF, "isPublic": True, "status": "active"},
    groups={"service": ("answering", "billing")},
)

AGENCY = {
    "agent": _agent("agent", SELF),
    "otherAgent": _agent("otherAgent", OTHER),
    "account": Actor(ActorKind.ACCOUNT, "account", OTHER),
    "operator": Actor(ActorKind.OPERATOR, "operator", OTHER),
    "buyer": _buyer("buyer", BUYER),
    "otherBuyer": _buyer("otherBuyer", OTHER),
    "seller": _seller("seller", SELLER, LISTING),
    "otherSeller": _seller("otherSeller", OTHER, OTHER),
    "chat": _chat("chat", CHAT, BUYER_PROFILE),
    "otherChat": _chat("otherChat", OTHER, OTHER),
    **_services("answering", "analysis", "enrichment", "search", "billing"),
    "anonymous": ANONYMOUS,
}
"""Whoever comes to an agent's work: the other buyers, sellers and chats are the same agent's."""

AGENCY_GROUPS = {
    "portals": ("buyer", "otherBuyer", "seller", "otherSeller"),
    "chats": ("chat", "otherChat"),
    "service": ("answering", "analysis", "search"),
}

ESTATE = Probes(
    callers=AGENCY,
    row={
        "agentId": SELF,
        "accountId": SELF,
        "listingId": LISTING,
        "buyerSessionId": BUYER,
        "sessionType": "buyer",
        "sessionId": BUYER,
        "status": "active",
        "active": True,
        "agentActive": True,
    },
    keys={"EstateListing": LISTING, "EstateBuyerSession": BUYER, "EstateSellerSession": SELLER},
    groups=AGENCY_GROUPS,
)

BUYER_CHAT = Probes(
    callers=AGENCY,
    row={
        "agentId": SELF,
        "accountId": SELF,
        "profileId": BUYER_PROFILE,
        "rootProfileId": BUYER_PROFILE,
        "sessionId": CHAT,
        "noteType": "personal",
        "active": True,
        "agentActive": True,
    },
    keys={"BuyerProfile": BUYER_PROFILE, "BuyerChatSession": CHAT},
    groups=AGENCY_GROUPS,
)

PROBES = {"advisor": ADVISOR, "estate": ESTATE, "agent": ESTATE, "buyer": BUYER_CHAT}
