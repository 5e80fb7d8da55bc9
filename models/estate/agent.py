"""A real-estate agent: whose listings, portals, buyers and chats are the agent's work."""

from typing import Annotated

from pydantic import Field, StringConstraints

from models.callers import ANSWERING
from models.estate.rules import ANALYSIS, PORTAL_AGENT, PRODUCT, WORKING
from models.policy import OPERATOR, Is, OwnAccount, Owner, Policy
from models.principal import EMAIL_CHARACTERS, Profile
from models.row import Id, Row
from models.table import Index, Table, index, unique
from models.texts import Link, Name

BIO_CHARACTERS = 4_000
CODE_CHARACTERS = 64

Phone = Annotated[str, StringConstraints(min_length=3, max_length=40)]
_PART = r"[^@\s\x00-\x1f\x7f-\x9f]+"
Email = Annotated[str, StringConstraints(pattern=f"^{_PART}@{_PART}$", max_length=EMAIL_CHARACTERS)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=CODE_CHARACTERS)]


class AgentRow(Row):
    """`inviteCode` is shown to clients and may be changed; `active` is switched by the operator; `isActivated` says
    that the agent has set a password. `emailKey` is the e-mail in lower case, by which it is unique.
    """

    accountId: Id
    firstName: Name
    lastName: Name
    agencyName: Name
    licenseNumber: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    licenseVerified: bool = False
    inviteCode: Code
    phone: Phone | None = None
    email: Email
    emailKey: str
    bio: Annotated[str, StringConstraints(max_length=BIO_CHARACTERS)] | None = None
    profileImage: Link | None = None
    active: bool = True
    isActivated: bool = Field(default=False)

    class Settings:
        name = "estate_agents"
        keep_nulls = False


SELF = Owner("_id", PRODUCT, "self")
SELF_WORKING = Owner("_id", WORKING, "self, switched on")
OWN_PORTALS = Owner("_id", PORTAL_AGENT, "own portals")
KEEPERS = SELF | OPERATOR

AGENTS = Table(
    AgentRow,
    type_name="EstateAgent",
    tag="eAgt",
    noun="agent",
    policy=Policy(
        read=Is("active", (True,)) | KEEPERS | OWN_PORTALS | ANALYSIS | ANSWERING,
        create=OwnAccount("accountId") | OPERATOR,
        update=SELF_WORKING | OPERATOR,
        private={
            "inviteCode": KEEPERS,
            "email": KEEPERS | OWN_PORTALS,
            "phone": KEEPERS | OWN_PORTALS,
            "accountId": KEEPERS,
            "isActivated": KEEPERS,
        },
    ),
    indexes=(
        unique("byInviteCode", "inviteCode"),
        unique("byUserId", "accountId"),
        index("byActive", "active"),
        unique("byEmail", "emailKey"),
        index("page_active_created", "active", "-createdAt", "-_id"),
        index("page_active_name", "active", "lastName", "firstName", "_id"),
        Index("search_agents", ("firstName:text", "lastName:text", "agencyName:text", "active")),
    ),
    shard_key=("_id",),
    hidden=frozenset({"emailKey"}),
    watched=True,
    kept=True,
)

PROFILE = Profile(
    product=PRODUCT,
    table=AGENTS,
    make=None,
    roles={WORKING: "active"},
    others=("buyer",),
)
