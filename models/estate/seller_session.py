"""A portal that an agent has opened for the seller of one listing; its code is what the seller gets in with."""

from pydantic import Field

from models.actor import ActorKind
from models.clock import now
from models.estate.agent import Code, Email, Phone
from models.estate.rules import OWN_AGENT, PORTAL_AGENT, SELLER, SELLER_LISTING, WORKING_AGENT
from models.policy import OPERATOR, Owner, Policy
from models.principal import Portal
from models.row import Id, Millis, Row
from models.table import Index, Table, index, unique
from models.texts import Name


class SellerSessionRow(Row):
    """`lastActive` and `expiresAt` are in Unix milliseconds; without the latter the portal stays open.

    `agentActive` is whether the agent is switched on, kept by the write that switches agents. `signInVersion` rises
    when the code is changed, and ends the tokens of the code before.
    """

    agentId: Id
    listingId: Id
    sellerName: Name
    sellerEmail: Email
    sellerPhone: Phone | None = None
    sessionCode: Code
    active: bool = True
    lastActive: Millis = Field(default_factory=now)
    expiresAt: Millis | None = None
    agentActive: bool = True
    signInVersion: int = Field(default=1, ge=1)

    class Settings:
        name = "estate_seller_sessions"
        keep_nulls = False


ITSELF = Owner("_id", SELLER, "the portal itself")
KNOWN_TO = OWN_AGENT | ITSELF

SELLER_SESSIONS = Table(
    SellerSessionRow,
    type_name="EstateSellerSession",
    tag="eSel",
    noun="seller portal",
    policy=Policy(
        read=KNOWN_TO | OPERATOR,
        create=WORKING_AGENT,
        update=WORKING_AGENT | ITSELF,
        # With its listing it goes without a question to this rule.
        private={
            "sellerName": KNOWN_TO,
            "sellerEmail": KNOWN_TO,
            "sellerPhone": KNOWN_TO,
            "sessionCode": OWN_AGENT,
        },
    ),
    indexes=(
        unique("bySessionCode", "sessionCode"),
        index("byListingId", "listingId"),
        index("byAgentId", "agentId"),
        unique("byListingActive", "listingId", partial={"active": True}),
        index("byAgentActive", "agentId", "active", "-lastActive"),
        Index("page_agent_last_active", ("agentId", "-lastActive", "-_id"), covered=("active", "listingId")),
        Index("page_agent_created", ("agentId", "-createdAt", "-_id"), covered=("active", "listingId")),
        index("page_agent_active_last_active", "agentId", "active", "-lastActive", "-_id"),
        index("page_agent_active_created", "agentId", "active", "-createdAt", "-_id"),
        Index("page_agent_listing_last_active", ("agentId", "listingId", "-lastActive", "-_id"), covered=("active",)),
        Index("page_listing_last_active", ("listingId", "-lastActive", "-_id"), covered=("agentId", "active")),
    ),
    shard_key=("agentId",),
    hidden=frozenset({"agentActive", "signInVersion"}),
    watched=True,
)

PORTAL = Portal(
    kind=ActorKind.SELLER_SESSION,
    subject="estate-seller",
    table=SELLER_SESSIONS,
    profiles={SELLER: "_id", SELLER_LISTING: "listingId", PORTAL_AGENT: "agentId"},
    condition={"active": True, "agentActive": True},
)
