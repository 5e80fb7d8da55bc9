"""A search for homes for a buyer: what was asked, and figures about what was found."""

from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import uuid4

from pydantic import Field, StringConstraints, model_validator

from models.buyer.rules import OWN_PROFILE, SERVICES
from models.buyer.values import Count, Line, Percent, Short
from models.estate.part import Part
from models.estate.rules import OWN_AGENT, SEARCH, WORKING_AGENT
from models.policy import Policy
from models.row import Id, Row
from models.table import Table, index, unique

RESULTS = 100
"""Homes that a search keeps, the best ones."""

REASONS = 20

Uuid = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class SearchMethod(StrEnum):
    """How the search was done."""

    ENHANCED = "enhanced"
    BASIC = "basic"
    HYBRID = "hybrid"


class SearchTrigger(StrEnum):
    """What the search was done for."""

    AGENT_INITIATED = "agent_initiated"
    PROFILE_UPDATE = "profile_update"
    REFINEMENT = "refinement"


class SearchResult(Part):
    """A home that a search has found: how well it suits, 0 to 100, and why in words for the buyer."""

    listingId: Id
    score: Percent
    reasons: Annotated[list[Line], Field(max_length=REASONS)] = Field(default_factory=list[str])


class SearchTransactionRow(Row):
    """`sessionId` groups related searches and is no chat. `rootProfileId` is the first version of `profileId`, copied
    so that the rule needs no second table. `results` come best first, and `listingIds` are the homes in them. Times are
    milliseconds.
    """

    transactionId: Uuid = Field(default_factory=lambda: str(uuid4()))
    profileId: Id
    rootProfileId: Id
    agentId: Id
    sessionId: Short | None = None
    profileSnapshot: Any
    searchParameters: Any
    searchMethod: SearchMethod
    searchTrigger: SearchTrigger
    rawListingsCount: Count
    scoredListingsCount: Count
    topPicksCount: Count
    otherMatchesCount: Count
    noImageCount: Count
    visualAnalysisCount: Count
    totalExecutionTime: Count
    apiCallsCount: Count
    visualAnalysisTime: Count | None = None
    averageScore: float | None = Field(default=None, ge=0, le=100)
    scoreDistribution: Any = None
    dealbreakerPropertiesCount: Count = 0
    results: Annotated[list[SearchResult], Field(max_length=RESULTS)] = Field(default_factory=list[SearchResult])
    listingIds: list[Id] = Field(default_factory=list[Id])

    class Settings:
        name = "buyer_search_transactions"
        keep_nulls = False

    @model_validator(mode="after")
    def _name_the_homes(self) -> Self:
        self.listingIds = [result.listingId for result in self.results]
        return self


MEASURING = OWN_AGENT | SEARCH

SEARCH_TRANSACTIONS = Table(
    SearchTransactionRow,
    type_name="BuyerSearchTransaction",
    tag="bTra",
    noun="search",
    policy=Policy(
        read=OWN_AGENT | OWN_PROFILE | SERVICES,
        create=WORKING_AGENT | SEARCH,
        private={
            "profileSnapshot": MEASURING,
            "visualAnalysisCount": MEASURING,
            "totalExecutionTime": MEASURING,
            "apiCallsCount": MEASURING,
            "visualAnalysisTime": MEASURING,
            # It tells of dealbreakers, which are private in the profile.
            "dealbreakerPropertiesCount": MEASURING,
        },
    ),
    indexes=(
        unique("search_transactions_transaction_id_unique", "transactionId"),
        index("idx_search_transactions_profile", "profileId"),
        index("idx_search_transactions_created", "-createdAt"),
        index("by_profile_created", "profileId", "-createdAt"),
        index("by_agent_created", "agentId", "-createdAt"),
        index("page_profile_created", "profileId", "-createdAt", "-_id"),
        index("page_root_created", "rootProfileId", "-createdAt", "-_id"),
        index("page_agent_created", "agentId", "-createdAt", "-_id"),
    ),
    shard_key=("agentId", "rootProfileId"),
    hidden=frozenset({"rootProfileId"}),
    watched=True,
)
