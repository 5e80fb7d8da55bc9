"""A version of what an agent knows about a buyer: wishes, budget, and what the services have made of them."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from models.buyer.rules import OWN_PROFILE, SERVICES, STUDIED
from models.buyer.values import INT, Count, Line, Lines, Percent, Short, Text
from models.estate.agent import Email, Phone
from models.estate.rules import ANALYSIS, OWN_AGENT, SEARCH, WORKING_AGENT
from models.policy import OPERATOR, Policy
from models.row import Id, Row
from models.table import Index, Table, index, unique
from models.texts import Name

RAW_CHARACTERS = 32_000
"""Length of what a profile was made from, in characters."""

BEDROOMS = 10

Raw = Annotated[str, StringConstraints(max_length=RAW_CHARACTERS)]


class HomeType(StrEnum):
    """What kind of home the buyer looks for."""

    CONDO = "condo"
    TOWNHOUSE = "townhouse"
    SINGLE_FAMILY = "single-family"
    DUPLEX = "duplex"
    APARTMENT = "apartment"
    OTHER = "other"


class InputMethod(StrEnum):
    """How the agent gave what the profile was made from."""

    FORM = "form"
    VOICE = "voice"
    TEXT = "text"


class ProfileRow(Row):
    """A change makes the next version, a row of its own whose `parentProfileId` is the version before.

    `rootProfileId` is the first version and the same in all that follow; `current` is the newest one alone.
    `latestSearchId` is the buyer's last search, whichever version it was for: each search writes it into all of them.
    Flexibilities and scores are percentages, the budget is in whole units of its currency.
    """

    name: Name
    email: Email
    phone: Phone | None = None
    location: Line
    agentId: Id
    budget: Line
    budgetMin: Count | None = None
    budgetMax: Count | None = None
    homeType: HomeType
    bedrooms: int = Field(ge=0, le=BEDROOMS)
    bathrooms: Short
    mustHaveFeatures: Lines = Field(default_factory=list[str])
    dealbreakers: Lines = Field(default_factory=list[str])
    preferredAreas: Lines = Field(default_factory=list[str])
    lifestyleDrivers: Lines = Field(default_factory=list[str])
    specialNeeds: Lines = Field(default_factory=list[str])
    budgetFlexibility: Percent = 50
    locationFlexibility: Percent = 50
    timingFlexibility: Percent = 50
    emotionalContext: Text | None = None
    voiceTranscript: Raw | None = None
    inferredTags: Lines = Field(default_factory=list[str])
    emotionalTone: Line | None = None
    priorityScore: Percent = 50
    rawInput: Raw
    inputMethod: InputMethod = InputMethod.FORM
    nlpConfidence: Percent | None = 100
    profileVersion: int = Field(default=1, ge=1, le=INT)
    parentProfileId: Id | None = None
    rootProfileId: Id
    current: bool = True
    latestSearchId: Id | None = None

    class Settings:
        name = "buyer_profiles"
        keep_nulls = False

    @field_validator("budgetMax")
    @classmethod
    def _holds_the_least(cls, most: int | None, info: ValidationInfo) -> int | None:
        least = info.data.get("budgetMin")
        if most is not None and least is not None and most < least:
            raise ValueError("must not be below budgetMin")
        return most


HEARD = OWN_AGENT | ANALYSIS


def _page(name: str, *columns: str) -> Index:
    """The newest versions of an agent; what clients filter by stands behind the order."""
    named = {column.removeprefix("-") for column in columns}
    behind = tuple(column for column in ("homeType", "priorityScore", "createdAt") if column not in named)
    return Index(f"page_{name}", ("agentId", "current", *columns), covered=behind)


PROFILES = Table(
    ProfileRow,
    type_name="BuyerProfile",
    tag="bPro",
    noun="buyer profile",
    policy=Policy(
        read=OWN_AGENT | OWN_PROFILE | SERVICES | OPERATOR,
        create=WORKING_AGENT,
        update=WORKING_AGENT | ANALYSIS,
        delete=WORKING_AGENT,
        private={
            "email": OWN_AGENT,
            "phone": OWN_AGENT,
            "rawInput": HEARD,
            "voiceTranscript": HEARD,
            "priorityScore": HEARD,
            "nlpConfidence": HEARD,
            "emotionalContext": STUDIED,
            "emotionalTone": STUDIED,
            "inferredTags": STUDIED | SEARCH,
            "dealbreakers": STUDIED | SEARCH,
            "specialNeeds": STUDIED | SEARCH,
        },
    ),
    indexes=(
        index("idx_buyer_profiles_email", "email"),
        index("idx_buyer_profiles_created", "-createdAt"),
        index("by_agent", "agentId", "-createdAt"),
        unique("by_parent", "parentProfileId", "profileVersion", partial={"parentProfileId": {"$type": "objectId"}}),
        unique("by_root_version", "rootProfileId", "profileVersion"),
        unique("one_current_version", "rootProfileId", partial={"current": True}),
        index("page_root_version", "rootProfileId", "-profileVersion", "-_id"),
        _page("agent_created", "-createdAt", "-_id"),
        _page("agent_name", "name", "_id"),
        _page("agent_priority", "-priorityScore", "-_id"),
        _page("agent_home_created", "homeType", "-createdAt", "-_id"),
        # The agent leads: a search looks at nobody else's buyers.
        Index("search_profiles", ("agentId", "name:text", "location:text", "current")),
    ),
    shard_key=("agentId",),
    watched=True,
)
