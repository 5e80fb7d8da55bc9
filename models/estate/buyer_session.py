"""A portal that an agent has opened for one buyer; its code is what the buyer gets in with."""

from pydantic import Field

from models.actor import ActorKind
from models.clock import now
from models.estate.agent import Code, Email, Phone
from models.estate.criteria import Preferences
from models.estate.rules import BUYER, OWN_AGENT, PORTAL_AGENT, WORKING_AGENT
from models.policy import OPERATOR, Owner, Policy
from models.principal import Portal
from models.row import Id, Millis, Row
from models.table import Index, Table, index, unique
from models.texts import Name


class BuyerSessionRow(Row):
    """`lastActive` and `expiresAt` are in Unix milliseconds; without the latter the portal stays open.

    `agentActive` is whether the agent is switched on, kept by the write that switches agents. `signInVersion` rises
    when the code is changed, and ends the tokens of the code before. `buyerProfileId` is the buyer in the buyer chat.
    """

    agentId: Id
    buyerName: Name
    buyerEmail: Email
    buyerPhone: Phone | None = None
    sessionCode: Code
    preferences: Preferences = Field(default_factory=Preferences)
    active: bool = True
    lastActive: Millis = Field(default_factory=now)
    expiresAt: Millis | None = None
    buyerProfileId: Id | None = None
    agentActive: bool = True
    signInVersion: int = Field(default=1, ge=1)

    class Settings:
        name = "estate_buyer_sessions"
        keep_nulls = False


ITSELF = Owner("_id", BUYER, "the portal itself")
KNOWN_TO = OWN_AGENT | ITSELF

BUYER_SESSIONS = Table(
    BuyerSessionRow,
    type_name="EstateBuyerSession",
    tag="eBuy",
    noun="buyer portal",
    policy=Policy(
        read=KNOWN_TO | OPERATOR,
        create=WORKING_AGENT,
        update=WORKING_AGENT | ITSELF,
        # A portal is switched off; erasing one is for who answers the buyer's request to be forgotten.
        delete=OPERATOR,
        private={
            "buyerName": KNOWN_TO,
            "buyerEmail": KNOWN_TO,
            "buyerPhone": KNOWN_TO,
            "sessionCode": OWN_AGENT,
        },
    ),
    indexes=(
        unique("bySessionCode", "sessionCode"),
        index("byAgentId", "agentId"),
        index("byActive", "active"),
        index("byAgentActive", "agentId", "active", "-lastActive"),
        Index("page_agent_last_active", ("agentId", "-lastActive", "-_id"), covered=("active", "buyerProfileId")),
        Index("page_agent_created", ("agentId", "-createdAt", "-_id"), covered=("active", "buyerProfileId")),
        index("page_agent_active_last_active", "agentId", "active", "-lastActive", "-_id"),
        index("page_agent_active_created", "agentId", "active", "-createdAt", "-_id"),
        Index("page_profile_last_active", ("buyerProfileId", "-lastActive", "-_id"), covered=("agentId", "active")),
    ),
    shard_key=("agentId",),
    hidden=frozenset({"agentActive", "signInVersion"}),
    watched=True,
)

PORTAL = Portal(
    kind=ActorKind.BUYER_SESSION,
    subject="estate-buyer",
    table=BUYER_SESSIONS,
    profiles={BUYER: "_id", PORTAL_AGENT: "agentId"},
    condition={"active": True, "agentActive": True},
)
